/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstgenosroomsignals.h"

G_BEGIN_DECLS

/* For a bin with a room element within: the room element's properties, signals, actions and
 * messages as the bin's own. */

/* The signals and actions of a room, of which the latter call those of what @get_room returns. */
typedef GstElement *(*GstGenosRoomProxyFunc) (GstElement *bin);
void gst_genos_room_proxy_install (GType type, GstGenosRoomProxyFunc get_room);

/* Emits @bin's signals when @room emits its own of the same name. */
void gst_genos_room_proxy_connect (GstElement *bin, GstElement *room);

/* An element message of @room becomes one of @bin; any other stays. (transfer full) */
GstMessage *
gst_genos_room_proxy_take_message (GstElement *bin, GstElement *room, GstMessage *message);

G_END_DECLS
