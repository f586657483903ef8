/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whoever takes the place of a bridge that is gone, and how that is found out. */

#include "mesh-crowd.h"

/* Its link is up, but nothing comes: who is next in its cell has the links of a bridge, until it is heard. */
static void
test_bridge_doubted (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  Person *bridge, *next, *beside;

  crowd_settle (crowd);
  bridge = crowd_find_bridge (crowd, 3);
  next = crowd_find_mate (crowd, bridge, 1);
  beside = crowd_find_bridge (crowd, 2);
  g_assert_cmpint (
      genos_mesh_overlay_judge (next->overlay, beside->number, crowd->now), !=, GENOS_MESH_WANTED);
  bridge->frozen = TRUE;
  genos_mesh_overlay_doubt (next->overlay, bridge->number, TRUE, crowd->now);
  g_assert_true (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
  g_assert_cmpint (
      genos_mesh_overlay_judge (next->overlay, beside->number, crowd->now), ==, GENOS_MESH_WANTED);
  crowd_run (crowd, 2 * G_TIME_SPAN_SECOND);
  g_assert_true (genos_mesh_overlay_is_linked (next->overlay, beside->number));
  g_assert_true (genos_mesh_overlay_is_linked (next->overlay, bridge->number));

  /* From outside the cell as well; not of somebody without a link. */
  genos_mesh_overlay_doubt (beside->overlay, bridge->number, TRUE, crowd->now);
  g_assert_cmpint (
      genos_mesh_overlay_judge (beside->overlay, next->number, crowd->now), ==, GENOS_MESH_WANTED);
  genos_mesh_overlay_doubt (beside->overlay, bridge->number, FALSE, crowd->now);
  genos_mesh_overlay_doubt (crowd_get (crowd, 0)->overlay, GENOS_MESH_NOBODY - 1, TRUE, crowd->now);

  /* It says something. */
  bridge->frozen = FALSE;
  crowd_say (crowd, bridge, "\"back\"");
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_false (genos_mesh_overlay_is_acting (next->overlay, crowd->now));
  g_assert_cmpuint (crowd_count_got (crowd, "\"back\"", 1), ==, 39);
  crowd_assert_one_layout (crowd);
}

static void
assert_all_hear_all (Crowd *crowd, const char *occasion)
{
  guint n = crowd_get_n (crowd);

  for (guint i = 0; i < crowd->people->len; i++) {
    g_autofree char *data = g_strdup_printf ("\"%s %u\"", occasion, i);

    if (crowd_get (crowd, i)->overlay != NULL)
      crowd_say (crowd, crowd_get (crowd, i), data);
  }
  crowd_run (crowd, 12 * G_TIME_SPAN_SECOND);
  for (guint i = 0; i < crowd->people->len; i++) {
    g_autofree char *data = g_strdup_printf ("\"%s %u\"", occasion, i);

    if (crowd_get (crowd, i)->overlay != NULL)
      g_assert_cmpuint (crowd_count_got (crowd, data, 1), ==, n - 1);
  }
}

/* The first four of a cell at once, as when they are one process: who follows is not among those whom others know
 * for the first of it, and is believed, and handed things, all the same. */
static void
test_heads_die (void)
{
  for (guint cell = 0; cell < 4; cell++) {
    g_autoptr (Crowd) crowd = crowd_new (34, 9, 1);
    Person *dead[4];

    crowd_settle (crowd);
    for (guint i = 0; i < G_N_ELEMENTS (dead); i++)
      dead[i] = crowd_find_mate (crowd, crowd_find_bridge (crowd, cell), i);
    for (guint i = 0; i < G_N_ELEMENTS (dead); i++)
      crowd_leave (crowd, dead[i]->index, FALSE);
    crowd_run (crowd, 12 * G_TIME_SPAN_SECOND);
    assert_all_hear_all (crowd, "without four");
    crowd_run (crowd, 130 * G_TIME_SPAN_SECOND);
    crowd_assert_one_layout (crowd);
  }
}

/* 26 are six cells of five, 25 are five: those who miss it wait with that until everybody does. */
static void
test_last_of_a_cell (void)
{
  for (guint cell = 0; cell < 6; cell++) {
    g_autoptr (Crowd) crowd = crowd_new (26, 5, 1);

    crowd_settle (crowd);
    crowd_leave (crowd, crowd_find_bridge (crowd, cell)->index, FALSE);
    crowd_run (crowd, 12 * G_TIME_SPAN_SECOND);
    for (guint i = 0; i < crowd->people->len; i++)
      if (crowd_get (crowd, i)->overlay != NULL)
        g_assert_cmpuint (
            genos_mesh_overlay_get_view (crowd_get (crowd, i)->overlay)->cells.n_cells, ==, 6);
    assert_all_hear_all (crowd, "before");
    crowd_run (crowd, 120 * G_TIME_SPAN_SECOND);
    crowd_assert_one_layout (crowd);
    assert_all_hear_all (crowd, "after");
  }
}

static void
collect_peer (guint32 peer, gpointer data)
{
  g_array_append_val ((GArray *) data, peer);
}

static GArray *
list_suspects (Person *person)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (guint32));

  genos_mesh_overlay_foreach_suspect (person->overlay, person->crowd->now, collect_peer, peers);
  return peers;
}

static gboolean
is_suspect (Person *person, Person *suspect)
{
  g_autoptr (GArray) suspects = list_suspects (person);
  gboolean found = FALSE;

  for (guint i = 0; i < suspects->len; i++)
    found |= g_array_index (suspects, guint32, i) == suspect->number;
  return found;
}

/* In a room at rest a bridge is watched by the two who follow it, the first of them by the second, and nobody else. */
static void
test_suspects (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  Person *bridge, *next, *beside;
  guint n_watched = 0;

  crowd_settle (crowd);
  crowd_settle (crowd);
  for (guint i = 0; i < 40; i++) {
    const GenosMeshView *view = genos_mesh_overlay_get_view (crowd_get (crowd, i)->overlay);
    g_autoptr (GArray) suspects = list_suspects (crowd_get (crowd, i));

    g_assert_cmpuint (suspects->len, <=, 2);
    for (guint j = 0; j < suspects->len; j++)
      g_assert_cmpuint (g_array_index (suspects, guint32, j), ==, view->mates[j]);
    if (suspects->len > 0)
      g_assert_cmpuint (view->mates[suspects->len], ==, crowd_get (crowd, i)->number);
    n_watched += suspects->len;
  }
  /* A room of eight cells, each with three members at least. */
  g_assert_cmpuint (n_watched, ==, 8 * 3);

  /* Its neighbours are told by the link of the one who does its work, and hand it what they have. */
  bridge = crowd_find_bridge (crowd, 3);
  next = crowd_find_mate (crowd, bridge, 1);
  beside = crowd_find_bridge (crowd, 2);
  bridge->frozen = TRUE;
  genos_mesh_overlay_doubt (next->overlay, bridge->number, TRUE, crowd->now);
  crowd_run (crowd, 2 * G_TIME_SPAN_SECOND);
  g_assert_true (is_suspect (beside, bridge));
  for (guint i = 0; i < 40; i++)
    if (is_suspect (crowd_get (crowd, i), bridge))
      genos_mesh_overlay_doubt (crowd_get (crowd, i)->overlay, bridge->number, TRUE, crowd->now);
  crowd_say (crowd, beside, "\"to the next one\"");
  crowd_run (crowd, 5 * CROWD_STEP);
  g_assert_cmpuint (crowd_count_got (crowd, "\"to the next one\"", 1), ==, 38);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-succession/heads-die", test_heads_die);
  g_test_add_func ("/mesh/mesh-succession/last-of-a-cell", test_last_of_a_cell);
  g_test_add_func ("/mesh/mesh-succession/suspects", test_suspects);
  g_test_add_func ("/mesh/mesh-succession/bridge-doubted", test_bridge_doubted);
  return g_test_run ();
}
