/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* The senders of one track, and what they ask for.
 *
 * Threading contract: any thread. Packets go to a snapshot, so a sender that has just
 * been removed may get one more. The listener is called on any thread, one call at a time,
 * with a lock held that only guards the listener: it must do no more than call poll(), or
 * wake somebody who does. No other lock is held when a function of a sender is called, and
 * senders hold none when they signal. Reference counted. */
typedef struct _GenosSenderList GenosSenderList;

typedef void (*GenosSenderListFunc) (gpointer user_data);

typedef struct {
  guint n_active;
  gboolean wants_key; /* a sender asked for a key frame since the last poll */
  guint rate;         /* what the slowest of them can take, bit/s, or GENOS_RATE_UNBOUNDED */
  gboolean newcomer;  /* a sender is active that was not at the last poll */
} GenosSenderListState;

GenosSenderList *genos_sender_list_new (void);
GenosSenderList *genos_sender_list_ref (GenosSenderList *self);
void genos_sender_list_unref (GenosSenderList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSenderList, genos_sender_list_unref)

/* NULL: nobody; returns when no call is under way. */
void genos_sender_list_set_listener (
    GenosSenderList *self, GenosSenderListFunc func, gpointer user_data);

void genos_sender_list_add (GenosSenderList *self, GenosLinkSender *sender);
void genos_sender_list_remove (GenosSenderList *self, GenosLinkSender *sender);
void genos_sender_list_clear (GenosSenderList *self);

gboolean genos_sender_list_is_empty (GenosSenderList *self);
guint genos_sender_list_count_active (GenosSenderList *self);

/* One call at a time. */
void genos_sender_list_poll (GenosSenderList *self, GenosSenderListState *state);

/* (transfer full) to every sender. */
void genos_sender_list_push (GenosSenderList *self, GstBuffer *packet);

G_END_DECLS
