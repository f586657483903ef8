/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is negotiated with a peer, and not sent to it. */

#include <genos/room/media/peer-media-struct.h>

static gboolean
may_send (GenosPeerMedia *self, GenosLocalTrack *track)
{
  return self->far.funcs == NULL || self->far.funcs->sends (self->peer_id, track, self->far.data);
}

void
genos_peer_media_update_hold (GenosPeerMedia *self, GenosPeerMediaTrack *outgoing)
{
  GenosTrackAudience *audience = genos_local_track_get_audience (outgoing->track);
  gboolean wanted =
      genos_peer_tracks_is_wanted (self->tracks, genos_local_track_get_stream_id (outgoing->track),
          genos_local_track_get_track_id (outgoing->track));

  if (outgoing->sender != NULL)
    genos_link_sender_set_held (outgoing->sender,
        !wanted || !may_send (self, outgoing->track)
            || genos_track_audience_is_paused_for (audience, self->peer_id));
}

void
genos_peer_media_check_holds (GenosPeerMedia *self)
{
  for (guint i = 0; i < self->outgoing->len; i++)
    genos_peer_media_update_hold (self, g_ptr_array_index (self->outgoing, i));
}

void
genos_peer_media_set_far (GenosPeerMedia *self, const GenosPeerFar *far, gboolean lists_far)
{
  self->far = *far;
  self->lists_far = lists_far;
}

GenosTrackSealer *
genos_peer_media_get_sealer (GenosPeerMedia *self, GenosLocalTrack *track)
{
  return self->far.funcs != NULL ? self->far.funcs->sealer (self->peer_id, track, self->far.data)
                                 : NULL;
}

gboolean
genos_peer_media_is_offered (GenosPeerMedia *self, GenosLocalTrack *track)
{
  return genos_track_audience_includes (genos_local_track_get_audience (track), self->peer_id)
      && (self->far.funcs == NULL
          || self->far.funcs->offers (self->peer_id, track, self->far.data));
}
