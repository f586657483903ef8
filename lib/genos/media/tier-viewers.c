/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-viewers.h>

#include <stdlib.h>

/* Nothing is known of a link yet when somebody comes: until then it says nothing about the others. */
#define SETTLED (5 * G_TIME_SPAN_SECOND)

static int
compare (gconstpointer a, gconstpointer b)
{
  const GenosTierViewer *x = a, *y = b;

  return x->rate > y->rate ? -1 : x->rate < y->rate;
}

static gboolean
has_settled (const GenosTierViewer *viewer, gint64 now)
{
  return viewer->since != 0 && now - viewer->since >= SETTLED;
}

/* Of two the faster one: it shall not suffer for the other. */
static guint
take_median (const GenosTierViewer *viewers, guint n_viewers, gint64 now)
{
  guint n = 0, place = 0;

  for (guint i = 0; i < n_viewers; i++)
    n += has_settled (&viewers[i], now);
  for (guint i = 0; i < n_viewers; i++)
    if (has_settled (&viewers[i], now) && place++ == (n - 1) / 2)
      return viewers[i].rate;
  return 0;
}

GenosTierShare
genos_tier_viewers_judge (GenosTierViewer *viewers, guint n_viewers, guint most, gint64 now)
{
  GenosTierShare share = { .n = n_viewers, .rate = G_MAXUINT };

  if (most > 0 && n_viewers > 0) {
    qsort (viewers, n_viewers, sizeof *viewers, compare);
    share.usual = MIN (take_median (viewers, n_viewers, now), most);
  }
  for (guint i = 0; i < n_viewers; i++)
    if (viewers[i].rate >= share.usual * GENOS_TIER_BEHIND)
      share.rate = MIN (share.rate, viewers[i].rate);
  return share;
}
