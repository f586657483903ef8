/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/app/gstappsrc.h>

#include <genos/transport/webrtc/webrtc-rate.h>

G_BEGIN_DECLS

/* Keeps packets back that would only wait on the way, or be lost there: packet-pacer.h. What waits is the thread that
 * an appsrc has, for which nobody else waits.
 *
 * Threading contract: any thread. */
typedef struct _GenosWebrtcPacer GenosWebrtcPacer;

/* For what leaves @source. */
GenosWebrtcPacer *genos_webrtc_pacer_new (GstAppSrc *source, GenosWebrtcRate *rate);
/* Nothing is kept back any more. */
void genos_webrtc_pacer_free (GenosWebrtcPacer *self);

G_END_DECLS
