/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/home.h>

G_BEGIN_DECLS

/* Tasks that wait for webrtcbin's get-stats. They hold their link, and so never leave its context. */
typedef struct _GenosWebrtcStats GenosWebrtcStats;

GenosWebrtcStats *genos_webrtc_stats_new (GenosHome *home);
void genos_webrtc_stats_unref (GenosWebrtcStats *self);

/* @task: (transfer full); returns a GstStructure. */
void genos_webrtc_stats_ask (GenosWebrtcStats *self, GstElement *webrtc, GTask *task);

/* All that wait end with GENOS_ERROR_CLOSED. */
void genos_webrtc_stats_close (GenosWebrtcStats *self);

G_END_DECLS
