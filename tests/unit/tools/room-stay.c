/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room-stay.h"

#include <signal.h>

static GenosRoom *
make_room (const char *relays)
{
  GenosRoom *room = genos_room_new ("stay");

  g_object_set (room, "relays", relays, "stun-server", "none", NULL);
  return room;
}

static gboolean
on_end (gpointer stay)
{
  genos_room_stay_end (stay);
  return G_SOURCE_REMOVE;
}

/* Nobody answers there; that does not matter to who only stays. */
#define NOBODY "ws://127.0.0.1:1"

static void
test_ends_by_itself (void)
{
  g_autoptr (GenosRoom) room = make_room (NOBODY);
  g_autoptr (GenosRoomStay) stay = genos_room_stay_new (room, "test");

  g_assert_true (genos_room_stay_join (stay));
  g_idle_add (on_end, stay);
  genos_room_stay_run (stay);
  g_assert_cmpint (genos_room_get_state (room), ==, GENOS_ROOM_IDLE);
}

/* Before it began: what a program waits for may be there at once. */
static void
test_ended_before (void)
{
  g_autoptr (GenosRoom) room = make_room (NOBODY);
  g_autoptr (GenosRoomStay) stay = genos_room_stay_new (room, "test");

  g_assert_true (genos_room_stay_join (stay));
  genos_room_stay_end (stay);
  genos_room_stay_run (stay);
  g_assert_cmpint (genos_room_get_state (room), ==, GENOS_ROOM_IDLE);
}

static gboolean
on_raise (gpointer number)
{
  g_assert_cmpint (raise (GPOINTER_TO_INT (number)), ==, 0);
  return G_SOURCE_REMOVE;
}

static void
test_signal (gconstpointer number)
{
  g_autoptr (GenosRoom) room = make_room (NOBODY);
  g_autoptr (GenosRoomStay) stay = genos_room_stay_new (room, "test");

  g_assert_true (genos_room_stay_join (stay));
  g_idle_add (on_raise, (gpointer) number);
  genos_room_stay_run (stay);
  g_assert_cmpint (genos_room_get_state (room), ==, GENOS_ROOM_IDLE);
}

typedef struct {
  GenosRoomStay *stay;
  guint n;
} Interrupted;

/* A first one may be a reason to finish, and the second to stop. */
static void
on_interrupted (gpointer user_data)
{
  Interrupted *seen = user_data;

  if (++seen->n == 2)
    genos_room_stay_end (seen->stay);
  else
    g_idle_add (on_raise, GINT_TO_POINTER (SIGINT));
}

static void
test_interrupted (void)
{
  g_autoptr (GenosRoom) room = make_room (NOBODY);
  g_autoptr (GenosRoomStay) stay = genos_room_stay_new (room, "test");
  Interrupted seen = { stay, 0 };

  genos_room_stay_set_interrupted (stay, on_interrupted, &seen);
  g_assert_true (genos_room_stay_join (stay));
  g_idle_add (on_raise, GINT_TO_POINTER (SIGTERM));
  genos_room_stay_run (stay);
  g_assert_cmpuint (seen.n, ==, 2);
}

static void
test_no_stay (void)
{
  g_autoptr (GenosRoom) room = make_room ("nonsense");
  g_autoptr (GenosRoomStay) stay = genos_room_stay_new (room, "test");

  g_assert_false (genos_room_stay_join (stay));
  g_assert_cmpint (genos_room_get_state (room), ==, GENOS_ROOM_IDLE);
}

int
main (int argc, char **argv)
{
  /* A proxy is none of it; libproxy throws, and unwinds through what valgrind takes for freed. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/room-stay/ends-by-itself", test_ends_by_itself);
  g_test_add_func ("/tools/room-stay/ended-before", test_ended_before);
  g_test_add_data_func ("/tools/room-stay/sigint", GINT_TO_POINTER (SIGINT), test_signal);
  g_test_add_data_func ("/tools/room-stay/sigterm", GINT_TO_POINTER (SIGTERM), test_signal);
  g_test_add_func ("/tools/room-stay/interrupted", test_interrupted);
  g_test_add_func ("/tools/room-stay/no-stay", test_no_stay);
  return g_test_run ();
}
