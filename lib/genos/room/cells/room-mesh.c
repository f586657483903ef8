/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/channel-private.h>
#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

/* --- what the mesh tells --- */

static void
on_message (const char *channel_name, const char *peer_id, GenosMessage *message, gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));
  g_autoptr (GenosChannel) channel = g_hash_table_lookup (self->channels, channel_name);

  if (channel != NULL)
    genos_channel_emit_message (g_object_ref (channel), peer_id, message);
  g_signal_emit (
      self, genos_room_signals[GENOS_ROOM_SIGNAL_MESSAGE], 0, channel_name, peer_id, message);
}

static void
on_progress (const char *channel_name, const char *peer_id, gdouble fraction, const char *metadata,
    gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));
  GenosChannel *known = g_hash_table_lookup (self->channels, channel_name);
  g_autoptr (GenosChannel) channel = known != NULL ? g_object_ref (known) : NULL;

  if (channel != NULL)
    genos_channel_emit_progress (channel, peer_id, fraction, metadata);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_PROGRESS], 0, channel_name, peer_id,
      fraction, metadata);
}

static void
on_warning (const GError *error, gpointer data)
{
  g_signal_emit (data, genos_room_signals[GENOS_ROOM_SIGNAL_WARNING],
      genos_room_signals_detail (error), error);
}

static void
on_state (gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));
  g_autoptr (GstStructure) state = genos_mesh_get_stats (self->mesh);

  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_MESH_STATE], 0, state);
}

static void
on_peer_state (const char *peer_id, GenosMeshPeerState state, gpointer data)
{
  g_signal_emit (data, genos_room_signals[GENOS_ROOM_SIGNAL_MESH_PEER_STATE], 0, peer_id, state);
}

const GenosMeshHost genos_room_mesh_host = {
  .message = on_message,
  .progress = on_progress,
  .warning = on_warning,
  .state = on_state,
  .peer_state = on_peer_state,
};

void
genos_room_mesh_begin (GenosRoom *self, GenosSignaller *signaller)
{
  GenosMeshSetup setup = {
    .self_id = self->settings.peer_id,
    .membership = self->membership,
    .signaller = signaller,
    .roster = self->roster,
    .key = self->settings.key,
    .hands_keys = self->settings.max_peers == 0,
    .seals_only = self->settings.encryption == GENOS_ENCRYPTION_REQUIRED,
  };

  /* It was checked before. */
  if (!genos_room_settings_read_cells (&self->settings, &setup.cell_size, NULL)
      || setup.cell_size == 0)
    return;
  genos_mesh_begin (self->mesh, &setup);
  genos_far_tracks_set_media_encryption (self->far,
      genos_room_settings_seals (&self->settings)
          ? (GenosEncryption) self->settings.media_encryption
          : GENOS_ENCRYPTION_OFF);
  genos_far_tracks_begin (
      self->far, self->mesh, self->settings.peer_id, self->settings.forward_max);
}

/**
 * genos_room_get_mesh:
 * @self: a room
 *
 * Gets the room's cells, see [property@Room:cells]; the same object as long as
 * the room lives.
 *
 * Returns: (transfer none): the mesh
 */
GenosMesh *
genos_room_get_mesh (GenosRoom *self)
{
  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);
  return self->mesh;
}
