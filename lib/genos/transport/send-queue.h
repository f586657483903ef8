/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/delivery.h>
#include <genos/base/error.h>

G_BEGIN_DECLS

/* Which frame leaves next: the frames of internal types ("@_…") in their order before all others;
 * then those of the highest priority, with one in GENOS_SEND_AHEAD + 1 of a lower one that waits, so
 * that nothing waits for ever; within a priority one frame of each channel type in turn, the messages
 * of one type in their order. Pure; knows no link. */
typedef struct _GenosSendQueue GenosSendQueue;

#define GENOS_SEND_AHEAD 16

typedef void (*GenosSendDoneFunc) (gdouble fraction, gboolean done, const GError *error,
    gpointer user_data);

GenosSendQueue *genos_send_queue_new (void);
/* Messages that wait are dropped without a word: fail() first. */
void genos_send_queue_free (GenosSendQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSendQueue, genos_send_queue_free)

/* @frames (element-type GBytes) (transfer full), at least one. @priority counts from the moment on at
 * which nothing of that type waits: messages of one type never overtake one another. @serial: any
 * number but zero, to cancel with. */
void genos_send_queue_add (GenosSendQueue *self, guint64 serial, const char *type,
    GenosPriority priority, GPtrArray *frames, GenosSendDoneFunc progress, gpointer user_data,
    GDestroyNotify destroy);
/* Without a word; FALSE when it is not there, or has begun to leave. */
gboolean genos_send_queue_cancel (GenosSendQueue *self, guint64 serial);

/* The oldest of that type that has not begun to leave fails with @error; FALSE: there is none. */
gboolean genos_send_queue_drop_oldest (GenosSendQueue *self, const char *type, const GError *error);

/* (nullable) (transfer none): the frame whose turn it is. */
GBytes *genos_send_queue_peek (GenosSendQueue *self);
/* That frame has left: tells its message's progress. */
void genos_send_queue_pop (GenosSendQueue *self);

/* Every message that waits has failed. */
void genos_send_queue_fail (GenosSendQueue *self, const GError *error);

/* Bytes that wait, those of internal types aside; of one type. */
gsize genos_send_queue_get_bytes (GenosSendQueue *self);
gsize genos_send_queue_get_type_bytes (GenosSendQueue *self, const char *type);
/* Messages of internal types that wait. */
guint genos_send_queue_get_n_urgent (GenosSendQueue *self);

G_END_DECLS
