/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a room of thirty asks of a relay: a real one, and real rooms, whose links need no network. */

#include <genos/genos.h>
#include <genos/room/room-private.h>
#include <genos/wire/topic.h>

#include "../common/peer-link-local.h"
#include "relay-fixture.h"

#define ROOM "crowd"
#define N 30
/* Seconds; under valgrind all of it is done by one slow processor. */
#define DEADLINE 120

typedef struct {
  GenosRelayServer *server;
  char *url;
  Client *watcher; /* hears what is said to the whole room */
  GPtrArray *rooms;
} World;

#define wait_long(condition)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + DEADLINE * G_USEC_PER_SEC;                         \
    guint tick = g_timeout_add (20, genos_test_tick, NULL);                                        \
    while (!(condition)) {                                                                         \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                      \
      g_main_context_iteration (NULL, TRUE);                                                       \
    }                                                                                              \
    g_source_remove (tick);                                                                        \
  }                                                                                                \
  G_STMT_END

static void
set_up (World *world, gconstpointer data)
{
  g_autofree char *path = genos_topic_path (genos_dialect_lookup ("genosrtc"), "1234", ROOM, NULL);
  g_autofree char *topic = genos_topic_from_path (path);

  world->server = relay_new ();
  world->url = genos_relay_server_dup_url (world->server);
  world->watcher = client_new (world->server);
  client_subscribe (world->watcher, "watch", genos_topic_kind (topic));
  world->watcher->next = 1;
  world->rooms = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
tear_down (World *world, gconstpointer data)
{
  for (guint i = 0; i < world->rooms->len; i++)
    genos_room_leave (g_ptr_array_index (world->rooms, i));
  for (guint i = 0; i < world->rooms->len; i++)
    wait_long (genos_room_get_state (g_ptr_array_index (world->rooms, i)) == GENOS_ROOM_IDLE);
  g_ptr_array_unref (world->rooms);
  client_free (world->watcher);
  genos_relay_server_stop (world->server);
  g_object_unref (world->server);
  g_free (world->url);
}

static GenosPeerLink *
make_link (gboolean offerer, gpointer user_data, GError **error)
{
  return peer_link_local_new (offerer);
}

static GenosRoom *
enter (World *world)
{
  GenosRoom *room = genos_room_new (ROOM);
  g_autoptr (GError) error = NULL;

  g_object_set (room, "relays", world->url, "proxy", "none", NULL);
  genos_room_set_link_factory (room, make_link, NULL);
  genos_room_join (room, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world->rooms, room);
  return room;
}

static gboolean
all_have (World *world, guint n)
{
  for (guint i = 0; i < world->rooms->len; i++) {
    g_autoptr (GPtrArray) peers = genos_room_get_peers (g_ptr_array_index (world->rooms, i));

    if (peers->len < n)
      return FALSE;
  }
  return TRUE;
}

static guint
count_announces (World *world)
{
  return world->watcher->heard->len - 1;
}

static guint64
count_events (World *world)
{
  guint64 n;

  g_object_get (world->server, "events", &n, NULL);
  return n;
}

static void
run_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  wait_long (g_get_monotonic_time () >= end);
}

static gint64
since_ms (gint64 begun)
{
  return (g_get_monotonic_time () - begun) / G_TIME_SPAN_MILLISECOND;
}

static void
test_thirty_and_one (World *world, gconstpointer data)
{
  gint64 begun = g_get_monotonic_time ();
  guint announces;
  guint64 events;

  for (guint i = 0; i < N; i++)
    enter (world);
  wait_long (all_have (world, N - 1));
  g_test_message ("%d join at once: all are linked after %" G_GINT64_FORMAT
                  " ms; %u announces, %" G_GUINT64_FORMAT " events",
      N, since_ms (begun), count_announces (world), count_events (world));
  run_for (2000);
  announces = count_announces (world);
  events = count_events (world);
  g_test_message ("%" G_GINT64_FORMAT " ms later: %u announces, %" G_GUINT64_FORMAT " events",
      since_ms (begun), announces, events);
  /* One when it comes, one for those that came after it, and what a slow machine adds to it. */
  g_assert_cmpuint (announces, >=, N);
  g_assert_cmpuint (announces, <=, 4 * N + N * since_ms (begun) / 7500);
  /* An offer and an answer for each link; both may have dialled. */
  g_assert_cmpuint (events - announces, <=, 3 * N * (N - 1));

  begun = g_get_monotonic_time ();
  enter (world);
  wait_long (all_have (world, N));
  g_test_message ("a newcomer is linked with all %d after %" G_GINT64_FORMAT
                  " ms; %u announces, %" G_GUINT64_FORMAT " events",
      N, since_ms (begun), count_announces (world) - announces, count_events (world) - events);
  run_for (1500);
  g_test_message ("%" G_GINT64_FORMAT " ms later: %u announces, %" G_GUINT64_FORMAT " events",
      since_ms (begun), count_announces (world) - announces, count_events (world) - events);
  g_assert_cmpuint (
      count_announces (world) - announces, <=, 2 * (N + 1) + N * since_ms (begun) / 7500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add ("/room-crowd/thirty-and-one", World, NULL, set_up, test_thirty_and_one, tear_down);
  return g_test_run ();
}
