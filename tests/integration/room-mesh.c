/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A room of cells: real rooms and a real relay; links that need no network. Seals come sooner than they
 * would. */

#include <genos/genos.h>
#include <genos/room/room-private.h>
#include <genos/room/mesh-private.h>

#include "../common/peer-link-local.h"
#include "relay-fixture.h"

#include <string.h>

#define N 8
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
  guint n_states, n_sealed, n_warnings;
  gboolean metadata_right;
} Member;

typedef struct {
  GenosRelayServer *server;
  char *url;
  const char *password;
  GPtrArray *members;
} World;

#define wait_long(condition) genos_test_wait_for (condition, DEADLINE)

/* --- members --- */

static void
count (GHashTable *heard, const char *peer_id, GenosMessage *message)
{
  const char *text = genos_message_get_text (message);
  char *key = g_strdup_printf ("%s: %s", peer_id, text != NULL ? text : "bytes");
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (heard, key));

  g_hash_table_replace (heard, key, GUINT_TO_POINTER (n + 1));
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  JsonNode *metadata = genos_message_get_metadata (message);

  g_assert_cmpstr (channel, ==, "chat");
  count (member->heard, peer_id, message);
  member->n_sealed += genos_message_is_sealed (message);
  if (genos_message_get_kind (message) != GENOS_MESSAGE_BYTES)
    return;
  g_assert_nonnull (metadata);
  member->metadata_right =
      g_strcmp0 (json_object_get_string_member (json_node_get_object (metadata), "name"), "far.bin")
          == 0
      && g_bytes_get_size (genos_message_get_bytes (message)) == 3
      && memcmp (g_bytes_get_data (genos_message_get_bytes (message), NULL), "\0\xFF\1", 3) == 0;
}

static void
on_mesh_message (GenosMesh *mesh, const char *peer_id, GenosMessage *message, Member *member)
{
  count (member->heard_of_mesh, peer_id, message);
}

static void
on_state (GenosMesh *mesh, Member *member)
{
  member->n_states++;
}

static void
on_warning (GenosRoom *room, GError *error, Member *member)
{
  g_test_message ("warning: %s", error->message);
  member->n_warnings++;
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  return peer_link_local_new (offerer);
}

static void
member_free (gpointer data)
{
  Member *member = data;

  g_object_unref (member->room);
  g_hash_table_unref (member->heard);
  g_hash_table_unref (member->heard_of_mesh);
  g_free (member);
}

static Member *
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
      "password", world->password, NULL);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  g_signal_connect (member->mesh, "message", G_CALLBACK (on_mesh_message), member);
  g_signal_connect (member->mesh, "mesh-state", G_CALLBACK (on_state), member);
  genos_room_set_link_factory (member->room, make_link, NULL);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world->members, member);
  return member;
}

static Member *
get (World *world, guint index)
{
  return g_ptr_array_index (world->members, index);
}

static void
leave (World *world, guint index)
{
  Member *member = get (world, index);

  genos_room_leave (member->room);
  wait_long (genos_room_get_state (member->room) == GENOS_ROOM_IDLE);
  g_assert_cmpuint (genos_mesh_get_cell_size (member->mesh), ==, 0);
  g_ptr_array_remove_index (world->members, index);
}

static void
set_up (World *world, gconstpointer password)
{
  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  world->password = password;
  world->members = g_ptr_array_new_with_free_func (member_free);
}

static void
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
static gboolean
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

static gboolean
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

static gboolean
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

static gboolean
all_heard (World *world, Member *sender, const char *text)
{
  g_autofree char *key = g_strdup_printf ("%s: %s", genos_room_get_peer_id (sender->room), text);

  for (guint i = 0; i < world->members->len; i++)
    if (get (world, i) != sender && !g_hash_table_contains (get (world, i)->heard, key))
      return FALSE;
  return TRUE;
}

static void
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

static guint
say (Member *member, GenosMessage *message, const char *to)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (member->room, "chat", NULL);
  g_autoptr (GError) error = NULL;
  const char *targets[] = { to, NULL };
  guint n = genos_channel_send (channel, message, to != NULL ? targets : NULL, &error);

  g_assert_no_error (error);
  return n;
}

static void
say_text (Member *member, const char *text, const char *to)
{
  g_autoptr (GenosMessage) message = genos_message_new_string (text);

  g_assert_cmpuint (say (member, message, to), >, 0);
}

/* Somebody @member has no link to. */
static Member *
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

static Member *
find_plain_member (World *world)
{
  for (guint i = 0; i < world->members->len; i++)
    if (!genos_mesh_get_is_bridge (get (world, i)->mesh))
      return get (world, i);
  g_assert_not_reached ();
}

/* --- tests --- */

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(gint64 *) data = genos_mesh_ping_finish (GENOS_MESH (source), result, &error);
  g_assert_no_error (error);
}

static void
check_far (World *world)
{
  Member *sender = find_plain_member (world);
  Member *far = find_far (world, sender);
  const char *far_id = genos_room_get_peer_id (far->room);
  g_autoptr (JsonNode) metadata = json_from_string ("{\"name\":\"far.bin\"}", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\xFF\1", 3);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (bytes, metadata);
  g_autoptr (GVariant) info = genos_mesh_get_peer_info (sender->mesh, far_id);
  g_autofree char *key = g_strdup_printf ("%s: bytes", genos_room_get_peer_id (sender->room));
  gint64 pinged = 0;
  gboolean linked = TRUE;

  g_assert_true (g_variant_lookup (info, "linked", "b", &linked));
  g_assert_false (linked);
  g_assert_cmpuint (say (sender, message, far_id), ==, 1);
  wait_long (g_hash_table_contains (far->heard, key));
  g_assert_true (far->metadata_right);

  genos_mesh_ping_async (sender->mesh, far_id, DEADLINE * 1000, NULL, on_pinged, &pinged);
  wait_long (pinged != 0);
  g_assert_cmpint (pinged, >, 0);
  /* What was said after it is everywhere: it would be too. */
  say_text (sender, "after", NULL);
  wait_long (all_heard (world, sender, "after"));
  for (guint i = 0; i < world->members->len; i++)
    g_assert_cmpint (g_hash_table_contains (get (world, i)->heard, key), ==, get (world, i) == far);
}

static guint
find_bridge (World *world)
{
  for (guint i = 0; i < world->members->len; i++)
    if (genos_mesh_get_is_bridge (get (world, i)->mesh))
      return i;
  g_assert_not_reached ();
}

static void
test_cells (World *world, gconstpointer data)
{
  gint64 begun = g_get_monotonic_time ();
  Member *sender;

  for (guint i = 0; i < N; i++)
    enter (world, "3");
  wait_long (is_settled (world));
  g_test_message (
      "settled after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - begun) / 1000);
  for (guint i = 0; i < N; i++) {
    g_assert_cmpuint (genos_mesh_get_total_cells (get (world, i)->mesh), ==, 3);
    g_assert_cmpuint (genos_mesh_get_ttl (get (world, i)->mesh), ==, 7);
    g_assert_cmpuint (genos_mesh_get_cell_size (get (world, i)->mesh), ==, 3);
    g_assert_cmpuint (get (world, i)->n_states, >, 0);
  }
  for (guint i = 0; i < N; i++) {
    say_text (get (world, i), "hello", NULL);
    wait_long (all_heard (world, get (world, i), "hello"));
  }
  check_far (world);

  begun = g_get_monotonic_time ();
  leave (world, find_bridge (world));
  wait_long (is_settled (world));
  g_test_message ("a bridge left: settled after %" G_GINT64_FORMAT " ms",
      (g_get_monotonic_time () - begun) / 1000);
  sender = find_plain_member (world);
  say_text (sender, "without it", NULL);
  wait_long (all_heard (world, sender, "without it"));
  assert_heard_once (world);
  for (guint i = 0; i < world->members->len; i++) {
    g_assert_cmpuint (get (world, i)->n_warnings, ==, 0);
    g_assert_cmpuint (get (world, i)->n_sealed, ==, 0);
  }
}

static void
test_sealed (World *world, gconstpointer data)
{
  Member *sender;

  for (guint i = 0; i < 5; i++)
    enter (world, "2");
  wait_long (is_settled (world));
  sender = get (world, 0);
  say_text (sender, "hello", NULL);
  wait_long (all_heard (world, sender, "hello"));
  check_far (world);
  assert_heard_once (world);
  for (guint i = 0; i < 5; i++) {
    guint n = 0;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init (&iter, get (world, i)->heard);
    while (g_hash_table_iter_next (&iter, NULL, &value))
      n += GPOINTER_TO_UINT (value);
    g_assert_cmpuint (get (world, i)->n_sealed, ==, n);
    g_assert_cmpuint (get (world, i)->n_warnings, ==, 0);
  }
}

static void
test_mesh_send (World *world, gconstpointer data)
{
  g_autoptr (GenosMessage) message = genos_message_new_json_text ("{\"a\":[1,2]}", NULL);
  g_autoptr (GError) error = NULL;
  Member *far;

  for (guint i = 0; i < 5; i++)
    enter (world, "2");
  wait_long (is_settled (world));
  g_assert_true (genos_mesh_send (get (world, 0)->mesh, message, NULL, NULL));
  for (guint i = 1; i < 5; i++)
    wait_long (g_hash_table_contains (get (world, i)->heard_of_mesh, "member0: {\"a\":[1,2]}"));
  far = find_far (world, find_plain_member (world));
  g_assert_true (genos_mesh_send (
      find_plain_member (world)->mesh, message, genos_room_get_peer_id (far->room), NULL));
  g_assert_false (genos_mesh_send (get (world, 0)->mesh, message, "nobody", &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (g_hash_table_size (get (world, i)->heard), ==, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/integration/room-mesh/cells", World, NULL, set_up, test_cells, tear_down);
  g_test_add ("/integration/room-mesh/sealed", World, "swordfish", set_up, test_sealed, tear_down);
  g_test_add ("/integration/room-mesh/mesh-send", World, NULL, set_up, test_mesh_send, tear_down);
  return g_test_run ();
}
