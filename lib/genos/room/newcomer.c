/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/newcomer.h>

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
