/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who is let in, who is asked about, and who has to prove what. */

#include <string.h>

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"
#include "../../common/test-wait.h"

#include <genos/base/reason.h>
#include <genos/room/room-private.h>

/* Whoever lets somebody in late. Of two dials that cross that of the greater id counts: with a lesser one
 * here, those let in would first have to give up theirs, which nobody took. */
#define HOST "zoe"

#define wait_long(condition) genos_test_wait_for (condition, 90)

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  GenosPeerLink *last_link; /* not owned */
  guint n_links;
  guint in_between; /* what every link shows as the other's certificate; 0: the true one */
  guint n_joined, n_left, n_errors, n_asked, n_messages;
  gboolean was_verified; /* of the last that joined, when it did */
  GenosReason left, error;
  char *left_text;
  GenosAdmission *asked; /* the last one */
  void (*decide) (GenosAdmission *admission);
} Member;

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  Member *member = user_data;

  member->last_link = peer_link_local_new (offerer);
  member->n_links++;
  return member->last_link;
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
  g_object_get (peer, "verified", &member->was_verified, NULL);
  g_assert_true (member->was_verified == (genos_peer_get_key (peer) != NULL));
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *member)
{
  member->n_left++;
  member->left = genos_reason_from_error (error);
  g_free (member->left_text);
  member->left_text = g_strdup (error->message);
}

static void
on_error (GenosRoom *room, const char *peer_id, GError *error, Member *member)
{
  member->n_errors++;
  member->error = genos_reason_from_error (error);
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  member->n_messages++;
}

static void
on_admit (GenosRoom *room, GenosAdmission *admission, Member *member)
{
  member->n_asked++;
  g_set_object (&member->asked, admission);
  if (member->decide != NULL)
    member->decide (admission);
}

static Member *
member_new (SignalHub *hub, const char *peer_id)
{
  Member *member = g_new0 (Member, 1);

  member->signaller = signaller_local_new (hub, peer_id);
  member->room = genos_room_new ("test");
  g_object_set (member->room, "peer-id", peer_id, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "join-error", G_CALLBACK (on_error), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "peer-admit", G_CALLBACK (on_admit), member);
  return member;
}

/* As ours are: what it says on the hub bears the signature of the key that its links prove. */
static void
member_join_signed (Member *member)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  signaller_local_set_key (
      TEST_SIGNALLER_LOCAL (member->signaller), genos_room_get_key (member->room));
}

/* As a browser is. */
static void
member_join (Member *member)
{
  g_autoptr (GError) error = NULL;

  genos_room_join (member->room, &error);
  g_assert_no_error (error);
}

/* They announce themselves again, and whatever that leads to happens. */
static void
settle (Member *one, Member *other)
{
  for (guint i = 0; i < 3; i++) {
    genos_signaller_announce (one->signaller, NULL);
    genos_signaller_announce (other->signaller, NULL);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
}

static gboolean
on_announce (gpointer signaller)
{
  genos_signaller_announce (signaller, NULL);
  return G_SOURCE_CONTINUE;
}

/* The same as wait_long() with somebody who announces itself more often than rooms do. */
static void
wait_to_be_heard (Member *member, const guint *counter, guint value)
{
  guint announce = g_timeout_add (100, on_announce, member->signaller);

  wait_long (*counter >= value);
  g_source_remove (announce);
}

static void
member_free (Member *member)
{
  genos_room_leave (member->room);
  while (genos_room_get_state (member->room) != GENOS_ROOM_IDLE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (member->room);
  g_clear_object (&member->asked);
  g_object_unref (member->signaller);
  g_free (member->left_text);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

static guint64
stat_of (Member *member, const char *name)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

/* Not so much as a link is made for whoever is denied, whoever of the two calls. */
static void
test_denied (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  alice->decide = genos_admission_deny;
  member_join (alice);
  member_join (bob);
  settle (alice, bob);
  g_assert_cmpuint (alice->n_asked, ==, 1);
  g_assert_cmpuint (alice->n_links, ==, 0);
  g_assert_cmpuint (alice->n_joined + bob->n_joined, ==, 0);
  g_assert_cmpuint (alice->n_errors, ==, 0);
  g_assert_cmpuint (stat_of (alice, "denied"), >, 0);
  g_assert_cmpstr (genos_admission_get_peer_id (alice->asked), ==, "bob");
  g_assert_false (genos_admission_get_can_verify (alice->asked));
}

static void
test_allowed (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  alice->decide = genos_admission_allow;
  member_join (alice);
  member_join (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  g_assert_cmpuint (alice->n_asked, ==, 1);
}

static void
test_deferred (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  alice->decide = genos_admission_defer;
  member_join (alice);
  member_join (bob);
  wait_long (alice->n_asked >= 1);
  settle (alice, bob);
  g_assert_cmpuint (alice->n_links, ==, 0);
  g_assert_cmpuint (alice->n_asked, ==, 1);
  genos_admission_allow (alice->asked);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  genos_admission_deny (alice->asked);
  g_assert_cmpuint (alice->n_left, ==, 0);
}

static void
test_deferred_too_long (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, HOST);
  g_autoptr (Member) bob = member_new (hub, "bob");

  alice->decide = genos_admission_defer;
  g_object_set (alice->room, "admit-timeout", 100, NULL);
  member_join (alice);
  member_join (bob);
  /* Denied, and asked about again when it is heard again. */
  while (alice->n_asked < 2)
    settle (alice, bob);
  g_assert_cmpuint (alice->n_links, ==, 0);
  g_assert_true (genos_room_deny (alice->room, "bob"));
  g_assert_false (genos_room_deny (alice->room, "bob"));
  settle (alice, bob);
  g_assert_cmpuint (alice->n_asked, ==, 2);
  g_assert_cmpuint (alice->n_links, ==, 0);
  genos_room_admit (alice->room, "bob");
  alice->decide = NULL;
  settle (alice, bob);
  wait_long (alice->n_joined >= 1);
}

/* The lists, the question never asked; and changed while they are together. */
static void
test_lists (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, HOST);
  g_autoptr (Member) bob = member_new (hub, "bob");
  g_autofree char *key = NULL;

  g_object_set (alice->room, "deny-peers", "mallory, bob", NULL);
  member_join_signed (alice);
  member_join_signed (bob);
  settle (alice, bob);
  g_assert_cmpuint (alice->n_links, ==, 0);
  g_assert_cmpuint (alice->n_asked, ==, 0);

  g_object_set (alice->room, "deny-peers", "mallory", NULL);
  wait_to_be_heard (bob, &alice->n_joined, 1);
  key = g_strdup (genos_room_get_key (bob->room));
  g_object_set (alice->room, "deny-peers", key, NULL);
  g_assert_cmpuint (alice->n_left, ==, 1);
  g_assert_cmpint (alice->left, ==, GENOS_REASON_DENIED);

  g_object_set (alice->room, "deny-peers", "", "allow-peers", key, NULL);
  wait_to_be_heard (bob, &alice->n_joined, 2);
  g_object_set (alice->room, "allow-peers", "carol", NULL);
  g_assert_cmpuint (alice->n_left, ==, 2);
}

static void
test_bad_list (void)
{
  g_autoptr (GenosRoom) room = genos_room_new ("test");
  g_autoptr (GError) error = NULL;

  g_object_set (room, "allow-peers", "a b;c", NULL);
  g_assert_false (genos_room_join (room, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "allow-peers"));
}

static void
test_kick (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, HOST);
  g_autoptr (Member) bob = member_new (hub, "bob");

  member_join (alice);
  member_join (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  g_assert_true (genos_room_kick (alice->room, "bob", "too loud"));
  g_assert_cmpuint (alice->n_left, ==, 1);
  g_assert_cmpint (alice->left, ==, GENOS_REASON_KICKED);
  g_assert_cmpstr (alice->left_text, ==, "too loud");
  wait_long (bob->n_left >= 1);
  g_assert_cmpint (bob->left, ==, GENOS_REASON_LEFT);
  settle (alice, bob);
  g_assert_cmpuint (alice->n_joined, ==, 1);
  g_assert_false (genos_room_kick (alice->room, "bob", NULL));
  genos_room_admit (alice->room, "bob");
  wait_to_be_heard (bob, &alice->n_joined, 2);
}

/* Everybody comes at once, and never is there one too many. */
static void
test_max_peers (void)
{
  enum { N = 8, MAX = 3 };
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  Member *members[N];
  guint n_in = 0;

  g_object_set (alice->room, "max-peers", MAX, NULL);
  member_join (alice);
  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("peer%u", i);

    members[i] = member_new (hub, id);
    g_object_set (members[i]->room, "allow-peers", "alice", NULL);
    member_join (members[i]);
  }
  wait_long (alice->n_joined >= MAX);
  for (guint i = 0; i < N; i++)
    settle (alice, members[i]);
  g_assert_cmpuint (alice->n_joined, ==, MAX);
  g_assert_cmpuint (alice->n_errors, ==, N - MAX);
  g_assert_cmpint (alice->error, ==, GENOS_REASON_ROOM_FULL);

  /* One goes, one of those who wait comes. */
  for (guint i = 0; i < N && n_in == 0; i++) {
    g_autofree char *id = g_strdup_printf ("peer%u", i);

    if (genos_room_get_peer (alice->room, id) != NULL) {
      genos_room_kick (alice->room, id, NULL);
      n_in++;
    }
  }
  wait_long (alice->n_joined >= MAX + 1);
  for (guint i = 0; i < N; i++)
    member_free (members[i]);
  g_assert_cmpuint (alice->n_joined, >=, MAX + 1);
}

/* Two of ours prove themselves to each other before either hears that the other joined. */
static void
test_verified (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");
  g_auto (GStrv) capabilities = NULL;

  g_object_set (alice->room, "require-verified", TRUE, NULL);
  member_join_signed (alice);
  member_join_signed (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  g_assert_true (alice->was_verified);
  g_assert_true (bob->was_verified);
  g_assert_cmpstr (genos_peer_get_key (genos_room_get_peer (alice->room, "bob")), ==,
      genos_room_get_key (bob->room));
  g_object_get (genos_room_get_peer (alice->room, "bob"), "capabilities", &capabilities, NULL);
  g_assert_true (g_strv_contains ((const char *const *) capabilities, "identity"));
}

/* A browser proves nothing: welcome, unless that is required; then it hears nothing at all. */
static void
test_unverified (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) browser = member_new (hub, "browser");
  g_autoptr (Member) strict = member_new (hub, "strict");

  g_object_set (strict->room, "require-verified", TRUE, NULL);
  member_join_signed (alice);
  member_join (browser);
  member_join_signed (strict);
  wait_long (browser->n_joined >= 1);
  wait_long (strict->n_joined >= 1);
  wait_long (alice->n_joined >= 2);
  settle (strict, browser);
  g_assert_cmpuint (browser->n_joined, ==, 1);
  g_assert_false (browser->was_verified);
  g_assert_cmpuint (strict->n_links, ==, 1);
  g_assert_cmpuint (strict->n_errors, ==, 1);
  g_assert_cmpint (strict->error, ==, GENOS_REASON_NOT_VERIFIED);
  g_assert_null (genos_peer_get_key (genos_room_get_peer (alice->room, "browser")));
}

static GenosPeerLink *
make_tapped_link (gboolean offerer, gpointer user_data, GError **error)
{
  GenosPeerLink *link = make_link (offerer, user_data, error);
  Member *member = user_data;

  peer_link_local_set_forged (PEER_LINK_LOCAL (link), member->in_between);
  return link;
}

/* Somebody ends the connection of either side and passes on what they say. */
static void
test_in_between (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  alice->in_between = 4711;
  genos_room_set_link_factory (alice->room, make_tapped_link, alice);
  member_join_signed (alice);
  member_join_signed (bob);
  wait_long (alice->n_errors >= 1);
  g_assert_cmpint (alice->error, ==, GENOS_REASON_NOT_VERIFIED);
  g_assert_cmpuint (alice->n_joined, ==, 0);
  g_assert_cmpuint (bob->n_joined, ==, 0);
}

/* Another one under the id of a verified peer that is there: not let in, and nobody is put out. */
static void
test_impostor (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");
  g_autoptr (Member) impostor = member_new (hub, "bob");

  member_join_signed (alice);
  member_join_signed (bob);
  wait_long (alice->n_joined >= 1);
  member_join_signed (impostor);
  settle (alice, impostor);
  g_assert_cmpuint (impostor->n_joined, ==, 0);
  g_assert_cmpuint (alice->n_left, ==, 0);
  g_assert_cmpuint (alice->n_joined, ==, 1);
  g_assert_cmpstr (genos_peer_get_key (genos_room_get_peer (alice->room, "bob")), ==,
      genos_room_get_key (bob->room));
}

/* The same id under a fresh key, once the old one does not answer any more: a restart. */
static void
test_restarted (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) later = member_new (hub, "bob");
  Member *bob = member_new (hub, "bob");

  member_join_signed (alice);
  member_join_signed (bob);
  wait_long (alice->n_joined >= 1);
  wait_long (bob->n_joined >= 1);
  peer_link_local_vanish (PEER_LINK_LOCAL (bob->last_link));
  peer_link_local_vanish (PEER_LINK_LOCAL (alice->last_link));
  member_free (bob);
  member_join_signed (later);
  wait_long (later->n_joined >= 1);
  g_assert_true (later->was_verified);
}

static void
on_joined_send (GenosRoom *room, GenosPeer *peer, gpointer unused)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (room, "chat", NULL);
  g_autoptr (GenosMessage) hello = genos_message_new_string ("hello");

  genos_channel_send (channel, hello, NULL, NULL);
}

/* What is said at the first moment arrives, although there were proofs before it. */
static void
test_first_words (void)
{
  g_autoptr (SignalHub) hub = signal_hub_new ();
  g_autoptr (Member) alice = member_new (hub, "alice");
  g_autoptr (Member) bob = member_new (hub, "bob");

  g_signal_connect (alice->room, "peer-joined", G_CALLBACK (on_joined_send), NULL);
  g_signal_connect (bob->room, "peer-joined", G_CALLBACK (on_joined_send), NULL);
  member_join_signed (alice);
  member_join_signed (bob);
  wait_long (alice->n_messages >= 1);
  wait_long (bob->n_messages >= 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/room/admission/denied", test_denied);
  g_test_add_func ("/room/admission/allowed", test_allowed);
  g_test_add_func ("/room/admission/deferred", test_deferred);
  g_test_add_func ("/room/admission/deferred-too-long", test_deferred_too_long);
  g_test_add_func ("/room/admission/lists", test_lists);
  g_test_add_func ("/room/admission/bad-list", test_bad_list);
  g_test_add_func ("/room/admission/kick", test_kick);
  g_test_add_func ("/room/admission/max-peers", test_max_peers);
  g_test_add_func ("/room/admission/verified", test_verified);
  g_test_add_func ("/room/admission/unverified", test_unverified);
  g_test_add_func ("/room/admission/in-between", test_in_between);
  g_test_add_func ("/room/admission/impostor", test_impostor);
  g_test_add_func ("/room/admission/restarted", test_restarted);
  g_test_add_func ("/room/admission/first-words", test_first_words);
  return g_test_run ();
}
