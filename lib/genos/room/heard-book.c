/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/heard-book.h>

struct _GenosHeardBook {
  GHashTable *peers; /* char * → GenosHeardPeer */
  guint n_browsers;
};

static void
heard_free (gpointer data)
{
  GenosHeardPeer *heard = data;

  g_free (heard->via);
  g_free (heard->key);
  g_free (heard);
}

GenosHeardBook *
genos_heard_book_new (void)
{
  GenosHeardBook *self = g_new0 (GenosHeardBook, 1);

  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, heard_free);
  return self;
}

void
genos_heard_book_free (GenosHeardBook *self)
{
  g_hash_table_unref (self->peers);
  g_free (self);
}

static GenosHeardPeer *
add (GenosHeardBook *self, const char *peer_id, const GenosSignalOrigin *origin)
{
  GenosHeardPeer *heard;

  if (g_hash_table_size (self->peers) >= GENOS_HEARD_BOOK_MAX)
    return NULL;
  heard = g_new0 (GenosHeardPeer, 1);
  heard->key = g_strdup (origin->key);
  heard->extended = origin->extended;
  self->n_browsers += !heard->extended;
  g_hash_table_insert (self->peers, g_strdup (peer_id), heard);
  return heard;
}

void
genos_heard_book_note (
    GenosHeardBook *self, const char *peer_id, const char *via, const GenosSignalOrigin *origin)
{
  GenosHeardPeer *heard = g_hash_table_lookup (self->peers, peer_id);

  if (heard == NULL)
    heard = add (self, peer_id, origin);
  if (heard == NULL || g_strcmp0 (heard->key, origin->key) != 0 || g_strcmp0 (heard->via, via) == 0)
    return;
  g_free (heard->via);
  heard->via = g_strdup (via);
}

void
genos_heard_book_remove (GenosHeardBook *self, const char *peer_id)
{
  const GenosHeardPeer *heard = genos_heard_book_find (self, peer_id);

  if (heard == NULL)
    return;
  self->n_browsers -= !heard->extended;
  g_hash_table_remove (self->peers, peer_id);
}

const GenosHeardPeer *
genos_heard_book_find (GenosHeardBook *self, const char *peer_id)
{
  return g_hash_table_lookup (self->peers, peer_id);
}

guint
genos_heard_book_get_n_browsers (GenosHeardBook *self)
{
  return self->n_browsers;
}
