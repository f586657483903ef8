/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a stranger can pour into a room through a relay: announces, offers, answers and byes, faster
 * than any relay would let it. Without network: a hub for relays, the local twin for webrtcbin. */

#include "../common/peer-link-local.h"
#include "../common/signaller-local.h"
#include "../common/test-wait.h"

#include <genos/room/room-private.h>
#include <genos/signalling/dial-book.h>
#include <genos/signalling/presence.h>

#define FLOOD 20000
#define VIA "local:hub"

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  guint n_links; /* that were ever made */
  guint n_joined, n_left, n_messages, n_seen;
} Member;

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  ((Member *) user_data)->n_links++;
  return peer_link_local_new (offerer);
}

static void
on_joined (GenosRoom *room, GenosPeer *peer, Member *member)
{
  member->n_joined++;
}

static void
on_left (GenosRoom *room, GenosPeer *peer, GError *error, Member *member)
{
  member->n_left++;
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Member *member)
{
  member->n_messages++;
}

static void
on_seen (GenosRoom *room, const char *peer_id, const char *kind, Member *member)
{
  member->n_seen++;
}

static Member *
member_new (SignalHub *hub, const char *peer_id)
{
  Member *member = g_new0 (Member, 1);
  g_autoptr (GError) error = NULL;

  member->signaller = signaller_local_new (hub, peer_id);
  member->room = genos_room_new ("flood");
  g_object_set (member->room, "peer-id", peer_id, NULL);
  genos_room_set_signaller (member->room, member->signaller);
  genos_room_set_link_factory (member->room, make_link, member);
  g_signal_connect (member->room, "peer-joined", G_CALLBACK (on_joined), member);
  g_signal_connect (member->room, "peer-left", G_CALLBACK (on_left), member);
  g_signal_connect (member->room, "message", G_CALLBACK (on_message), member);
  g_signal_connect (member->room, "peer-seen", G_CALLBACK (on_seen), member);
  genos_room_join (member->room, &error);
  g_assert_no_error (error);
  return member;
}

static void
member_free (Member *member)
{
  genos_room_leave (member->room);
  genos_test_wait_until (genos_room_get_state (member->room) == GENOS_ROOM_IDLE);
  g_assert_finalize_object (member->room);
  g_object_unref (member->signaller);
  g_free (member);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

typedef struct {
  SignalHub *hub;
  Member *alice; /* the victim */
  Member *bob;
} World;

static void
set_up (World *world, gconstpointer data)
{
  world->hub = signal_hub_new ();
  world->alice = member_new (world->hub, "alice");
  world->bob = member_new (world->hub, "bob");
  genos_test_wait_until (world->alice->n_joined == 1 && world->bob->n_joined == 1);
}

static void
tear_down (World *world, gconstpointer data)
{
  member_free (world->alice);
  member_free (world->bob);
  signal_hub_unref (world->hub);
}

/* Bob is still linked, by the same link, and a newcomer gets in. */
static void
check_room (World *world)
{
  g_autoptr (Member) carol = member_new (world->hub, "carol");
  g_autoptr (GenosChannel) channel = genos_room_open_channel (world->bob->room, "chat", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_string ("hello");
  guint heard = world->alice->n_messages;
  gint64 deadline = g_get_monotonic_time () + 40 * G_TIME_SPAN_SECOND;

  /* Her first dial may have gone down in the flood: then it is the one after its timeout. */
  while (genos_room_get_peer (world->alice->room, "carol") == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (
      genos_channel_send (channel, message, (const char *[]){ "alice", NULL }, NULL), ==, 1);
  genos_test_wait_until (world->alice->n_messages > heard);
  g_assert_cmpuint (world->alice->n_left, ==, 0);
}

static guint
get_stat (Member *member, const char *name)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (member->room);
  guint value = 0;

  g_assert_true (gst_structure_get_uint (stats, name, &value));
  return value;
}

static void
test_announces (World *world, gconstpointer data)
{
  guint links = world->alice->n_links;

  for (guint i = 0; i < FLOOD; i++) {
    g_autofree char *id = g_strdup_printf ("invented%u", i);

    genos_signaller_emit_announced (world->alice->signaller, id, "native", VIA);
  }
  g_assert_cmpuint (get_stat (world->alice, "peers-seen"), <=, GENOS_PRESENCE_MAX);
  g_assert_cmpuint (get_stat (world->alice, "handshakes"), <=, GENOS_DIAL_MAX_UNDER_WAY);
  g_assert_cmpuint (world->alice->n_links - links, <=, GENOS_DIAL_MAX_UNDER_WAY);
  check_room (world);
}

/* The links a flood may cost in the time it took. */
static guint
affordable (gint64 begun)
{
  return GENOS_DIAL_BURST + (g_get_monotonic_time () - begun) / GENOS_DIAL_INTERVAL + 1;
}

static void
test_come_and_go (World *world, gconstpointer data)
{
  gint64 begun = g_get_monotonic_time ();
  guint links = world->alice->n_links;

  for (guint i = 0; i < FLOOD; i++) {
    g_autofree char *id = g_strdup_printf ("invented%u", i % 7 == 0 ? 0 : i);

    genos_signaller_emit_announced (world->alice->signaller, id, NULL, VIA);
    genos_signaller_emit_bye (world->alice->signaller, id, VIA);
  }
  g_assert_cmpuint (get_stat (world->alice, "handshakes"), ==, 0);
  g_assert_cmpuint (world->alice->n_links - links, <=, affordable (begun));
  check_room (world);
}

/* Anybody can say that somebody left. */
static void
test_byes (World *world, gconstpointer data)
{
  for (guint i = 0; i < FLOOD; i++)
    genos_signaller_emit_bye (world->alice->signaller, "bob", VIA);
  for (guint i = 0; i < 200; i++) {
    genos_signaller_emit_bye (world->alice->signaller, "bob", VIA);
    g_main_context_iteration (NULL, FALSE);
  }
  check_room (world);
}

static void
test_offers (World *world, gconstpointer data)
{
  static const char *const texts[] = { "", "hello", "local 12345", "v=0\r\n" };
  gint64 begun = g_get_monotonic_time ();
  guint links = world->alice->n_links;

  for (guint i = 0; i < FLOOD; i++) {
    g_autofree char *id = g_strdup_printf ("invented%u", i % 100);

    genos_signaller_emit_offer (world->alice->signaller, id, VIA, texts[i % 4]);
    genos_signaller_emit_offer (world->alice->signaller, "bob", VIA, texts[i % 4]);
    genos_signaller_emit_answer (world->alice->signaller, id, VIA, texts[i % 4]);
    genos_signaller_emit_answer (world->alice->signaller, "bob", VIA, texts[i % 4]);
  }
  g_assert_cmpuint (get_stat (world->alice, "handshakes"), <=, 2 * GENOS_DIAL_MAX_UNDER_WAY);
  g_assert_cmpuint (world->alice->n_links - links, <=, affordable (begun));
  check_room (world);
}

/* The room's answer to strangers is not one announce for each of theirs. */
static void
test_no_echo (World *world, gconstpointer data)
{
  guint before = signal_hub_get_n_announces (world->hub);

  for (guint i = 0; i < FLOOD; i++) {
    g_autofree char *id = g_strdup_printf ("invented%u", i);

    genos_signaller_emit_announced (world->alice->signaller, id, NULL, VIA);
  }
  g_assert_cmpuint (signal_hub_get_n_announces (world->hub) - before, <, 10);
  g_assert_cmpuint (world->alice->n_seen, >=, FLOOD);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/room-flood/" path, World, NULL, set_up, func, tear_down)
  TEST ("announces", test_announces);
  TEST ("come-and-go", test_come_and_go);
  TEST ("byes", test_byes);
  TEST ("offers", test_offers);
  TEST ("no-echo", test_no_echo);
  return g_test_run ();
}
