/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Events that go from a viewer back to the source, as JSON of an ordinary channel, so that a web page can
 * send them too (docs/design/wire-extensions.md):
 *
 *   {"stream":S,"track":T,"name":"application/x-gst-navigation","fields":{"event":"mouse-move",…}}
 *
 * Only fields that are text, numbers and truth values travel. Pure. */
#define GST_GENOS_NAVIGATION_CHANNEL "navigation"

/* Whether an event is one of these: navigation, and what applications send upstream; not the requests that
 * GStreamer makes by itself. */
gboolean gst_genos_navigation_takes (GstEvent *event);

/* (transfer full) */
GenosMessage *gst_genos_navigation_pack (GstEvent *event, const char *stream_id, const char *track_id);

/* @stream_id, @track_id: (out) (transfer full) (nullable): of the track it is for; none: of any.
 * (transfer full) (nullable): NULL when it is no such message. */
GstEvent *gst_genos_navigation_unpack (GenosMessage *message, char **stream_id, char **track_id);

G_END_DECLS
