/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How fast one relay may be spoken to: pure, times (µs, monotonic) are passed in. A relay that says
 * "rate-limited:" gets announces half as often, each time again up to a bound, and offers, answers and
 * byes with a pause between them; after a while without complaints the pace recovers step by step. */

#define GENOS_NOSTR_PACE_INTERVAL (2500 * G_TIME_SPAN_MILLISECOND)      /* the announces' own rhythm */
#define GENOS_NOSTR_PACE_SPACING (250 * G_TIME_SPAN_MILLISECOND)
#define GENOS_NOSTR_PACE_MAX_SLOWNESS 4         /* 40 s, and 4 s; others forget us after 90 s */
#define GENOS_NOSTR_PACE_RECOVERY (60 * G_TIME_SPAN_SECOND)

typedef struct {
  guint slowness;               /* how often it was doubled */
  gint64 changed_at;            /* when it was, or recovered, last */
  gint64 announced_at;
  gint64 sent_at;
  gboolean spoken;              /* announced_at and sent_at are set */
} GenosNostrPace;

/* "rate-limited:" was heard. TRUE: we go slower now; FALSE: it is the same complaint, or we are as slow
 * as we get. */
gboolean genos_nostr_pace_complained (GenosNostrPace *self, gint64 now);

/* Whether an announce may go out now. */
gboolean genos_nostr_pace_may_announce (GenosNostrPace *self, gint64 now);

/* µs until the next thing may be sent, 0: at once. */
gint64 genos_nostr_pace_get_delay (GenosNostrPace *self, gint64 now);

void genos_nostr_pace_sent (GenosNostrPace *self, gboolean announce, gint64 now);

/* Milliseconds between two announces that this relay bears; 0: as many as there are. */
guint genos_nostr_pace_get_interval_ms (GenosNostrPace *self, gint64 now);

G_END_DECLS
