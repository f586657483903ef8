/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GST_ELEMENT_REGISTER_DECLARE (genosroommix)
GST_ELEMENT_REGISTER_DECLARE (genosroomsink)
GST_ELEMENT_REGISTER_DECLARE (genosroomsrc)

GST_DEBUG_CATEGORY_EXTERN (gst_genos_debug);

/* Tags with which genosroomsrc says whose track a stream is. */
#define GST_GENOS_TAG_PEER_ID "genos-peer-id"
#define GST_GENOS_TAG_STREAM_ID "genos-stream-id"
#define GST_GENOS_TAG_TRACK_ID "genos-track-id"
#define GST_GENOS_TAG_METADATA "genos-metadata"
#define GST_GENOS_TAG_CHANNEL "genos-channel"

/* What both elements need once in a process; called by each registration. */
void gst_genos_element_init (void);

G_END_DECLS
