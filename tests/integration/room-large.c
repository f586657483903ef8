/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Something large for everybody in a room of three cells, and chat beside it. */

#include "mesh-fixture.h"

#define SIZE (4 * 1024 * 1024 + 17)

typedef struct {
  Member *member;
  GBytes *expected;
  char *sender_id; /* whose it is to be */
  guint n_got, n_progress, n_group;
  gdouble last_progress;
  gboolean named; /* progress had the metadata */
} Watch;

typedef struct {
  guint n_progress;
  gboolean done;
  GStrv sent_to;
} Sending;

static GBytes *
make_noise (gsize size)
{
  guint8 *bytes = g_malloc (size);
  guint32 state = 1;

  for (gsize i = 0; i < size; i++) {
    state = state * 1664525 + 1013904223;
    bytes[i] = state >> 24;
  }
  return g_bytes_new_take (bytes, size);
}

static void
on_large (GenosChannel *channel, const char *peer_id, GenosMessage *message, Watch *watch)
{
  JsonNode *metadata = genos_message_get_metadata (message);

  g_assert_cmpstr (peer_id, ==, watch->sender_id);
  g_assert_true (g_bytes_equal (genos_message_get_bytes (message), watch->expected));
  g_assert_nonnull (metadata);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (metadata), "name"), ==, "large.bin");
  g_assert_cmpfloat (watch->last_progress, ==, 1.0);
  watch->n_got++;
  watch->n_group += genos_message_get_sealing (message) == GENOS_SEALING_GROUP;
}

static void
on_progress (GenosChannel *channel, const char *peer_id, gdouble fraction, const char *metadata,
    Watch *watch)
{
  g_assert_cmpstr (peer_id, ==, watch->sender_id);
  g_assert_cmpfloat (fraction, >, watch->last_progress);
  g_assert_cmpfloat (fraction, <=, 1.0);
  watch->last_progress = fraction;
  watch->n_progress++;
  watch->named |= metadata != NULL && strstr (metadata, "large.bin") != NULL;
}

static void
on_send_progress (GenosChannel *channel, const char *peer_id, gdouble fraction, Sending *sending)
{
  g_assert_cmpfloat (fraction, >, 0.0);
  g_assert_cmpfloat (fraction, <=, 1.0);
  sending->n_progress++;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Sending *sending = data;
  g_autoptr (GError) error = NULL;

  genos_channel_send_finish (GENOS_CHANNEL (source), result, &sending->sent_to, NULL, &error);
  g_assert_no_error (error);
  sending->done = TRUE;
}

static gboolean
all_got (Watch *watches, guint n)
{
  for (guint i = 0; i < n; i++)
    if (watches[i].n_got == 0)
      return FALSE;
  return TRUE;
}

static void
watch_begin (Watch *watch, Member *member, GBytes *expected, const char *sender_id)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (member->room, "large", NULL);

  watch->member = member;
  watch->expected = expected;
  watch->sender_id = g_strdup (sender_id);
  g_signal_connect (channel, "message", G_CALLBACK (on_large), watch);
  g_signal_connect (channel, "progress", G_CALLBACK (on_progress), watch);
}

static void
watch_end (Watch *watch)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (watch->member->room, "large", NULL);

  g_signal_handlers_disconnect_by_data (channel, watch);
  g_free (watch->sender_id);
}

static void
begin (World *world, guint n, const char *cells)
{
  for (guint i = 0; i < n; i++)
    enter (world, cells);
  wait_long (is_settled (world));
  g_assert_cmpuint (genos_mesh_get_total_cells (get (world, 0)->mesh), ==, 3);
}

/* @n members, in three cells. */
static void
check_large (World *world, guint n)
{
  g_autoptr (GBytes) bytes = make_noise (SIZE);
  g_autoptr (JsonNode) metadata = json_from_string ("{\"name\":\"large.bin\"}", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (bytes, metadata);
  Member *sender = find_plain_member (world);
  g_autoptr (GenosChannel) channel = genos_room_open_channel (sender->room, "large", NULL);
  g_autofree Watch *watches = g_new0 (Watch, n);
  Sending sending = { 0 };
  guint n_watches = 0;
  gint64 begun, beside;

  for (guint i = 0; i < n; i++)
    if (get (world, i) != sender)
      watch_begin (
          &watches[n_watches++], get (world, i), bytes, genos_room_get_peer_id (sender->room));
  g_signal_connect (channel, "send-progress", G_CALLBACK (on_send_progress), &sending);
  begun = g_get_monotonic_time ();
  genos_channel_send_async (channel, message, NULL, NULL, on_sent, &sending);
  say_text (sender, "beside it", NULL);
  for (guint i = 0; i < n; i++)
    if (get (world, i) != sender)
      say_text (get (world, i), "me too", NULL);
  wait_long (all_heard (world, sender, "beside it"));
  for (guint i = 0; i < n; i++)
    if (get (world, i) != sender)
      wait_long (all_heard (world, get (world, i), "me too"));
  beside = g_get_monotonic_time ();
  wait_long (all_got (watches, n_watches));
  g_test_message ("everywhere after %" G_GINT64_FORMAT
                  " ms, chat beside it after %" G_GINT64_FORMAT,
      (g_get_monotonic_time () - begun) / 1000, (beside - begun) / 1000);
  wait_long (sending.done);
  g_assert_cmpuint (g_strv_length (sending.sent_to), ==, n - 1);
  g_assert_cmpuint (sending.n_progress, >, 0);
  say_text (sender, "after it", NULL);
  wait_long (all_heard (world, sender, "after it"));
  assert_heard_once (world);
  for (guint i = 0; i < n_watches; i++) {
    g_assert_cmpuint (watches[i].n_got, ==, 1);
    g_assert_cmpuint (watches[i].n_progress, >, SIZE / 16384);
    g_assert_cmpuint (watches[i].n_group, ==, world->password != NULL);
    g_assert_cmpint (watches[i].named, ==, world->password == NULL);
    watch_end (&watches[i]);
  }
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (get (world, i)->n_warnings, ==, 0);
  g_signal_handlers_disconnect_by_data (channel, &sending);
  g_strfreev (sending.sent_to);
}

static void
test_large (World *world, gconstpointer password)
{
  begin (world, 7, "3");
  check_large (world, 7);
}

/* Over webrtcbin, each link with flow control of its own. */
static void
test_real_links (World *world, gconstpointer data)
{
  world->real_links = TRUE;
  begin (world, 5, "2");
  check_large (world, 5);
}

/* More than any message may have. */
static void
test_too_large (World *world, gconstpointer data)
{
  Member *member = enter (world, "3");
  g_autoptr (GBytes) bytes = make_noise (17 * 1024 * 1024);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (bytes, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_mesh_send (member->mesh, message, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/integration/room-large/plain", World, NULL, set_up, test_large, tear_down);
  g_test_add ("/integration/room-large/sealed", World, "swordfish", set_up, test_large, tear_down);
  g_test_add (
      "/integration/room-large/real-links", World, NULL, set_up, test_real_links, tear_down);
  g_test_add ("/integration/room-large/too-large", World, NULL, set_up, test_too_large, tear_down);
  return g_test_run ();
}
