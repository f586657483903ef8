/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/channel-private.h>
#include <genos/room/room-struct.h>

/**
 * genos_room_get_state:
 * @self: a room
 *
 * Gets where the room stands.
 *
 * Returns: the state
 */
GenosRoomState
genos_room_get_state (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), GENOS_ROOM_IDLE);
  return self->state;
}

/**
 * genos_room_get_peer_id:
 * @self: a room
 *
 * Gets our own id.
 *
 * Returns: (transfer none) (nullable): the id; %NULL before [method@Room.join]
 *   when none was set
 */
const char *
genos_room_get_peer_id (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return self->settings.peer_id;
}

/**
 * genos_room_get_peers:
 * @self: a room
 *
 * Gets the peers that are linked now.
 *
 * Returns: (transfer container) (element-type GenosPeer): the peers, in no order
 */
GPtrArray *
genos_room_get_peers (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return genos_roster_get_targets (self->roster, NULL, NULL);
}

/**
 * genos_room_get_peer:
 * @self: a room
 * @peer_id: a peer's id
 *
 * Gets a peer that is linked now.
 *
 * Returns: (transfer none) (nullable): the peer
 */
GenosPeer *
genos_room_get_peer (GenosRoom *self, const char *peer_id)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  g_return_val_if_fail (peer_id != NULL, NULL);
  return genos_roster_get (self->roster, peer_id);
}

/* Whoever has no link and is of our own kind is reached by way of others, as if it had one. */
static GPtrArray *
resolve_targets (gpointer room, const char *const *targets, GPtrArray *absent)
{
  GPtrArray *peers = genos_roster_get_targets (GENOS_ROOM (room)->roster, targets, absent);

  for (guint i = absent->len; i > 0; i--) {
    GenosPeer *far =
        genos_mesh_far_get (GENOS_ROOM (room)->mesh, g_ptr_array_index (absent, i - 1));

    if (far == NULL)
      continue;
    g_ptr_array_add (peers, g_object_ref (far));
    g_ptr_array_remove_index (absent, i - 1);
  }
  return peers;
}

/**
 * genos_room_open_channel:
 * @self: a room
 * @name: 1 to 12 bytes of UTF-8, not starting with `@_`
 * @error: return location for an error
 *
 * Gets the channel of that name; the same object for the same name, as long as
 * the room lives.
 *
 * Fails with %GENOS_ERROR_INVALID_ARGUMENT when @name cannot be a channel's.
 *
 * Returns: (transfer full): the channel
 */
GenosChannel *
genos_room_open_channel (GenosRoom *self, const char *name, GError **error)
{
  GenosChannel *channel;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!genos_channel_name_check (name, error))
    return NULL;
  channel = g_hash_table_lookup (self->channels, name);
  if (channel == NULL) {
    channel = genos_channel_new (name, G_OBJECT (self), resolve_targets, self->exchange);
    genos_channel_set_mesh (channel, self->mesh);
    g_hash_table_insert (self->channels, g_strdup (name), channel);
  }
  return g_object_ref (channel);
}

/**
 * genos_room_add_track:
 * @self: a room
 * @track: a track
 *
 * Sends a track to every peer, those that come later included, as soon as its
 * caps are known. Can be called before [method@Room.join]; a track may be in
 * several rooms. The room keeps a reference until [method@Room.remove_track], also
 * over [method@Room.leave]. Nothing happens when it is there already.
 */
void
genos_room_add_track (GenosRoom *self, GenosLocalTrack *track)
{
  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (track));

  genos_outgoing_tracks_add (self->tracks, track);
}

/**
 * genos_room_remove_track:
 * @self: a room
 * @track: a track
 *
 * Takes a track away from every peer. Nothing happens when it is not there.
 */
void
genos_room_remove_track (GenosRoom *self, GenosLocalTrack *track)
{
  g_autoptr (GPtrArray) peers = NULL;

  g_return_if_fail (GENOS_IS_ROOM (self));
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (track));

  if (!genos_outgoing_tracks_remove (self->tracks, track))
    return;
  peers = genos_room_get_peers (self);
  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_remove_local (genos_peer_get_media (g_ptr_array_index (peers, i)), track);
  genos_far_tracks_changed (self->far);
}
