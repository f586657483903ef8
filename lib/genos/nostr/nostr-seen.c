/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-seen.h>

typedef struct {
  char id[65];
} Entry;

/* A ring of ids in the order of their coming, and a table that points into it. */
struct _GenosNostrSeen {
  GHashTable *table;
  Entry *ring;
  guint capacity;
  guint next;
};

GenosNostrSeen *
genos_nostr_seen_new (guint capacity)
{
  GenosNostrSeen *self;

  g_return_val_if_fail (capacity > 0, NULL);

  self = g_new0 (GenosNostrSeen, 1);
  self->table = g_hash_table_new (g_str_hash, g_str_equal);
  self->ring = g_new0 (Entry, capacity);
  self->capacity = capacity;
  return self;
}

void
genos_nostr_seen_free (GenosNostrSeen *self)
{
  g_hash_table_unref (self->table);
  g_free (self->ring);
  g_free (self);
}

gboolean
genos_nostr_seen_contains (GenosNostrSeen *self, const char *id)
{
  return g_hash_table_contains (self->table, id);
}

void
genos_nostr_seen_add (GenosNostrSeen *self, const char *id)
{
  Entry *entry = &self->ring[self->next];

  if (g_hash_table_contains (self->table, id))
    return;
  if (entry->id[0] != '\0')
    g_hash_table_remove (self->table, entry->id);
  g_strlcpy (entry->id, id, sizeof entry->id);
  g_hash_table_add (self->table, entry->id);
  self->next = (self->next + 1) % self->capacity;
}
