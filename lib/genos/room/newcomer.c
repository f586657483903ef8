/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/newcomer.h>

#include <string.h>

GenosNewcomer *
genos_newcomer_find (GPtrArray *newcomers, const char *peer_id, const char *key)
{
  for (guint i = 0; i < newcomers->len; i++) {
    GenosNewcomer *newcomer = g_ptr_array_index (newcomers, i);

    if (strcmp (newcomer->peer_id, peer_id) == 0 && g_strcmp0 (newcomer->key, key) == 0)
      return newcomer;
  }
  return NULL;
}

void
genos_newcomer_free (gpointer data)
{
  GenosNewcomer *newcomer = data;

  if (newcomer->proof != NULL)
    g_signal_handlers_disconnect_by_data (newcomer->proof, newcomer);
  g_clear_object (&newcomer->proof);
  if (newcomer->link != NULL)
    genos_peer_link_close (newcomer->link);
  g_clear_object (&newcomer->link);
  g_free (newcomer->peer_id);
  g_free (newcomer->key);
  g_free (newcomer);
}
