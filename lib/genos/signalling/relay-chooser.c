/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-chooser.h>

#include <string.h>

#include <genos/nostr/nostr-url.h>

#define RANK_SIZE 32 /* of SHA-256 */

typedef struct {
  const char *url;
  guint8 rank[RANK_SIZE];
} Candidate;

typedef struct {
  GHashTable *operators; /* char* */
  GHashTable *urls;      /* char*, not owned */
  GPtrArray *picked;     /* of char*, not owned */
  guint n;
} Choice;

/* The byte between keeps ("ab", "c") and ("a", "bc") apart; no URL and no topic holds it. */
static void
compute_rank (Candidate *candidate, const char *topic)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = RANK_SIZE;

  g_checksum_update (checksum, (const guchar *) topic, strlen (topic) + 1);
  g_checksum_update (checksum, (const guchar *) candidate->url, -1);
  g_checksum_get_digest (checksum, candidate->rank, &size);
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Candidate *) b)->rank, ((const Candidate *) a)->rank, RANK_SIZE);
}

static GArray *
rank (const char *topic, const char *const *candidates)
{
  GArray *ranked = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; candidates[i] != NULL; i++) {
    Candidate candidate = { .url = candidates[i] };

    compute_rank (&candidate, topic);
    g_array_append_val (ranked, candidate);
  }
  g_array_sort (ranked, compare_ranks);
  return ranked;
}

static void
take (Choice *choice, GArray *ranked, gboolean spread, GenosRelayFilter filter, gpointer user_data)
{
  for (guint i = 0; i < ranked->len && choice->picked->len < choice->n; i++) {
    const char *url = g_array_index (ranked, Candidate, i).url;
    g_autofree char *operator= NULL;

    if (g_hash_table_contains (choice->urls, url) || (filter != NULL && !filter (url, user_data)))
      continue;
    operator= genos_nostr_url_operator (url);
    if (spread && g_hash_table_contains (choice->operators, operator))
      continue;
    g_ptr_array_add (choice->picked, (char *) url);
    g_hash_table_add (choice->urls, (char *) url);
    g_hash_table_add (choice->operators, g_steal_pointer (&operator));
  }
}

GStrv
genos_relay_chooser_pick (const char *topic, const char *const *candidates,
    const char *const *in_use, guint n, GenosRelayFilter filter, gpointer user_data)
{
  g_autoptr (GHashTable) operators = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) urls = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) picked = g_ptr_array_new ();
  g_autoptr (GArray) ranked = rank (topic, candidates);
  Choice choice = { operators, urls, picked, n };

  for (guint i = 0; in_use != NULL && in_use[i] != NULL; i++) {
    g_hash_table_add (urls, (char *) in_use[i]);
    g_hash_table_add (operators, genos_nostr_url_operator (in_use[i]));
  }
  take (&choice, ranked, TRUE, filter, user_data);
  take (&choice, ranked, FALSE, filter, user_data);
  g_ptr_array_add (picked, NULL);
  return g_strdupv ((GStrv) picked->pdata);
}
