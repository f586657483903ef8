/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes to everybody in chunks, in rooms that are made up. */

#include "mesh-crowd.h"

#include <string.h>

#include <genos/mesh/mesh-chunk.h>

#define SIZE (24 * GENOS_MESH_CHUNK_SIZE + 5)
#define N_CHUNKS 25

static GBytes *
make_content (gsize size, guint seed)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (i * 31 + i / 251 + seed) & 0xFF;
  return g_bytes_new_take (data, size);
}

/* (transfer full): as people have it who got it */
static char *
say_large (Crowd *crowd, Person *person, gsize size, guint seed)
{
  g_autoptr (GBytes) content = make_content (size, seed);
  g_autofree char *id = genos_mesh_overlay_send_large (person->overlay, content, crowd->now);

  g_assert_nonnull (id);
  genos_mesh_overlay_pump (person->overlay, crowd->now);
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
}

static void
say (Crowd *crowd, Person *person, const char *data)
{
  g_assert_true (genos_mesh_overlay_send (person->overlay, NULL, data, crowd->now));
}

static const GenosMeshCounters *
get_counters (Person *person)
{
  return genos_mesh_overlay_get_counters (person->overlay);
}

static Person *
find_bridge (Crowd *crowd, guint cell)
{
  for (guint i = 0; i < crowd->people->len; i++) {
    Person *person = crowd_get (crowd, i);

    if (person->overlay != NULL && genos_mesh_overlay_is_bridge (person->overlay)
        && genos_mesh_overlay_get_view (person->overlay)->cell == cell)
      return person;
  }
  g_assert_not_reached ();
}

/* Neither a bridge nor of that cell. */
static Person *
find_member (Crowd *crowd, guint other_cell)
{
  for (guint i = 0; i < crowd->people->len; i++) {
    Person *person = crowd_get (crowd, i);

    if (person->overlay != NULL && !genos_mesh_overlay_is_bridge (person->overlay)
        && genos_mesh_overlay_get_view (person->overlay)->cell != other_cell)
      return person;
  }
  g_assert_not_reached ();
}

/* A copy of each chunk for everybody, and not one more. */
static void
test_everybody (void)
{
  for (guint size = 3; size <= 9; size += 6) {
    g_autoptr (Crowd) crowd = crowd_new (40, size, size);
    g_autofree char *digest = NULL;
    guint64 n_duplicates = 0, control = 0;
    guint n_sent;

    crowd_settle (crowd);
    for (guint i = 0; i < 40; i++)
      control += get_counters (crowd_get (crowd, i))->control;
    n_sent = crowd->n_sent;
    digest = say_large (crowd, crowd_get (crowd, 7), SIZE, 1);
    crowd_run (crowd, 10 * G_TIME_SPAN_SECOND);
    g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 39);
    g_assert_cmpuint (crowd_count_got (crowd, digest, 0), ==, 1);
    for (guint i = 0; i < 40; i++) {
      n_duplicates += get_counters (crowd_get (crowd, i))->duplicates;
      n_sent += get_counters (crowd_get (crowd, i))->control;
      g_assert_cmpuint (crowd_get (crowd, i)->n_arriving, ==, i == 7 ? 0 : N_CHUNKS);
    }
    g_assert_cmpuint (n_duplicates, ==, 0);
    g_assert_cmpuint (crowd->n_sent - (n_sent - control), ==, 39 * N_CHUNKS);
  }
}

static void
test_alone (void)
{
  g_autoptr (Crowd) crowd = crowd_new (1, 5, 1);
  g_autoptr (GBytes) content = make_content (SIZE, 1);
  g_autofree char *id = NULL;

  crowd_settle (crowd);
  id = genos_mesh_overlay_send_large (crowd_get (crowd, 0)->overlay, content, crowd->now);
  g_assert_nonnull (id);
  g_assert_false (genos_mesh_overlay_is_leaving (crowd_get (crowd, 0)->overlay, id));
  g_assert_false (genos_mesh_overlay_is_leaving (crowd_get (crowd, 0)->overlay, "nobody:1:1"));
}

/* What is small goes between the chunks, though they wait before every link. */
static void
test_small_between (void)
{
  g_autoptr (Crowd) crowd = crowd_new (30, 5, 1);
  g_autofree char *digest = NULL;

  crowd_settle (crowd);
  for (guint i = 0; i < 30; i++)
    crowd_get (crowd, i)->capacity = 1;
  digest = say_large (crowd, crowd_get (crowd, 0), SIZE, 1);
  crowd_run (crowd, 2 * CROWD_STEP);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *text = g_strdup_printf ("\"%u\"", i);

    say (crowd, crowd_get (crowd, 6 * i), text);
  }
  crowd_run (crowd, 15 * CROWD_STEP);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *text = g_strdup_printf ("\"%u\"", i);

    g_assert_cmpuint (crowd_count_got (crowd, text, 1), ==, 29);
  }
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), <, 15);
  crowd_run (crowd, 60 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 29);
  for (guint i = 0; i < 30; i++)
    g_assert_cmpuint (get_counters (crowd_get (crowd, i))->dropped_queue, ==, 0);
}

/* Two at a time share the links: neither waits for the other's end. */
static void
test_shares (void)
{
  g_autoptr (Crowd) crowd = crowd_new (20, 10, 1);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  Person *bridge;

  crowd_settle (crowd);
  bridge = find_bridge (crowd, 0);
  bridge->capacity = 3;
  first = say_large (crowd, find_member (crowd, 1), 3 * SIZE, 1);
  crowd_run (crowd, 5 * CROWD_STEP);
  second = say_large (crowd, find_member (crowd, 0), SIZE, 2);
  crowd_run (crowd, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, second, 1), ==, 19);
  crowd_run (crowd, 120 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, first, 1), ==, 19);
}

/* One frame in so many is lost, whichever. */
static void
test_loss (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
  g_autofree char *digest = NULL;
  guint64 n_repaired = 0;

  crowd_settle (crowd);
  crowd->loss_every = 37;
  digest = say_large (crowd, crowd_get (crowd, 3), SIZE, 1);
  crowd_run (crowd, 25 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 39);
  for (guint i = 0; i < 40; i++)
    n_repaired += get_counters (crowd_get (crowd, i))->repaired;
  g_assert_cmpuint (n_repaired, >, 0);
}

/* In the middle of it. */
static void
test_bridge_dies (void)
{
  for (guint cell = 0; cell < 8; cell += 3) {
    g_autoptr (Crowd) crowd = crowd_new (40, 5, 1);
    g_autofree char *digest = NULL;
    Person *bridge;

    crowd_settle (crowd);
    bridge = find_bridge (crowd, cell);
    for (guint i = 0; i < 40; i++)
      crowd_get (crowd, i)->capacity = 3;
    digest = say_large (crowd, find_member (crowd, cell), SIZE, 1);
    crowd_run (crowd, 5 * CROWD_STEP);
    crowd_leave (crowd, bridge->index, cell % 2 == 0);
    crowd_run (crowd, 60 * G_TIME_SPAN_SECOND);
    g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 38);
    g_assert_cmpuint (crowd_count_got (crowd, digest, 0), ==, 1);
  }
}

/* Whoever comes while it is under way has all of it, too. */
static void
test_newcomers (void)
{
  g_autoptr (Crowd) crowd = crowd_new (20, 5, 1);
  g_autofree char *digest = NULL;

  crowd_settle (crowd);
  for (guint i = 0; i < 20; i++)
    crowd_get (crowd, i)->capacity = 1;
  digest = say_large (crowd, crowd_get (crowd, 0), SIZE, 1);
  crowd_run (crowd, 5 * CROWD_STEP);
  crowd_join (crowd, 5);
  crowd_run (crowd, 90 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 24);
}

static void
test_mates_apart (void)
{
  g_autoptr (Crowd) crowd = crowd_new (20, 5, 1);
  g_autofree char *digest = NULL;
  Person *origin, *mate = NULL;

  crowd_settle (crowd);
  origin = find_member (crowd, G_MAXUINT);
  for (guint i = 0; mate == NULL; i++)
    if (crowd_get (crowd, i) != origin
        && !genos_mesh_overlay_is_bridge (crowd_get (crowd, i)->overlay)
        && genos_mesh_view_is_mate (
            genos_mesh_overlay_get_view (origin->overlay), crowd_get (crowd, i)->number))
      mate = crowd_get (crowd, i);
  crowd_cut (crowd, origin, mate);
  digest = say_large (crowd, origin, SIZE, 1);
  crowd_run (crowd, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 19);
}

/* From now on the others take it for one. */
static void
make_browser (Crowd *crowd, Person *person)
{
  person->plain = TRUE;
  for (guint i = 0; i < crowd->people->len; i++)
    if (g_hash_table_contains (person->linked, GUINT_TO_POINTER (i)))
      genos_mesh_overlay_link_up (crowd_get (crowd, i)->overlay, person->number, FALSE, crowd->now);
}

/* A browser has no use for chunks, and is given none, unless it is one of those who have to pass them on. */
static void
test_browsers (void)
{
  g_autoptr (Crowd) crowd = crowd_new (40, 8, 1);
  g_autofree char *digest = NULL;
  Person *bridge, *last = NULL;
  const GenosMeshView *view;

  crowd_settle (crowd);
  bridge = find_bridge (crowd, 1);
  view = genos_mesh_overlay_get_view (bridge->overlay);
  g_assert_cmpuint (view->n_mates, >, GENOS_MESH_N_HEADS);
  for (guint i = 0; i < 40; i++)
    if (crowd_get (crowd, i)->number == view->mates[view->n_mates - 1])
      last = crowd_get (crowd, i);
  make_browser (crowd, bridge);
  make_browser (crowd, last);
  digest = say_large (crowd, find_member (crowd, 1), SIZE, 1);
  crowd_run (crowd, 10 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (last->n_arriving, ==, 0);
  g_assert_cmpuint (bridge->n_arriving, ==, N_CHUNKS);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 38);
}

/* --- hostile --- */

static void
receive_chunk (Crowd *crowd, Person *to, Person *from, const char *whole, guint index, gsize size)
{
  g_autoptr (GBytes) bytes = make_content (genos_mesh_chunk_measure (size, index), index);
  g_autofree char *data = genos_mesh_chunk_build_data (size, bytes);
  g_autofree char *id = genos_mesh_chunk_build_id (whole, index);
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_new_chunk (id, from->id,
      genos_mesh_overlay_get_view (from->overlay)->cell, 1700000000000 + crowd->now / 1000, data);

  genos_mesh_overlay_receive (to->overlay, from->number, frame, 3, crowd->now);
}

/* Sizes that differ, much that never ends: bounded, and counted; then it is forgotten. */
static void
test_lies (void)
{
  g_autoptr (Crowd) crowd = crowd_new (2, 5, 1);
  Person *eve = crowd_get (crowd, 0), *to = crowd_get (crowd, 1);
  g_autofree char *digest = NULL;
  g_autofree char *whole = g_strdup_printf ("%s:loyw3v28:1", eve->id);

  crowd_settle (crowd);
  receive_chunk (crowd, to, eve, whole, 0, SIZE);
  receive_chunk (crowd, to, eve, whole, 1, SIZE + 1);
  receive_chunk (crowd, to, eve, whole, 0, SIZE);
  g_assert_cmpuint (get_counters (to)->dropped_chunk, ==, 1);
  g_assert_cmpuint (get_counters (to)->duplicates, ==, 1);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *other = g_strdup_printf ("%s:loyw3v28:%u", eve->id, 10 + i);

    receive_chunk (crowd, to, eve, other, i % N_CHUNKS, SIZE);
  }
  g_assert_cmpuint (get_counters (to)->dropped_chunk, >, 900);
  g_assert_cmpuint (to->got->len, ==, 0);
  crowd_run (crowd, 70 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (get_counters (to)->unfinished, >, 0);
  g_assert_cmpuint (get_counters (to)->unfinished + get_counters (to)->dropped_chunk, ==, 1002);
  digest = say_large (crowd, eve, SIZE, 3);
  crowd_run (crowd, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (crowd_count_got (crowd, digest, 1), ==, 1);
}

/* What is no chunk, though it is called so, goes nowhere. */
static void
test_nonsense (void)
{
  g_autoptr (Crowd) crowd = crowd_new (12, 3, 1);
  Person *from = crowd_get (crowd, 0), *to = NULL;
  static const char *const datas[] = { "{\"_ch\":\"@_chunk\"}", "{\"_ch\":\"@_chunk\",\"_p\":\"\"}",
    "{\"_ch\":\"@_chunk\",\"_p\":\"////////\"}", "{\"_ch\":\"@_chunk\",\"_p\":[]}" };
  guint n_sent;

  crowd_settle (crowd);
  for (guint i = 1; to == NULL; i++)
    if (genos_mesh_overlay_is_linked (from->overlay, crowd_get (crowd, i)->number))
      to = crowd_get (crowd, i);
  n_sent = crowd->n_sent;
  for (guint i = 0; i < G_N_ELEMENTS (datas); i++) {
    g_autofree char *text = g_strdup_printf ("{\"t\":\"msg\",\"id\":\"%s:loyw3v28:1.0\",\"ttl\":7,"
                                             "\"data\":%s,\"origin\":\"%s\",\"originCell\":"
                                             "\"cell-0\"}",
        from->id, datas[i], from->id);
    guint ttl;
    g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_parse (text, strlen (text), &ttl, NULL);

    g_assert_nonnull (frame);
    g_assert_true (frame->is_chunk);
    genos_mesh_overlay_receive (to->overlay, from->number, frame, ttl, crowd->now);
  }
  g_assert_cmpuint (get_counters (to)->dropped_chunk, ==, G_N_ELEMENTS (datas));
  g_assert_cmpuint (crowd->n_sent, ==, n_sent);
  g_assert_cmpuint (to->got->len, ==, 0);
}

/* Too much of one's own is told at once. */
static void
test_too_much (void)
{
  g_autoptr (Crowd) crowd = crowd_new (2, 5, 1);
  Person *from = crowd_get (crowd, 0);
  g_autoptr (GBytes) content = make_content (GENOS_MESH_CONTENT_MAX, 1);
  guint n = 0;
  char *id;

  crowd_settle (crowd);
  from->capacity = 1;
  while ((id = genos_mesh_overlay_send_large (from->overlay, content, crowd->now)) != NULL) {
    g_assert_true (genos_mesh_overlay_is_leaving (from->overlay, id));
    g_free (id);
    g_assert_cmpuint (++n, <=, 2);
  }
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-large/everybody", test_everybody);
  g_test_add_func ("/mesh/mesh-large/alone", test_alone);
  g_test_add_func ("/mesh/mesh-large/small-between", test_small_between);
  g_test_add_func ("/mesh/mesh-large/shares", test_shares);
  g_test_add_func ("/mesh/mesh-large/loss", test_loss);
  g_test_add_func ("/mesh/mesh-large/bridge-dies", test_bridge_dies);
  g_test_add_func ("/mesh/mesh-large/newcomers", test_newcomers);
  g_test_add_func ("/mesh/mesh-large/mates-apart", test_mates_apart);
  g_test_add_func ("/mesh/mesh-large/browsers", test_browsers);
  g_test_add_func ("/mesh/mesh-large/lies", test_lies);
  g_test_add_func ("/mesh/mesh-large/nonsense", test_nonsense);
  g_test_add_func ("/mesh/mesh-large/too-much", test_too_much);
  return g_test_run ();
}
