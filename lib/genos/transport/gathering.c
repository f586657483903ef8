/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/gathering.h>

#include <string.h>

/* A server whose answer was no news (we have that address ourselves) is through sooner than one that
 * did not answer: libnice asks three times in two seconds. */
#define SILENCE (1500 * G_TIME_SPAN_MILLISECOND)

void
genos_gathering_begin (GenosGathering *self, const GenosGatheringMemory *memory,
    gboolean wants_reflexive, gboolean wants_relayed, gint64 now)
{
  gboolean doubtful = now < memory->silent_until && !wants_relayed;

  *self = (GenosGathering){
    .wants_reflexive = wants_reflexive,
    .wants_relayed = wants_relayed,
    .begun = now,
    .deadline = now + (doubtful ? GENOS_GATHERING_DOUBT : GENOS_GATHERING_PATIENCE),
  };
}

static gboolean
is_satisfied (const GenosGathering *self)
{
  return (self->has_reflexive || !self->wants_reflexive)
      && (self->has_relayed || !self->wants_relayed);
}

gboolean
genos_gathering_take (GenosGathering *self, const char *candidate, gint64 now)
{
  gboolean was_satisfied = is_satisfied (self);

  self->has_reflexive |= strstr (candidate, " typ srflx") != NULL;
  self->has_relayed |= strstr (candidate, " typ relay") != NULL;
  if (was_satisfied || !is_satisfied (self))
    return FALSE;
  self->deadline = MIN (self->deadline, now + GENOS_GATHERING_SETTLE);
  return TRUE;
}

void
genos_gathering_end (const GenosGathering *self, GenosGatheringMemory *memory, gint64 now)
{
  if (self->has_reflexive)
    memory->silent_until = 0;
  else if (self->wants_reflexive && now - self->begun >= SILENCE)
    memory->silent_until = now + GENOS_GATHERING_MEMORY;
}
