/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rate-control.h>

#define OWN 2000000
#define UNBOUNDED G_MAXUINT

static GenosRateControl
control (guint min, guint max, guint start)
{
  GenosRateControl control = { 0 };
  GenosRateBounds bounds = { min, max, start };

  genos_rate_control_set_bounds (&control, &bounds);
  genos_rate_control_start (&control, OWN, 0);
  return control;
}

static void
test_own_rate_stays (void)
{
  GenosRateControl c = control (0, 0, 0);

  g_assert_false (genos_rate_control_update (&c, UNBOUNDED, 0));
  g_assert_false (genos_rate_control_update (&c, OWN, 1));
  g_assert_cmpint (genos_rate_control_next (&c), ==, -1);
}

static void
test_slowest_viewer (void)
{
  GenosRateControl c = control (0, 0, 0);

  g_assert_true (genos_rate_control_update (&c, 1000000, 0));
  g_assert_cmpuint (c.aim, ==, 1000000);
  /* Not worth telling. */
  g_assert_false (genos_rate_control_update (&c, 990000, 1));
  g_assert_false (genos_rate_control_update (&c, 1010000, 1));
  g_assert_true (genos_rate_control_update (&c, 900000, 2));
  g_assert_true (genos_rate_control_update (&c, 10000, 3));
  g_assert_cmpuint (c.aim, ==, OWN / 10);
  g_assert_true (genos_rate_control_update (&c, UNBOUNDED, 4));
  g_assert_cmpuint (c.aim, ==, OWN);
  /* However little is left to the bound. */
  g_assert_true (genos_rate_control_update (&c, OWN * 0.95, 5));
  g_assert_true (genos_rate_control_update (&c, UNBOUNDED, 7));
  g_assert_cmpuint (c.aim, ==, OWN);
}

static void
test_bounds (void)
{
  GenosRateControl c = control (500000, 3000000, 0);

  g_assert_true (genos_rate_control_update (&c, UNBOUNDED, 0));
  g_assert_cmpuint (c.aim, ==, 3000000);
  g_assert_true (genos_rate_control_update (&c, 1, 0));
  g_assert_cmpuint (c.aim, ==, 500000);
  /* A minimum above the maximum is the maximum. */
  genos_rate_control_set_bounds (&c, &(GenosRateBounds){ 900000, 400000, 0 });
  g_assert_true (genos_rate_control_update (&c, 1, 0));
  g_assert_cmpuint (c.aim, ==, 400000);
}

static void
test_start (void)
{
  GenosRateControl c = control (0, 0, 400000);
  guint n = 0;

  g_assert_true (genos_rate_control_update (&c, UNBOUNDED, 0));
  g_assert_cmpuint (c.aim, ==, 400000);
  for (gint64 next = genos_rate_control_next (&c); next >= 0;
       next = genos_rate_control_next (&c), n++) {
    guint before = c.aim;

    g_assert_cmpint (next, <, 10 * G_TIME_SPAN_SECOND);
    g_assert_true (genos_rate_control_update (&c, UNBOUNDED, next));
    g_assert_cmpuint (c.aim, >, before);
  }
  g_assert_cmpuint (n, >, 5);
  g_assert_cmpuint (c.aim, ==, OWN);
}

/* An encoder that has one rate only. */
static void
test_fixed (void)
{
  GenosRateControl c = control (0, 0, 400000);

  genos_rate_control_start (&c, 0, 0);
  g_assert_false (genos_rate_control_update (&c, 100000, 0));
  g_assert_cmpint (genos_rate_control_next (&c), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/rate-control/own-rate-stays", test_own_rate_stays);
  g_test_add_func ("/media/rate-control/slowest-viewer", test_slowest_viewer);
  g_test_add_func ("/media/rate-control/bounds", test_bounds);
  g_test_add_func ("/media/rate-control/start", test_start);
  g_test_add_func ("/media/rate-control/fixed", test_fixed);
  return g_test_run ();
}
