/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What takes a link, with peers that have none: large messages, requests, streams and files, by way of others. */

#include "mesh-fixture.h"

#include <glib/gstdio.h>

#define N 6
#define FILE_SIZE (3 * 1024 * 1024 + 17)
#define MESSAGE_SIZE (300 * 1024)

typedef struct {
  char *path; /* of what was saved */
  goffset sent, saved;
  gboolean done, failed;
  guint n_send_progress, n_progress;
  GBytes *large;
  char *answer;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->answer, g_free);
  g_clear_pointer (&self->large, g_bytes_unref);
  g_clear_error (&self->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

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

/* Two members of different cells that are no bridges, where there are such: their frames take three links. */
static void
find_pair (World *world, Member **near, Member **far)
{
  for (guint i = 0; i < world->members->len; i++) {
    for (guint j = 0; j < world->members->len; j++) {
      Member *a = get (world, i), *b = get (world, j);

      if (i == j || genos_mesh_get_is_bridge (a->mesh) || genos_mesh_get_is_bridge (b->mesh)
          || genos_mesh_get_cell (a->mesh) == genos_mesh_get_cell (b->mesh))
        continue;
      *near = a;
      *far = b;
      g_assert_null (genos_room_get_peer (a->room, genos_room_get_peer_id (b->room)));
      return;
    }
  }
  g_assert_not_reached ();
}

static void
begin (World *world, Member **near, Member **far)
{
  for (guint i = 0; i < N; i++)
    enter (world, "3");
  wait_long (is_settled (world));
  find_pair (world, near, far);
}

static void
assert_no_warnings (World *world)
{
  for (guint i = 0; i < world->members->len; i++)
    g_assert_cmpuint (get (world, i)->n_warnings, ==, 0);
}

/* --- files --- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->done = genos_channel_send_file_finish (GENOS_CHANNEL (source), result, &outcome->error);
  outcome->failed = !outcome->done;
}

static void
on_send_progress (goffset now, goffset total, gpointer data)
{
  g_assert_cmpint (total, ==, FILE_SIZE);
  ((Outcome *) data)->sent = now;
}

static void
on_save_progress (goffset now, goffset total, gpointer data)
{
  ((Outcome *) data)->saved = now;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->path =
      genos_incoming_stream_save_finish (GENOS_INCOMING_STREAM (source), result, &outcome->error);
  outcome->failed |= outcome->path == NULL;
}

typedef struct {
  Outcome *outcome;
  const char *folder;
} Saving;

static void
on_stream (GenosChannel *channel, GenosIncomingStream *stream, Saving *saving)
{
  genos_incoming_stream_save_async (
      stream, saving->folder, on_save_progress, saving->outcome, NULL, on_saved, saving->outcome);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static Member *
find_bridge_of (World *world, Member *member)
{
  for (guint i = 0; i < world->members->len; i++) {
    Member *other = get (world, i);

    if (genos_mesh_get_cell (other->mesh) == genos_mesh_get_cell (member->mesh)
        && genos_mesh_get_is_bridge (other->mesh))
      return other;
  }
  g_assert_not_reached ();
}

/* @leaves: the bridge that all of it went through leaves when a part is there. */
static void
send_file (World *world, Member *near, Member *far, gboolean leaves)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("genos-far-XXXXXX", NULL);
  g_autofree char *source_folder = g_dir_make_tmp ("genos-far-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (source_folder, "far.bin", NULL);
  g_autoptr (GenosChannel) out = genos_room_open_channel (near->room, "files", NULL);
  g_autoptr (GenosChannel) in = genos_room_open_channel (far->room, "files", NULL);
  g_autoptr (GBytes) noise = make_noise (FILE_SIZE);
  g_autofree char *contents = NULL;
  Saving saving = { &outcome, folder };
  gsize size;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (noise, NULL), FILE_SIZE, NULL));
  g_signal_connect (in, "stream", G_CALLBACK (on_stream), &saving);
  genos_channel_send_file_async (out, path, genos_room_get_peer_id (far->room), on_send_progress,
      &outcome, NULL, on_sent, &outcome);
  if (leaves) {
    guint index;

    wait_long (outcome.sent > 0 || outcome.failed);
    g_assert_true (g_ptr_array_find (world->members, find_bridge_of (world, near), &index));
    leave (world, index);
  }
  wait_long ((outcome.done && outcome.path != NULL) || outcome.failed);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (outcome.sent, ==, FILE_SIZE);
  g_assert_cmpint (outcome.saved, ==, FILE_SIZE);
  g_assert_true (g_file_get_contents (outcome.path, &contents, &size, NULL));
  g_assert_cmpmem (contents, size, g_bytes_get_data (noise, NULL), FILE_SIZE);
  g_signal_handlers_disconnect_by_data (in, &saving);
  remove_folder (folder);
  remove_folder (source_folder);
}

/* Nobody waits for its end: it is only to be under way. */
static void
send_large_to (Member *from, Member *to)
{
  const char *const targets[] = { genos_room_get_peer_id (to->room), NULL };
  g_autoptr (GenosChannel) channel = genos_room_open_channel (from->room, "large", NULL);
  g_autoptr (GBytes) noise = make_noise (MESSAGE_SIZE);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (noise, NULL);

  genos_channel_send_async (channel, message, targets, NULL, NULL, NULL);
}

/* Though something is still under way to it, which nobody will acknowledge. The part is closed, so that the
 * file goes on from there when its sender comes again. */
static void
lose_sender (World *world, Member *near, Member *far)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("genos-far-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "far.bin", NULL);
  g_autofree char *part = g_build_filename (folder, "in", "far.bin.part", NULL);
  g_autofree char *in_folder = g_build_filename (folder, "in", NULL);
  g_autoptr (GenosChannel) out = genos_room_open_channel (near->room, "files", NULL);
  g_autoptr (GenosChannel) in = genos_room_open_channel (far->room, "files", NULL);
  g_autoptr (GBytes) noise = make_noise (FILE_SIZE);
  Saving saving = { &outcome, in_folder };
  Outcome sent = { 0 };
  guint index;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (noise, NULL), FILE_SIZE, NULL));
  g_assert_cmpint (g_mkdir (in_folder, 0700), ==, 0);
  g_signal_connect (in, "stream", G_CALLBACK (on_stream), &saving);
  genos_channel_send_file_async (
      out, path, genos_room_get_peer_id (far->room), on_send_progress, &sent, NULL, on_sent, &sent);
  wait_long (outcome.saved > 0 || outcome.failed || sent.failed);
  g_assert_true (g_ptr_array_find (world->members, near, &index));
  send_large_to (far, near);
  leave (world, index);
  wait_long (outcome.failed && sent.failed);
  g_assert_cmpint (genos_reason_from_error (outcome.error), ==, GENOS_REASON_LEFT);
  g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
  g_signal_handlers_disconnect_by_data (in, &saving);
  outcome_clear (&sent);
  remove_folder (in_folder);
  remove_folder (folder);
}

/* --- messages and requests --- */

static void
on_progress (GenosChannel *channel, const char *peer_id, gdouble fraction, const char *metadata,
    Outcome *outcome)
{
  outcome->n_progress++;
}

static void
on_message_progress (GenosChannel *channel, const char *peer_id, gdouble fraction, Outcome *outcome)
{
  outcome->n_send_progress++;
}

static void
on_large (GenosChannel *channel, const char *peer_id, GenosMessage *message, Outcome *outcome)
{
  g_assert_null (outcome->large);
  outcome->large = g_bytes_ref (genos_message_get_bytes (message));
}

static void
on_message_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->done =
      genos_channel_send_finish (GENOS_CHANNEL (source), result, NULL, NULL, &outcome->error);
}

/* More than one frame: it is in parts on the way, and both sides see how far it is. */
static void
send_large_message (Member *near, Member *far)
{
  g_auto (Outcome) outcome = { 0 };
  const char *const targets[] = { genos_room_get_peer_id (far->room), NULL };
  g_autoptr (GenosChannel) out = genos_room_open_channel (near->room, "large", NULL);
  g_autoptr (GenosChannel) in = genos_room_open_channel (far->room, "large", NULL);
  g_autoptr (GBytes) noise = make_noise (MESSAGE_SIZE);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (noise, NULL);

  g_signal_connect (in, "message", G_CALLBACK (on_large), &outcome);
  g_signal_connect (in, "progress", G_CALLBACK (on_progress), &outcome);
  g_signal_connect (out, "send-progress", G_CALLBACK (on_message_progress), &outcome);
  genos_channel_send_async (out, message, targets, NULL, on_message_sent, &outcome);
  wait_long (outcome.done && outcome.large != NULL);
  g_assert_no_error (outcome.error);
  g_assert_true (g_bytes_equal (outcome.large, noise));
  g_assert_cmpuint (outcome.n_progress, >, 4);
  g_assert_cmpuint (outcome.n_send_progress, >, 4);
  g_signal_handlers_disconnect_by_data (in, &outcome);
  g_signal_handlers_disconnect_by_data (out, &outcome);
}

static gboolean
on_request (GenosChannel *channel, GenosRequest *request, gpointer data)
{
  g_autofree char *text =
      g_strconcat ("you said ", genos_message_get_text (genos_request_get_message (request)), NULL);
  g_autoptr (GenosMessage) answer = genos_message_new_string (text);

  g_assert_true (genos_request_respond (request, answer, NULL));
  return TRUE;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;
  g_autoptr (GenosMessage) answer =
      genos_channel_request_finish (GENOS_CHANNEL (source), result, &outcome->error);

  outcome->answer = g_strdup (answer != NULL ? genos_message_get_text (answer) : "");
}

static void
ask (Member *near, Member *far, Outcome *outcome)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (near->room, "ask", NULL);
  g_autoptr (GenosMessage) question = genos_message_new_string ("hello");

  genos_channel_request_async (channel, question, genos_room_get_peer_id (far->room),
      DEADLINE * 1000, NULL, on_answered, outcome);
  wait_long (outcome->answer != NULL);
}

static void
check_requests (Member *near, Member *far)
{
  g_auto (Outcome) refused = { 0 };
  g_auto (Outcome) answered = { 0 };
  g_autoptr (GenosChannel) channel = genos_room_open_channel (far->room, "ask", NULL);

  ask (near, far, &refused);
  g_assert_error (refused.error, GENOS_REMOTE_ERROR, GENOS_REMOTE_ERROR_UNANSWERED);
  g_signal_connect (channel, "request", G_CALLBACK (on_request), NULL);
  ask (near, far, &answered);
  g_assert_no_error (answered.error);
  g_assert_cmpstr (answered.answer, ==, "you said hello");
  g_signal_handlers_disconnect_by_func (channel, on_request, NULL);
}

/* --- tests --- */

static void
test_far (World *world, gconstpointer password)
{
  Member *near, *far;

  begin (world, &near, &far);
  send_large_message (near, far);
  check_requests (near, far);
  send_file (world, near, far, FALSE);
  assert_no_warnings (world);
  /* Whoever is reached by way of others did not join. */
  g_assert_null (genos_room_get_peer (near->room, genos_room_get_peer_id (far->room)));
}

/* The bridge goes in the middle of it; another takes its place, and what was lost is sent again. */
static void
test_bridge_leaves (World *world, gconstpointer data)
{
  Member *near, *far;

  begin (world, &near, &far);
  send_file (world, near, far, TRUE);
}

static void
test_sender_leaves (World *world, gconstpointer data)
{
  Member *near, *far;

  begin (world, &near, &far);
  lose_sender (world, near, far);
}

static void
test_nobody (World *world, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  Member *member = enter (world, "3");
  g_autoptr (GenosChannel) channel = genos_room_open_channel (member->room, "ask", NULL);
  g_autoptr (GenosMessage) question = genos_message_new_string ("hello");

  genos_channel_request_async (
      channel, question, "nobody", DEADLINE * 1000, NULL, on_answered, &outcome);
  wait_long (outcome.answer != NULL);
  g_assert_error (outcome.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/integration/room-far/plain", World, NULL, set_up, test_far, tear_down);
  g_test_add ("/integration/room-far/sealed", World, "swordfish", set_up, test_far, tear_down);
  g_test_add (
      "/integration/room-far/bridge-leaves", World, NULL, set_up, test_bridge_leaves, tear_down);
  g_test_add (
      "/integration/room-far/sender-leaves", World, NULL, set_up, test_sender_leaves, tear_down);
  g_test_add ("/integration/room-far/nobody", World, NULL, set_up, test_nobody, tear_down);
  return g_test_run ();
}
