/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of a link goes to packets that are sent again. Who has lost a packet asks for it again and again; on a
 * path that is full each answer pushes out another packet, which is asked for as well, until nothing else is
 * sent, and pictures wait for packets of others that nobody needs any more. So a packet is not sent again while
 * the last answer may still be on its way; and while the path is full not
 *
 * - when a key frame has gone out behind it: that one is as good,
 * - when all of them together would take more than a share of what the path carries: a key frame is better then.
 *
 * Where nothing waits, loss is the path's own, and everything is sent again.
 *
 * Pure: times are passed in, microseconds of any clock that does not go back. Not thread-safe. */
#define GENOS_REPAIR_MEMORY 256
#define GENOS_REPAIR_STREAMS 8

typedef struct {
  gint64 refilled;
  double bytes; /* that may be sent again now */
  struct {
    guint32 ssrc;
    guint16 seqnum;
    gint64 at;                     /* 0: none */
  } answered[GENOS_REPAIR_MEMORY]; /* by the low bits of their numbers */
  struct {
    guint32 ssrc;
    guint16 seqnum;
  } keys[GENOS_REPAIR_STREAMS];
  guint n_keys;
} GenosRepairBudget;

typedef enum {
  GENOS_REPAIR_SEND,
  GENOS_REPAIR_NEEDLESS,
  GENOS_REPAIR_KEY_FRAME, /* there is too much to repair */
} GenosRepair;

/* The first packet of a key frame goes out. */
void genos_repair_budget_note_key (GenosRepairBudget *self, guint32 ssrc, guint16 seqnum);

typedef struct {
  guint rate;        /* what it carries, bit/s, or GENOS_RATE_UNBOUNDED */
  gint64 queue;      /* how long a packet waits on it, µs */
  gint64 round_trip; /* µs, 0: unknown */
} GenosRepairPath;

/* A packet is asked for. */
GenosRepair genos_repair_budget_take (
    GenosRepairBudget *self, guint32 ssrc, guint16 seqnum, const GenosRepairPath *path, gint64 now);

G_END_DECLS
