/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/repair-budget.h>

#include <genos/transport/rtp/rate-estimator.h>

/* Of what the path carries, while it is full; loss without a queue is not what is sent too much. */
#define SHARE 0.2
#define FULL (60 * G_TIME_SPAN_MILLISECOND)
/* What may be saved up, of a second's. */
#define SAVED 0.5
/* What a packet is taken for, and how many of them are always allowed at once. */
#define PACKET 1200
#define AT_LEAST 3

/* The round trip as it is known has the pauses between two reports in it, and who asks again knows how long it
 * is: what has to be kept back is what is asked for several times within it. */
#define WAIT 0.6
#define SHORTEST_WAIT (20 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_WAIT (500 * G_TIME_SPAN_MILLISECOND)

static gboolean
is_full (const GenosRepairPath *path)
{
  return path->rate != GENOS_RATE_UNBOUNDED && path->queue >= FULL;
}

static gboolean
is_on_its_way (GenosRepairBudget *self, guint32 ssrc, guint16 seqnum, gint64 round_trip, gint64 now)
{
  guint place = seqnum % GENOS_REPAIR_MEMORY;
  gint64 wait = CLAMP (round_trip * WAIT, SHORTEST_WAIT, LONGEST_WAIT);

  return self->answered[place].at != 0 && self->answered[place].ssrc == ssrc
      && self->answered[place].seqnum == seqnum && now - self->answered[place].at < wait;
}

static gboolean
can_pay (GenosRepairBudget *self, const GenosRepairPath *path, gint64 now)
{
  double a_second = path->rate * SHARE / 8;
  double most = MAX (a_second * SAVED, AT_LEAST * PACKET);

  if (!is_full (path))
    return TRUE;
  if (self->refilled == 0)
    self->bytes = most;
  else
    self->bytes += a_second * (now - self->refilled) / G_USEC_PER_SEC;
  self->bytes = MIN (self->bytes, most);
  self->refilled = now;
  if (self->bytes < PACKET)
    return FALSE;
  self->bytes -= PACKET;
  return TRUE;
}

static gboolean
is_before_key (const GenosRepairBudget *self, guint32 ssrc, guint16 seqnum)
{
  for (guint i = 0; i < MIN (self->n_keys, GENOS_REPAIR_STREAMS); i++)
    if (self->keys[i].ssrc == ssrc)
      return (gint16) (seqnum - self->keys[i].seqnum) < 0;
  return FALSE;
}

void
genos_repair_budget_note_key (GenosRepairBudget *self, guint32 ssrc, guint16 seqnum)
{
  guint place = self->n_keys % GENOS_REPAIR_STREAMS;

  for (guint i = 0; i < MIN (self->n_keys, GENOS_REPAIR_STREAMS); i++)
    if (self->keys[i].ssrc == ssrc) {
      self->keys[i].seqnum = seqnum;
      return;
    }
  self->keys[place].ssrc = ssrc;
  self->keys[place].seqnum = seqnum;
  /* When it begins again all places stay in use. */
  if (++self->n_keys == 2 * GENOS_REPAIR_STREAMS)
    self->n_keys = GENOS_REPAIR_STREAMS;
}

GenosRepair
genos_repair_budget_take (
    GenosRepairBudget *self, guint32 ssrc, guint16 seqnum, const GenosRepairPath *path, gint64 now)
{
  guint place = seqnum % GENOS_REPAIR_MEMORY;

  if ((is_full (path) && is_before_key (self, ssrc, seqnum))
      || is_on_its_way (self, ssrc, seqnum, path->round_trip, now))
    return GENOS_REPAIR_NEEDLESS;
  if (!can_pay (self, path, now))
    return GENOS_REPAIR_KEY_FRAME;
  self->answered[place].ssrc = ssrc;
  self->answered[place].seqnum = seqnum;
  self->answered[place].at = now;
  return GENOS_REPAIR_SEND;
}
