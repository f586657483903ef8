/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a peer offers, and what we want of it. */

#include <genos/room/peer-struct.h>

#include <genos/wire/hello-message.h>

static gboolean
is_wanted (GenosTrackOffer *offer, gpointer user_data)
{
  GenosPeer *self = user_data;

  return self->events == NULL || self->events->track_wanted (self, offer, self->events_data);
}

static void
on_offered (GenosPeerTracks *tracks, GenosTrackOffer *offer, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_offered (self, offer, self->events_data);
}

static void
on_withdrawn (GenosPeerTracks *tracks, GenosTrackOffer *offer, GenosPeer *self)
{
  if (self->events != NULL)
    self->events->track_withdrawn (self, offer, self->events_data);
}

static gboolean
knows_tracks (GenosPeer *self)
{
  return self->capabilities != NULL
      && g_strv_contains ((const char *const *) self->capabilities, GENOS_FEATURE_TRACKS);
}

void
genos_peer_begin_offers (GenosPeer *self)
{
  GenosPeerTracks *tracks = genos_peer_media_get_tracks (self->media);

  genos_peer_tracks_set_understood (tracks, knows_tracks (self));
  genos_peer_set_far (self, &self->far);
  genos_peer_tracks_set_filter (tracks, is_wanted, self);
  g_signal_connect (tracks, "offered", G_CALLBACK (on_offered), self);
  g_signal_connect (tracks, "withdrawn", G_CALLBACK (on_withdrawn), self);
}

void
genos_peer_end_offers (GenosPeer *self)
{
  GenosPeerTracks *tracks = genos_peer_media_get_tracks (self->media);

  genos_peer_tracks_set_filter (tracks, NULL, NULL);
  g_signal_handlers_disconnect_by_data (tracks, self);
}

gboolean
genos_peer_take_offers (GenosPeer *self, const char *type, GenosMessage *message, GError **error)
{
  GenosPeerTracks *tracks = genos_peer_media_get_tracks (self->media);
  const char *text = genos_message_get_text (message);

  if (text == NULL || !knows_tracks (self)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "an unexpected list of tracks");
    return FALSE;
  }
  return g_str_equal (type, GENOS_TRACK_LIST_TYPE)
      ? genos_peer_tracks_take_list (tracks, text, error)
      : genos_peer_tracks_take_refusals (tracks, text, error);
}
