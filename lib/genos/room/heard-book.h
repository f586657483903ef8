/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* How peers were heard of last that are not dialled yet, but may be one day: in a room of cells most of
 * them. */
typedef struct _GenosHeardBook GenosHeardBook;

#define GENOS_HEARD_BOOK_MAX 65536

typedef struct {
  char *via;
  char *key; /* (nullable): whose signature its first announce bore */
  gboolean extended;
} GenosHeardPeer;

GenosHeardBook *genos_heard_book_new (void);
void genos_heard_book_free (GenosHeardBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosHeardBook, genos_heard_book_free)

/* An announce under that id with another key than the first one is not noted, until it was removed. */
void genos_heard_book_note (
    GenosHeardBook *self, const char *peer_id, const char *via, const GenosSignalOrigin *origin);
void genos_heard_book_remove (GenosHeardBook *self, const char *peer_id);
/* (transfer none) (nullable) */
const GenosHeardPeer *genos_heard_book_find (GenosHeardBook *self, const char *peer_id);
/* How many of them are not of our own kind. */
guint genos_heard_book_get_n_browsers (GenosHeardBook *self);

G_END_DECLS
