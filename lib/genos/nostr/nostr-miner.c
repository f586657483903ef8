/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-miner.h>

#include <genos/wire/nip13.h>

/* Some milliseconds: so long a cancellation may take. */
#define CHUNK 4096

/* Relays refuse ephemeral events that are a minute old; browsers do not look. */
#define RENEWAL_SECONDS 5

static gint64
get_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
mine (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GenosNip13Search *search = task_data;
  gint64 created_at = get_seconds ();

  genos_nip13_search_set_created_at (search, created_at);
  while (!genos_nip13_search_run (search, CHUNK)) {
    if (g_task_return_error_if_cancelled (task))
      return;
    if (get_seconds () - created_at < RENEWAL_SECONDS)
      continue;
    created_at = get_seconds ();
    genos_nip13_search_set_created_at (search, created_at);
  }
  g_task_return_pointer (
      task, genos_nip13_search_finish (search), (GDestroyNotify) genos_nip01_event_free);
}

void
genos_nostr_miner_run_async (const GenosNip01Event *event, guint bits, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, genos_nostr_miner_run_async);
  g_task_set_task_data (
      task, genos_nip13_search_new (event, bits), (GDestroyNotify) genos_nip13_search_free);
  g_task_run_in_thread (task, mine);
}

GenosNip01Event *
genos_nostr_miner_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
