/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Questions and answers between rooms. */

#include "room-duo.h"

#include "../../common/test-wait.h"

typedef struct {
  GenosMessage *answer;
  GError *error;
  gboolean done;
} Reply;

static void
on_answered (GObject *channel, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;

  reply->answer = genos_channel_request_finish (GENOS_CHANNEL (channel), result, &reply->error);
  reply->done = TRUE;
}

static void
reply_clear (Reply *reply)
{
  g_clear_pointer (&reply->answer, genos_message_unref);
  g_clear_error (&reply->error);
  reply->done = FALSE;
}

static void
ask (DuoMember *member, const char *peer_id, guint timeout_ms, GCancellable *cancellable,
    Reply *reply)
{
  g_autoptr (GenosMessage) question = genos_message_new_string ("how late?");

  genos_channel_request_async (
      member->channel, question, peer_id, timeout_ms, cancellable, on_answered, reply);
}

static void
test_request (Duo *duo, gconstpointer password)
{
  g_autoptr (GenosMessage) answer = genos_message_new_string ("twelve");
  Reply reply = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;

  duo_meet (duo, password, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  ask (&duo->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (duo->bob.asked != NULL);
  g_assert_cmpstr (genos_request_get_peer_id (duo->bob.asked), ==, "alice");
  g_assert_true (genos_request_respond (duo->bob.asked, answer, &error));
  genos_test_wait_until (reply.done);
  g_assert_no_error (reply.error);
  g_assert_cmpstr (genos_message_get_text (reply.answer), ==, "twelve");
  g_assert_true (genos_message_is_sealed (reply.answer) == (password != NULL));
  /* It is no message. */
  g_assert_cmpuint (duo->bob.texts->len + duo->alice.texts->len, ==, 0);
  reply_clear (&reply);
}

static void
test_request_fails (Duo *duo, gconstpointer data)
{
  Reply reply = { NULL, NULL, FALSE };

  duo_meet (duo, NULL, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  ask (&duo->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (duo->bob.asked != NULL);
  genos_request_fail (duo->bob.asked, 7, "no clock");
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_REMOTE_ERROR, 7);
  reply_clear (&reply);

  duo->bob.deaf = TRUE;
  ask (&duo->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_REMOTE_ERROR, GENOS_REMOTE_ERROR_UNANSWERED);
  reply_clear (&reply);

  ask (&duo->alice, "carol", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  reply_clear (&reply);
}

static void
test_request_ends (Duo *duo, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Reply reply = { NULL, NULL, FALSE };

  duo_meet (duo, NULL, NULL, NULL, TRUE);
  duo_wait_until_met (duo);
  ask (&duo->alice, "bob", 50, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  reply_clear (&reply);

  ask (&duo->alice, "bob", 20000, cancellable, &reply);
  g_cancellable_cancel (cancellable);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  reply_clear (&reply);

  g_clear_object (&duo->bob.asked);
  ask (&duo->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (duo->bob.asked != NULL);
  genos_room_leave (duo->bob.room);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  reply_clear (&reply);
}

static void
test_request_to_browser (Duo *duo, gconstpointer data)
{
  Reply reply = { NULL, NULL, FALSE };

  duo_meet (duo, NULL, NULL, NULL, FALSE);
  duo_wait_until_met (duo);
  ask (&duo->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  reply_clear (&reply);
}

#define add(name, data, function)                                                                  \
  g_test_add ("/room/exchange/" name, Duo, data, duo_set_up, function, duo_tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("answered", NULL, test_request);
  add ("sealed", "secret", test_request);
  add ("fails", NULL, test_request_fails);
  add ("ends", NULL, test_request_ends);
  add ("to-browser", NULL, test_request_to_browser);
  return g_test_run ();
}
