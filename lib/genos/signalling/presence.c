/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/presence.h>

typedef struct {
  char *kind;
  gint64 seen;
} Entry;

struct _GenosPresence {
  GHashTable *entries; /* char* → Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->kind);
  g_free (entry);
}

GenosPresence *
genos_presence_new (void)
{
  GenosPresence *self = g_new0 (GenosPresence, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return self;
}

void
genos_presence_free (GenosPresence *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

gboolean
genos_presence_seen (GenosPresence *self, const char *peer_id, const char *kind, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);
  gboolean is_new = entry == NULL;

  if (is_new) {
    if (g_hash_table_size (self->entries) >= GENOS_PRESENCE_MAX)
      return FALSE;
    entry = g_new0 (Entry, 1);
    g_hash_table_insert (self->entries, g_strdup (peer_id), entry);
  }

  if (kind != NULL && g_strcmp0 (kind, entry->kind) != 0) {
    g_free (entry->kind);
    entry->kind = g_strdup (kind);
  }
  entry->seen = now;
  return is_new;
}

gboolean
genos_presence_lost (GenosPresence *self, const char *peer_id)
{
  return g_hash_table_remove (self->entries, peer_id);
}

char *
genos_presence_expire (GenosPresence *self, gint64 now)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (now - ((Entry *) value)->seen >= GENOS_PRESENCE_TIMEOUT) {
      char *peer_id = g_strdup (key);

      g_hash_table_iter_remove (&iter);
      return peer_id;
    }
  }
  return NULL;
}

const char *
genos_presence_get_kind (GenosPresence *self, const char *peer_id)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  return entry != NULL ? entry->kind : NULL;
}

guint
genos_presence_get_n (GenosPresence *self)
{
  return g_hash_table_size (self->entries);
}
