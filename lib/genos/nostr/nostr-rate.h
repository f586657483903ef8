/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A token bucket: pure, the time is passed in. Zeroed memory is a full bucket. */
typedef struct {
  double used;
  gint64 last;                  /* microseconds, monotonic */
} GenosNostrRate;

/* Whether one more thing fits: @per_second in the long run, @burst at once. @per_second 0 sets no
 * limit. */
gboolean genos_nostr_rate_take (GenosNostrRate *self, guint per_second, guint burst, gint64 now);

G_END_DECLS
