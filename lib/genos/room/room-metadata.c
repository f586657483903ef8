/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an application says of itself. Peers take so many changes and no more, so that whoever changes
 * it all the time says the latest at a bearable pace. */

#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

#define PAUSE_MS 250

static gboolean
has_metadata (GenosRoom *self)
{
  return self->settings.metadata != NULL && *self->settings.metadata != '\0';
}

void
genos_room_metadata_tell (GenosRoom *self, GenosPeer *peer)
{
  if (has_metadata (self))
    genos_peer_send_metadata (peer, self->settings.metadata);
}

/* Nothing takes back what was said. */
static void
tell_all (GenosRoom *self)
{
  g_autoptr (GPtrArray) peers = genos_room_get_peers (self);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_send_metadata (
        g_ptr_array_index (peers, i), has_metadata (self) ? self->settings.metadata : "null");
}

void
genos_room_metadata_stop (GenosRoom *self)
{
  if (self->metadata_pause != NULL)
    g_source_destroy (self->metadata_pause);
  g_clear_pointer (&self->metadata_pause, g_source_unref);
  self->metadata_changed = FALSE;
}

static gboolean
on_paused (gpointer user_data)
{
  GenosRoom *self = user_data;

  if (self->metadata_changed) {
    self->metadata_changed = FALSE;
    tell_all (self);
    return G_SOURCE_CONTINUE;
  }
  genos_room_metadata_stop (self);
  return G_SOURCE_REMOVE;
}

void
genos_room_metadata_changed (GenosRoom *self)
{
  g_autoptr (GError) error = NULL;

  if (!genos_room_settings_check_metadata (&self->settings, &error)) {
    g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_WARNING],
        genos_room_signals_detail (error), error);
    return;
  }
  if (self->metadata_pause != NULL) {
    self->metadata_changed = TRUE;
    return;
  }
  tell_all (self);
  self->metadata_pause = g_timeout_source_new (PAUSE_MS);
  g_source_set_static_name (self->metadata_pause, "[genos] metadata");
  g_source_set_callback (self->metadata_pause, on_paused, self, NULL);
  g_source_attach (self->metadata_pause, g_main_context_get_thread_default ());
}
