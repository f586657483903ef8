/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Offers and answers that the relay on which their peer was heard does not take: they go another way,
 * since one that is lost is a dial lost. */

#include "../common/room-fixture.h"
#include "faulty-relay.h"

#include <genos/signalling/signaller-nostr.h>

#define DEADLINE 60
/* Sealed it is longer than FAULTY_RELAY_MESSAGE_LENGTH. */
#define SDP_LENGTH 600

typedef struct {
  GenosSignaller *signaller;
  guint n_open;
  char *offered; /* the path on which it came */
  char *answered;
} Member;

static void
on_path_opened (GenosSignaller *signaller, const char *via, Member *member)
{
  member->n_open++;
}

static void
on_offer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, Member *member)
{
  g_assert_null (member->offered);
  member->offered = g_strdup (via);
}

static void
on_answer (GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp,
    const GenosSignalOrigin *origin, Member *member)
{
  g_assert_null (member->answered);
  member->answered = g_strdup (via);
}

/* @second (nullable) */
static Member *
member_new (const char *peer_id, const char *first, const char *second)
{
  Member *member = g_new0 (Member, 1);
  GenosSignallerNostrConfig config = {
    .dialect = genos_dialect_lookup ("genosrtc"),
    .app_id = "1234",
    .room_name = "detours",
    .peer_id = peer_id,
  };
  g_autoptr (GError) error = NULL;

  member->signaller =
      genos_signaller_nostr_new (&config, (const char *const[]){ first, second, NULL }, &error);
  g_assert_no_error (error);
  g_signal_connect (member->signaller, "path-opened", G_CALLBACK (on_path_opened), member);
  g_signal_connect (member->signaller, "offer", G_CALLBACK (on_offer), member);
  g_signal_connect (member->signaller, "answer", G_CALLBACK (on_answer), member);
  genos_signaller_start (member->signaller);
  return member;
}

static void
member_free (Member *member)
{
  g_signal_handlers_disconnect_by_data (member->signaller, member);
  genos_signaller_stop (member->signaller);
  g_object_unref (member->signaller);
  g_free (member->offered);
  g_free (member->answered);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

/* (transfer full) (nullable): what it tells of that relay */
static GVariant *
get_relay (Member *member, const char *url)
{
  g_autoptr (GVariant) paths = genos_signaller_get_path_stats (member->signaller);

  for (gsize i = 0; i < g_variant_n_children (paths); i++) {
    g_autoptr (GVariant) path = g_variant_get_child_value (paths, i);
    const char *its_url = NULL;

    if (g_variant_lookup (path, "url", "&s", &its_url) && g_str_equal (its_url, url))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* Whether it has read what that relay says of itself. */
static gboolean
knows_limits_of (Member *member, const char *url)
{
  g_autoptr (GVariant) relay = get_relay (member, url);
  const char *software = "";

  return g_variant_lookup (relay, "software", "&s", &software) && *software != '\0';
}

static gboolean
has_heard (Member *member, const char *url)
{
  g_autoptr (GVariant) relay = get_relay (member, url);
  guint64 n = 0;

  return g_variant_lookup (relay, "events-in", "t", &n) && n > 0;
}

/* Its own announce comes back: the relay has read its subscriptions. */
static void
wait_until_subscribed (Member *member, const char *url)
{
  genos_signaller_announce (member->signaller, url);
  genos_test_wait_for (has_heard (member, url), DEADLINE);
}

static void
test_both (void)
{
  g_autoptr (FaultyRelay) small = faulty_relay_new (DEMAND_SHORT);
  const char *small_url = faulty_relay_get_url (small);
  g_autofree char *good_url = NULL;
  g_autoptr (GenosRelayServer) good = test_relay_server_new (0, &good_url);
  g_autofree char *sdp = g_strnfill (SDP_LENGTH, 'a');

  {
    g_autoptr (Member) alice = member_new ("alice", small_url, good_url);
    g_autoptr (Member) bob = member_new ("bob", small_url, good_url);

    genos_test_wait_for (alice->n_open == 2 && bob->n_open == 2, DEADLINE);
    genos_test_wait_for (
        knows_limits_of (alice, small_url) && knows_limits_of (bob, small_url), DEADLINE);

    wait_until_subscribed (alice, good_url);
    wait_until_subscribed (bob, good_url);

    genos_signaller_send_offer (alice->signaller, "bob", small_url, sdp);
    genos_test_wait_for (bob->offered != NULL, DEADLINE);
    g_assert_cmpstr (bob->offered, ==, good_url);
    /* The dial is still known by the path it was meant to go. */
    genos_signaller_send_answer (bob->signaller, "alice", good_url, sdp);
    genos_test_wait_for (alice->answered != NULL, DEADLINE);
    g_assert_cmpstr (alice->answered, ==, small_url);

    /* The offer came by a relay that its answer is too long for. */
    genos_signaller_send_answer (alice->signaller, "bob", small_url, sdp);
    genos_test_wait_for (bob->answered != NULL, DEADLINE);
    g_assert_cmpstr (bob->answered, ==, good_url);
  }
  genos_relay_server_stop (good);
}

/* No relay that takes it is open yet: the first one that is gets it. */
static void
test_waits (void)
{
  g_autoptr (FaultyRelay) small = faulty_relay_new (DEMAND_SHORT);
  const char *small_url = faulty_relay_get_url (small);
  g_autoptr (FaultyRelay) closed = faulty_relay_new (FAULT_REFUSES);
  const char *late_url = faulty_relay_get_url (closed);
  guint port = faulty_relay_stop (closed);
  g_autoptr (GenosRelayServer) late = NULL;
  g_autofree char *sdp = g_strnfill (SDP_LENGTH, 'a');

  {
    g_autoptr (Member) alice = member_new ("alice", small_url, late_url);
    g_autoptr (Member) bob = NULL;

    genos_test_wait_for (knows_limits_of (alice, small_url), DEADLINE);
    genos_signaller_send_offer (alice->signaller, "bob", small_url, sdp);

    late = test_relay_server_new (port, NULL);
    bob = member_new ("bob", late_url, NULL);
    genos_test_wait_for (bob->n_open == 1, DEADLINE);
    wait_until_subscribed (bob, late_url);
    genos_signaller_check (alice->signaller, TRUE);
    genos_test_wait_for (bob->offered != NULL, DEADLINE);
    genos_signaller_send_answer (bob->signaller, "alice", late_url, sdp);
    genos_test_wait_for (alice->answered != NULL, DEADLINE);
    g_assert_cmpstr (alice->answered, ==, small_url);
  }
  genos_relay_server_stop (late);
}

int
main (int argc, char **argv)
{
  /* A proxy is none of it; libproxy throws, and unwinds through what valgrind takes for freed. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-detours/both", test_both);
  g_test_add_func ("/relay-detours/waits", test_waits);
  return g_test_run ();
}
