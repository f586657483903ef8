/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/home.h>

G_BEGIN_DECLS

/* Sees what is under way on the data channels of one webrtcbin by the SCTP packets that pass between
 * its elements, and says when there is room for more. webrtcbin itself tells only what it has not
 * handed to its SCTP yet, which keeps a megabyte. A webrtcbin of which no packets are seen has always
 * room.
 *
 * Threading contract: the packets pass on webrtcbin's threads, everything else is called at home. */
typedef struct _GenosWebrtcWindow GenosWebrtcWindow;

/* Called at home with the home's object, once after each has_room() that said FALSE. */
typedef void (*GenosWebrtcRoomFunc) (gpointer object);

GenosWebrtcWindow *
genos_webrtc_window_new (GstElement *webrtc, GenosHome *home, GenosWebrtcRoomFunc on_room);
void genos_webrtc_window_unref (GenosWebrtcWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWebrtcWindow, genos_webrtc_window_unref)

/* That many bytes were handed to a data channel. */
void genos_webrtc_window_add (GenosWebrtcWindow *self, gsize size);
gboolean genos_webrtc_window_has_room (GenosWebrtcWindow *self);
/* Bytes that are not acknowledged. */
gsize genos_webrtc_window_get_under_way (GenosWebrtcWindow *self);

G_END_DECLS
