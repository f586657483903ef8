/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-plan.h>

static void
test_by_size (void)
{
  static const struct {
    guint width, height, tiers, n;
  } cases[] = {
    { 1280, 720, 0, 3 },
    { 640, 360, 0, 2 },
    { 320, 240, 0, 1 },
    { 320, 240, 3, 2 },
    { 320, 180, 2, 2 },
    { 1920, 1080, 1, 1 },
    { 1920, 1080, 2, 2 },
    { 1920, 1080, 3, 3 },
    { 0, 0, 3, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GenosTierWish wish = { .tiers = cases[i].tiers };
    GenosTierPlan plan;

    genos_tier_plan_init (&plan, &wish, cases[i].width, cases[i].height, 2000000);
    g_assert_cmpuint (plan.ladder.n, ==, cases[i].n);
  }
}

static void
test_rates (void)
{
  GenosTierWish wish = { .bounds = { 20000, 0, 500000 } };
  GenosTierPlan plan;

  genos_tier_plan_init (&plan, &wish, 1280, 720, 2500000);
  g_assert_cmpuint (plan.shapes[0].bitrate, ==, 2500000);
  g_assert_cmpuint (plan.shapes[0].bounds.start, ==, 500000);
  for (guint i = 1; i < 3; i++) {
    g_assert_cmpuint (plan.ladder.least[i], <, plan.ladder.least[i - 1]);
    g_assert_cmpuint (plan.shapes[i].bitrate, <=, plan.ladder.least[i - 1]);
    g_assert_cmpuint (plan.shapes[i].bounds.start, ==, 0);
  }
  g_assert_cmpuint (plan.shapes[2].bounds.min, ==, 20000);
  g_assert_cmpuint (plan.ladder.least[2], ==, 20000);
}

static void
test_degradation (void)
{
  GenosTierWish wish = { .degradation = GENOS_DEGRADATION_DETAIL, .tiers = 3 };
  GenosTierPlan plan;

  genos_tier_plan_init (&plan, &wish, 640, 360, 1000000);
  g_assert_cmpuint (plan.ladder.n, ==, 3);
  g_assert_cmpuint (plan.shapes[2].divide_size, ==, 1);
  g_assert_cmpuint (plan.shapes[2].divide_rate, ==, 4);
  wish.degradation = GENOS_DEGRADATION_MOTION;
  genos_tier_plan_init (&plan, &wish, 1280, 720, 1000000);
  g_assert_cmpuint (plan.shapes[2].divide_size, ==, 4);
  g_assert_cmpuint (plan.shapes[2].divide_rate, ==, 1);
}

/* What comes encoded, or from an encoder that cannot be told. */
static void
test_fixed (void)
{
  GenosTierWish wish = { .tiers = 3 };
  GenosTierPlan plan;

  genos_tier_plan_init (&plan, &wish, 1920, 1080, 0);
  g_assert_cmpuint (plan.ladder.n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/tier-plan/by-size", test_by_size);
  g_test_add_func ("/media/tier-plan/rates", test_rates);
  g_test_add_func ("/media/tier-plan/degradation", test_degradation);
  g_test_add_func ("/media/tier-plan/fixed", test_fixed);
  return g_test_run ();
}
