/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/tier-choice.h>
#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* The senders of one track, which of its encodings each gets, if any, and what they ask for.
 *
 * Threading contract: any thread. Packets go to a snapshot, so a sender that has just
 * been removed may get one more. Listeners are called on any thread, one call at a time, with a lock
 * held that only guards the listeners: they must do no more than call poll(), or wake somebody who
 * does. push() holds the lock of an entry while it calls the sender, so that packets of two encoders
 * keep their order; nothing that a sender may call takes it. Reference counted. */
typedef struct _GenosSenderList GenosSenderList;

typedef void (*GenosSenderListFunc) (gpointer user_data);

typedef struct {
  guint n_active;
  gboolean wants_key; /* a sender asked for a key frame since the last poll */
  /* What the slowest of them can take, bit/s, or GENOS_RATE_UNBOUNDED: of those that are not far behind the others,
   * where there is another encoding for such. */
  guint rate;
  gboolean newcomer; /* a sender is active that was not at the last poll */
} GenosSenderListState;

GenosSenderList *genos_sender_list_new (void);
GenosSenderList *genos_sender_list_ref (GenosSenderList *self);
void genos_sender_list_unref (GenosSenderList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSenderList, genos_sender_list_unref)

/* Of the senders of one tier, below GENOS_MAX_TIERS; that of tier 0 hears of all. NULL: nobody;
 * returns when no call is under way. */
void genos_sender_list_set_listener (
    GenosSenderList *self, guint tier, GenosSenderListFunc func, gpointer user_data);

void genos_sender_list_add (GenosSenderList *self, GenosLinkSender *sender);
/* It gets that tier and no other, or nothing where there is none, and is no viewer: whoever is behind it is. */
void genos_sender_list_add_pinned (GenosSenderList *self, GenosLinkSender *sender, guint tier);
void genos_sender_list_remove (GenosSenderList *self, GenosLinkSender *sender);
void genos_sender_list_clear (GenosSenderList *self);

guint genos_sender_list_count_active (GenosSenderList *self);
gboolean genos_sender_list_is_empty (GenosSenderList *self);

/* For each tier one call at a time. Counts those who get it, and those who are about to. */
void genos_sender_list_poll (GenosSenderList *self, guint tier, GenosSenderListState *state);
/* The same at a given time, µs. */
void genos_sender_list_poll_at (
    GenosSenderList *self, guint tier, GenosSenderListState *state, gint64 now);

/* (transfer full) to every sender of the tier. Who is to change to it does so at its next key frame. */
void genos_sender_list_push (GenosSenderList *self, guint tier, GstBuffer *packet);

/* Of which encoding it gets packets, or got the last ones. */
guint genos_sender_list_get_tier (GenosSenderList *self, GenosLinkSender *sender);

/* Whether what is pushed as tier 0 has a rate of its own (it comes encoded), and there is no other. Then it is
 * chosen in push() who gets all of it, who its key frames, and who nothing; else in choose(). */
void genos_sender_list_set_fixed (GenosSenderList *self, gboolean fixed);

/* What is pushed as other tiers beside one of a fixed rate, and what these need; least[0] is measured. Then who is
 * too slow for all of it gets the best of them that it can take, and not key frames. Of less than two: there are
 * none. */
void genos_sender_list_set_lower (GenosSenderList *self, const GenosTierLadder *lower);

/* genos_sender_list_push() at a given time, µs. */
void genos_sender_list_push_at (GenosSenderList *self, guint tier, GstBuffer *packet, gint64 now);

/* From one thread: chooses the tier of each sender by its rate. TRUE: ask again soon. */
gboolean
genos_sender_list_choose (GenosSenderList *self, const GenosTierLadder *ladder, gint64 now);

G_END_DECLS
