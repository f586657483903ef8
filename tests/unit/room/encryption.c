/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sealed messages and requests between rooms over links without network, and whoever might stand in
 * between. */

#include <string.h>

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"
#include "../../common/test-wait.h"

#include <genos/base/reason.h>
#include <genos/room/request.h>
#include <genos/room/room-private.h>
#include <genos/wire/channel-frame.h>

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  PeerLinkLocalFilter filter; /* of all its links */
  gpointer filter_data;
  GenosChannel *channel;
  GPtrArray *texts;
  gboolean sealed; /* the last message was */
  guint n_joined, n_errors, n_warnings;
  GenosReason error;
  GError *warning; /* the last one */
  GenosRequest *asked;
  gboolean deaf; /* takes no requests */
} Member;

typedef struct {
  SignalHub *hub;
  Member alice, bob;
} Fixture;

static GBytes *
pass (GBytes *frame, gpointer user_data)
{
  Member *member = user_data;

  return member->filter != NULL ? member->filter (frame, member->filter_data) : g_bytes_ref (frame);
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  GenosPeerLink *link = peer_link_local_new (offerer);

  peer_link_local_set_filter (PEER_LINK_LOCAL (link), pass, user_data);
  return link;
}

static void
stand_in_between (Member *member, PeerLinkLocalFilter filter, gpointer user_data)
{
  member->filter = filter;
  member->filter_data = user_data;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_error (GenosRoom *room, const char *peer_id, GError *error, Member *member)
{
  member->n_errors++;
  member->error = genos_reason_from_error (error);
}

static void
on_warning (GenosRoom *room, GError *error, Member *member)
{
  member->n_warnings++;
  g_clear_error (&member->warning);
  member->warning = g_error_copy (error);
}

static void
on_message (GenosChannel *channel, const char *peer_id, GenosMessage *message, Member *member)
{
  g_ptr_array_add (member->texts, g_strdup (genos_message_get_text (message)));
  member->sealed = genos_message_is_sealed (message);
}

static gboolean
on_request (GenosChannel *channel, GenosRequest *request, Member *member)
{
  if (member->deaf)
    return FALSE;
  g_set_object (&member->asked, request);
  return TRUE;
}

static void
member_init (Member *member, SignalHub *hub, const char *peer_id, const char *password,
    const char *encryption)
{
  g_autoptr (GTypeClass) type = g_type_class_ref (GENOS_TYPE_ENCRYPTION);
  GEnumClass *klass = (GEnumClass *) type;

  member->signaller = signaller_local_new (hub, peer_id);
  member->texts = g_ptr_array_new_with_free_func (g_free);
  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, "password", password, NULL);
  if (encryption != NULL)
    g_object_set (
        member->room, "encryption", g_enum_get_value_by_nick (klass, encryption)->value, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "join-error", G_CALLBACK (on_error), member);
  g_signal_connect (member->room, "warning", G_CALLBACK (on_warning), member);
  member->channel = genos_room_open_channel (member->room, "chat", NULL);
  g_signal_connect (member->channel, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->channel, "request", G_CALLBACK (on_request), member);
}

static void
member_clear (Member *member)
{
  g_clear_object (&member->asked);
  g_clear_object (&member->channel);
  g_clear_object (&member->room);
  g_clear_object (&member->signaller);
  g_clear_error (&member->warning);
  g_ptr_array_unref (member->texts);
}

/* @ours: as a peer of this project; else it signs nothing, as far as others can tell, like a browser. */
static void
member_join (Member *member, gboolean ours)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  if (ours)
    signaller_local_set_key (
        TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->hub = signal_hub_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  member_clear (&fixture->alice);
  member_clear (&fixture->bob);
  g_clear_pointer (&fixture->hub, signal_hub_unref);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
meet (Fixture *fixture, const char *password, const char *alice, const char *bob, gboolean ours)
{
  member_init (&fixture->alice, fixture->hub, "alice", password, alice);
  member_init (&fixture->bob, fixture->hub, "bob", password, bob);
  member_join (&fixture->alice, TRUE);
  member_join (&fixture->bob, ours);
}

static void
wait_until_met (Fixture *fixture)
{
  genos_test_wait_until (fixture->alice.n_joined == 1 && fixture->bob.n_joined == 1);
}

static gboolean
is_encrypted (Member *member, const char *peer_id)
{
  gboolean encrypted;

  g_object_get (genos_room_get_peer (member->room, peer_id), "encrypted", &encrypted, NULL);
  return encrypted;
}

static void
say (Member *member, const char *text)
{
  g_autoptr (GenosMessage) message = genos_message_new_string (text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (genos_channel_send (member->channel, message, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

static void
check_heard (Member *member, guint n, const char *text, gboolean sealed)
{
  genos_test_wait_until (member->texts->len >= n);
  g_assert_cmpuint (member->texts->len, ==, n);
  g_assert_cmpstr (g_ptr_array_index (member->texts, n - 1), ==, text);
  g_assert_true (member->sealed == sealed);
}

/* --- sealed or not --- */

static GBytes *
look_for_secret (GBytes *frame, gpointer user_data)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (frame, &size);

  if (memmem (data, size, "attack at dawn", strlen ("attack at dawn")) != NULL)
    ++*(guint *) user_data;
  return g_bytes_ref (frame);
}

static void
test_sealed (Fixture *fixture, gconstpointer data)
{
  guint n_seen = 0;

  meet (fixture, "secret", NULL, "required", TRUE);
  wait_until_met (fixture);
  g_assert_true (is_encrypted (&fixture->alice, "bob") && is_encrypted (&fixture->bob, "alice"));
  stand_in_between (&fixture->alice, look_for_secret, &n_seen);
  say (&fixture->alice, "attack at dawn");
  say (&fixture->bob, "understood");
  check_heard (&fixture->bob, 1, "attack at dawn", TRUE);
  check_heard (&fixture->alice, 1, "understood", TRUE);
  g_assert_cmpuint (n_seen, ==, 0);
}

static void
test_off (Fixture *fixture, gconstpointer data)
{
  guint n_seen = 0;

  meet (fixture, "secret", NULL, "off", TRUE);
  wait_until_met (fixture);
  g_assert_false (is_encrypted (&fixture->alice, "bob"));
  stand_in_between (&fixture->alice, look_for_secret, &n_seen);
  say (&fixture->alice, "attack at dawn");
  check_heard (&fixture->bob, 1, "attack at dawn", FALSE);
  g_assert_cmpuint (n_seen, ==, 1);
}

static void
test_no_password (Fixture *fixture, gconstpointer data)
{
  meet (fixture, NULL, NULL, NULL, TRUE);
  wait_until_met (fixture);
  g_assert_false (is_encrypted (&fixture->alice, "bob"));
  say (&fixture->alice, "hello");
  check_heard (&fixture->bob, 1, "hello", FALSE);
}

static void
test_browser (Fixture *fixture, gconstpointer data)
{
  meet (fixture, "secret", NULL, "off", FALSE);
  wait_until_met (fixture);
  g_assert_false (is_encrypted (&fixture->alice, "bob"));
  say (&fixture->alice, "hello");
  check_heard (&fixture->bob, 1, "hello", FALSE);
}

static void
test_required_refuses (Fixture *fixture, gconstpointer data)
{
  gboolean ours = GPOINTER_TO_INT (data);

  meet (fixture, "secret", "required", "off", ours);
  genos_test_wait_until (fixture->alice.n_errors > 0);
  g_assert_cmpint (fixture->alice.error, ==, GENOS_REASON_NOT_ENCRYPTED);
  g_assert_cmpuint (fixture->alice.n_joined, ==, 0);
}

static void
test_required_needs_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  member_init (&fixture->alice, fixture->hub, "alice", "", "required");
  member_init (&fixture->bob, fixture->hub, "bob", NULL, NULL);
  g_assert_false (genos_room_join (fixture->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

/* --- in between --- */

typedef struct {
  GBytes *kept;
  guint n_frames;
} Attacker;

static gboolean
is_chat (GBytes *frame)
{
  gsize size;
  GenosChannelFrame parsed;
  const guint8 *data = g_bytes_get_data (frame, &size);

  return genos_channel_frame_parse (data, size, &parsed, NULL) && strcmp (parsed.type, "chat") == 0;
}

static GBytes *
change (GBytes *frame, gpointer user_data)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);
  guint8 *copy;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  copy = g_memdup2 (data, size);
  copy[size - 1] ^= 1;
  return g_bytes_new_take (copy, size);
}

/* Each chat frame is the first one again. */
static GBytes *
replay (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  if (attacker->kept == NULL)
    attacker->kept = g_bytes_ref (frame);
  return g_bytes_ref (attacker->kept);
}

/* The second before the first. */
static GBytes *
reorder (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;
  GBytes *held;

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  if (attacker->kept == NULL) {
    attacker->kept = g_bytes_ref (frame);
    return NULL;
  }
  if (attacker->n_frames++ == 0)
    return g_bytes_ref (frame);
  held = attacker->kept;
  return g_bytes_ref (held);
}

/* The second one. */
static GBytes *
lose (GBytes *frame, gpointer user_data)
{
  Attacker *attacker = user_data;

  return is_chat (frame) && ++attacker->n_frames == 2 ? NULL : g_bytes_ref (frame);
}

/* A message of its own, in a form that needs no key. */
static GBytes *
downgrade (GBytes *frame, gpointer user_data)
{
  if (!is_chat (frame))
    return g_bytes_ref (frame);
  return genos_channel_frame_build (
      "chat", 0, GENOS_FRAME_LAST, 255, (const guint8 *) "retreat", strlen ("retreat"));
}

static GBytes *
downgrade_extended (GBytes *frame, gpointer user_data)
{
  static const guint8 plain[] = { 0, 0, 0, 0, 0, 0, 'r', 'u', 'n' };

  if (!is_chat (frame))
    return g_bytes_ref (frame);
  return genos_channel_frame_build ("chat", 0,
      GENOS_FRAME_LAST | GENOS_FRAME_BINARY | GENOS_FRAME_EXTENDED, 255, plain, sizeof plain);
}

/* What was meant for one channel on another. */
static GBytes *
redirect (GBytes *frame, gpointer user_data)
{
  gsize size;
  GenosChannelFrame parsed;
  const guint8 *data = g_bytes_get_data (frame, &size);

  if (!genos_channel_frame_parse (data, size, &parsed, NULL) || strcmp (parsed.type, "other") != 0)
    return g_bytes_ref (frame);
  return genos_channel_frame_build (
      "chat", 0, parsed.tag, 255, parsed.payload, parsed.payload_size);
}

static void
test_in_between (Fixture *fixture, gconstpointer data)
{
  PeerLinkLocalFilter filter = (PeerLinkLocalFilter) data;
  Attacker attacker = { NULL, 0 };
  guint n_heard;

  meet (fixture, "secret", NULL, NULL, TRUE);
  wait_until_met (fixture);
  stand_in_between (&fixture->alice, filter, &attacker);
  for (guint i = 0; i < 3; i++)
    say (&fixture->alice, "attack");
  genos_test_wait_until (fixture->bob.n_warnings > 0);
  g_assert_error (fixture->bob.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  n_heard = fixture->bob.texts->len;
  g_assert_cmpuint (n_heard, <=, 1);
  for (guint i = 0; i < n_heard; i++)
    g_assert_cmpstr (g_ptr_array_index (fixture->bob.texts, i), ==, "attack");

  /* What comes unharmed is taken again. */
  stand_in_between (&fixture->alice, NULL, NULL);
  say (&fixture->alice, "all clear");
  check_heard (&fixture->bob, n_heard + 1, "all clear", TRUE);
  g_clear_pointer (&attacker.kept, g_bytes_unref);
}

static guint64
count_missing (Member *member, const char *peer_id)
{
  g_autoptr (GstStructure) stats =
      genos_peer_get_stats (genos_room_get_peer (member->room, peer_id));
  guint64 missing = 0;

  g_assert_true (gst_structure_get_uint64 (stats, "sealed-missing", &missing));
  return missing;
}

/* What never comes cannot be put together by anybody; that it is missing shows. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  Attacker attacker = { NULL, 0 };

  meet (fixture, "secret", NULL, NULL, TRUE);
  wait_until_met (fixture);
  stand_in_between (&fixture->alice, lose, &attacker);
  for (guint i = 0; i < 3; i++)
    say (&fixture->alice, i < 2 ? "attack" : "at dawn");
  check_heard (&fixture->bob, 2, "at dawn", TRUE);
  g_assert_cmpuint (count_missing (&fixture->bob, "alice"), ==, 1);
  g_assert_cmpuint (fixture->bob.n_warnings, ==, 0);
}

static void
test_redirected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosChannel) other = NULL;
  g_autoptr (GenosMessage) message = genos_message_new_string ("delete it");

  meet (fixture, "secret", NULL, NULL, TRUE);
  wait_until_met (fixture);
  other = genos_room_open_channel (fixture->alice.room, "other", NULL);
  stand_in_between (&fixture->alice, redirect, NULL);
  g_assert_cmpuint (genos_channel_send (other, message, NULL, NULL), ==, 1);
  genos_test_wait_until (fixture->bob.n_warnings > 0);
  g_assert_error (fixture->bob.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (fixture->bob.texts->len, ==, 0);
}

/* What we said ourselves comes back as if the peer had said it. */
static void
test_reflected (Fixture *fixture, gconstpointer data)
{
  Attacker attacker = { NULL, 0 };

  meet (fixture, "secret", NULL, NULL, TRUE);
  wait_until_met (fixture);
  stand_in_between (&fixture->alice, replay, &attacker);
  say (&fixture->alice, "who is there?");
  check_heard (&fixture->bob, 1, "who is there?", TRUE);
  stand_in_between (&fixture->bob, replay, &attacker);
  say (&fixture->bob, "me");
  genos_test_wait_until (fixture->alice.n_warnings > 0);
  g_assert_error (fixture->alice.warning, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (fixture->alice.texts->len, ==, 0);
  g_clear_pointer (&attacker.kept, g_bytes_unref);
}

/* --- what they say of themselves --- */

static char *
dup_metadata (Member *member, const char *peer_id)
{
  char *metadata;

  g_object_get (genos_room_get_peer (member->room, peer_id), "metadata", &metadata, NULL);
  return metadata;
}

static void
count (GenosRoom *room, GenosPeer *peer, guint *n)
{
  ++*n;
}

static void
test_metadata (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *none = NULL;
  guint n = 0;

  member_init (&fixture->alice, fixture->hub, "alice", NULL, NULL);
  member_init (&fixture->bob, fixture->hub, "bob", NULL, NULL);
  g_object_set (fixture->alice.room, "metadata", "{\"name\":\"door\"}", NULL);
  g_signal_connect (fixture->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  member_join (&fixture->alice, TRUE);
  member_join (&fixture->bob, TRUE);
  wait_until_met (fixture);
  genos_test_wait_until (n == 1);
  g_assert_cmpstr ((first = dup_metadata (&fixture->bob, "alice")), ==, "{\"name\":\"door\"}");

  g_object_set (fixture->alice.room, "metadata", "{\"name\":\"roof\"}", NULL);
  genos_test_wait_until (n == 2);
  g_assert_cmpstr ((second = dup_metadata (&fixture->bob, "alice")), ==, "{\"name\":\"roof\"}");

  g_object_set (fixture->alice.room, "metadata", "{", NULL);
  g_assert_cmpuint (fixture->alice.n_warnings, ==, 1);
  g_object_set (fixture->alice.room, "metadata", NULL, NULL);
  genos_test_wait_until (n == 3);
  g_assert_null ((none = dup_metadata (&fixture->bob, "alice")));
}

static GBytes *
count_frames (GBytes *frame, gpointer user_data)
{
  ++*(guint *) user_data;
  return g_bytes_ref (frame);
}

/* Whoever changes it all the time says the latest, now and then. */
static void
test_metadata_flood (Fixture *fixture, gconstpointer data)
{
  guint n_frames = 0;
  guint n = 0;
  g_autofree char *last = NULL;

  meet (fixture, NULL, NULL, NULL, TRUE);
  wait_until_met (fixture);
  g_signal_connect (fixture->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  stand_in_between (&fixture->alice, count_frames, &n_frames);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *metadata = g_strdup_printf ("%u", i);

    g_object_set (fixture->alice.room, "metadata", metadata, NULL);
  }
  genos_test_wait_until (n == 2);
  g_assert_cmpstr ((last = dup_metadata (&fixture->bob, "alice")), ==, "999");
  g_assert_cmpuint (n_frames, <, 100);
}

static guint n_told;

static GBytes *
multiply (GBytes *frame, gpointer user_data)
{
  g_autofree char *metadata = g_strdup_printf ("%u", n_told++);

  return genos_channel_frame_build ("@_gmeta", 0, GENOS_FRAME_LAST | GENOS_FRAME_JSON, 255,
      (const guint8 *) metadata, strlen (metadata));
}

/* A peer that keeps to no pace is heard now and then all the same. */
static void
test_metadata_hostile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GenosMessage) message = genos_message_new_string ("x");
  guint n = 0;

  meet (fixture, NULL, NULL, NULL, TRUE);
  wait_until_met (fixture);
  g_signal_connect (fixture->bob.room, "peer-metadata", G_CALLBACK (count), &n);
  stand_in_between (&fixture->alice, multiply, NULL);
  for (guint i = 0; i < 500; i++)
    genos_channel_send (fixture->alice.channel, message, NULL, NULL);
  genos_test_wait_until (n_told >= 500);
  stand_in_between (&fixture->alice, NULL, NULL);
  say (&fixture->alice, "done");
  check_heard (&fixture->bob, 1, "done", FALSE);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 250);
}

static void
test_metadata_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (20000, '1');
  g_autoptr (GError) error = NULL;

  member_init (&fixture->alice, fixture->hub, "alice", NULL, NULL);
  member_init (&fixture->bob, fixture->hub, "bob", NULL, NULL);
  g_object_set (fixture->alice.room, "metadata", large, NULL);
  g_assert_false (genos_room_join (fixture->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_object_set (fixture->alice.room, "metadata", "{\"a\":}", NULL);
  g_assert_false (genos_room_join (fixture->alice.room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

/* --- requests --- */

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
ask (Member *member, const char *peer_id, guint timeout_ms, GCancellable *cancellable, Reply *reply)
{
  g_autoptr (GenosMessage) question = genos_message_new_string ("how late?");

  genos_channel_request_async (
      member->channel, question, peer_id, timeout_ms, cancellable, on_answered, reply);
}

static void
test_request (Fixture *fixture, gconstpointer password)
{
  g_autoptr (GenosMessage) answer = genos_message_new_string ("twelve");
  Reply reply = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;

  meet (fixture, password, NULL, NULL, TRUE);
  wait_until_met (fixture);
  ask (&fixture->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (fixture->bob.asked != NULL);
  g_assert_cmpstr (genos_request_get_peer_id (fixture->bob.asked), ==, "alice");
  g_assert_true (genos_request_respond (fixture->bob.asked, answer, &error));
  genos_test_wait_until (reply.done);
  g_assert_no_error (reply.error);
  g_assert_cmpstr (genos_message_get_text (reply.answer), ==, "twelve");
  g_assert_true (genos_message_is_sealed (reply.answer) == (password != NULL));
  /* It is no message. */
  g_assert_cmpuint (fixture->bob.texts->len + fixture->alice.texts->len, ==, 0);
  reply_clear (&reply);
}

static void
test_request_fails (Fixture *fixture, gconstpointer data)
{
  Reply reply = { NULL, NULL, FALSE };

  meet (fixture, NULL, NULL, NULL, TRUE);
  wait_until_met (fixture);
  ask (&fixture->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (fixture->bob.asked != NULL);
  genos_request_fail (fixture->bob.asked, 7, "no clock");
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_REMOTE_ERROR, 7);
  reply_clear (&reply);

  fixture->bob.deaf = TRUE;
  ask (&fixture->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_REMOTE_ERROR, GENOS_REMOTE_ERROR_UNANSWERED);
  reply_clear (&reply);

  ask (&fixture->alice, "carol", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  reply_clear (&reply);
}

static void
test_request_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Reply reply = { NULL, NULL, FALSE };

  meet (fixture, NULL, NULL, NULL, TRUE);
  wait_until_met (fixture);
  ask (&fixture->alice, "bob", 50, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  reply_clear (&reply);

  ask (&fixture->alice, "bob", 20000, cancellable, &reply);
  g_cancellable_cancel (cancellable);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  reply_clear (&reply);

  g_clear_object (&fixture->bob.asked);
  ask (&fixture->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (fixture->bob.asked != NULL);
  genos_room_leave (fixture->bob.room);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  reply_clear (&reply);
}

static void
test_request_to_browser (Fixture *fixture, gconstpointer data)
{
  Reply reply = { NULL, NULL, FALSE };

  meet (fixture, NULL, NULL, NULL, FALSE);
  wait_until_met (fixture);
  ask (&fixture->alice, "bob", 20000, NULL, &reply);
  genos_test_wait_until (reply.done);
  g_assert_error (reply.error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED);
  reply_clear (&reply);
}

#define add(name, data, function)                                                                  \
  g_test_add ("/room/encryption/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("sealed", NULL, test_sealed);
  add ("off", NULL, test_off);
  add ("no-password", NULL, test_no_password);
  add ("browser", NULL, test_browser);
  add ("required-refuses-one-of-ours", GINT_TO_POINTER (TRUE), test_required_refuses);
  add ("required-refuses-browser", GINT_TO_POINTER (FALSE), test_required_refuses);
  add ("required-needs-password", NULL, test_required_needs_password);
  add ("in-between/change", (gconstpointer) change, test_in_between);
  add ("in-between/replay", (gconstpointer) replay, test_in_between);
  add ("in-between/reorder", (gconstpointer) reorder, test_in_between);
  add ("in-between/downgrade", (gconstpointer) downgrade, test_in_between);
  add ("in-between/downgrade-extended", (gconstpointer) downgrade_extended, test_in_between);
  add ("in-between/lose", NULL, test_lost);
  add ("in-between/redirect", NULL, test_redirected);
  add ("in-between/reflect", NULL, test_reflected);
  add ("metadata", NULL, test_metadata);
  add ("metadata-flood", NULL, test_metadata_flood);
  add ("metadata-hostile", NULL, test_metadata_hostile);
  add ("metadata-refused", NULL, test_metadata_refused);
  add ("request", NULL, test_request);
  add ("request-sealed", "secret", test_request);
  add ("request-fails", NULL, test_request_fails);
  add ("request-ends", NULL, test_request_ends);
  add ("request-to-browser", NULL, test_request_to_browser);
  return g_test_run ();
}
