/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tracks that come by way of others, as the application sees them. */

#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

static void
on_track_added (GenosPeer *peer, GenosRemoteTrack *track, gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));

  genos_speaker_watch_add (self->speakers, track);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_ADDED], 0, peer, track);
}

static void
on_track_removed (GenosPeer *peer, GenosRemoteTrack *track, gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));

  genos_speaker_watch_remove (self->speakers, track);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_REMOVED], 0, peer, track);
}

static void
on_offered (GenosTrackOffer *offer, gpointer data)
{
  g_signal_emit (data, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_OFFERED], 0, offer);
}

static void
on_withdrawn (GenosTrackOffer *offer, gpointer data)
{
  g_signal_emit (data, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_WITHDRAWN], 0, offer);
}

static gboolean
is_wanted (GenosTrackOffer *offer, gpointer data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (data));

  return self->filter == NULL || self->filter (self, offer, self->filter_data);
}

static gboolean
is_welcome (const char *peer_id, gpointer data)
{
  GenosMembership *membership = genos_room_get_membership (data);

  return membership != NULL
      && !genos_door_excludes (genos_membership_get_door (membership), peer_id, NULL);
}

static void
on_warning (const GError *error, gpointer data)
{
  g_signal_emit (data, genos_room_signals[GENOS_ROOM_SIGNAL_WARNING],
      genos_room_signals_detail (error), error);
}

const GenosFarHost genos_room_far_host = {
  .track_added = on_track_added,
  .track_removed = on_track_removed,
  .track_offered = on_offered,
  .track_withdrawn = on_withdrawn,
  .track_wanted = is_wanted,
  .is_welcome = is_welcome,
  .warning = on_warning,
};

void
genos_room_describe_far (GenosRoom *self, GstStructure *stats)
{
  if (self->far != NULL)
    genos_far_tracks_describe (self->far, stats);
}
