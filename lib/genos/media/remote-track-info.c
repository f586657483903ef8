/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is known of a track of a peer. */

#include <genos/media/remote-track-struct.h>

GenosTrackLevel *
genos_remote_track_get_level (GenosRemoteTrack *self)
{
  return self->level;
}

/**
 * genos_remote_track_get_audio_level:
 * @self: a track
 *
 * Gets how loud the sound of the last moments was, as its packets say (RFC 6464) or else as
 * [method@GenosRooms.RemoteTrack.take_audio_level] was told.
 *
 * Returns: 0 to 1, of full scale; below 0 when it is not known
 */
double
genos_remote_track_get_audio_level (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), -1);
  return genos_track_level_get (self->level, g_get_monotonic_time ());
}

/**
 * genos_remote_track_wants_audio_level:
 * @self: a track
 *
 * Asks whether [method@GenosRooms.RemoteTrack.take_audio_level] is of use: not while the packets of
 * the track say how loud it is.
 *
 * Returns: %TRUE when the sound should be measured
 */
gboolean
genos_remote_track_wants_audio_level (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), FALSE);
  return genos_track_level_wants_measured (self->level, g_get_monotonic_time ());
}

/**
 * genos_remote_track_take_audio_level:
 * @self: a track
 * @power: mean power, 0 to 1, of full scale squared
 * @duration: of how much sound, in nanoseconds
 *
 * For whoever decodes the track: tells how loud it is, so that the room finds out who speaks.
 */
void
genos_remote_track_take_audio_level (GenosRemoteTrack *self, double power, GstClockTime duration)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));
  g_return_if_fail (power >= 0);

  genos_track_level_take_measured (self->level, MIN (power, 1), duration, g_get_monotonic_time ());
}

/**
 * genos_remote_track_get_kind:
 * @self: a track
 *
 * Gets whether it is sound or pictures.
 *
 * Returns: what the track carries
 */
GenosMediaKind
genos_remote_track_get_kind (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), GENOS_MEDIA_AUDIO);

  GstCaps *caps = self->caps;
  if (caps == NULL || gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return GENOS_MEDIA_AUDIO;
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  return g_strcmp0 (gst_structure_get_string (s, "media"), "video") == 0 ? GENOS_MEDIA_VIDEO
                                                                         : GENOS_MEDIA_AUDIO;
}

/**
 * genos_remote_track_get_peer_id:
 * @self: a track
 *
 * Gets the peer that sends the track.
 *
 * Returns: (transfer none): the peer that sends it
 */
const char *
genos_remote_track_get_peer_id (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->peer_id;
}

/**
 * genos_remote_track_get_stream_id:
 * @self: a track
 *
 * Tracks of one peer with the same stream id belong together.
 *
 * Returns: (transfer none) (nullable): the stream id
 */
const char *
genos_remote_track_get_stream_id (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->stream_id;
}

/**
 * genos_remote_track_get_track_id:
 * @self: a track
 *
 * Gets the name that the peer gave the track.
 *
 * Returns: (transfer none) (nullable): the track id
 */
const char *
genos_remote_track_get_track_id (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->track_id;
}

/**
 * genos_remote_track_get_metadata:
 * @self: a track
 *
 * Gets what the peer said about the track.
 *
 * Returns: (transfer none) (nullable): JSON text
 */
const char *
genos_remote_track_get_metadata (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->metadata;
}

/**
 * genos_remote_track_get_caps:
 * @self: a track
 *
 * Gets the caps of the packets: fixed `application/x-rtp`.
 *
 * Returns: (transfer none) (nullable): the caps
 */
GstCaps *
genos_remote_track_get_caps (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->caps;
}
