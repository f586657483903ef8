/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-health.h>

/* How much one measured echo moves the smoothed value: RFC 6298's share for round trips. */
#define ECHO_GAIN 0.125

/* What a slow relay loses at most, and the slowness that costs it all. */
#define CONNECT_PENALTY 15
#define CONNECT_WORST_MS 3000
#define ECHO_PENALTY 35
#define ECHO_WORST_US (2.0 * G_TIME_SPAN_SECOND)

#define SCORE_UNTRIED 50
#define SCORE_UNHEARD 60 /* opened, but nothing came back yet */
#define FAILURE_COST 15
#define UNECHOED_COST 12
#define REFUSED_COST 12

void
genos_nostr_health_init (GenosNostrHealth *self)
{
  *self = (GenosNostrHealth){ .echo_us = -1 };
}

void
genos_nostr_health_opening (GenosNostrHealth *self, gint64 now)
{
  self->opening_at = now;
}

void
genos_nostr_health_opened (GenosNostrHealth *self, gint64 now)
{
  gint64 ms = (now - self->opening_at) / G_TIME_SPAN_MILLISECOND;

  self->connect_ms = (guint) CLAMP (ms, 1, G_MAXINT32);
}

static void
forget_pending (GenosNostrHealth *self)
{
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_N_PENDING; i++)
    self->pending[i].id[0] = '\0';
}

void
genos_nostr_health_closed (GenosNostrHealth *self, gboolean good)
{
  /* What was under way is lost with the connection, not ignored. */
  forget_pending (self);
  self->n_failures = good ? 0 : self->n_failures + 1;
}

static void
give_up_on (GenosNostrHealth *self, guint i)
{
  self->pending[i].id[0] = '\0';
  self->n_unechoed++;
}

void
genos_nostr_health_published (GenosNostrHealth *self, const char *id, gint64 now)
{
  guint i = self->next_pending;

  if (self->pending[i].id[0] != '\0')
    give_up_on (self, i);
  g_strlcpy (self->pending[i].id, id, sizeof self->pending[i].id);
  self->pending[i].sent_at = now;
  self->next_pending = (i + 1) % GENOS_NOSTR_HEALTH_N_PENDING;
}

static gint
find_pending (const GenosNostrHealth *self, const char *id)
{
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_N_PENDING; i++) {
    if (self->pending[i].id[0] != '\0' && g_str_equal (self->pending[i].id, id))
      return (gint) i;
  }
  return -1;
}

static void
note_echo (GenosNostrHealth *self, gint64 echo_us)
{
  self->echo_us = MAX (echo_us, 0);
  if (self->n_echoes++ == 0)
    self->smoothed_echo_us = (double) self->echo_us;
  else
    self->smoothed_echo_us += ECHO_GAIN * ((double) self->echo_us - self->smoothed_echo_us);
}

gboolean
genos_nostr_health_echoed (GenosNostrHealth *self, const char *id, gint64 now)
{
  gint i = find_pending (self, id);

  if (i < 0)
    return FALSE;
  note_echo (self, now - self->pending[i].sent_at);
  self->pending[i].id[0] = '\0';
  /* It serves us whatever went wrong before. */
  self->n_unechoed = 0;
  self->n_refused_in_row = 0;
  self->n_limited_in_row = 0;
  self->n_failures = 0;
  return TRUE;
}

void
genos_nostr_health_accepted (GenosNostrHealth *self)
{
  self->n_accepted++;
  self->n_refused_in_row = 0;
  self->n_limited_in_row = 0;
}

void
genos_nostr_health_refused (
    GenosNostrHealth *self, const char *id, GenosNostrRefusalReason reason, gboolean met)
{
  gint i = find_pending (self, id);

  if (i >= 0)
    self->pending[i].id[0] = '\0';
  self->n_refused[reason]++;
  if (reason == GENOS_NOSTR_REFUSAL_RATE_LIMITED)
    self->n_limited_in_row++;
  else if (!met)
    self->n_refused_in_row++;
}

void
genos_nostr_health_subscription_closed (GenosNostrHealth *self, GenosNostrRefusalReason reason)
{
  self->n_closed[reason]++;
}

void
genos_nostr_health_forgive (GenosNostrHealth *self)
{
  forget_pending (self);
  self->n_failures = 0;
  self->n_unechoed = 0;
}

GenosNostrHealthState
genos_nostr_health_judge (GenosNostrHealth *self, gint64 now)
{
  for (guint i = 0; i < GENOS_NOSTR_HEALTH_N_PENDING; i++) {
    if (self->pending[i].id[0] != '\0'
        && now - self->pending[i].sent_at > GENOS_NOSTR_HEALTH_ECHO_TIMEOUT)
      give_up_on (self, i);
  }
  if (self->n_failures >= GENOS_NOSTR_HEALTH_MAX_FAILURES)
    return GENOS_NOSTR_HEALTH_FAILING;
  if (self->n_refused_in_row >= GENOS_NOSTR_HEALTH_MAX_REFUSED
      || self->n_limited_in_row >= GENOS_NOSTR_HEALTH_MAX_LIMITED)
    return GENOS_NOSTR_HEALTH_REFUSING;
  if (self->n_unechoed >= GENOS_NOSTR_HEALTH_MAX_UNECHOED)
    return GENOS_NOSTR_HEALTH_DEAF;
  return self->n_echoes > 0 && self->n_failures == 0 ? GENOS_NOSTR_HEALTH_FINE
                                                     : GENOS_NOSTR_HEALTH_UNKNOWN;
}

static guint
get_slowness (double value, double worst, guint penalty)
{
  return (guint) (MIN (value / worst, 1.0) * penalty);
}

guint
genos_nostr_health_get_score (const GenosNostrHealth *self)
{
  guint score = SCORE_UNTRIED;
  guint cost = self->n_failures * FAILURE_COST + self->n_unechoed * UNECHOED_COST
      + self->n_refused_in_row * REFUSED_COST;

  if (self->n_echoes > 0)
    score = GENOS_NOSTR_HEALTH_MAX_SCORE
        - get_slowness (self->smoothed_echo_us, ECHO_WORST_US, ECHO_PENALTY);
  else if (self->connect_ms > 0)
    score = SCORE_UNHEARD;
  score -= MIN (score, get_slowness (self->connect_ms, CONNECT_WORST_MS, CONNECT_PENALTY));
  return score - MIN (score, cost);
}

const char *
genos_nostr_health_get_name (GenosNostrHealthState state)
{
  static const char *const names[] = { "unknown", "fine", "failing", "deaf", "refusing" };

  return names[state];
}
