/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

G_BEGIN_DECLS

/* Which frame leaves next: the frames of internal types ("@_…") in their order before all others,
 * then one frame of each channel type in turn, the messages of one type in their order. Pure; knows
 * no link. */
typedef struct _GenosSendQueue GenosSendQueue;

typedef void (*GenosSendDoneFunc) (gdouble fraction, gboolean done, const GError *error,
    gpointer user_data);

GenosSendQueue *genos_send_queue_new (void);
/* Messages that wait are dropped without a word: fail() first. */
void genos_send_queue_free (GenosSendQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSendQueue, genos_send_queue_free)

/* @frames (element-type GBytes) (transfer full), at least one. Returns the message's serial. */
guint64 genos_send_queue_add (GenosSendQueue *self, const char *type, GPtrArray *frames,
    GenosSendDoneFunc progress, gpointer user_data, GDestroyNotify destroy);
gboolean genos_send_queue_cancel (GenosSendQueue *self, guint64 serial);

/* (nullable) (transfer none): the frame whose turn it is. */
GBytes *genos_send_queue_peek (GenosSendQueue *self);
/* That frame has left: tells its message's progress. */
void genos_send_queue_pop (GenosSendQueue *self);

/* Every message that waits has failed. */
void genos_send_queue_fail (GenosSendQueue *self, const GError *error);

/* Bytes that wait, those of internal types aside. */
gsize genos_send_queue_get_bytes (GenosSendQueue *self);
/* Messages of internal types that wait. */
guint genos_send_queue_get_n_urgent (GenosSendQueue *self);

G_END_DECLS
