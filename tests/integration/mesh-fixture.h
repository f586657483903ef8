/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <genos/room/cells/mesh-private.h>
#include <genos/room/room-private.h>

#include <string.h>

#include "../common/peer-link-local.h"
#include "relay-fixture.h"

/* Rooms in cells: real rooms and a real relay; links that need no network. Seals come sooner than they would. */

/* Seconds; under valgrind all of it is done by one slow processor. */
#define DEADLINE 150

static const GenosMeshTimes times = {
  .quiet = 300 * G_TIME_SPAN_MILLISECOND,
  .cap = 2 * G_TIME_SPAN_SECOND,
  .shrink = 30 * G_TIME_SPAN_SECOND,
  .grace = 300 * G_TIME_SPAN_MILLISECOND,
  .tick = 100 * G_TIME_SPAN_MILLISECOND,
};

typedef struct {
  GenosRoom *room;
  GenosMesh *mesh;
  GHashTable *heard; /* what came on channels, "who: what" → how often */
  GHashTable *heard_of_mesh;
  guint n_states, n_sealed, n_group, n_warnings;
  gboolean metadata_right;
} Member;

typedef struct {
  GenosRelayServer *server;
  char *url;
  const char *password;
  GPtrArray *members;
  GenosEncryption encryption;
  gboolean real_links;
} World;

#define wait_long(condition) genos_test_wait_for (condition, DEADLINE)

/* --- members --- */

static G_GNUC_UNUSED void
count (GHashTable *heard, const char *peer_id, GenosMessage *message)
{
  const char *text = genos_message_get_text (message);
  char *key = g_strdup_printf ("%s: %s", peer_id, text != NULL ? text : "bytes");
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (heard, key));

  g_hash_table_replace (heard, key, GUINT_TO_POINTER (n + 1));
}

static G_GNUC_UNUSED void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  JsonNode *metadata = genos_message_get_metadata (message);

  if (strcmp (channel, "chat") != 0)
    return;
  count (member->heard, peer_id, message);
  member->n_sealed += genos_message_is_sealed (message);
  member->n_group += genos_message_get_sealing (message) == GENOS_SEALING_GROUP;
  if (genos_message_get_kind (message) != GENOS_MESSAGE_BYTES)
    return;
  g_assert_nonnull (metadata);
  member->metadata_right =
      g_strcmp0 (json_object_get_string_member (json_node_get_object (metadata), "name"), "far.bin")
          == 0
      && g_bytes_get_size (genos_message_get_bytes (message)) == 3
      && memcmp (g_bytes_get_data (genos_message_get_bytes (message), NULL), "\0\xFF\1", 3) == 0;
}

static G_GNUC_UNUSED void
on_mesh_message (GenosMesh *mesh, const char *peer_id, GenosMessage *message, Member *member)
{
  count (member->heard_of_mesh, peer_id, message);
}

static G_GNUC_UNUSED void
on_state (GenosMesh *mesh, Member *member)
{
  member->n_states++;
}

static G_GNUC_UNUSED void
on_warning (GenosRoom *room, GError *error, Member *member)
{
  g_test_message ("warning: %s", error->message);
  /* On a slow machine the relay may take its time, which is told as well. */
  member->n_warnings += g_error_matches (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL)
      || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION)
      || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED)
      || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static G_GNUC_UNUSED GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  return peer_link_local_new (offerer);
}

static G_GNUC_UNUSED void
member_free (gpointer data)
{
  Member *member = data;

  g_object_unref (member->room);
  g_hash_table_unref (member->heard);
  g_hash_table_unref (member->heard_of_mesh);
  g_free (member);
}

static G_GNUC_UNUSED Member *
enter (World *world, const char *cells)
{
  Member *member = g_new0 (Member, 1);
  g_autofree char *id = g_strdup_printf ("member%u", world->members->len);
  g_autoptr (GError) error = NULL;

  member->room = genos_room_new ("cells");
  member->mesh = genos_room_get_mesh (member->room);
  member->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  member->heard_of_mesh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  genos_mesh_set_times (member->mesh, &times);
  g_object_set (member->room, "relays", world->url, "proxy", "none", "peer-id", id, "cells", cells,
      "password", world->password, "encryption", world->encryption, NULL);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  g_signal_connect (member->mesh, "message", G_CALLBACK (on_mesh_message), member);
  g_signal_connect (member->mesh, "mesh-state", G_CALLBACK (on_state), member);
  if (world->real_links)
    g_object_set (member->room, "stun-server", "", NULL);
  else
    genos_room_set_link_factory (member->room, make_link, NULL);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world->members, member);
  return member;
}

static G_GNUC_UNUSED Member *
get (World *world, guint index)
{
  return g_ptr_array_index (world->members, index);
}

static G_GNUC_UNUSED void
leave (World *world, guint index)
{
  Member *member = get (world, index);

  genos_room_leave (member->room);
  wait_long (genos_room_get_state (member->room) == GENOS_ROOM_IDLE);
  g_assert_cmpuint (genos_mesh_get_cell_size (member->mesh), ==, 0);
  g_ptr_array_remove_index (world->members, index);
}

static G_GNUC_UNUSED void
set_up (World *world, gconstpointer password)
{
  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  world->password = password;
  world->encryption = GENOS_ENCRYPTION_PREFERRED;
  world->members = g_ptr_array_new_with_free_func (member_free);
}

static G_GNUC_UNUSED void
tear_down (World *world, gconstpointer data)
{
  for (guint i = 0; i < world->members->len; i++)
    genos_room_leave (get (world, i)->room);
  for (guint i = 0; i < world->members->len; i++)
    wait_long (genos_room_get_state (get (world, i)->room) == GENOS_ROOM_IDLE);
  g_ptr_array_unref (world->members);
  genos_relay_server_stop (world->server);
  g_object_unref (world->server);
  g_free (world->url);
}

/* --- what is expected --- */

/* The cells of the room as @member has them: everybody's id → its cell, and whether it is a bridge. */
static G_GNUC_UNUSED gboolean
find_in_layout (GVariant *cells, const char *id, guint *cell, gboolean *is_bridge)
{
  for (guint i = 0; i < g_variant_n_children (cells); i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (cells, i);
    g_autofree const char **ids = g_variant_get_strv (child, NULL);

    for (guint j = 0; ids[j] != NULL; j++) {
      *cell = i;
      *is_bridge = j == 0;
      if (strcmp (ids[j], id) == 0)
        return TRUE;
    }
  }
  return FALSE;
}

static G_GNUC_UNUSED gboolean
should_be_linked (GVariant *cells, const char *a, const char *b)
{
  guint cell_a, cell_b, distance;
  gboolean bridge_a, bridge_b;

  if (!find_in_layout (cells, a, &cell_a, &bridge_a)
      || !find_in_layout (cells, b, &cell_b, &bridge_b))
    return FALSE;
  distance = cell_a > cell_b ? cell_a - cell_b : cell_b - cell_a;
  return distance == 0 || (bridge_a && bridge_b && (distance & (distance - 1)) == 0);
}

static G_GNUC_UNUSED gboolean
is_settled (World *world)
{
  for (guint i = 0; i < world->members->len; i++) {
    Member *member = get (world, i);
    const char *id = genos_room_get_peer_id (member->room);
    g_auto (GStrv) roster = genos_mesh_get_roster (member->mesh);
    g_autoptr (GVariant) cells = genos_mesh_get_cells (member->mesh);

    if (g_strv_length (roster) != world->members->len)
      return FALSE;
    for (guint j = 0; j < world->members->len; j++) {
      const char *other = genos_room_get_peer_id (get (world, j)->room);

      if (i != j
          && (genos_room_get_peer (member->room, other) != NULL)
              != should_be_linked (cells, id, other))
        return FALSE;
    }
  }
  return TRUE;
}

static G_GNUC_UNUSED gboolean
all_heard (World *world, Member *sender, const char *text)
{
  g_autofree char *key = g_strdup_printf ("%s: %s", genos_room_get_peer_id (sender->room), text);

  for (guint i = 0; i < world->members->len; i++)
    if (get (world, i) != sender && !g_hash_table_contains (get (world, i)->heard, key))
      return FALSE;
  return TRUE;
}

static G_GNUC_UNUSED void
assert_heard_once (World *world)
{
  for (guint i = 0; i < world->members->len; i++) {
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init (&iter, get (world, i)->heard);
    while (g_hash_table_iter_next (&iter, &key, &value))
      if (GPOINTER_TO_UINT (value) != 1)
        g_error ("member %u heard %u times: %s", i, GPOINTER_TO_UINT (value), (char *) key);
  }
}

static G_GNUC_UNUSED guint
say (Member *member, GenosMessage *message, const char *to)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (member->room, "chat", NULL);
  g_autoptr (GError) error = NULL;
  const char *targets[] = { to, NULL };
  guint n = genos_channel_send (channel, message, to != NULL ? targets : NULL, &error);

  g_assert_no_error (error);
  return n;
}

static G_GNUC_UNUSED void
say_text (Member *member, const char *text, const char *to)
{
  g_autoptr (GenosMessage) message = genos_message_new_string (text);

  g_assert_cmpuint (say (member, message, to), >, 0);
}

/* Somebody @member has no link to. */
static G_GNUC_UNUSED Member *
find_far (World *world, Member *member)
{
  for (guint i = 0; i < world->members->len; i++) {
    Member *other = get (world, i);

    if (other != member
        && genos_room_get_peer (member->room, genos_room_get_peer_id (other->room)) == NULL)
      return other;
  }
  g_assert_not_reached ();
}

static G_GNUC_UNUSED Member *
find_plain_member (World *world)
{
  for (guint i = 0; i < world->members->len; i++)
    if (!genos_mesh_get_is_bridge (get (world, i)->mesh))
      return get (world, i);
  g_assert_not_reached ();
}
