/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroommember.h"

G_BEGIN_DECLS

/* The connection of one element's stay to the room's signals. It outlives the stay in a call that is under way, and
 * does nothing then.
 *
 * Threading contract: made, begun and ended by the element's state changes; what the room says comes on the
 * session's thread, to the functions that @member has when it is made. */

/* (transfer full): until _end() */
GstGenosRoomAttachment *
gst_genos_room_attachment_new (GstGenosRoomMember *member, GstGenosRoomSession *session);
/* What has been said before is said again. */
void gst_genos_room_attachment_begin (GstGenosRoomAttachment *self);
/* @self: (transfer full). The element is still a member of the session. */
void gst_genos_room_attachment_end (GstGenosRoomAttachment *self);

G_END_DECLS
