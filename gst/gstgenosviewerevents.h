/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroommember.h"

G_BEGIN_DECLS

/* Sends an upstream event of a pad of genosroomsrc to the peer whose track it shows. Any thread; never
 * blocks: what a peer does not take in time is dropped, the oldest first. */
void gst_genos_viewer_events_send (GstGenosRoomMember *member, GstEvent *event, const char *peer_id,
    const char *stream_id, const char *track_id);

/* Pushes the events of viewers out of the pads of a genosroomsink, in order, on a thread of its own: the
 * application may take its time with them. What it does not follow is dropped. */
typedef struct _GstGenosViewerEvents GstGenosViewerEvents;

GstGenosViewerEvents *gst_genos_viewer_events_new (GstElement *sink);
/* Waits for the event that is under way. */
void gst_genos_viewer_events_free (GstGenosViewerEvents *self);
void gst_genos_viewer_events_take (GstGenosViewerEvents *self, GenosMessage *message);

G_END_DECLS
