/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who is let into a room, and who is sent out again. */

#include <genos/room/room-private.h>

/**
 * genos_room_kick:
 * @self: a room
 * @peer_id: whom
 * @reason: (nullable): why, for [signal@Room::peer-left] here; the peer does not
 *   get it
 *
 * Ends the link with a peer as if we had left, and keeps its id and its key out
 * until the room is left or [method@Room.admit] is called. Works also for
 * somebody who is not linked. A browser that loads its page anew has another id and
 * another key, and comes back: set [property@Room:allow-peers], or decide in
 * [signal@Room::peer-admit].
 *
 * Returns: %TRUE when the peer was linked
 */
gboolean
genos_room_kick (GenosRoom *self, const char *peer_id, const char *reason)
{
  g_autoptr (GenosMembership) membership = NULL;

  g_return_val_if_fail (GENOS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);

  if (genos_room_get_membership (self) == NULL)
    return FALSE;
  membership = g_object_ref (genos_room_get_membership (self));
  return genos_membership_kick (membership, peer_id, reason);
}

/**
 * genos_room_admit:
 * @self: a room
 * @peer_id: whom
 *
 * Lets a peer in that waits for a decision put off with
 * [method@Admission.defer], and forgets that it was kicked or denied before: it is
 * linked, or asked about, when it is heard of again. The lists stay in force.
 */
void
genos_room_admit (GenosRoom *self, const char *peer_id)
{
  g_autoptr (GenosMembership) membership = NULL;

  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (peer_id != NULL);

  if (genos_room_get_membership (self) == NULL)
    return;
  membership = g_object_ref (genos_room_get_membership (self));
  genos_door_admit (genos_membership_get_door (membership), peer_id);
}

/**
 * genos_room_deny:
 * @self: a room
 * @peer_id: whom
 *
 * Keeps out a peer that waits for a decision put off with
 * [method@Admission.defer].
 *
 * Returns: %TRUE when it did
 */
gboolean
genos_room_deny (GenosRoom *self, const char *peer_id)
{
  g_autoptr (GenosMembership) membership = NULL;

  g_return_val_if_fail (GENOS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);

  if (genos_room_get_membership (self) == NULL)
    return FALSE;
  membership = g_object_ref (genos_room_get_membership (self));
  return genos_door_deny (genos_membership_get_door (membership), peer_id);
}
