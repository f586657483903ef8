/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/wake-watch.h>

#include <time.h>

gint64
genos_wake_watch_look (GenosWakeWatch *self, gint64 now)
{
  gint64 gap = self->last != 0 ? now - self->last : 0;

  self->last = now;
  return gap >= GENOS_WAKE_GAP ? gap : 0;
}

gint64
genos_wake_clock (void)
{
#ifdef CLOCK_BOOTTIME
  struct timespec time;

  if (clock_gettime (CLOCK_BOOTTIME, &time) == 0)
    return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
#endif
  return g_get_monotonic_time ();
}
