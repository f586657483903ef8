/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-plan.h>

/* Pictures smaller than this are not divided any more. */
#define LEAST_WIDTH 160
#define LEAST_HEIGHT 90
/* What is worth two more encodings, and one more. */
#define THREE_TIERS (960 * 540)
#define TWO_TIERS (480 * 270)

/* Of the first encoding's rate: what the others have. */
static const double shares[GENOS_MAX_FULL_TIERS] = { 1, 0.35, 0.12 };
/* Of its own rate: what an encoding is not lowered below while there is another under it. */
#define FLOOR 0.45
/* What the last one can do with. */
#define LEAST_SHARE 10
#define LEAST 30000
/* The same, where one of few pictures is behind it: before its own are of no use. */
#define LEAST_BEFORE_THIN 40000
#define MOST_BEFORE_THIN 100000

/* Five pictures a second where there are thirty; of what is to be read one that is larger instead. */
#define THIN_LEAST 20000
#define THIN_START 30000
#define THIN_WORTH 60000
#define THIN_RATE 6
#define THIN_RATE_OF_DETAIL 16
#define THIN_SIZE_OF_DETAIL 2

static const struct {
  guint size, rate;
} divisions[][GENOS_MAX_FULL_TIERS] = {
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
  n = MIN (n, GENOS_MAX_FULL_TIERS);
  while (n > 1
      && (width / divisions[wish->degradation][n - 1].size < LEAST_WIDTH
          || height / divisions[wish->degradation][n - 1].size < LEAST_HEIGHT))
    n--;
  return n;
}

/* What the last one of many pictures can do with. */
static guint
least_of_last (const GenosTierWish *wish, guint own, gboolean thin)
{
  if (wish->bounds.min > 0)
    return MIN (wish->bounds.min, own);
  if (thin)
    return MIN (CLAMP (own / LEAST_SHARE, LEAST_BEFORE_THIN, MOST_BEFORE_THIN), own);
  return MAX (own / LEAST_SHARE, LEAST);
}

/* Whether one of few pictures is worth it. */
static gboolean
wants_thin (const GenosTierWish *wish, guint bitrate)
{
  return bitrate > THIN_WORTH && wish->tiers != 1
      && (wish->bounds.min == 0 || wish->bounds.min > THIN_LEAST * 3 / 2);
}

static gboolean
may_divide (guint width, guint height, guint size)
{
  return width / size >= LEAST_WIDTH && height / size >= LEAST_HEIGHT;
}

static void
add_thin (GenosTierPlan *self, const GenosTierWish *wish, guint width, guint height)
{
  GenosTierShape *shape = &self->shapes[self->ladder.n];
  gboolean detail = wish->degradation == GENOS_DEGRADATION_DETAIL;
  guint size = self->shapes[self->ladder.n - 1].divide_size;

  while (may_divide (width, height, size * 2) && !(detail && size >= THIN_SIZE_OF_DETAIL))
    size *= 2;
  *shape = (GenosTierShape){
    .divide_size = size,
    .divide_rate = detail ? THIN_RATE_OF_DETAIL : THIN_RATE,
    .bitrate = self->ladder.least[self->ladder.n - 1],
    /* Its first key frame comes when the path is full. */
    .bounds = { .min = THIN_LEAST, .start = THIN_START },
  };
  self->ladder.least[self->ladder.n++] = THIN_LEAST;
  self->ladder.thin = TRUE;
}

void
genos_tier_plan_init (
    GenosTierPlan *self, const GenosTierWish *wish, guint width, guint height, guint bitrate)
{
  guint most = wish->bounds.max > 0 ? wish->bounds.max : bitrate;
  gboolean thin = wants_thin (wish, bitrate);
  guint n = count (wish, width, height, bitrate);

  *self = (GenosTierPlan){ .ladder.n = n };
  for (guint i = 0; i < n; i++) {
    GenosTierShape *shape = &self->shapes[i];
    guint own = most * shares[i];

    shape->divide_size = divisions[wish->degradation][i].size;
    shape->divide_rate = divisions[wish->degradation][i].rate;
    shape->bitrate = i == 0 ? bitrate : own;
    shape->bounds.max = i == 0 ? wish->bounds.max : 0;
    shape->bounds.start = i == 0 ? wish->bounds.start : 0;
    self->ladder.most[i] = own;
    self->ladder.least[i] = i + 1 < n ? (guint) (own * FLOOR) : least_of_last (wish, own, thin);
    shape->bounds.min = i + 1 < n || thin ? self->ladder.least[i] : wish->bounds.min;
  }
  if (thin)
    add_thin (self, wish, width, height);
}
