/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-plan.h>

static void
test_by_size (void)
{
  static const struct {
    guint width, height, tiers, n; /* of many pictures */
  } cases[] = {
    { 1280, 720, 0, 3 },
    { 640, 360, 0, 2 },
    { 320, 240, 0, 1 },
    { 320, 240, 3, 2 },
    { 320, 180, 2, 2 },
    { 1920, 1080, 1, 1 },
    { 1920, 1080, 2, 2 },
    { 1920, 1080, 3, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GenosTierWish wish = { .tiers = cases[i].tiers };
    GenosTierPlan plan;

    genos_tier_plan_init (&plan, &wish, cases[i].width, cases[i].height, 2000000);
    g_assert_cmpuint (plan.ladder.n, ==, cases[i].n + (plan.ladder.thin ? 1 : 0));
    g_assert_cmpint (plan.ladder.thin, ==, cases[i].tiers != 1);
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
  /* There is nothing to be had with less. */
  g_assert_false (plan.ladder.thin);
}

/* Behind the last one is one of few pictures. */
static void
test_thin (void)
{
  GenosTierWish wish = { .degradation = GENOS_DEGRADATION_BALANCED };
  GenosTierPlan plan;
  guint last;

  genos_tier_plan_init (&plan, &wish, 1280, 720, 2500000);
  g_assert_true (plan.ladder.thin);
  g_assert_cmpuint (plan.ladder.n, ==, 4);
  g_assert_cmpuint (plan.ladder.least[2], ==, 40000);
  g_assert_cmpuint (plan.shapes[2].bounds.min, ==, 40000);
  g_assert_cmpuint (plan.shapes[3].divide_size, ==, 8);
  g_assert_cmpuint (plan.shapes[3].divide_rate, ==, 6);
  g_assert_cmpuint (plan.shapes[3].bitrate, ==, plan.ladder.least[2]);
  g_assert_cmpuint (plan.shapes[3].bounds.min, ==, plan.ladder.least[3]);
  g_assert_cmpuint (plan.shapes[3].bounds.start, <, plan.shapes[3].bitrate);

  /* The user's own bound. */
  wish.bounds.min = 100000;
  genos_tier_plan_init (&plan, &wish, 320, 240, 350000);
  g_assert_cmpuint (plan.ladder.n, ==, 2);
  g_assert_cmpuint (plan.ladder.least[0], ==, 100000);
  g_assert_cmpuint (plan.shapes[1].divide_size, ==, 2);

  /* What is to be read stays as large as it can. */
  wish.degradation = GENOS_DEGRADATION_DETAIL;
  genos_tier_plan_init (&plan, &wish, 1280, 720, 2500000);
  last = plan.ladder.n - 1;
  g_assert_cmpuint (plan.shapes[last].divide_size, ==, 2);
  g_assert_cmpuint (plan.shapes[last].divide_rate, ==, 16);

  /* Next to nothing already. */
  wish.bounds.min = 0;
  genos_tier_plan_init (&plan, &wish, 160, 90, 50000);
  g_assert_false (plan.ladder.thin);
}

static void
test_degradation (void)
{
  GenosTierWish wish = { .degradation = GENOS_DEGRADATION_DETAIL, .tiers = 3 };
  GenosTierPlan plan;

  genos_tier_plan_init (&plan, &wish, 640, 360, 1000000);
  g_assert_cmpuint (plan.ladder.n, ==, 4);
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
  g_assert_false (plan.ladder.thin);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/tier-plan/thin", test_thin);
  g_test_add_func ("/media/tier-plan/by-size", test_by_size);
  g_test_add_func ("/media/tier-plan/rates", test_rates);
  g_test_add_func ("/media/tier-plan/degradation", test_degradation);
  g_test_add_func ("/media/tier-plan/fixed", test_fixed);
  return g_test_run ();
}
