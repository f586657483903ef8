/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/fixed-rate.h>

/* How often it is looked whether peers can take it. */
#define CHOOSE_EVERY (200 * G_TIME_SPAN_MILLISECOND)
/* A bound that is a little lower is one of an estimate: repair and a queue carry that much. */
#define ENOUGH 0.75
/* Whoever gets key frames only shall see something now and then, at hardly any cost for the others. */
#define KEY_EVERY (5 * G_TIME_SPAN_SECOND)

static GenosTierLadder
make_ladder (const GenosFixedRate *self, gint64 now)
{
  guint all = genos_picture_meter_get_rate (&self->meter) * ENOUGH;
  GenosTierLadder ladder = self->lower;

  if (ladder.n < 2)
    return (GenosTierLadder){ 2, { all, genos_picture_meter_get_key_rate (&self->meter, now) },
      .thin = TRUE, .jumps = TRUE, .keys = TRUE };
  ladder.jumps = TRUE;
  ladder.least[0] = all;
  /* Pictures that do not move may need less than the encoder was given. */
  for (guint i = 1; i < ladder.n; i++)
    ladder.least[i] = MIN (ladder.least[i], all);
  return ladder;
}

gboolean
genos_fixed_rate_take (GenosFixedRate *self, guint32 timestamp, gboolean begins_key, gsize size,
    GenosTierLadder *ladder, gint64 now)
{
  genos_picture_meter_take (&self->meter, timestamp, begins_key, size, now);
  *ladder = make_ladder (self, now);
  if (ladder->least[0] == 0 || now < self->choose_at)
    return FALSE;
  self->choose_at = now + CHOOSE_EVERY;
  return TRUE;
}

gboolean
genos_fixed_rate_is_key_due (GenosFixedRate *self, gint64 now)
{
  if (genos_picture_meter_get_key_age (&self->meter, now) <= KEY_EVERY
      || now - self->key_asked <= KEY_EVERY)
    return FALSE;
  self->key_asked = now;
  return TRUE;
}
