/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/picture-meter.h>
#include <genos/media/tier-choice.h>

G_BEGIN_DECLS

/* What peers can get of a stream whose rate nobody here sets: all of it, as much as that is, and then what else there
 * is beside it, or its key frames. Pure: times are passed in, microseconds of any clock that does not go back. Zero
 * is one that has just begun. Not thread-safe. */
typedef struct {
  /* What other tiers there are, and what these need; what the first needs is measured. Of less than two: none. */
  GenosTierLadder lower;
  GenosPictureMeter meter;
  gint64 choose_at;
  gint64 key_asked;
} GenosFixedRate;

/* A packet of all of it; @begins_key: it is the first of a key frame. TRUE: it is time to choose by @ladder (out). */
gboolean genos_fixed_rate_take (GenosFixedRate *self, guint32 timestamp, gboolean begins_key,
    gsize size, GenosTierLadder *ladder, gint64 now);

/* Somebody gets key frames only: TRUE when one is to be asked for, as none has come for long. */
gboolean genos_fixed_rate_is_key_due (GenosFixedRate *self, gint64 now);

G_END_DECLS
