/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rate-share.h>

#include <genos/transport/rtp/rate-estimator.h>

/* What encoders overshoot by, what is sent again, and the headers of pictures. */
#define USABLE 0.88
/* Left for pictures however little there is: below it nobody tries to send any. */
#define MIN_SHARE 1000

static guint
divide (const GenosRateShare *self, guint taken, guint n)
{
  double left = (double) self->rate * USABLE - taken;

  return self->rate == GENOS_RATE_UNBOUNDED ? self->rate : MAX (left, MIN_SHARE) / MAX (n, 1);
}

guint
genos_rate_share_get_first (const GenosRateShare *self)
{
  return divide (self, self->sound, self->n_first);
}

guint
genos_rate_share_get_secondary (const GenosRateShare *self)
{
  return divide (self, self->sound + self->first, self->n_secondary);
}
