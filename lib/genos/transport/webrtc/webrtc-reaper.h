/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Sets pipelines to NULL on threads that belong to nobody: inside a callback of webrtcbin the
 * change deadlocks, and on a main context it would stall every other link. */

/* Takes ownership of both. @kept (nullable) is what must outlive the pipeline: dropped after it,
 * on the same thread. @delay_us is how long the pipeline may still speak. Any thread. */
void genos_webrtc_reap (GstElement *pipeline, GObject *kept, gint64 delay_us);

/* Blocks until everything handed over is gone; FALSE when that took longer. */
gboolean genos_webrtc_reaper_flush (gint64 timeout_us);

/* Pipelines that were handed over and are not gone yet. Any thread. */
guint genos_webrtc_reaper_get_n_waiting (void);

G_END_DECLS
