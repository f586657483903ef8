/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/path-watch.h>

#include <genos/base/reason-private.h>

struct _GenosPathWatch {
  GHashTable *open;   /* char* */
  GHashTable *said;   /* char* → gint64*, what it said is paid for up to then */
  gint64 opened_at;   /* the first that is open now */
  gint64 complain_at; /* G_MAXINT64 when one has been open for a while */
  char *last_reason;
};

GenosPathWatch *
genos_path_watch_new (gint64 now)
{
  GenosPathWatch *self = g_new0 (GenosPathWatch, 1);

  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->complain_at = now + GENOS_NO_PATH_FIRST;
  return self;
}

void
genos_path_watch_free (GenosPathWatch *self)
{
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->said);
  g_free (self->last_reason);
  g_free (self);
}

void
genos_path_watch_opened (GenosPathWatch *self, const char *via, gint64 now)
{
  if (g_hash_table_size (self->open) == 0)
    self->opened_at = now;
  g_hash_table_add (self->open, g_strdup (via));
}

static gboolean
has_held (GenosPathWatch *self, gint64 now)
{
  return g_hash_table_size (self->open) > 0 && now - self->opened_at >= GENOS_NO_PATH_FIRST;
}

void
genos_path_watch_closed (GenosPathWatch *self, const char *via, const char *reason, gint64 now)
{
  if (has_held (self, now))
    self->complain_at = G_MAXINT64;
  g_hash_table_remove (self->open, via);
  g_free (self->last_reason);
  self->last_reason = g_strdup_printf ("%s: %s", via, reason != NULL ? reason : "closed");
  if (g_hash_table_size (self->open) == 0 && self->complain_at == G_MAXINT64)
    self->complain_at = now + GENOS_NO_PATH_FIRST;
}

GError *
genos_path_watch_complain (GenosPathWatch *self, gint64 now)
{
  if (has_held (self, now))
    self->complain_at = G_MAXINT64;
  if (now < self->complain_at || g_hash_table_size (self->open) > 0)
    return NULL;
  self->complain_at = now + GENOS_NO_PATH_AGAIN;
  return genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_NO_RELAY,
      "no relay is reachable (last: %s); trying on, peers cannot find each other until "
      "one answers",
      self->last_reason != NULL ? self->last_reason : "no answer yet");
}

gboolean
genos_path_watch_said (GenosPathWatch *self, const char *via, gint64 now)
{
  gint64 *paid = g_hash_table_lookup (self->said, via);
  gint64 due;

  if (paid == NULL) {
    paid = g_new0 (gint64, 1);
    *paid = now;
    g_hash_table_insert (self->said, g_strdup (via), paid);
  }
  due = MAX (*paid, now) + GENOS_PATH_SAYS_INTERVAL;
  if (due > now + GENOS_PATH_SAYS_BURST * GENOS_PATH_SAYS_INTERVAL)
    return FALSE;
  *paid = due;
  return TRUE;
}

guint
genos_path_watch_get_n_open (GenosPathWatch *self)
{
  return g_hash_table_size (self->open);
}
