/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/error.h>

G_BEGIN_DECLS

/* Requests that wait for their answer. Pure: it is told the time (µs, monotonic), and hands out tasks
 * for others to end. An answer counts from the peer that was asked, and once. */
typedef struct _GenosRequestBook GenosRequestBook;

#define GENOS_REQUEST_MAX_PENDING 1024

/* @first_id: where the ids begin; drawn at random, so that a late answer of another stay in the room
 * is not taken for one of this. */
GenosRequestBook *genos_request_book_new (guint64 first_id);
/* Tasks that wait are dropped without a word: take them out first. */
void genos_request_book_free (GenosRequestBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRequestBook, genos_request_book_free)

/* Takes @task over. The request's id, or 0 with GENOS_ERROR_LIMIT and @task left alone. */
guint64 genos_request_book_add (
    GenosRequestBook *self, const char *peer_id, gint64 deadline, GTask *task, GError **error);

/* (transfer full) (nullable): whose answer that is. */
GTask *genos_request_book_take (GenosRequestBook *self, const char *peer_id, guint64 id);

/* (transfer full) (nullable): one whose time is over, or whose peer (NULL: anybody) is gone; call
 * until NULL. */
GTask *genos_request_book_expire (GenosRequestBook *self, gint64 now);
GTask *genos_request_book_drop_peer (GenosRequestBook *self, const char *peer_id);

/* When the next one's time is over; G_MAXINT64: nothing waits. */
gint64 genos_request_book_get_next (GenosRequestBook *self);
guint genos_request_book_get_n (GenosRequestBook *self);

G_END_DECLS
