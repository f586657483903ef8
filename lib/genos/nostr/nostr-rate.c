/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-rate.h>

gboolean
genos_nostr_rate_take (GenosNostrRate *self, guint per_second, guint burst, gint64 now)
{
  double leaked;

  if (per_second == 0)
    return TRUE;
  leaked = (double) MAX (now - self->last, 0) * per_second / G_USEC_PER_SEC;
  self->used = MAX (self->used - leaked, 0.0);
  self->last = now;
  if (self->used + 1.0 > MAX (burst, 1))
    return FALSE;
  self->used += 1.0;
  return TRUE;
}
