/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* Tells the debug category genoslink what becomes of a link, and GST_DEBUG_DUMP_DOT_DIR what its
 * pipeline looks like then. No descriptions: they have the keys of a connection in them. */
void genos_webrtc_log_watch (GenosPeerLink *link, GstElement *pipeline);

G_END_DECLS
