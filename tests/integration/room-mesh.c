/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A room of cells: real rooms and a real relay; links that need no network. Seals come sooner than they
 * would. */

#include <genos/genos.h>
#include <genos/room/room-private.h>
#include <genos/room/cells/mesh-payload.h>
#include <genos/room/cells/mesh-private.h>

#include "mesh-fixture.h"

#include <string.h>

#define N 8
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

static gboolean
heard (Member *member, Member *sender, const char *text)
{
  g_autofree char *key = g_strdup_printf ("%s: %s", genos_room_get_peer_id (sender->room), text);

  return g_hash_table_contains (member->heard, key);
}

static gboolean
all_but_one_heard (World *world, Member *sender, const char *text, Member *one)
{
  for (guint i = 0; i < world->members->len; i++) {
    Member *member = get (world, i);

    if (member != sender && member != one && !heard (member, sender, text))
      return FALSE;
  }
  return TRUE;
}

/* Something waits for a key that it is not given, or has waited long enough. */
static gboolean
is_without_key (Member *member, guint n_warnings)
{
  return genos_group_ring_get_n_waiting (member->mesh->group) > 0
      || member->n_warnings > n_warnings;
}

static guint64
count_keys (Member *member, const char *which)
{
  g_autoptr (GstStructure) stats = genos_mesh_get_stats (member->mesh);
  guint64 n;

  g_assert_true (gst_structure_get_uint64 (stats, which, &n));
  return n;
}

/* Whoever is kicked has the password, and the mesh brings it what is said: it cannot open it any more. */
static void
test_kicked (World *world, gconstpointer data)
{
  Member *sender, *kicked;

  for (guint i = 0; i < 5; i++)
    enter (world, "2");
  wait_long (is_settled (world));
  sender = find_plain_member (world);
  kicked = find_far (world, sender);
  say_text (sender, "before", NULL);
  wait_long (all_heard (world, sender, "before"));
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (get (world, i)->n_group, ==, get (world, i) != sender);
  /* Each of the four has asked for its key. */
  g_assert_cmpuint (count_keys (sender, "keys-sent"), >=, 4);
  g_assert_cmpuint (count_keys (sender, "keys-received"), >=, 4);
  g_assert_cmpuint (count_keys (kicked, "keys-sent"), >=, 1);
  g_assert_cmpuint (count_keys (kicked, "keys-received"), >=, 1);
  g_assert_cmpuint (genos_group_ring_get_n_drawn (sender->mesh->group), ==, 1);

  genos_room_kick (sender->room, genos_room_get_peer_id (kicked->room), NULL);
  say_text (sender, "after", NULL);
  wait_long (all_but_one_heard (world, sender, "after", kicked));
  wait_long (is_without_key (kicked, 0));
  g_assert_false (heard (kicked, sender, "after"));
  g_assert_cmpuint (genos_group_ring_get_n_drawn (sender->mesh->group), ==, 2);

  /* The others have nothing against it; who kicked it does not hear it. */
  say_text (kicked, "still here", NULL);
  wait_long (all_but_one_heard (world, kicked, "still here", sender));
  g_assert_false (heard (sender, kicked, "still here"));
  g_assert_false (heard (kicked, sender, "after"));
}

static Member *
find_bridge_of (World *world, int cell)
{
  for (guint i = 0; i < world->members->len; i++) {
    Member *member = get (world, i);

    if (genos_mesh_get_cell (member->mesh) == cell && genos_mesh_get_is_bridge (member->mesh))
      return member;
  }
  g_assert_not_reached ();
}

static Member *
find_in_other_cell (World *world, int cell)
{
  for (guint i = 0; i < world->members->len; i++)
    if (genos_mesh_get_cell (get (world, i)->mesh) != cell)
      return get (world, i);
  g_assert_not_reached ();
}

/* @eve hands @to something that @origin never said, as if it had come to her on its way. */
static void
forge (Member *eve, Member *to, Member *origin, const GenosMeshAddress *address)
{
  GenosExtendedMessage message = { .kind = GENOS_PAYLOAD_STRING,
    .payload = g_bytes_new_static ("forged", 6) };
  const char *to_id = genos_room_get_peer_id (to->room);
  g_autofree char *data = genos_mesh_payload_build (address, &message, NULL);
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new (GENOS_MESH_MSG,
      genos_room_get_peer_id (origin->room), genos_mesh_get_cell (origin->mesh), address->ms,
      address->group != NULL ? 77 : 78, NULL, data);

  g_assert_nonnull (data);
  genos_mesh_links_send (
      genos_mesh_find (eve->mesh, to_id), genos_mesh_get_cell (to->mesh), frame, 3, eve->mesh);
  g_bytes_unref (message.payload);
}

/* A bridge that has the password, and all the keys that others handed to it, in the name of somebody else. */
static void
test_forged (World *world, gconstpointer data)
{
  GenosMeshAddress address = { .channel = "chat" };
  g_autoptr (GenosSecret) password_key = NULL;
  Member *alice, *bob, *eve;
  guint n_warnings;

  world->encryption = GENOS_ENCRYPTION_REQUIRED;
  for (guint i = 0; i < 5; i++)
    enter (world, "2");
  wait_long (is_settled (world));
  bob = find_plain_member (world);
  eve = find_bridge_of (world, genos_mesh_get_cell (bob->mesh));
  alice = find_in_other_cell (world, genos_mesh_get_cell (bob->mesh));
  say_text (alice, "true", NULL);
  wait_long (all_heard (world, alice, "true"));
  g_assert_cmpuint (bob->n_group, ==, 1);
  g_assert_cmpuint (bob->n_warnings, ==, 0);

  address.self_id = genos_room_get_peer_id (alice->room);
  address.ms = g_get_real_time () / 1000;
  password_key = genos_mesh_make_key (eve->mesh, NULL, NULL);
  address.key = password_key;
  forge (eve, bob, alice, &address);
  wait_long (bob->n_warnings > 0);
  n_warnings = bob->n_warnings;
  /* What she seals with her own key bob asks alice for, who has none of that name. */
  address.key = NULL;
  address.group = genos_mesh_group_get_sending (eve->mesh);
  forge (eve, bob, alice, &address);
  wait_long (is_without_key (bob, n_warnings));
  say_text (alice, "true again", NULL);
  wait_long (all_heard (world, alice, "true again"));
  g_assert_false (heard (bob, alice, "forged"));
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
  g_test_add ("/integration/room-mesh/kicked", World, "swordfish", set_up, test_kicked, tear_down);
  g_test_add ("/integration/room-mesh/forged", World, "swordfish", set_up, test_forged, tear_down);
  g_test_add ("/integration/room-mesh/mesh-send", World, NULL, set_up, test_mesh_send, tear_down);
  return g_test_run ();
}
