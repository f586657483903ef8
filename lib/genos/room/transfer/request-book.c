/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/request-book.h>

#include <string.h>

typedef struct {
  guint64 id;
  char *peer_id;
  gint64 deadline;
  GTask *task;
} Pending;

struct _GenosRequestBook {
  GHashTable *pending; /* id → Pending */
  guint64 next_id;
};

static void
free_pending (gpointer data)
{
  Pending *pending = data;

  g_clear_object (&pending->task);
  g_free (pending->peer_id);
  g_free (pending);
}

GenosRequestBook *
genos_request_book_new (guint64 first_id)
{
  GenosRequestBook *self = g_new0 (GenosRequestBook, 1);

  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_pending);
  self->next_id = first_id;
  return self;
}

void
genos_request_book_free (GenosRequestBook *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->pending);
  g_free (self);
}

guint64
genos_request_book_add (
    GenosRequestBook *self, const char *peer_id, gint64 deadline, GTask *task, GError **error)
{
  Pending *pending;

  if (g_hash_table_size (self->pending) >= GENOS_REQUEST_MAX_PENDING) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "too many requests wait for their answers");
    return 0;
  }
  /* Zero says that there is none. */
  if (self->next_id == 0)
    self->next_id++;
  pending = g_new (Pending, 1);
  *pending = (Pending){ self->next_id++, g_strdup (peer_id), deadline, task };
  g_hash_table_insert (self->pending, &pending->id, pending);
  return pending->id;
}

static GTask *
take_out (GenosRequestBook *self, Pending *pending)
{
  GTask *task = g_steal_pointer (&pending->task);

  g_hash_table_remove (self->pending, &pending->id);
  return task;
}

GTask *
genos_request_book_take (GenosRequestBook *self, const char *peer_id, guint64 id)
{
  Pending *pending = g_hash_table_lookup (self->pending, &id);

  if (pending == NULL || strcmp (pending->peer_id, peer_id) != 0)
    return NULL;
  return take_out (self, pending);
}

GTask *
genos_request_book_expire (GenosRequestBook *self, gint64 now)
{
  GHashTableIter iter;
  gpointer pending;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &pending)) {
    if (((Pending *) pending)->deadline <= now)
      return take_out (self, pending);
  }
  return NULL;
}

GTask *
genos_request_book_drop_peer (GenosRequestBook *self, const char *peer_id)
{
  GHashTableIter iter;
  gpointer pending;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &pending)) {
    if (peer_id == NULL || strcmp (((Pending *) pending)->peer_id, peer_id) == 0)
      return take_out (self, pending);
  }
  return NULL;
}

gint64
genos_request_book_get_next (GenosRequestBook *self)
{
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  gpointer pending;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &pending))
    next = MIN (next, ((Pending *) pending)->deadline);
  return next;
}

guint
genos_request_book_get_n (GenosRequestBook *self)
{
  return g_hash_table_size (self->pending);
}
