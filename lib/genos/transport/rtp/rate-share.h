/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What of a link's rate each of its tracks of pictures may use. Pure; all rates in bit/s. */
typedef struct {
  guint rate;    /* of the link, with headers; GENOS_RATE_UNBOUNDED: no bound is known */
  guint sound;   /* what sound takes of it */
  guint first;   /* what pictures take that are no secondary ones */
  guint n_first; /* how many of each are sent */
  guint n_secondary;
} GenosRateShare;

/* Each the same. */
guint genos_rate_share_get_first (const GenosRateShare *self);
/* Each the same of what the first leave: what is sent beside them for somebody else's sake lowers none of them. */
guint genos_rate_share_get_secondary (const GenosRateShare *self);

G_END_DECLS
