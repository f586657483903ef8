/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/clock-offset.h>

#define MS ((gint64) 1000)
#define SECOND (1000 * MS)
#define WALL (G_GINT64_CONSTANT (1795406400) * SECOND)

/* An exchange at @now with a clock that is @ahead, and that long on each way. */
static gboolean
exchange (GenosClockOffset *self, gint64 now, gint64 ahead, gint64 there, gint64 back)
{
  gint64 t1 = WALL + now;
  gint64 t2 = t1 + there + ahead;

  return genos_clock_offset_add (self, t1, t2, t2 + 10, t1 + there + 10 + back, now);
}

static void
assert_near (const GenosClockOffset *self, gint64 now, gint64 expected, gint64 most)
{
  gint64 offset, error;

  g_assert_true (genos_clock_offset_get (self, now, &offset, &error));
  g_assert_cmpint (ABS (offset - expected), <=, most);
  /* What it says of itself is true. */
  g_assert_cmpint (ABS (offset - expected), <=, error);
}

static void
test_nothing_known (void)
{
  GenosClockOffset self = { 0 };
  gint64 offset, error;

  g_assert_false (genos_clock_offset_get (&self, 0, &offset, &error));
}

static void
test_symmetric (void)
{
  GenosClockOffset self = { 0 };

  g_assert_true (exchange (&self, 0, 5 * SECOND, 2 * MS, 2 * MS));
  assert_near (&self, 0, 5 * SECOND, 0);
  genos_clock_offset_clear (&self);
  g_assert_true (exchange (&self, 0, -3 * SECOND, 2 * MS, 2 * MS));
  assert_near (&self, 0, -3 * SECOND, 0);
}

/* Of a busy way the exchange that was quickest counts. */
static void
test_jitter (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  GenosClockOffset self = { 0 };

  for (guint i = 0; i < 100; i++) {
    gint64 there = 5 * MS + g_rand_int_range (random, 0, 80 * MS);
    gint64 back = 5 * MS + g_rand_int_range (random, 0, 80 * MS);

    g_assert_true (exchange (&self, i * SECOND, 42 * MS, there, back));
    if (i >= 3)
      assert_near (&self, i * SECOND, 42 * MS, 90 * MS);
  }
  assert_near (&self, 99 * SECOND, 42 * MS, 20 * MS);
}

/* One that waited a long time on one of its ways says next to nothing. */
static void
test_slow_at_first (void)
{
  GenosClockOffset self = { 0 };
  gint64 offset, error;

  for (guint i = 0; i < 3; i++) {
    g_assert_true (exchange (&self, i, 0, 400 * MS, 20 * MS));
    g_assert_false (genos_clock_offset_get (&self, i, &offset, &error));
  }
  g_assert_true (exchange (&self, 3, 0, 20 * MS, 20 * MS));
  assert_near (&self, 3, 0, 0);
}

/* 50 ppm for an hour: what was quick long ago does not stand for ever. */
static void
test_drift (void)
{
  GenosClockOffset self = { 0 };

  g_assert_true (exchange (&self, 0, 0, 1 * MS, 1 * MS));
  for (gint64 now = 10 * SECOND; now <= 3600 * SECOND; now += 10 * SECOND) {
    gint64 ahead = now / 20000;

    g_assert_true (exchange (&self, now, ahead, 6 * MS, 4 * MS));
    assert_near (&self, now, ahead, 10 * MS);
  }
}

/* The clock over there was set: the next exchange tells. */
static void
test_step (void)
{
  GenosClockOffset self = { 0 };

  for (guint i = 0; i < 20; i++)
    g_assert_true (exchange (&self, i * SECOND, 0, 1 * MS, 1 * MS));
  g_assert_true (exchange (&self, 20 * SECOND, 100 * MS, 3 * MS, 1 * MS));
  assert_near (&self, 20 * SECOND, 100 * MS, 1 * MS);
}

static void
test_contradictions (void)
{
  GenosClockOffset self = { 0 };
  gint64 offset, error;

  g_assert_false (genos_clock_offset_add (&self, WALL + 1, WALL, WALL, WALL, 0));
  g_assert_false (genos_clock_offset_add (&self, WALL, WALL + 1, WALL, WALL + 5, 0));
  /* It was there for longer than the whole exchange took. */
  g_assert_false (genos_clock_offset_add (&self, WALL, WALL, WALL + 10, WALL + 5, 0));
  g_assert_false (genos_clock_offset_get (&self, 0, &offset, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/clock-offset/nothing-known", test_nothing_known);
  g_test_add_func ("/room/clock-offset/symmetric", test_symmetric);
  g_test_add_func ("/room/clock-offset/jitter", test_jitter);
  g_test_add_func ("/room/clock-offset/slow-at-first", test_slow_at_first);
  g_test_add_func ("/room/clock-offset/drift", test_drift);
  g_test_add_func ("/room/clock-offset/step", test_step);
  g_test_add_func ("/room/clock-offset/contradictions", test_contradictions);
  return g_test_run ();
}
