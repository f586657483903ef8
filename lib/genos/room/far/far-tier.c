/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-tier.h>

#include <string.h>

#define MARK '\xff'

char *
genos_far_tier_name_new (const char *track, guint tier)
{
  g_return_val_if_fail (tier < 10, NULL);

  return tier == 0 ? g_strdup (track) : g_strdup_printf ("%s%c%u", track, MARK, tier);
}

guint
genos_far_tier_name_split (const char *name, char **track)
{
  gsize n = strlen (name);

  if (n < 2 || name[n - 2] != MARK || !g_ascii_isdigit (name[n - 1])) {
    *track = g_strdup (name);
    return 0;
  }
  *track = g_strndup (name, n - 2);
  return name[n - 1] - '0';
}
