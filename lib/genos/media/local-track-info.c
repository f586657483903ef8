/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-struct.h>

/**
 * genos_local_track_get_kind:
 * @self: a track
 *
 * Gets whether it is sound or pictures.
 *
 * Returns: what the track carries
 */
GenosMediaKind
genos_local_track_get_kind (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), GENOS_MEDIA_AUDIO);
  return self->kind;
}

/**
 * genos_local_track_get_stream_id:
 * @self: a track
 *
 * Tracks with the same stream id belong together: a browser plays them in step.
 *
 * Returns: (transfer none): the stream id
 */
const char *
genos_local_track_get_stream_id (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);
  return self->stream_id;
}

/**
 * genos_local_track_get_track_id:
 * @self: a track
 *
 * Gets the name that peers see the track under.
 *
 * Returns: (transfer none): the track id
 */
const char *
genos_local_track_get_track_id (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);
  return self->track_id;
}

/**
 * genos_local_track_dup_metadata:
 * @self: a track
 *
 * Gets what peers are told about the track.
 *
 * Returns: (transfer full) (nullable): JSON text
 */
char *
genos_local_track_dup_metadata (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);

  g_mutex_lock (&self->lock);
  char *metadata = g_strdup (self->metadata);
  g_mutex_unlock (&self->lock);
  return metadata;
}

/**
 * genos_local_track_get_audience:
 * @self: a track
 *
 * Gets who the track is for, and whether it is muted or paused.
 *
 * Returns: (transfer none): the audience
 */
GenosTrackAudience *
genos_local_track_get_audience (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);
  return self->audience;
}

/**
 * genos_local_track_get_n_viewers:
 * @self: a track
 *
 * Counts the peers that take the media now.
 *
 * Returns: how many peers take the media now
 */
guint
genos_local_track_get_n_viewers (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), 0);
  return genos_sender_list_count_active (self->senders)
      + genos_track_encodings_get_n_viewers (self->encodings);
}

static void
get_counts (GenosLocalTrack *self, GenosTrackStats *stats)
{
  if (self->forward != NULL)
    genos_track_forward_get_stats (self->forward, stats);
  else if (self->tier_of != NULL)
    genos_track_worker_get_stats (self->tier_of->tiers[self->tier], stats);
  else
    genos_track_worker_get_stats (self->worker, stats);
}

/**
 * genos_local_track_get_stats:
 * @self: a track
 *
 * Gets counters since the track was made: `frames-in` (buffers pushed), `unwanted` (of these, nobody
 * watched), `dropped` (of these, the encoder was behind or the time stamp was wrong), `packets-out`,
 * `bytes-out`, `key-frames` (all #guint64); `errors`, `bitrate` (what the encoder aims at, bit/s; 0:
 * unknown), `viewers` (#guint); `codec` (string, absent before it is known), `encoding` (boolean).
 *
 * Of a track that passes another one on, `frames-in` are packets, and `dropped` are those that no key
 * frame went before, that came twice or were none.
 *
 * Returns: (transfer full): a new structure
 */
GstStructure *
genos_local_track_get_stats (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);

  GenosTrackStats stats;
  get_counts (self, &stats);
  GstStructure *s = genos_track_stats_to_structure (&stats, genos_local_track_get_n_viewers (self));
  g_mutex_lock (&self->lock);
  if (self->rtp_codec != NULL)
    gst_structure_set (s, "codec", G_TYPE_STRING, self->rtp_codec->name, NULL);
  g_mutex_unlock (&self->lock);
  genos_track_encodings_describe (self->encodings, s);
  return s;
}

/* bit/s that the encoder which feeds it aims at; 0: unknown. */
static guint
get_aim (GenosLocalTrack *self, GenosLinkSender *sender)
{
  GenosTrackStats counts = { 0 };

  if (self->forward == NULL)
    genos_track_worker_get_stats (
        self->tiers[genos_sender_list_get_tier (self->senders, sender)], &counts);
  if (counts.rate > 0)
    return counts.rate;
  g_mutex_lock (&self->lock);
  guint rate = self->bitrate;
  g_mutex_unlock (&self->lock);
  return rate;
}

void
genos_local_track_describe_sender (
    GenosLocalTrack *self, GenosLinkSender *sender, GstStructure *stats)
{
  GenosTrackStats counts;

  GenosSentTier tier = genos_link_sender_get_tier (sender);

  get_counts (self, &counts);
  if (self->kind == GENOS_MEDIA_VIDEO)
    gst_structure_set (stats, "tier", G_TYPE_STRING, genos_sent_tier_get_name (tier),
        "quality-limitation-reason", G_TYPE_STRING, tier > GENOS_SENT_FULL ? "bandwidth" : "none",
        NULL);
  if (self->kind == GENOS_MEDIA_VIDEO && self->forward == NULL)
    gst_structure_set (stats, "frames-encoded", G_TYPE_UINT64, counts.frames_encoded,
        "key-frames-encoded", G_TYPE_UINT64, counts.key_frames, "total-encode-time", G_TYPE_DOUBLE,
        (double) counts.encode_time / G_USEC_PER_SEC, NULL);
  guint rate = get_aim (self, sender);
  if (rate > 0)
    gst_structure_set (stats, "target-bitrate", G_TYPE_DOUBLE, (double) rate, NULL);
}

gboolean
genos_local_track_is_used (GenosLocalTrack *self)
{
  return !genos_sender_list_is_empty (self->senders);
}

const GenosMediaCodec *
genos_local_track_get_rtp_codec (GenosLocalTrack *self)
{
  g_mutex_lock (&self->lock);
  const GenosMediaCodec *codec = self->rtp_codec;
  g_mutex_unlock (&self->lock);
  return codec;
}
