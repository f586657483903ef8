/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A relay that stands in between: it sees and passes on what two peers of a room with a password say to
 * each other, and does with it what it likes. What somebody does who stands between the ends of a link is in
 * unit/room/encryption and unit/room/peer-identity. Links need no network here. */

#include <genos/crypto/sealed-sdp.h>
#include <genos/genos.h>
#include <genos/room/room-private.h>
#include <genos/wire/topic.h>

#include "../common/peer-link-local.h"
#include "../common/test-wait.h"
#include "faulty-relay.h"

#include <string.h>

#define ROOM "between"
#define PASSWORD "swordfish"
#define DEADLINE 60

typedef struct {
  GenosRoom *room;
  guint n_joined, n_left, n_errors;
} Member;

typedef struct {
  FaultyRelay *relay;
  Member alice, bob;
  GPtrArray *kept; /* GenosNip01Event, all that came */
  guint n_meddled;
  gboolean calm; /* passes everything on, as it is */
} World;

#define wait_long(condition) genos_test_wait_for (condition, DEADLINE)

/* --- the two --- */

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *reason, Member *member)
{
  member->n_left++;
}

static void
on_join_error (GenosRoom *room, const char *peer_id, GError *error, Member *member)
{
  g_test_message (
      "%s: join-error with %s: %s", genos_room_get_peer_id (room), peer_id, error->message);
  member->n_errors++;
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  return peer_link_local_new (offerer);
}

static void
enter (World *world, Member *member, const char *id)
{
  g_autoptr (GError) error = NULL;

  *member = (Member){ .room = genos_room_new (ROOM) };
  g_object_set (member->room, "relays", faulty_relay_get_url (world->relay), "proxy", "none",
      "peer-id", id, "password", PASSWORD, NULL);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "join-error", G_CALLBACK (on_join_error), member);
  genos_room_set_link_factory (member->room, make_link, NULL);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
}

static void
leave (Member *member)
{
  if (member->room == NULL)
    return;
  genos_room_leave (member->room);
  wait_long (genos_room_get_state (member->room) == GENOS_ROOM_IDLE);
  g_clear_object (&member->room);
}

static guint64
get_count (Member *member, const char *name)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  guint64 count = 0;

  g_assert_true (gst_structure_get_uint64 (stats, name, &count));
  return count;
}

/* What relays sent and was of no use. */
static guint64
get_dropped (Member *member)
{
  return get_count (member, "dropped");
}

static void
set_up (World *world, gconstpointer meddler)
{
  world->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_nip01_event_free);
  world->relay = faulty_relay_new (HABIT_MEDDLES);
  faulty_relay_set_meddler (world->relay, (FaultyRelayMeddler) meddler, world);
  enter (world, &world->alice, "alice");
  enter (world, &world->bob, "bob");
}

static void
tear_down (World *world, gconstpointer data)
{
  leave (&world->alice);
  leave (&world->bob);
  faulty_relay_free (world->relay);
  g_ptr_array_unref (world->kept);
}

static gboolean
have_met (World *world)
{
  return world->alice.n_joined == 1 && world->bob.n_joined == 1;
}

/* --- what it does --- */

/* The contents as an object; NULL: it is none. */
static JsonNode *
parse (const GenosNip01Event *event)
{
  JsonNode *node = json_from_string (event->content, NULL);

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    g_clear_pointer (&node, json_node_unref);
  return node;
}

/* (nullable): the object that is `offer` or `answer`. */
static JsonObject *
get_description (JsonNode *node)
{
  JsonObject *object = json_node_get_object (node);

  for (guint i = 0; i < 2; i++) {
    const char *name = i == 0 ? "offer" : "answer";

    if (json_object_has_member (object, name))
      return json_object_get_object_member (object, name);
  }
  return NULL;
}

static const char *
get_sender (JsonNode *node)
{
  return json_object_get_string_member (json_node_get_object (node), "peerId");
}

static GenosNip01Event *
rewrite (World *world, const GenosNip01Event *event, JsonNode *node)
{
  GenosNip01Event *other = genos_nip01_event_copy (event);

  g_free (other->content);
  other->content = json_to_string (node, FALSE);
  faulty_relay_sign (world->relay, other);
  return other;
}

static void
keep (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;

  g_ptr_array_add (world->kept, genos_nip01_event_copy (event));
  faulty_relay_pass_on (relay, event);
}

/* One letter of what is sealed, in the middle of the base64. */
static void
spoil (JsonObject *description)
{
  g_autofree char *sealed = g_strdup (json_object_get_string_member (description, "sdp"));
  char *at = strchr (sealed, '$') + strlen (sealed) / 4;

  *at = *at == 'A' ? 'B' : 'A';
  json_object_set_string_member (description, "sdp", sealed);
}

/* Changes descriptions, and signs what comes out of it. */
static void
change (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;
  g_autoptr (JsonNode) node = parse (event);
  JsonObject *description = node != NULL ? get_description (node) : NULL;
  g_autoptr (GenosNip01Event) other = NULL;

  if (description == NULL || world->calm) {
    faulty_relay_pass_on (relay, event);
    return;
  }
  spoil (description);
  other = rewrite (world, event, node);
  world->n_meddled++;
  faulty_relay_pass_on (relay, other);
}

/* The same without a signature that holds. */
static void
change_unsigned (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;
  g_autoptr (JsonNode) node = parse (event);
  JsonObject *description = node != NULL ? get_description (node) : NULL;
  g_autoptr (GenosNip01Event) other = genos_nip01_event_copy (event);

  if (description != NULL && !world->calm) {
    spoil (description);
    g_free (other->content);
    other->content = json_to_string (node, FALSE);
    world->n_meddled++;
  }
  faulty_relay_pass_on (relay, other);
}

static void
drop (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;
  g_autoptr (JsonNode) node = parse (event);

  if (node != NULL && get_description (node) != NULL && !world->calm)
    world->n_meddled++;
  else
    faulty_relay_pass_on (relay, event);
}

/* Nobody knows any extensions, as far as one can tell. */
static void
downgrade (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;
  g_autoptr (JsonNode) node = parse (event);
  g_autoptr (GenosNip01Event) other = NULL;

  if (node == NULL || !json_object_has_member (json_node_get_object (node), "ext")) {
    faulty_relay_pass_on (relay, event);
    return;
  }
  json_object_remove_member (json_node_get_object (node), "ext");
  other = rewrite (world, event, node);
  world->n_meddled++;
  faulty_relay_pass_on (relay, other);
}

static char *
self_topic (const char *peer_id)
{
  g_autofree char *path =
      genos_topic_path (genos_dialect_lookup ("genosrtc"), "1234", ROOM, peer_id);

  return genos_topic_from_path (path);
}

/* To the one it comes from, or in the name of somebody else: @event with other words. */
static void
say_as (
    World *world, const GenosNip01Event *event, JsonNode *node, const char *name, const char *to)
{
  g_autoptr (GenosNip01Event) other = genos_nip01_event_new (0, event->created_at, "");
  g_autofree char *topic = self_topic (to);

  json_object_set_string_member (json_node_get_object (node), "peerId", name);
  g_free (other->content);
  other->content = json_to_string (node, FALSE);
  other->kind = genos_topic_kind (topic);
  genos_nip01_event_add_tag (other, "x", topic, NULL);
  faulty_relay_sign (world->relay, other);
  world->n_meddled++;
  faulty_relay_pass_on (world->relay, other);
}

/* Offers come back to whoever made them, as somebody else's. */
static void
reflect (FaultyRelay *relay, const GenosNip01Event *event, gpointer user_data)
{
  World *world = user_data;
  g_autoptr (JsonNode) node = parse (event);

  if (node != NULL && get_description (node) != NULL) {
    g_autofree char *from = g_strdup (get_sender (node));

    say_as (world, event, node, "mallory", from);
  }
  faulty_relay_pass_on (relay, event);
}

/* --- what comes of it --- */

/* All it has are topics, ids, times, and what it cannot open. */
static void
test_reads (World *world, gconstpointer data)
{
  guint n_sealed = 0;

  wait_long (have_met (world));
  for (guint i = 0; i < world->kept->len; i++) {
    const GenosNip01Event *event = g_ptr_array_index (world->kept, i);
    g_autoptr (JsonNode) node = parse (event);
    JsonObject *description = node != NULL ? get_description (node) : NULL;

    g_assert_null (strstr (event->content, "v=0"));
    g_assert_null (strstr (event->content, "127.0.0.1"));
    g_assert_null (strstr (event->content, PASSWORD));
    g_assert_null (strstr (event->content, ROOM));
    for (guint with = 0; description != NULL && with < 2; with++) {
      const char *sealed = json_object_get_string_member (description, "sdp");
      g_autoptr (GenosSealingKey) key =
          genos_sealing_key_new (with == 0 ? PASSWORD : "guessed", "1234", "app-sync-" ROOM);
      g_autofree char *opened = genos_sealing_key_open (key, sealed, NULL);

      g_assert_true ((opened != NULL) == (with == 0));
      n_sealed += opened != NULL;
    }
  }
  g_assert_cmpuint (n_sealed, >=, 2);
}

/* Of those kept since the first @from. */
static guint
count_descriptions (World *world, guint from)
{
  guint n = 0;

  for (guint i = from; i < world->kept->len; i++) {
    g_autoptr (JsonNode) node = parse (g_ptr_array_index (world->kept, i));

    n += node != NULL && get_description (node) != NULL;
  }
  return n;
}

/* The first @n of those kept; no goodbyes. */
static void
say_again (World *world, guint n)
{
  for (guint i = 0; i < n; i++) {
    const GenosNip01Event *event = g_ptr_array_index (world->kept, i);

    if (strstr (event->content, "\"bye\"") == NULL)
      faulty_relay_pass_on (world->relay, event);
  }
}

/* Said again to the one who heard it, and to somebody new under the same name, when the one who said it is
 * gone. */
static void
test_replays (World *world, gconstpointer data)
{
  guint64 dropped;
  guint n;

  wait_long (have_met (world));
  leave (&world->alice);
  wait_long (world->bob.n_left == 1);
  dropped = get_dropped (&world->bob);
  n = world->kept->len;
  say_again (world, n);
  wait_long (get_dropped (&world->bob) > dropped);
  g_assert_cmpuint (count_descriptions (world, n), ==, 0);
  g_assert_cmpuint (world->bob.n_joined, ==, 1);

  leave (&world->bob);
  enter (world, &world->bob, "bob");
  n = world->kept->len;
  wait_long (world->kept->len > n);
  say_again (world, n);
  /* He has never heard it, dials, and nobody is there. */
  wait_long (count_descriptions (world, n) > 0);
  g_assert_cmpuint (world->bob.n_joined, ==, 0);
}

/* Their descriptions say in sealed words who they are. */
static void
test_downgrades (World *world, gconstpointer data)
{
  wait_long (world->n_meddled > 0 && world->alice.n_errors + world->bob.n_errors > 0);
  g_assert_cmpuint (world->alice.n_joined + world->bob.n_joined, ==, 0);
}

/* With a key that is not Alice's, while she is there: her announce, her offer, her goodbye. */
static void
test_impersonates (World *world, gconstpointer data)
{
  guint64 denied;
  guint n;

  wait_long (have_met (world));
  denied = get_count (&world->bob, "denied");
  n = world->kept->len;
  for (guint i = 0; i < n; i++) {
    const GenosNip01Event *event = g_ptr_array_index (world->kept, i);
    g_autoptr (JsonNode) node = parse (event);
    g_autoptr (GenosNip01Event) other = NULL;

    if (node == NULL || g_strcmp0 (get_sender (node), "alice") != 0)
      continue;
    other = rewrite (world, event, node);
    world->n_meddled++;
    faulty_relay_pass_on (world->relay, other);
  }
  g_assert_cmpuint (world->n_meddled, >, 0);
  wait_long (get_count (&world->bob, "denied") > denied);
  g_assert_cmpuint (world->bob.n_left, ==, 0);
  g_assert_nonnull (genos_room_get_peer (world->bob.room, "alice"));
}

/* --- what takes its time: until a handshake is given up and another one begins --- */

typedef struct {
  const char *name;
  FaultyRelayMeddler meddler;
  gboolean (*is_told) (World *world);
} Slow;

static guint
count_errors (World *world)
{
  return world->alice.n_errors + world->bob.n_errors;
}

static gboolean
is_error (World *world)
{
  return world->n_meddled > 0 && count_errors (world) > 0;
}

static gboolean
is_dropped (World *world)
{
  return world->n_meddled > 0 && get_dropped (&world->alice) + get_dropped (&world->bob) > 0;
}

static gboolean
is_meddled (World *world)
{
  return world->n_meddled > 0;
}

/* What it signs itself is not opened, what it does not sign is not looked at, what it keeps never comes:
 * nobody meets anybody, and they do as soon as it stops. */
static const Slow changes[] = {
  { "changed and signed", change, is_error },
  { "changed", change_unsigned, is_dropped },
  { "dropped", drop, is_meddled },
};

/* Nobody takes his own words for those of a stranger. */
static void
wait_for_reflected (World *world)
{
  wait_long (have_met (world) && is_error (world));
  g_assert_null (genos_room_get_peer (world->alice.room, "mallory"));
  g_assert_null (genos_room_get_peer (world->bob.room, "mallory"));
  g_assert_cmpuint (world->alice.n_joined + world->bob.n_joined, ==, 2);
}

/* All of them side by side. */
static void
test_slow (void)
{
  World worlds[G_N_ELEMENTS (changes)] = { 0 };
  World mirror = { 0 };

  set_up (&mirror, reflect);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    set_up (&worlds[i], (gconstpointer) changes[i].meddler);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_test_message ("%s", changes[i].name);
    wait_long (changes[i].is_told (&worlds[i]));
    g_assert_cmpuint (worlds[i].alice.n_joined + worlds[i].bob.n_joined, ==, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    worlds[i].calm = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_test_message ("no more %s", changes[i].name);
    wait_long (have_met (&worlds[i]));
    tear_down (&worlds[i], NULL);
  }
  wait_for_reflected (&mirror);
  tear_down (&mirror, NULL);
}

#define add(name, meddler, function)                                                               \
  g_test_add ("/room-in-between/" name, World, (gconstpointer) meddler, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("reads", keep, test_reads);
  add ("replays", keep, test_replays);
  add ("downgrades", downgrade, test_downgrades);
  add ("impersonates", keep, test_impersonates);
  g_test_add_func ("/room-in-between/changes-drops-reflects", test_slow);
  return g_test_run ();
}
