/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers say, over links and by way of others, and who gets to hear it. */

#include <genos/room/channel-private.h>
#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

/* Where more than one signal is told, a handler of the first may drop the room. */
void
genos_room_take_message (GenosRoom *room, GenosPeer *peer, const char *name,
    const GenosExtendedMessage *extended, GenosMessage *message)
{
  g_autoptr (GenosRoom) self = g_object_ref (room);
  g_autoptr (GenosChannel) channel = g_hash_table_lookup (self->channels, name);
  g_autoptr (GenosRequest) request = NULL;
  g_autoptr (GenosIncomingStream) stream = NULL;
  gboolean taken; /* dropped by all, it answers itself */

  if (channel != NULL)
    g_object_ref (channel);
  switch (extended->role) {
    case GENOS_ROLE_MESSAGE:
      if (channel != NULL)
        genos_channel_emit_message (channel, genos_peer_get_id (peer), message);
      g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_MESSAGE], 0, name,
          genos_peer_get_id (peer), message);
      break;
    case GENOS_ROLE_REQUEST:
      request = genos_exchange_take_request (self->exchange, peer, name, extended->id, message);
      if (request != NULL && (channel == NULL || !genos_channel_emit_request (channel, request)))
        g_signal_emit (
            self, genos_room_signals[GENOS_ROOM_SIGNAL_REQUEST], 0, name, request, &taken);
      break;
    case GENOS_ROLE_RESPONSE:
    case GENOS_ROLE_FAILURE:
      genos_exchange_take_answer (self->exchange, peer, extended, message);
      break;
    case GENOS_ROLE_STREAM:
      stream = genos_stream_book_take (self->streams, peer, name, extended);
      if (stream != NULL && channel != NULL)
        genos_channel_emit_stream (channel, stream);
      break;
    default:
      break;
  }
}

void
genos_room_take_progress (
    GenosRoom *room, GenosPeer *peer, const char *name, gdouble fraction, const char *metadata)
{
  g_autoptr (GenosRoom) self = g_object_ref (room);
  const char *peer_id = genos_peer_get_id (peer);
  g_autoptr (GenosChannel) channel = g_hash_table_lookup (self->channels, name);

  if (channel != NULL)
    genos_channel_emit_progress (g_object_ref (channel), peer_id, fraction, metadata);
  g_signal_emit (
      self, genos_room_signals[GENOS_ROOM_SIGNAL_PROGRESS], 0, name, peer_id, fraction, metadata);
}

/* --- by way of others --- */

GenosPeer *
genos_room_find_way (GenosRoom *self, const char *peer_id)
{
  GenosPeer *near = self->roster != NULL ? genos_roster_get (self->roster, peer_id) : NULL;

  return near != NULL ? near : genos_mesh_far_get (self->mesh, peer_id);
}

static GenosPeer *
find_other_way (const char *peer_id, gpointer data)
{
  return genos_room_find_way (data, peer_id);
}

static void
on_message (GenosRoster *roster, GenosPeer *peer, const char *name,
    const GenosExtendedMessage *extended, GenosMessage *message, GenosRoom *self)
{
  if (genos_mesh_is_active (self->mesh))
    genos_message_set_sealing (message,
        genos_mesh_get_room_key (self->mesh) != NULL ? GENOS_SEALING_PEER : GENOS_SEALING_NONE);
  genos_room_take_message (self, peer, name, extended, message);
}

static void
on_progress (GenosRoster *roster, GenosPeer *peer, const char *name, gdouble fraction,
    const char *metadata, GenosRoom *self)
{
  genos_room_take_progress (self, peer, name, fraction, metadata);
}

static void
on_warning (GenosRoster *roster, GError *error, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_WARNING],
      genos_room_signals_detail (error), error);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosRoom *self)
{
  /* It may be linked by now. */
  if (genos_roster_get (self->roster, genos_peer_get_id (peer)) == NULL)
    genos_exchange_drop_peer (self->exchange, peer, error);
}

void
genos_room_far_begin (GenosRoom *self)
{
  GenosRoster *far = genos_mesh_get_far_roster (self->mesh);

  genos_stream_book_watch (self->streams, far, find_other_way, self);
  g_signal_connect (far, "left", G_CALLBACK (on_left), self);
  g_signal_connect (far, "message", G_CALLBACK (on_message), self);
  g_signal_connect (far, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (far, "warning", G_CALLBACK (on_warning), self);
}

void
genos_room_far_end (GenosRoom *self)
{
  g_signal_handlers_disconnect_by_data (genos_mesh_get_far_roster (self->mesh), self);
}
