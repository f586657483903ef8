/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/dial-book.h>

#include <string.h>

typedef struct {
  gboolean claimed;
  gboolean sent; /* the other side may know of it */
  char *via;
  gint64 deadline;
} Slot;

typedef struct {
  char *peer_id;
  Slot slots[2]; /* by GenosDialRole */
  gboolean connected;
  guint failures;
  gint64 not_before;   /* no dial of ours earlier than that */
  gint64 answers_paid; /* as in is_affordable() */
  gint64 redials_paid;
  char *heard_via;
} Entry;

struct _GenosDialBook {
  char *self_id;
  GHashTable *entries;  /* char* → Entry */
  guint n_under_way[2]; /* by GenosDialRole: a flood of one kind does not starve the other */
  gint64 paid[2];       /* as in is_affordable() */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->slots[0].via);
  g_free (entry->slots[1].via);
  g_free (entry->heard_via);
  g_free (entry->peer_id);
  g_free (entry);
}

GenosDialBook *
genos_dial_book_new (const char *self_id)
{
  GenosDialBook *self = g_new0 (GenosDialBook, 1);

  self->self_id = g_strdup (self_id);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  return self;
}

void
genos_dial_book_free (GenosDialBook *self)
{
  g_hash_table_unref (self->entries);
  g_free (self->self_id);
  g_free (self);
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer user_data)
{
  const Entry *entry = value;

  return !entry->connected && !entry->slots[0].claimed && !entry->slots[1].claimed;
}

/* What is begun costs @interval each, and may run @burst of them ahead of the clock. @paid: up to
 * when it is paid for. */
static gboolean
is_affordable (gint64 paid, gint64 now, guint burst, gint64 interval)
{
  return MAX (paid, now) + interval <= now + burst * interval;
}

static void
pay (gint64 *paid, gint64 now, gint64 interval)
{
  *paid = MAX (*paid, now) + interval;
}

/* NULL when too many peers are in use at once. */
static Entry *
ensure_entry (GenosDialBook *self, const char *peer_id)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry != NULL)
    return entry;

  if (g_hash_table_size (self->entries) >= GENOS_DIAL_MAX_PEERS)
    g_hash_table_foreach_remove (self->entries, is_idle, NULL);
  if (g_hash_table_size (self->entries) >= GENOS_DIAL_MAX_PEERS)
    return NULL;

  entry = g_new0 (Entry, 1);
  entry->peer_id = g_strdup (peer_id);
  entry->not_before = G_MININT64;
  entry->answers_paid = G_MININT64;
  entry->redials_paid = G_MININT64;
  g_hash_table_insert (self->entries, entry->peer_id, entry);
  return entry;
}

static void
note_via (Entry *entry, const char *via)
{
  if (entry == NULL || g_strcmp0 (entry->heard_via, via) == 0)
    return;
  g_free (entry->heard_via);
  entry->heard_via = g_strdup (via);
}

static gboolean
claim (GenosDialBook *self, Entry *entry, GenosDialRole role, const char *via, gint64 now,
    gint64 timeout)
{
  Slot *slot = &entry->slots[role];

  if (!slot->claimed && self->n_under_way[role] >= GENOS_DIAL_MAX_UNDER_WAY)
    return FALSE;
  if (!is_affordable (self->paid[role], now, GENOS_DIAL_BURST, GENOS_DIAL_INTERVAL))
    return FALSE;

  pay (&self->paid[role], now, GENOS_DIAL_INTERVAL);
  if (!slot->claimed)
    self->n_under_way[role]++;
  slot->claimed = TRUE;
  slot->sent = FALSE;
  slot->deadline = now + timeout;
  g_free (slot->via);
  slot->via = g_strdup (via);
  return TRUE;
}

static void
release (GenosDialBook *self, Entry *entry, GenosDialRole role)
{
  Slot *slot = &entry->slots[role];

  if (!slot->claimed)
    return;
  slot->claimed = FALSE;
  g_clear_pointer (&slot->via, g_free);
  self->n_under_way[role]--;
}

GenosDialVerdict
genos_dial_book_announced (GenosDialBook *self, const char *peer_id, const char *via, gint64 now)
{
  Entry *entry = ensure_entry (self, peer_id);

  note_via (entry, via);
  if (entry == NULL || entry->connected || entry->slots[GENOS_DIAL_ROLE_OFFERER].claimed
      || entry->slots[GENOS_DIAL_ROLE_ANSWERER].claimed || now < entry->not_before)
    return GENOS_DIAL_IGNORE;

  if (!claim (self, entry, GENOS_DIAL_ROLE_OFFERER, via, now, GENOS_DIAL_ANSWER_TIMEOUT))
    return GENOS_DIAL_IGNORE;
  return GENOS_DIAL_DIAL;
}

GenosDialVerdict
genos_dial_book_redial (GenosDialBook *self, const char *peer_id, const char *via, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry == NULL || entry->slots[GENOS_DIAL_ROLE_OFFERER].claimed
      || entry->slots[GENOS_DIAL_ROLE_ANSWERER].claimed)
    return GENOS_DIAL_IGNORE;
  if (!is_affordable (entry->redials_paid, now, GENOS_DIAL_REDIAL_BURST, GENOS_DIAL_REDIAL_INTERVAL)
      || !claim (self, entry, GENOS_DIAL_ROLE_OFFERER, via, now, GENOS_DIAL_ANSWER_TIMEOUT))
    return GENOS_DIAL_IGNORE;
  pay (&entry->redials_paid, now, GENOS_DIAL_REDIAL_INTERVAL);
  return GENOS_DIAL_DIAL;
}

GenosDialVerdict
genos_dial_book_retry (GenosDialBook *self, const char *peer_id, const char *via, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry == NULL || entry->failures != 1 || !is_idle (NULL, entry, NULL))
    return GENOS_DIAL_IGNORE;
  if (!claim (self, entry, GENOS_DIAL_ROLE_OFFERER, via, now, GENOS_DIAL_ANSWER_TIMEOUT))
    return GENOS_DIAL_IGNORE;
  return GENOS_DIAL_DIAL;
}

const char *
genos_dial_book_get_via (GenosDialBook *self, const char *peer_id)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  return entry != NULL ? entry->heard_via : NULL;
}

/* An offer from a peer that counts as connected means that it restarted: it is answered beside the
 * link that is there, which is replaced when the new one opens and not before, so that a stray offer
 * kills nothing. */
GenosDialVerdict
genos_dial_book_offered (GenosDialBook *self, const char *peer_id, const char *via, gint64 now)
{
  Entry *entry = ensure_entry (self, peer_id);
  gboolean dialling, answering;

  if (entry == NULL)
    return GENOS_DIAL_IGNORE;

  note_via (entry, via);
  dialling = entry->slots[GENOS_DIAL_ROLE_OFFERER].claimed;
  answering = entry->slots[GENOS_DIAL_ROLE_ANSWERER].claimed;
  if (dialling && entry->slots[GENOS_DIAL_ROLE_OFFERER].sent && strcmp (self->self_id, peer_id) > 0)
    return GENOS_DIAL_IGNORE;
  /* The same dial heard through a second relay. */
  if (answering && g_strcmp0 (entry->slots[GENOS_DIAL_ROLE_ANSWERER].via, via) != 0)
    return GENOS_DIAL_IGNORE;

  if (!is_affordable (entry->answers_paid, now, GENOS_DIAL_PEER_BURST, GENOS_DIAL_PEER_INTERVAL))
    return GENOS_DIAL_IGNORE;
  if (!claim (self, entry, GENOS_DIAL_ROLE_ANSWERER, via, now, GENOS_DIAL_OPEN_TIMEOUT))
    return GENOS_DIAL_WAIT;
  pay (&entry->answers_paid, now, GENOS_DIAL_PEER_INTERVAL);
  if (dialling)
    release (self, entry, GENOS_DIAL_ROLE_OFFERER);
  if (dialling)
    return GENOS_DIAL_GIVE_WAY;
  return answering ? GENOS_DIAL_REPLACE : GENOS_DIAL_ANSWER;
}

void
genos_dial_book_sent (GenosDialBook *self, const char *peer_id)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry != NULL)
    entry->slots[GENOS_DIAL_ROLE_OFFERER].sent = TRUE;
}

GenosDialVerdict
genos_dial_book_answered (GenosDialBook *self, const char *peer_id, const char *via, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);
  Slot *slot = entry != NULL ? &entry->slots[GENOS_DIAL_ROLE_OFFERER] : NULL;

  if (slot == NULL || !slot->claimed || g_strcmp0 (slot->via, via) != 0)
    return GENOS_DIAL_IGNORE;

  slot->deadline = now + GENOS_DIAL_OPEN_TIMEOUT;
  return GENOS_DIAL_COMPLETE;
}

void
genos_dial_book_opened (GenosDialBook *self, const char *peer_id)
{
  Entry *entry = ensure_entry (self, peer_id);

  if (entry == NULL)
    return;
  release (self, entry, GENOS_DIAL_ROLE_OFFERER);
  release (self, entry, GENOS_DIAL_ROLE_ANSWERER);
  entry->connected = TRUE;
  entry->failures = 0;
  entry->not_before = G_MININT64;
}

static void
cool_down (Entry *entry, gint64 now)
{
  entry->failures = MIN (entry->failures + 1, 6);
  entry->not_before =
      now + MIN (GENOS_DIAL_COOLDOWN_MAX, G_TIME_SPAN_SECOND << (entry->failures - 1));
}

void
genos_dial_book_failed (GenosDialBook *self, const char *peer_id, GenosDialRole role, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry == NULL)
    return;
  release (self, entry, role);
  cool_down (entry, now);
}

void
genos_dial_book_closed (GenosDialBook *self, const char *peer_id, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry == NULL)
    return;
  entry->connected = FALSE;
  /* Its bye or its next announce tells whether it is gone; a dial at once would race with either. */
  entry->not_before = now + G_TIME_SPAN_SECOND;
}

void
genos_dial_book_release (GenosDialBook *self, const char *peer_id, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry == NULL)
    return;
  if (!is_idle (NULL, entry, NULL) && !entry->connected)
    cool_down (entry, now);
  release (self, entry, GENOS_DIAL_ROLE_OFFERER);
  release (self, entry, GENOS_DIAL_ROLE_ANSWERER);
  /* Whoever comes and goes without ever getting linked waits longer each time. */
  if (!entry->connected && entry->failures == 0 && entry->answers_paid <= now)
    g_hash_table_remove (self->entries, peer_id);
  else if (entry->failures == 0)
    entry->not_before = G_MININT64;
}

void
genos_dial_book_withdraw (GenosDialBook *self, const char *peer_id)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer_id);

  if (entry != NULL)
    release (self, entry, GENOS_DIAL_ROLE_OFFERER);
}

void
genos_dial_book_forgive (GenosDialBook *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    entry->failures = 0;
    entry->not_before = G_MININT64;
  }
}

gboolean
genos_dial_book_overdue (GenosDialBook *self, gint64 now, const char **peer_id, GenosDialRole *role)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    for (guint i = 0; i < G_N_ELEMENTS (entry->slots); i++) {
      if (entry->slots[i].claimed && entry->slots[i].deadline <= now) {
        *peer_id = entry->peer_id;
        *role = i;
        return TRUE;
      }
    }
  }
  return FALSE;
}

guint
genos_dial_book_get_n_under_way (GenosDialBook *self)
{
  return self->n_under_way[GENOS_DIAL_ROLE_OFFERER] + self->n_under_way[GENOS_DIAL_ROLE_ANSWERER];
}
