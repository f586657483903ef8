/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-plan.h>

/* Pictures smaller than this are not divided any more. */
#define LEAST_WIDTH 160
#define LEAST_HEIGHT 90
/* What is worth two more encodings, and one more. */
#define THREE_TIERS (960 * 540)
#define TWO_TIERS (480 * 270)

/* Of the first encoding's rate: what the others have. */
static const double shares[GENOS_MAX_TIERS] = { 1, 0.35, 0.12 };
/* Of its own rate: what an encoding is not lowered below while there is another under it. */
#define FLOOR 0.45
/* What the last one can do with. */
#define LEAST_SHARE 10
#define LEAST 30000

static const struct {
  guint size, rate;
} divisions[][GENOS_MAX_TIERS] = {
  [GENOS_DEGRADATION_BALANCED] = { { 1, 1 }, { 2, 1 }, { 4, 2 } },
  [GENOS_DEGRADATION_MOTION] = { { 1, 1 }, { 2, 1 }, { 4, 1 } },
  [GENOS_DEGRADATION_DETAIL] = { { 1, 1 }, { 1, 2 }, { 1, 4 } },
};

static guint
count (const GenosTierWish *wish, guint width, guint height, guint bitrate)
{
  guint n = wish->tiers;

  if (bitrate == 0)
    return 1;
  if (n == 0)
    n = width * height >= THREE_TIERS ? 3 : width * height >= TWO_TIERS ? 2 : 1;
  n = MIN (n, GENOS_MAX_TIERS);
  while (n > 1
      && (width / divisions[wish->degradation][n - 1].size < LEAST_WIDTH
          || height / divisions[wish->degradation][n - 1].size < LEAST_HEIGHT))
    n--;
  return n;
}

void
genos_tier_plan_init (
    GenosTierPlan *self, const GenosTierWish *wish, guint width, guint height, guint bitrate)
{
  guint most = wish->bounds.max > 0 ? wish->bounds.max : bitrate;

  *self = (GenosTierPlan){ .ladder.n = count (wish, width, height, bitrate) };
  for (guint i = 0; i < self->ladder.n; i++) {
    GenosTierShape *shape = &self->shapes[i];
    guint own = most * shares[i];

    shape->divide_size = divisions[wish->degradation][i].size;
    shape->divide_rate = divisions[wish->degradation][i].rate;
    shape->bitrate = i == 0 ? bitrate : own;
    shape->bounds.max = i == 0 ? wish->bounds.max : 0;
    shape->bounds.start = i == 0 ? wish->bounds.start : 0;
    shape->bounds.min = i + 1 < self->ladder.n ? own * FLOOR : wish->bounds.min;
    self->ladder.least[i] =
        shape->bounds.min > 0 ? MIN (shape->bounds.min, own) : MAX (own / LEAST_SHARE, LEAST);
  }
}
