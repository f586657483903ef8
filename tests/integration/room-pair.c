/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rooms over a real relay on loopback and real webrtcbin, in one process. */

#include <glib/gstdio.h>
#include <string.h>

#include <genos/genos.h>
#include <genos/transport/webrtc/peer-link-webrtc.h>

#define DEADLINE (90 * G_TIME_SPAN_SECOND)

typedef struct {
  GenosRelayServer *relay;
  char *url;
} World;

typedef struct {
  GenosRoom *room;
  GPtrArray *joined; /* ids, in order */
  GPtrArray *left;
  GPtrArray *messages;    /* "channel:peer:text" */
  GPtrArray *join_errors; /* "peer:code" */
  GPtrArray *lost;
  guint n_progress;
  guint n_warnings;
} Member;

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  g_ptr_array_add (member->joined, g_strdup (genos_peer_get_id (peer)));
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *member)
{
  g_assert_nonnull (error);
  g_ptr_array_add (member->left, g_strdup (genos_peer_get_id (peer)));
}

static void
on_lost (GenosRoom *room, const char *peer_id, Member *member)
{
  g_ptr_array_add (member->lost, g_strdup (peer_id));
}

static char *
describe (GenosMessage *message)
{
  GBytes *bytes = genos_message_get_bytes (message);
  JsonNode *metadata = genos_message_get_metadata (message);
  g_autofree char *sum = NULL;
  g_autofree char *meta = NULL;

  if (bytes == NULL)
    return g_strdup (genos_message_get_text (message));
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  meta = metadata != NULL ? json_to_string (metadata, FALSE) : g_strdup ("-");
  return g_strdup_printf ("%s/%s", sum, meta);
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  g_autofree char *text = describe (message);

  g_ptr_array_add (member->messages, g_strdup_printf ("%s:%s:%s", channel, peer_id, text));
}

static void
on_progress (GenosRoom *room, const char *channel, const char *peer_id, gdouble fraction,
    const char *metadata, Member *member)
{
  g_assert_cmpfloat (fraction, >, 0);
  g_assert_cmpfloat (fraction, <=, 1);
  member->n_progress++;
}

static void
on_join_error (GenosRoom *room, const char *peer_id, GError *error, Member *member)
{
  g_ptr_array_add (member->join_errors, g_strdup_printf ("%s:%d", peer_id, error->code));
}

static void
on_warning (GenosRoom *room, GError *error, Member *member)
{
  g_test_message ("%s", error->message);
  member->n_warnings++;
}

static Member *
member_new (World *world, const char *name, const char *peer_id, const char *password)
{
  Member *member = g_new0 (Member, 1);

  member->room = genos_room_new (name);
  member->joined = g_ptr_array_new_with_free_func (g_free);
  member->left = g_ptr_array_new_with_free_func (g_free);
  member->messages = g_ptr_array_new_with_free_func (g_free);
  member->join_errors = g_ptr_array_new_with_free_func (g_free);
  member->lost = g_ptr_array_new_with_free_func (g_free);
  g_object_set (member->room, "relays", world->url, "stun-server", "", "peer-id", peer_id,
      "password", password, NULL);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "peer-lost", G_CALLBACK (on_lost), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "progress", G_CALLBACK (on_progress), member);
  g_signal_connect (member->room, "join-error", G_CALLBACK (on_join_error), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  return member;
}

static void
member_join (Member *member)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
}

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
until (gboolean (*condition) (gpointer), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  g_autoptr (GSource) tick = g_timeout_source_new (50);

  /* Wakes the loop so that the deadline is looked at. */
  g_source_set_callback (tick, on_wake, NULL, NULL);
  g_source_attach (tick, NULL);
  while (!condition (data) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (tick);
  return condition (data);
}

static gboolean
is_idle (gpointer room)
{
  return genos_room_get_state (room) == GENOS_ROOM_IDLE;
}

static void
member_leave (Member *member)
{
  genos_room_leave (member->room);
  g_assert_true (until (is_idle, member->room));
}

static void
member_free (Member *member)
{
  member_leave (member);
  g_assert_finalize_object (member->room);
  g_ptr_array_unref (member->joined);
  g_ptr_array_unref (member->left);
  g_ptr_array_unref (member->messages);
  g_ptr_array_unref (member->join_errors);
  g_ptr_array_unref (member->lost);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

static gboolean
has_one (gpointer array)
{
  return ((GPtrArray *) array)->len >= 1;
}

static gboolean
has_two (gpointer array)
{
  return ((GPtrArray *) array)->len >= 2;
}

static gboolean
is_native (gpointer peer)
{
  return g_strcmp0 (genos_peer_get_kind (peer), "native") == 0;
}

static void
world_set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world->relay = genos_relay_server_new ();
  genos_relay_server_listen (world->relay, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  world->url = genos_relay_server_dup_url (world->relay);
}

static void
world_tear_down (World *world, gconstpointer data)
{
  genos_relay_server_stop (world->relay);
  g_clear_object (&world->relay);
  g_clear_pointer (&world->url, g_free);
  g_assert_true (genos_peer_link_webrtc_flush (DEADLINE));
}

static void
send (Member *member, const char *channel_name, GenosMessage *message, const char *const *targets,
    guint expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosChannel) channel = genos_room_open_channel (member->room, channel_name, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (genos_channel_send (channel, message, targets, &error), ==, expected);
  g_assert_no_error (error);
}

static void
test_meet_and_talk (World *world, gconstpointer data)
{
  g_autoptr (Member) alice = member_new (world, "talk", "alice", NULL);
  g_autoptr (Member) bob = member_new (world, "talk", "bob", NULL);
  g_autoptr (GenosMessage) text = genos_message_new_string ("grüße ☃");
  g_autoptr (GenosMessage) empty = genos_message_new_string ("");
  g_autoptr (GenosMessage) json = genos_message_new_json_text ("{\"a\":[1,2]}", NULL);
  g_autoptr (GenosMessage) bytes = NULL;
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (JsonNode) metadata = json_from_string ("{\"name\":\"x.bin\"}", NULL);
  g_autofree char *expected = NULL;
  guint8 *noise = g_malloc (200 * 1024);

  for (gsize i = 0; i < 200 * 1024; i++)
    noise[i] = g_random_int ();
  blob = g_bytes_new_take (noise, 200 * 1024);
  bytes = genos_message_new_bytes (blob, metadata);
  expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, blob);

  member_join (alice);
  member_join (bob);
  g_assert_true (until (has_one, alice->joined));
  g_assert_true (until (has_one, bob->joined));
  g_assert_cmpstr (g_ptr_array_index (alice->joined, 0), ==, "bob");
  /* Known from alice's next announce at the latest. */
  g_assert_true (until (is_native, genos_room_get_peer (bob->room, "alice")));

  send (alice, "chat", text, NULL, 1);
  g_assert_true (until (has_one, bob->messages));
  g_assert_cmpstr (g_ptr_array_index (bob->messages, 0), ==, "chat:alice:grüße ☃");

  send (bob, "chat", json, (const char *[]){ "alice", NULL }, 1);
  send (bob, "chat", empty, NULL, 1);
  g_assert_true (until (has_two, alice->messages));
  g_assert_cmpstr (g_ptr_array_index (alice->messages, 0), ==, "chat:bob:{\"a\":[1,2]}");
  g_assert_cmpstr (g_ptr_array_index (alice->messages, 1), ==, "chat:bob:");

  send (alice, "file", bytes, NULL, 1);
  g_assert_true (until (has_two, bob->messages));
  g_assert_true (strstr (g_ptr_array_index (bob->messages, 1), expected) != NULL);
  g_assert_true (g_str_has_suffix (g_ptr_array_index (bob->messages, 1), "/{\"name\":\"x.bin\"}"));
  g_assert_cmpuint (bob->n_progress, >=, 13);

  member_leave (alice);
  g_assert_cmpuint (alice->left->len, ==, 1);
  g_assert_true (until (has_one, bob->left));
  g_assert_true (until (has_one, bob->lost));
  g_assert_cmpuint (alice->n_warnings + bob->n_warnings, ==, 0);
}

typedef struct {
  gboolean done;
  char **sent_to;
  char **failed;
  gint64 round_trip;
  GError *error;
} Outcome;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  genos_channel_send_finish (
      GENOS_CHANNEL (source), result, &outcome->sent_to, &outcome->failed, &outcome->error);
  outcome->done = TRUE;
}

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->round_trip = genos_room_ping_finish (GENOS_ROOM (source), result, &outcome->error);
  outcome->done = TRUE;
}

static gboolean
is_done (gpointer outcome)
{
  return ((Outcome *) outcome)->done;
}

static void
outcome_clear (Outcome *outcome)
{
  g_strfreev (outcome->sent_to);
  g_strfreev (outcome->failed);
  g_clear_error (&outcome->error);
  *outcome = (Outcome){ 0 };
}

static void
test_send_async_and_ping (World *world, gconstpointer data)
{
  g_autoptr (Member) alice = member_new (world, "async", "alice", NULL);
  g_autoptr (Member) bob = member_new (world, "async", "bob", NULL);
  g_autoptr (GenosChannel) channel = genos_room_open_channel (alice->room, "chat", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_string ("hello");
  Outcome outcome = { 0 };

  member_join (alice);
  member_join (bob);
  g_assert_true (until (has_one, alice->joined));

  genos_channel_send_async (
      channel, message, (const char *[]){ "bob", "nobody", NULL }, NULL, on_sent, &outcome);
  g_assert_true (until (is_done, &outcome));
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (g_strv_length (outcome.sent_to), ==, 1);
  g_assert_cmpstr (outcome.sent_to[0], ==, "bob");
  g_assert_cmpstr (outcome.failed[0], ==, "nobody");
  outcome_clear (&outcome);

  genos_channel_send_async (
      channel, message, (const char *[]){ "nobody", NULL }, NULL, on_sent, &outcome);
  g_assert_true (until (is_done, &outcome));
  g_assert_error (outcome.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  outcome_clear (&outcome);

  genos_room_ping_async (alice->room, "bob", NULL, on_pinged, &outcome);
  g_assert_true (until (is_done, &outcome));
  g_assert_no_error (outcome.error);
  g_assert_cmpint (outcome.round_trip, >=, 0);
  g_assert_cmpint (outcome.round_trip, <, 10 * G_TIME_SPAN_SECOND);
  outcome_clear (&outcome);
}

static void
test_wrong_password (World *world, gconstpointer data)
{
  g_autoptr (Member) alice = member_new (world, "secret", "alice", "right");
  g_autoptr (Member) bob = member_new (world, "secret", "bob", "right");
  g_autoptr (Member) mallory = member_new (world, "secret", "mallory", "wrong");
  g_autofree char *expected = g_strdup_printf ("mallory:%d", GENOS_ERROR_AUTHENTICATION);

  member_join (alice);
  member_join (mallory);
  g_assert_true (until (has_one, alice->join_errors));
  g_assert_cmpstr (g_ptr_array_index (alice->join_errors, 0), ==, expected);
  g_assert_true (until (has_one, mallory->join_errors));

  member_join (bob);
  g_assert_true (until (has_one, bob->joined));
  g_assert_true (until (has_one, alice->joined));
  g_assert_cmpstr (g_ptr_array_index (alice->joined, 0), ==, "bob");
  g_assert_cmpuint (mallory->joined->len, ==, 0);
}

static void
on_relinked (GenosRoom *room, GenosPeer *peer, guint *n)
{
  (*n)++;
}

/* The old link is a ghost: bob is not there any more, but nobody said so. To the application he is the
 * same peer, whose link was replaced. */
static void
test_restart_under_the_same_id (World *world, gconstpointer data)
{
  g_autoptr (Member) alice = member_new (world, "restart", "alice", NULL);
  g_autoptr (Member) bob = member_new (world, "restart", "bob", NULL);
  g_autoptr (Member) again = member_new (world, "restart", "bob", NULL);
  g_autofree char *folder = g_dir_make_tmp ("genos-XXXXXX", NULL);
  g_autofree char *identity = g_build_filename (folder, "identity", NULL);
  guint n_relinked = 0;

  /* Under another key he would be somebody else, who has to wait until the ghost is found out. */
  g_object_set (bob->room, "identity-file", identity, NULL);
  g_object_set (again->room, "identity-file", identity, NULL);
  g_signal_connect (alice->room, "peer-relinked", G_CALLBACK (on_relinked), &n_relinked);
  member_join (alice);
  member_join (bob);
  g_assert_true (until (has_one, alice->joined));
  member_join (again);
  g_assert_true (until (has_one, again->joined));
  while (n_relinked == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (alice->joined->len, ==, 1);
  g_assert_cmpuint (alice->left->len, ==, 0);
  g_unlink (identity);
  g_rmdir (folder);
}

static void
test_join_again (World *world, gconstpointer data)
{
  g_autoptr (Member) alice = member_new (world, "again", "alice", NULL);
  g_autoptr (Member) bob = member_new (world, "again", "bob", NULL);

  member_join (alice);
  for (guint i = 1; i <= 3; i++) {
    member_join (bob);
    while (alice->joined->len < i || bob->joined->len < i)
      g_main_context_iteration (NULL, TRUE);
    member_leave (bob);
    while (alice->left->len < i)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (alice->joined->len, ==, 3);
  g_assert_cmpuint (bob->left->len, ==, 3);
}

static void
test_bad_settings (World *world, gconstpointer data)
{
  static const struct {
    const char *property, *value, *says;
  } cases[] = {
    { "name", "", "name" },
    { "relays", "http://not-a-relay/", "http://not-a-relay/" },
    { "dialect", "klingon", "genosrtc or trystero" },
    { "peer-id", "no spaces", "peer-id" },
    { "stun-server", "stun.example.org", "stun://host:port" },
    { "turn-servers", "example.org", "turn://" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GenosRoom) room = genos_room_new ("room");
    g_autoptr (GError) error = NULL;

    g_object_set (room, "relays", world->url, "stun-server", "", NULL);
    g_object_set (room, cases[i].property, cases[i].value, NULL);
    g_assert_false (genos_room_join (room, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_cmpint (genos_room_get_state (room), ==, GENOS_ROOM_IDLE);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func)                                                                           \
  g_test_add ("/integration/room-pair/" path, World, NULL, world_set_up, func, world_tear_down)
  TEST ("meet-and-talk", test_meet_and_talk);
  TEST ("send-async-and-ping", test_send_async_and_ping);
  TEST ("wrong-password", test_wrong_password);
  TEST ("restart", test_restart_under_the_same_id);
  TEST ("join-again", test_join_again);
  TEST ("bad-settings", test_bad_settings);
  return g_test_run ();
}
