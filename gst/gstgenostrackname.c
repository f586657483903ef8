/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackname.h"

void
gst_genos_track_name_of_track (GstGenosTrackName *self, GenosRemoteTrack *track)
{
  *self = (GstGenosTrackName){
    .peer_id = genos_remote_track_get_peer_id (track),
    .stream_id = genos_remote_track_get_stream_id (track),
    .track_id = genos_remote_track_get_track_id (track),
    .metadata = genos_remote_track_get_metadata (track),
    .kind = genos_remote_track_get_kind (track),
  };
}

void
gst_genos_track_name_of_offer (GstGenosTrackName *self, GenosTrackOffer *offer)
{
  *self = (GstGenosTrackName){
    .peer_id = genos_track_offer_get_peer_id (offer),
    .stream_id = genos_track_offer_get_stream_id (offer),
    .track_id = genos_track_offer_get_track_id (offer),
    .metadata = genos_track_offer_get_metadata (offer),
    .kind = genos_track_offer_get_kind (offer),
  };
}

char *
gst_genos_track_name_dup_id (const GstGenosTrackName *self)
{
  return g_strdup_printf ("%s/%s/%s", self->peer_id, self->stream_id, self->track_id);
}
