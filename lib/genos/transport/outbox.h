/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/send-queue.h>
#include <genos/wire/channel-splitter.h>

G_BEGIN_DECLS

/* What one peer is to get: messages become frames here, wait here, and are refused, dropped or made
 * to wait outside when too many do. Pure; knows no link. */
typedef struct _GenosOutbox GenosOutbox;

#define GENOS_OUTBOX_MAX_BYTES ((gsize) 64 * 1024 * 1024)
/* Messages that wait for room, their payload shared with whoever sends; of one peer. */
#define GENOS_OUTBOX_MAX_WAITING 1024

typedef struct {
  const char *type;
  GenosPayloadKind kind;
  GBytes *payload;
  const char *metadata; /* (nullable) */
  GenosPriority priority;
  GenosOverflow overflow;
  gsize max_queued; /* bytes of this type that may wait; 0: whatever all may */
  /* Fraction that has left, 0..1; with @done once, and why not. */
  GenosSendDoneFunc progress;
  gpointer user_data;
  GDestroyNotify destroy;
} GenosOutgoing;

/* Of one type, since the beginning. */
typedef struct {
  guint64 messages; /* left whole */
  guint64 bytes;    /* of frames that left */
  guint64 dropped;  /* for newer ones */
  guint64 refused;
} GenosOutboxCounters;

/* @dialect: not owned */
GenosOutbox *genos_outbox_new (const GenosDialect *dialect);
void genos_outbox_free (GenosOutbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosOutbox, genos_outbox_free)

void genos_outbox_set_max_bytes (GenosOutbox *self, gsize bytes);
gsize genos_outbox_get_max_bytes (GenosOutbox *self);

/* A serial to cancel with; 0 with GENOS_ERROR_LIMIT when there is no room. Internal types always have
 * room. @outgoing is copied as far as it is needed; its @destroy is called in any case. */
guint64 genos_outbox_send (GenosOutbox *self, const GenosOutgoing *outgoing, GError **error);

/* Without a word; FALSE when it has begun to leave. */
gboolean genos_outbox_cancel (GenosOutbox *self, guint64 serial);

/* (nullable) (transfer none): the frame that leaves next; popped when it has left. */
GBytes *genos_outbox_peek (GenosOutbox *self);
void genos_outbox_pop (GenosOutbox *self);

/* Everything has failed. */
void genos_outbox_fail (GenosOutbox *self, const GError *error);

gsize genos_outbox_get_bytes (GenosOutbox *self);
guint genos_outbox_get_n_waiting (GenosOutbox *self);
guint genos_outbox_get_n_urgent (GenosOutbox *self);

typedef void (*GenosOutboxFunc) (const char *type, const GenosOutboxCounters *counters,
    gpointer user_data);
void genos_outbox_foreach (GenosOutbox *self, GenosOutboxFunc func, gpointer user_data);

G_END_DECLS
