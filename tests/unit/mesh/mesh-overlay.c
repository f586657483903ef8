/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "mesh-crowd.h"

#include <string.h>

static guint64
sum_control (Crowd *crowd)
{
  guint64 sum = 0;

  for (guint i = 0; i < crowd->people->len; i++)
    if (crowd_get (crowd, i)->overlay != NULL)
      sum += genos_mesh_overlay_get_counters (crowd_get (crowd, i)->overlay)->control;
  return sum;
}

/* --- layouts and links --- */

static void
test_links (void)
{
  g_autoptr (Crowd) crowd = crowd_new (60, 5, 1);
  guint n_bridges = 0;

  crowd_settle (crowd);
  crowd_assert_one_layout (crowd);
  for (guint i = 0; i < 60; i++) {
    Person *person = crowd_get (crowd, i);
    const GenosMeshView *view = genos_mesh_overlay_get_view (person->overlay);
    guint expected = view->n_mates - 1;

    if (genos_mesh_overlay_is_bridge (person->overlay)) {
      n_bridges++;
      expected += view->n_neighbours;
    }
    g_assert_cmpuint (g_hash_table_size (person->linked), ==, expected);
    g_assert_cmpuint (genos_mesh_overlay_get_n_links (person->overlay), ==, expected);
    g_assert_cmpint (genos_mesh_overlay_is_acting (person->overlay, crowd->now), ==,
        genos_mesh_overlay_is_bridge (person->overlay));
  }
  g_assert_cmpuint (n_bridges, <=, 12);
  g_assert_cmpuint (2 * crowd_count_links (crowd), <=, 2 * 5 * 60);
}

/* Whoever is first in the room, or alone, turns nobody away. */
/* In a quiet room nobody hears but by a seal that others are elsewhere now. */
static void
test_links_after_growth (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);

  crowd_settle (crowd);
  for (guint i = 0; i < 6; i++) {
    guint n_wanted = 0;

    crowd_join (crowd, 7);
    crowd_settle (crowd);
    crowd_settle (crowd);
    crowd_assert_one_layout (crowd);
    for (guint j = 0; j < crowd->people->len; j++) {
      const GenosMeshView *view = genos_mesh_overlay_get_view (crowd_get (crowd, j)->overlay);

      n_wanted += view->n_mates - 1;
      n_wanted += view->mates[0] == crowd_get (crowd, j)->number ? view->n_neighbours : 0;
    }
    g_assert_cmpuint (crowd_count_links (crowd), ==, n_wanted / 2);
  }
}

static void
test_first_contact (void)
{
  g_autoptr (Crowd) crowd = crowd_new (1, 1, 1);
  GenosMeshOverlay *overlay = crowd_get (crowd, 0)->overlay;
  guint32 stranger = genos_mesh_topology_acquire (crowd->topology, "stranger");

  g_assert_null (genos_mesh_overlay_get_view (overlay));
  g_assert_cmpint (genos_mesh_overlay_judge (overlay, stranger, crowd->now), ==, GENOS_MESH_WANTED);
  crowd_settle (crowd);
  g_assert_cmpuint (genos_mesh_overlay_get_epoch (overlay), ==, 1);
  g_assert_true (genos_mesh_overlay_is_bridge (overlay));
  g_assert_cmpint (genos_mesh_overlay_judge (overlay, stranger, crowd->now), ==, GENOS_MESH_WANTED);
  /* Nobody to say it to. */
  g_assert_false (genos_mesh_overlay_send (overlay, NULL, "1", crowd->now));
  genos_mesh_topology_release (crowd->topology, stranger);
}

/* --- messages --- */

static void
test_broadcast (void)
{
  for (guint size = 2; size <= 10; size += 4) {
    g_autoptr (Crowd) crowd = crowd_new (97, size, size);
    guint64 control;

    crowd_settle (crowd);
    for (guint i = 0; i < 97; i += 12) {
      g_autofree char *data = g_strdup_printf ("\"from %u\"", i);

      control = sum_control (crowd);
      crowd->n_sent = 0;
      crowd_say (crowd, crowd_get (crowd, i), data);
      crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
      g_assert_cmpuint (crowd_count_got (crowd, data, 1), ==, 96);
      g_assert_cmpuint (crowd_count_got (crowd, data, 0), ==, 1);
      /* A copy for each, and not one more; and what the neighbours tell each other: less than one for each
       * cell, and the origin each member of its own. */
      control = sum_control (crowd) - control;
      g_assert_cmpuint (crowd->n_sent - control, ==, 96);
      g_assert_cmpuint (control, <,
          genos_mesh_count_cells (97, size) + g_hash_table_size (crowd_get (crowd, i)->linked));
    }
  }
}

static void
test_directed (void)
{
  g_autoptr (Crowd) crowd = crowd_new (80, 4, 3);

  crowd_settle (crowd);
  for (guint i = 0; i < 80; i += 7) {
    Person *from = crowd_get (crowd, i);
    Person *to = crowd_get (crowd, 79 - i);
    g_autofree char *data = g_strdup_printf ("{\"_t\":\"%s\"}", to->id);

    crowd->n_sent = 0;
    g_assert_true (genos_mesh_overlay_send (from->overlay, to->id, data, crowd->now));
    crowd_run (crowd, 3 * G_TIME_SPAN_SECOND);
    g_assert_cmpuint (crowd_count_got (crowd, data, 1), ==, 1);
    g_assert_cmpuint (crowd_count_got (crowd, data, 0), ==, 79);
    g_assert_cmpuint (crowd->n_sent, <=, 2 * 5 + 3);
    g_assert_cmpuint (to->got->len, ==, 1);
    g_ptr_array_set_size (to->got, 0);
  }
}

/* One frame in 61 is lost, of up to a dozen there and back; each message arrives, once, and is known to have arrived. */
static void
test_acknowledged (void)
{
  g_autoptr (Crowd) crowd = crowd_new (80, 4, 3);
  guint n_again = 0;

  crowd_settle (crowd);
  crowd->loss_every = 61;
  for (guint i = 0; i < 20; i++) {
    Person *from = crowd_get (crowd, i);
    Person *to = crowd_get (crowd, 79 - i);
    g_autofree char *data = g_strdup_printf ("{\"_t\":\"%s\"}", to->id);

    g_assert_cmpuint (
        genos_mesh_overlay_send_acknowledged (from->overlay, to->id, data, i % 2, crowd->now), !=,
        0);
  }
  crowd_run (crowd, 45 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < 20; i++) {
    Person *from = crowd_get (crowd, i);

    g_assert_cmpuint (from->n_arrived, ==, 1);
    g_assert_cmpuint (from->n_given_up, ==, 0);
    g_assert_cmpuint (genos_mesh_overlay_get_n_unacknowledged (from->overlay), ==, 0);
    g_assert_cmpuint (crowd_get (crowd, 79 - i)->got->len, ==, 1);
    n_again += genos_mesh_overlay_get_counters (from->overlay)->again;
  }
  g_assert_cmpuint (n_again, >, 0);
}

/* Nobody answers for who has gone. */
static void
test_given_up (void)
{
  g_autoptr (Crowd) crowd = crowd_new (30, 4, 3);
  Person *from = crowd_get (crowd, 0);

  crowd_settle (crowd);
  crowd_leave (crowd, 20, FALSE);
  genos_mesh_overlay_send_acknowledged (
      from->overlay, crowd_get (crowd, 20)->id, "{\"_t\":\"gone\"}", FALSE, crowd->now);
  crowd_run (crowd, 90 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (from->n_given_up, ==, 1);
  g_assert_cmpuint (from->n_arrived, ==, 0);
  g_assert_cmpuint (genos_mesh_overlay_get_counters (from->overlay)->given_up, ==, 1);
}

/* What could not be taken is not acknowledged, and comes again. */
static void
test_refused (void)
{
  g_autoptr (Crowd) crowd = crowd_new (30, 4, 3);
  Person *from = crowd_get (crowd, 0);
  Person *to = crowd_get (crowd, 20);
  g_autofree char *data = g_strdup_printf ("{\"_t\":\"%s\"}", to->id);

  crowd_settle (crowd);
  to->refuses = TRUE;
  genos_mesh_overlay_send_acknowledged (from->overlay, to->id, data, FALSE, crowd->now);
  crowd_run (crowd, 1 * G_TIME_SPAN_SECOND);
  to->refuses = FALSE;
  g_assert_cmpuint (from->n_arrived, ==, 0);
  crowd_run (crowd, 10 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (from->n_arrived, ==, 1);
  g_assert_cmpuint (to->got->len, ==, 1);
}

/* The bridge on the way hangs, and nobody has noticed: the next attempt goes another way. */
static void
test_another_way (void)
{
  g_autoptr (Crowd) crowd = crowd_new (160, 5, 2);
  guint n_hanging = 0, n_arrived = 0, n_sent = 0;

  crowd_settle (crowd);
  for (guint i = 0; i < 160; i++) {
    Person *person = crowd_get (crowd, i);

    if (genos_mesh_overlay_is_bridge (person->overlay)
        && genos_mesh_overlay_get_view (person->overlay)->cell % 8 == 3) {
      person->frozen = TRUE;
      n_hanging++;
    }
  }
  g_assert_cmpuint (n_hanging, >=, 3);
  for (guint i = 0; i < 80; i++) {
    Person *from = crowd_get (crowd, i);
    Person *to = crowd_get (crowd, 159 - i);
    g_autofree char *data = g_strdup_printf ("{\"_t\":\"%s\"}", to->id);

    if (from->frozen || to->frozen || genos_mesh_overlay_get_view (from->overlay)->cell % 8 == 3
        || genos_mesh_overlay_get_view (to->overlay)->cell % 8 == 3)
      continue;
    n_sent++;
    genos_mesh_overlay_send_acknowledged (from->overlay, to->id, data, FALSE, crowd->now);
  }
  crowd_run (crowd, 40 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < 80; i++)
    n_arrived += crowd_get (crowd, i)->n_arrived;
  g_assert_cmpuint (n_sent, >, 40);
  g_assert_cmpuint (n_arrived, ==, n_sent);
}

static void
test_ping (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 4, 3);

  crowd_settle (crowd);
  g_assert_true (genos_mesh_overlay_ping (
      crowd_get (crowd, 0)->overlay, crowd_get (crowd, 39)->id, "\"p1\"", crowd->now));
  crowd_run (crowd, 3 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (crowd_get (crowd, i)->n_pongs, ==, i == 0 ? 1 : 0);
}

/* What was lost between bridges is asked for. */
static void
test_repair (void)
{
  g_autoptr (Crowd) crowd = crowd_new (120, 5, 3);
  guint n_missing = 0;

  crowd_settle (crowd);
  crowd->loss_every = 37;
  for (guint i = 0; i < 20; i++) {
    g_autofree char *data = g_strdup_printf ("%u", i);

    crowd_say (crowd, crowd_get (crowd, i * 5), data);
    crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
    n_missing += crowd_count_got (crowd, data, 0) - 1;
    g_assert_cmpuint (crowd_count_got (crowd, data, 0) + crowd_count_got (crowd, data, 1), ==, 120);
  }
  /* Links lose nothing as long as they are there: only what is lost on the way into a cell, and with it
   * for those behind it, has to come another way. One frame in 37, of 119, for 20 messages. */
  g_assert_cmpuint (n_missing, <, 20 * 119 / 37 + 1);
}

static void
crowd_run_ticks (Crowd *crowd, guint n)
{
  crowd_run (crowd, n * crowd->times.tick);
}

/* Neither of them is among the first three, whom others tell what they missed. */
static void
test_mates_apart (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 8, 1);
  Person *bridge, *one, *other;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 2);
  g_assert_cmpuint (genos_mesh_overlay_get_view (bridge->overlay)->n_mates, >=, 5);
  one = crowd_find_mate (crowd, bridge, 3);
  other = crowd_find_mate (crowd, bridge, 4);

  /* The link between them comes while nobody has been told anything yet. */
  crowd_cut (crowd, one, other);
  crowd_say (crowd, one, "\"a moment ago\"");
  crowd_mend (crowd, one, other);
  crowd_run_ticks (crowd, 2);
  g_assert_cmpuint (crowd_count_got (crowd, "\"a moment ago\"", 1), ==, 39);

  /* It never comes, as between two networks that let nothing in. */
  crowd_cut (crowd, one, other);
  crowd_say (crowd, one, "\"by way of others\"");
  crowd_run_ticks (crowd, 4);
  g_assert_cmpuint (crowd_count_got (crowd, "\"by way of others\"", 1), ==, 39);
}

/* Whoever was not linked to anybody of its cell when it said something, as right after a seal. */
static void
test_mates_late (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 8, 1);
  Person *bridge, *one;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 2);
  one = crowd_find_mate (crowd, bridge, 3);
  one->frozen = TRUE;
  for (guint i = 0; i < genos_mesh_overlay_get_view (bridge->overlay)->n_mates; i++)
    if (i != 3)
      crowd_cut (crowd, one, crowd_find_mate (crowd, bridge, i));
  for (guint i = 0; i < crowd->people->len; i++)
    crowd_mend (crowd, one, crowd_get (crowd, i));
  g_assert_false (genos_mesh_overlay_send (one->overlay, NULL, "\"alone\"", crowd->now));
  crowd_run_ticks (crowd, 1);
  one->frozen = FALSE;
  crowd_run_ticks (crowd, 4);
  g_assert_cmpuint (crowd_count_got (crowd, "\"alone\"", 1), ==, 39);
}

/* --- what goes wrong --- */

static void
test_bridge_dies (void)
{
  g_autoptr (Crowd) crowd = crowd_new (60, 5, 1);
  Person *bridge, *sender;
  guint n_cells;

  crowd_settle (crowd);
  n_cells = genos_mesh_overlay_get_view (crowd_get (crowd, 0)->overlay)->cells.n_cells;
  bridge = crowd_find_bridge (crowd, n_cells / 2);
  sender = crowd_find_bridge (crowd, 0);
  crowd_leave (crowd, bridge->index, FALSE);
  /* Half a second later, long before anybody seals. */
  crowd_run (crowd, 5 * CROWD_STEP);
  crowd_say (crowd, sender, "\"soon\"");
  crowd_run (crowd, 15 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"soon\"", 1), ==, 58);

  crowd_say (crowd, sender, "\"later\"");
  crowd_run (crowd, 3 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"later\"", 1), ==, 58);
  /* Those far away have it in their roster until it has been silent for two minutes. */
  crowd_run (crowd, 130 * G_TIME_SPAN_SECOND);
  crowd_assert_one_layout (crowd);
}

/* Who takes itself to be elsewhere does nothing for its cell, as far as anybody knows; the next one does. */
static void
test_bridge_astray (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  Person *bridge, *next = NULL;
  const GenosMeshView *view;
  g_autoptr (GenosMeshFrame) have = NULL;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 3);
  view = genos_mesh_overlay_get_view (bridge->overlay);
  for (guint i = 0; i < 40; i++)
    if (crowd_get (crowd, i)->number == view->mates[1])
      next = crowd_get (crowd, i);
  g_assert_false (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
  have = genos_mesh_frame_new (
      GENOS_MESH_HAVE, bridge->id, 5, 1700000000000 + crowd->now / 1000, 1, NULL, "[]");
  genos_mesh_overlay_receive (next->overlay, bridge->number, have, 0, crowd->now);
  g_assert_true (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
}

/* As when a link was in trouble at one end only: what the other end had said is not said again. */
static void
test_bridge_forgotten (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  Person *bridge, *next;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 3);
  next = crowd_find_mate (crowd, bridge, 1);
  genos_mesh_overlay_link_up (next->overlay, bridge->number, TRUE, crowd->now);
  g_assert_true (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
  crowd_run (crowd, 2 * crowd->times.cap);
  g_assert_false (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
}

static void
test_bridge_freezes (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  Person *bridge, *sender;

  crowd_settle (crowd);
  sender = crowd_find_bridge (crowd, 0);
  bridge = crowd_find_bridge (crowd, 3);
  bridge->frozen = TRUE;
  for (guint i = 0; i < 40; i++)
    if (g_hash_table_contains (bridge->linked, GUINT_TO_POINTER (i))) {
      genos_mesh_overlay_link_down (
          crowd_get (crowd, i)->overlay, bridge->number, TRUE, crowd->now);
      g_hash_table_remove (crowd_get (crowd, i)->linked, GUINT_TO_POINTER (bridge->index));
    }
  crowd_run (crowd, 15 * G_TIME_SPAN_SECOND);
  crowd_say (crowd, sender, "\"without it\"");
  crowd_run (crowd, 200 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"without it\"", 1), ==, 38);

  /* It wakes, takes nobody for gone whom it could not hear, and finds its way back. */
  bridge->frozen = FALSE;
  for (guint i = 0; i < 40; i++)
    if (g_hash_table_remove (bridge->linked, GUINT_TO_POINTER (i)))
      genos_mesh_overlay_link_down (
          bridge->overlay, crowd_get (crowd, i)->number, TRUE, crowd->now);
  crowd_run (crowd, 60 * G_TIME_SPAN_SECOND);
  crowd_assert_one_layout (crowd);
  crowd_say (crowd, sender, "\"with it\"");
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"with it\"", 1), ==, 39);
}

/* A member passes nothing on for others, whatever cell it says it is in. */
static void
test_liar (void)
{
  g_autoptr (Crowd) crowd = crowd_new (60, 10, 1);
  const GenosMeshView *view;
  Person *victim;
  guint32 liar;
  g_autoptr (GenosMeshFrame) forged =
      genos_mesh_frame_new (GENOS_MESH_MSG, "person0", 5, 1700000030000, 1, NULL, "\"forged\"");

  crowd_settle (crowd);
  victim = crowd_find_bridge (crowd, 2);
  view = genos_mesh_overlay_get_view (victim->overlay);
  g_assert_cmpuint (view->n_mates, >, 4);
  liar = view->mates[view->n_mates - 1];
  genos_mesh_overlay_receive (victim->overlay, liar, forged, 150, crowd->now);
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"forged\"", 0), ==, 60);
  g_assert_cmpuint (genos_mesh_overlay_get_counters (victim->overlay)->dropped_role, ==, 1);
}

static void
test_replay (void)
{
  g_autoptr (Crowd) crowd = crowd_new (12, 4, 1);
  Person *bridge;
  const GenosMeshCounters *counters;
  guint32 mate;
  const char *mate_id;
  gint64 wall;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 1);
  mate = genos_mesh_overlay_get_view (bridge->overlay)->mates[1];
  mate_id = genos_mesh_topology_get_id (crowd->topology, mate);
  counters = genos_mesh_overlay_get_counters (bridge->overlay);
  wall = 1700000000000 + crowd->now / 1000;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GenosMeshFrame) frame =
        genos_mesh_frame_new (GENOS_MESH_MSG, mate_id, 1, wall, 1, NULL, "\"new\"");

    genos_mesh_overlay_receive (bridge->overlay, mate, frame, 7, crowd->now);
    g_assert_cmpuint (counters->duplicates, ==, i);
  }
  {
    /* Longer ago than ids are remembered for. */
    g_autoptr (GenosMeshFrame) old =
        genos_mesh_frame_new (GENOS_MESH_MSG, mate_id, 1, wall - 121 * 1000, 1, NULL, "\"old\"");
    g_autoptr (GenosMeshFrame) future =
        genos_mesh_frame_new (GENOS_MESH_MSG, mate_id, 1, wall * 2, 1, NULL, "\"future\"");
    g_autoptr (GenosMeshFrame) after =
        genos_mesh_frame_new (GENOS_MESH_MSG, mate_id, 1, wall, 2, NULL, "\"after\"");

    genos_mesh_overlay_receive (bridge->overlay, mate, old, 7, crowd->now);
    g_assert_cmpuint (counters->dropped_replayed, ==, 1);
    genos_mesh_overlay_receive (bridge->overlay, mate, future, 7, crowd->now);
    genos_mesh_overlay_receive (bridge->overlay, mate, after, 7, crowd->now);
    g_assert_cmpuint (counters->dropped_replayed, ==, 1);
  }
}

static void
test_hops (void)
{
  g_autoptr (Crowd) crowd = crowd_new (30, 3, 1);
  const GenosMeshCounters *counters;
  Person *bridge;
  const char *id;
  guint32 neighbour;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 5);
  neighbour = genos_mesh_overlay_get_view (bridge->overlay)->neighbours[0].heads[0];
  id = genos_mesh_topology_get_id (crowd->topology, neighbour);
  counters = genos_mesh_overlay_get_counters (bridge->overlay);
  for (guint ttl = 0; ttl <= 1; ttl++) {
    g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new (
        GENOS_MESH_MSG, id, 1, 1700000000000 + crowd->now / 1000, ttl, NULL, "\"tired\"");

    genos_mesh_overlay_receive (bridge->overlay, neighbour, frame, ttl, crowd->now);
    g_assert_cmpuint (bridge->got->len, ==, ttl + 1);
    g_assert_cmpuint (counters->dropped_ttl, ==, 1);
    g_assert_cmpint (g_queue_is_empty (&crowd->frames), ==, ttl == 0);
  }
}

/* Who floods waits for itself: what another one says through the same bridge is there as soon as ever. */
static void
test_flood (void)
{
  g_autoptr (Crowd) crowd = crowd_new (30, 10, 1);
  Person *bridge, *quiet;
  const GenosMeshView *view;
  const char *flooder;
  guint32 number;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 1);
  view = genos_mesh_overlay_get_view (bridge->overlay);
  g_assert_cmpuint (view->n_mates, >, 2);
  number = view->mates[1];
  flooder = genos_mesh_topology_get_id (crowd->topology, number);
  bridge->capacity = 4;
  for (guint i = 0; i < 3000; i++) {
    g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new (
        GENOS_MESH_MSG, flooder, 1, 1700000000000 + crowd->now / 1000, i, NULL, "\"me, me, me\"");

    genos_mesh_overlay_receive (bridge->overlay, number, frame, 7, crowd->now);
  }
  g_assert_cmpuint (genos_mesh_overlay_get_counters (bridge->overlay)->dropped_queue, >, 0);
  quiet = NULL;
  for (guint i = 0; i < 30 && quiet == NULL; i++)
    if (crowd_get (crowd, i)->number == view->mates[2])
      quiet = crowd_get (crowd, i);
  crowd_say (crowd, quiet, "\"and I\"");
  crowd_run (crowd, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"and I\"", 1), ==, 29);
  g_assert_cmpuint (crowd_count_got (crowd, "\"me, me, me\"", 3000), <, 29);
}

/* Two halves that hear different relays are two meshes, and become one when they hear each other. */
static void
test_halves (void)
{
  g_autoptr (Crowd) crowd = crowd_new (0, 5, 1);

  crowd->deaf = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < 20; i++)
    g_hash_table_add (crowd->deaf, GUINT_TO_POINTER (i));
  crowd_join (crowd, 40);
  crowd_settle (crowd);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (genos_mesh_overlay_get_view (crowd_get (crowd, i)->overlay)->n_peers, ==, 20);
  crowd_say (crowd, crowd_get (crowd, 0), "\"half\"");
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"half\"", 1), ==, 19);

  g_clear_pointer (&crowd->deaf, g_hash_table_unref);
  crowd_run (crowd, 60 * G_TIME_SPAN_SECOND);
  crowd_assert_one_layout (crowd);
  crowd_say (crowd, crowd_get (crowd, 0), "\"whole\"");
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"whole\"", 1), ==, 39);
}

/* A tenth a minute goes and as many come, one at a time, half of them without a word. */
static void
test_churn (void)
{
  g_autoptr (Crowd) crowd = crowd_new (120, 5, 1);
  guint n_expected = 0, n_got = 0, n_twice = 0;

  crowd_settle (crowd);
  for (guint i = 0; i < 24; i++) {
    g_autofree char *data = g_strdup_printf ("%u", i);
    guint n_present;
    guint last = crowd->people->len;

    crowd_leave (crowd, i * 3, i % 2 == 0);
    crowd_join (crowd, 1);
    crowd_run (crowd, G_TIME_SPAN_SECOND);
    n_present = crowd_get_n (crowd);
    crowd_say (crowd, crowd_get (crowd, 119 - i), data);
    crowd_run (crowd, 4 * G_TIME_SPAN_SECOND);
    n_expected += n_present - 1;
    n_got += n_present - crowd_count_got (crowd, data, 0);
    n_twice += n_present - crowd_count_got (crowd, data, 0) - crowd_count_got (crowd, data, 1);
    g_assert_cmpuint (last, <, crowd->people->len);
  }
  g_test_message ("%u of %u", n_got, n_expected);
  g_assert_cmpuint (n_twice, ==, 0);
  g_assert_cmpuint (1000 * n_got, >=, 999 * n_expected);
}

static void
test_crowd_comes (void)
{
  g_autoptr (Crowd) crowd = crowd_new (20, 10, 1);

  crowd_settle (crowd);
  for (guint i = 0; i < 10; i++) {
    crowd_join (crowd, 18);
    crowd_run (crowd, 5 * CROWD_STEP);
  }
  crowd_settle (crowd);
  crowd_assert_one_layout (crowd);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (crowd_get (crowd, i)->n_seals, <=, 4);
  crowd_say (crowd, crowd_get (crowd, 100), "\"all here?\"");
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, "\"all here?\"", 1), ==, 199);
}

/* Everybody who had a link when something was said hears it, whatever becomes of the layout meanwhile. */
static void
test_crowd_talks (void)
{
  g_autoptr (Crowd) crowd = crowd_new (60, 5, 1);
  guint n_said = 40, n_expected = 0, n_got = 0;
  g_autofree guint *n_linked = g_new0 (guint, n_said);

  crowd_settle (crowd);
  for (guint i = 0; i < n_said; i++) {
    g_autofree char *data = g_strdup_printf ("%u", i);

    for (guint j = 0; j < crowd->people->len; j++)
      n_linked[i] += g_hash_table_size (crowd_get (crowd, j)->linked) > 0;
    crowd_say (crowd, crowd_get (crowd, (i * 17) % n_linked[i]), data);
    if (i < 10)
      crowd_join (crowd, 3);
    crowd_run (crowd, 5 * CROWD_STEP);
  }
  crowd_settle (crowd);
  for (guint i = 0; i < n_said; i++) {
    g_autofree char *data = g_strdup_printf ("%u", i);

    n_expected += n_linked[i] - 1;
    n_got += MIN (n_linked[i] - 1, crowd_count_got (crowd, data, 1));
    g_assert_cmpuint (crowd_count_got (crowd, data, 0) + crowd_count_got (crowd, data, 1), ==, 90);
  }
  g_assert_cmpuint (n_got, ==, n_expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-overlay/links", test_links);
  g_test_add_func ("/mesh/mesh-overlay/links-after-growth", test_links_after_growth);
  g_test_add_func ("/mesh/mesh-overlay/first-contact", test_first_contact);
  g_test_add_func ("/mesh/mesh-overlay/broadcast", test_broadcast);
  g_test_add_func ("/mesh/mesh-overlay/directed", test_directed);
  g_test_add_func ("/mesh/mesh-overlay/acknowledged", test_acknowledged);
  g_test_add_func ("/mesh/mesh-overlay/given-up", test_given_up);
  g_test_add_func ("/mesh/mesh-overlay/refused", test_refused);
  g_test_add_func ("/mesh/mesh-overlay/another-way", test_another_way);
  g_test_add_func ("/mesh/mesh-overlay/ping", test_ping);
  g_test_add_func ("/mesh/mesh-overlay/repair", test_repair);
  g_test_add_func ("/mesh/mesh-overlay/mates-apart", test_mates_apart);
  g_test_add_func ("/mesh/mesh-overlay/mates-late", test_mates_late);
  g_test_add_func ("/mesh/mesh-overlay/bridge-dies", test_bridge_dies);
  g_test_add_func ("/mesh/mesh-overlay/bridge-astray", test_bridge_astray);
  g_test_add_func ("/mesh/mesh-overlay/bridge-forgotten", test_bridge_forgotten);
  g_test_add_func ("/mesh/mesh-overlay/bridge-freezes", test_bridge_freezes);
  g_test_add_func ("/mesh/mesh-overlay/liar", test_liar);
  g_test_add_func ("/mesh/mesh-overlay/replay", test_replay);
  g_test_add_func ("/mesh/mesh-overlay/hops", test_hops);
  g_test_add_func ("/mesh/mesh-overlay/flood", test_flood);
  g_test_add_func ("/mesh/mesh-overlay/halves", test_halves);
  g_test_add_func ("/mesh/mesh-overlay/churn", test_churn);
  g_test_add_func ("/mesh/mesh-overlay/crowd-comes", test_crowd_comes);
  g_test_add_func ("/mesh/mesh-overlay/crowd-talks", test_crowd_talks);
  return g_test_run ();
}
