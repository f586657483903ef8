/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a stranger can pour into a room through a relay: announces, offers, answers and byes, faster
 * than any relay would let it. Without network: a hub for relays, the local twin for webrtcbin. */

#include "../common/room-fixture.h"

#include <genos/signalling/dial-book.h>
#include <genos/signalling/presence.h>

#define FLOOD 20000
#define VIA "local:hub"
#define ROOM "flood"

typedef struct {
  SignalHub *hub;
  RoomMember *alice; /* the victim */
  RoomMember *bob;
} World;

static void
set_up (World *world, gconstpointer data)
{
  world->hub = signal_hub_new ();
  world->alice = room_member_new_on_hub (world->hub, ROOM, "alice");
  world->bob = room_member_new_on_hub (world->hub, ROOM, "bob");
  genos_test_wait_until (world->alice->n_joined == 1 && world->bob->n_joined == 1);
}

static void
tear_down (World *world, gconstpointer data)
{
  room_member_free (world->alice);
  room_member_free (world->bob);
  signal_hub_unref (world->hub);
}

/* Bob is still linked, by the same link, and a newcomer gets in. */
static void
check_room (World *world)
{
  g_autoptr (RoomMember) carol = room_member_new_on_hub (world->hub, ROOM, "carol");
  guint heard = room_member_count_heard (world->alice, "hello");

  /* Her first dial may have gone down in the flood: then it is the one after its timeout. */
  genos_test_wait_for (room_member_has (world->alice, "carol"), 40);
  room_member_say (world->bob, "alice", "hello");
  genos_test_wait_until (room_member_count_heard (world->alice, "hello") > heard);
  g_assert_cmpuint (world->alice->n_left, ==, 0);
}

static void
test_announces (World *world, gconstpointer data)
{
  guint links = world->alice->n_links;

  for (guint i = 0; i < FLOOD; i++) {
    g_autofree char *id = g_strdup_printf ("invented%u", i);

    genos_signaller_emit_announced (world->alice->signaller, id, "native", VIA, NULL);
  }
  g_assert_cmpuint (room_member_get_count (world->alice, "peers-seen"), <=, GENOS_PRESENCE_MAX);
  g_assert_cmpuint (
      room_member_get_count (world->alice, "handshakes"), <=, GENOS_DIAL_MAX_UNDER_WAY);
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

    genos_signaller_emit_announced (world->alice->signaller, id, NULL, VIA, NULL);
    genos_signaller_emit_bye (world->alice->signaller, id, VIA);
  }
  g_assert_cmpuint (room_member_get_count (world->alice, "handshakes"), ==, 0);
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

    genos_signaller_emit_offer (world->alice->signaller, id, VIA, texts[i % 4], NULL);
    genos_signaller_emit_offer (world->alice->signaller, "bob", VIA, texts[i % 4], NULL);
    genos_signaller_emit_answer (world->alice->signaller, id, VIA, texts[i % 4], NULL);
    genos_signaller_emit_answer (world->alice->signaller, "bob", VIA, texts[i % 4], NULL);
  }
  g_assert_cmpuint (
      room_member_get_count (world->alice, "handshakes"), <=, 2 * GENOS_DIAL_MAX_UNDER_WAY);
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

    genos_signaller_emit_announced (world->alice->signaller, id, NULL, VIA, NULL);
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
