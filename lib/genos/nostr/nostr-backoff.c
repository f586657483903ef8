/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-backoff.h>

guint
genos_nostr_backoff_delay (guint attempt, guint first_ms, guint cap_ms, double fraction)
{
  guint64 delay = first_ms;

  for (guint i = 0; i < attempt && delay < cap_ms; i++)
    delay *= 2;
  delay = MIN (delay, cap_ms);
  return (guint) (delay - delay / 4 + (delay / 4) * CLAMP (fraction, 0.0, 1.0));
}
