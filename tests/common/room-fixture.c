/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-fixture.h"

#include "peer-link-local.h"
#include "webrtcbin-warning.h"

#include <string.h>

#include <genos/room/room-private.h>

/* Longer texts are counted, not kept. */
#define MAX_HEARD 64

/* Leaving waits for the links' ends; a checker of memory takes its time for that. */
#define LEAVING 60

static void
on_seen (GenosRoom *room, const char *peer_id, const char *kind, RoomMember *self)
{
  self->n_seen++;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, RoomMember *self)
{
  self->n_joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, RoomMember *self)
{
  self->n_left++;
  self->left_for = genos_reason_from_error (error);
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer, RoomMember *self)
{
  self->n_relinked++;
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    RoomMember *self)
{
  const char *text = genos_message_get_text (message);

  self->n_messages++;
  if (text == NULL || strlen (text) > MAX_HEARD)
    return;
  g_hash_table_insert (
      self->heard, g_strdup (text), GUINT_TO_POINTER (room_member_count_heard (self, text) + 1));
}

static void
on_warning (GenosRoom *room, GError *error, RoomMember *self)
{
  self->n_warnings++;
  g_string_append_printf (self->said, "%s [%s]\n", error->message,
      genos_reason_get_nick (genos_reason_from_error (error)));
}

static void
on_join_error (GenosRoom *room, const char *peer_id, GError *error, RoomMember *self)
{
  self->n_join_errors++;
  g_string_append_printf (self->said, "%s: %s [%s]\n", peer_id, error->message,
      genos_reason_get_nick (genos_reason_from_error (error)));
}

static void
on_relay_changed (
    GenosRoom *room, const char *url, gboolean open, const char *reason, RoomMember *self)
{
  self->n_relay_changes++;
  if (reason != NULL)
    g_string_append_printf (self->said, "%s\n", reason);
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *buffer, gpointer self)
{
  g_atomic_int_inc (&((RoomMember *) self)->n_packets);
  gst_buffer_unref (buffer);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, RoomMember *self)
{
  self->n_tracks_added++;
  genos_remote_track_set_packet_func (track, on_packet, self, NULL);
}

static void
on_track_removed (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, RoomMember *self)
{
  self->n_tracks_removed++;
  genos_remote_track_set_packet_func (track, NULL, NULL, NULL);
}

static RoomMember *
member_new (const char *room, const char *peer_id)
{
  RoomMember *self = g_new0 (RoomMember, 1);

  self->said = g_string_new (NULL);
  self->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->room = genos_room_new (room);
  if (peer_id != NULL)
    g_object_set (self->room, "peer-id", peer_id, NULL);
  g_signal_connect (self->room, "peer-seen", G_CALLBACK (on_seen), self);
  g_signal_connect (self->room, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->room, "peer-left", G_CALLBACK (on_left), self);
  g_signal_connect (self->room, "peer-relinked", G_CALLBACK (on_relinked), self);
  g_signal_connect (self->room, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->room, "warning", G_CALLBACK (on_warning), self);
  g_signal_connect (self->room, "join-error", G_CALLBACK (on_join_error), self);
  g_signal_connect (self->room, "relay-changed", G_CALLBACK (on_relay_changed), self);
  g_signal_connect (self->room, "track-added", G_CALLBACK (on_track_added), self);
  g_signal_connect (self->room, "track-removed", G_CALLBACK (on_track_removed), self);
  return self;
}

static RoomMember *
join (RoomMember *self)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (self->room, &error);
  g_assert_no_error (error);
  return self;
}

RoomMember *
room_member_new (const char *room, const char *peer_id, const char *relays)
{
  RoomMember *self = member_new (room, peer_id);

  g_object_set (self->room, "relays", relays, "stun-server", "", NULL);
  return join (self);
}

RoomMember *
room_member_new_with (const char *room, const char *relays, const char *property, ...)
{
  RoomMember *self = member_new (room, NULL);
  va_list args;

  g_object_set (self->room, "relays", relays, "stun-server", "", NULL);
  va_start (args, property);
  g_object_set_valist (G_OBJECT (self->room), property, args);
  va_end (args);
  return join (self);
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer self, GError **error)
{
  RoomMember *member = self;

  member->n_links++;
  member->last_link = peer_link_local_new (offerer);
  return member->last_link;
}

RoomMember *
room_member_new_on_hub (SignalHub *hub, const char *room, const char *peer_id)
{
  RoomMember *self = member_new (room, peer_id);

  self->signaller = signaller_local_new (hub, peer_id);
  genos_room_set_signaller (self->room, self->signaller);
  genos_room_set_link_factory (self->room, make_link, self);
  return join (self);
}

void
room_member_free (RoomMember *self)
{
  genos_room_leave (self->room);
  genos_test_wait_for (genos_room_get_state (self->room) == GENOS_ROOM_IDLE, LEAVING);
  g_assert_finalize_object (self->room);
  g_clear_object (&self->signaller);
  g_string_free (self->said, TRUE);
  g_hash_table_unref (self->heard);
  g_free (self);
}

gboolean
room_member_has (RoomMember *self, const char *peer_id)
{
  return genos_room_get_peer (self->room, peer_id) != NULL;
}

guint
room_member_count_heard (RoomMember *self, const char *text)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->heard, text));
}

void
room_member_say (RoomMember *self, const char *to, const char *text)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (self->room, "chat", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_string (text);
  const char *const only[] = { to, NULL };

  g_assert_cmpuint (genos_channel_send (channel, message, to != NULL ? only : NULL, NULL), ==, 1);
}

void
room_members_talk (RoomMember *one, RoomMember *other, guint seconds)
{
  guint heard_by_one = room_member_count_heard (one, "hello");
  guint heard_by_other = room_member_count_heard (other, "hello");

  room_member_say (one, genos_room_get_peer_id (other->room), "hello");
  room_member_say (other, genos_room_get_peer_id (one->room), "hello");
  genos_test_wait_for (room_member_count_heard (one, "hello") > heard_by_one
          && room_member_count_heard (other, "hello") > heard_by_other,
      seconds);
}

guint
room_member_get_count (RoomMember *self, const char *name)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (self->room);
  guint value = 0;

  g_assert_true (gst_structure_get_uint (stats, name, &value));
  return value;
}

guint64
room_member_get_total (RoomMember *self, const char *name)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (self->room);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

guint64
room_member_get_dropped_of (RoomMember *self, const char *peer_id)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (self->room);
  const GValue *list = gst_structure_get_value (stats, "peer");
  guint64 dropped = 0;

  for (guint i = 0; i < gst_value_list_get_size (list); i++) {
    const GstStructure *peer = gst_value_get_structure (gst_value_list_get_value (list, i));

    if (g_strcmp0 (gst_structure_get_string (peer, "peer-id"), peer_id) == 0)
      g_assert_true (gst_structure_get_uint64 (peer, "dropped", &dropped));
  }
  return dropped;
}

GenosRelayServer *
test_relay_server_new (guint port, char **url)
{
  GenosRelayServer *relay = genos_relay_server_new ();
  g_autoptr (GError) error = NULL;

  genos_relay_server_listen (relay, "127.0.0.1", port, &error);
  g_assert_no_error (error);
  if (url != NULL)
    *url = genos_relay_server_dup_url (relay);
  return relay;
}
