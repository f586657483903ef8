/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pace.h>

static void
recover (GenosNostrPace *self, gint64 now)
{
  while (self->slowness > 0 && now - self->changed_at >= GENOS_NOSTR_PACE_RECOVERY) {
    self->slowness--;
    self->changed_at += GENOS_NOSTR_PACE_RECOVERY;
  }
}

/* A burst is complained of event by event: those are one complaint. */
static gboolean
is_new_complaint (GenosNostrPace *self, gint64 now)
{
  return self->slowness == 0 || now - self->changed_at >= GENOS_NOSTR_PACE_INTERVAL;
}

gboolean
genos_nostr_pace_complained (GenosNostrPace *self, gint64 now)
{
  recover (self, now);
  if (self->slowness == GENOS_NOSTR_PACE_MAX_SLOWNESS) {
    self->changed_at = now;
    return FALSE;
  }
  if (!is_new_complaint (self, now))
    return FALSE;
  self->slowness++;
  self->changed_at = now;
  return TRUE;
}

gboolean
genos_nostr_pace_may_announce (GenosNostrPace *self, gint64 now)
{
  recover (self, now);
  if (self->slowness == 0 || !self->spoken)
    return TRUE;
  return now - self->announced_at >= GENOS_NOSTR_PACE_INTERVAL << self->slowness;
}

gint64
genos_nostr_pace_get_delay (GenosNostrPace *self, gint64 now)
{
  gint64 due;

  recover (self, now);
  if (self->slowness == 0 || !self->spoken)
    return 0;
  due = self->sent_at + (GENOS_NOSTR_PACE_SPACING << self->slowness);
  return MAX (due - now, 0);
}

void
genos_nostr_pace_sent (GenosNostrPace *self, gboolean announce, gint64 now)
{
  if (announce)
    self->announced_at = now;
  else if (!self->spoken)
    self->announced_at = now - (GENOS_NOSTR_PACE_INTERVAL << GENOS_NOSTR_PACE_MAX_SLOWNESS);
  self->sent_at = now;
  self->spoken = TRUE;
}

guint
genos_nostr_pace_get_interval_ms (GenosNostrPace *self, gint64 now)
{
  recover (self, now);
  if (self->slowness == 0)
    return 0;
  return (guint) ((GENOS_NOSTR_PACE_INTERVAL << self->slowness) / G_TIME_SPAN_MILLISECOND);
}
