/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-forward.h>

#include <genos/media/rtp-rewriter.h>

/* One tier of it. */
typedef struct {
  GenosTrackForward *owner;
  guint tier;
  int n_active; /* atomic: written by the listener, which comes once at a time */

  /* guarded by the owner's lock */
  GenosRemoteTrack *source; /* (nullable), but for the first; changed on one thread */
  GenosRtpRewriter rewriter;
  int n_moves; /* of the source, when the last packet came */
} Feed;

struct _GenosTrackForward {
  GenosSenderList *senders;
  const GenosMediaCodec *codec;
  guint32 ssrc;
  Feed feeds[GENOS_MAX_TIERS];

  GMutex lock; /* a leaf; guards what follows, and of feeds what they say */
  gboolean sealed;
  GenosTrackStats stats;
};

const GenosMediaCodec *
genos_track_forward_get_codec (GenosRemoteTrack *source)
{
  GstCaps *caps = genos_remote_track_get_caps (source);
  const GstStructure *s;
  int rate = 0;

  if (caps == NULL || gst_caps_get_size (caps) == 0)
    return NULL;
  s = gst_caps_get_structure (caps, 0);
  const GenosMediaCodec *codec = genos_media_codec_by_encoding_name (
      genos_remote_track_get_kind (source), gst_structure_get_string (s, "encoding-name"));
  gst_structure_get_int (s, "clock-rate", &rate);
  return codec != NULL && codec->clock_rate == rate ? codec : NULL;
}

/* --- downstream --- */

/* Our reports to those who get it tell when it was taken, as they do of what we take ourselves. */
static GstBuffer *
rewrite (Feed *feed, GenosRemoteTrack *source, GstBuffer *packet, int n_moves)
{
  GenosTrackForward *self = feed->owner;
  GstClockTime capture = genos_remote_track_get_capture (source, packet);

  if (feed->n_moves != n_moves)
    genos_rtp_rewriter_cut (&feed->rewriter);
  feed->n_moves = n_moves;
  packet = genos_rtp_rewriter_pass (&feed->rewriter, packet);
  if (packet == NULL) {
    self->stats.dropped++;
    return NULL;
  }
  if (GST_CLOCK_TIME_IS_VALID (capture))
    GST_BUFFER_PTS (packet) = capture;
  self->stats.packets_out++;
  self->stats.bytes_out += gst_buffer_get_size (packet);
  if (!GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT))
    self->stats.key_frames++;
  return packet;
}

static void
on_packet (GenosRemoteTrack *source, GstBuffer *packet, gpointer user_data)
{
  Feed *feed = user_data;
  GenosTrackForward *self = feed->owner;
  gboolean wanted = g_atomic_int_get (&feed->n_active) > 0, waits;
  int n_moves = genos_remote_track_get_n_moves (source);

  g_mutex_lock (&self->lock);
  self->stats.frames_in++;
  if (wanted) {
    packet = rewrite (feed, source, packet, n_moves);
  } else {
    self->stats.unwanted++;
    genos_rtp_rewriter_cut (&feed->rewriter);
    g_clear_pointer (&packet, gst_buffer_unref);
  }
  waits = wanted && genos_rtp_rewriter_waits (&feed->rewriter);
  g_mutex_unlock (&self->lock);

  if (packet != NULL)
    genos_sender_list_push (self->senders, feed->tier, packet);
  else if (waits)
    genos_remote_track_request_key_frame (source);
}

/* --- upstream --- */

static void
ask_for_key (Feed *feed)
{
  GenosTrackForward *self = feed->owner;
  g_autoptr (GenosRemoteTrack) source = NULL;

  g_mutex_lock (&self->lock);
  g_set_object (&source, feed->source);
  g_mutex_unlock (&self->lock);
  if (source != NULL && self->codec->kind == GENOS_MEDIA_VIDEO)
    genos_remote_track_request_key_frame (source);
}

/* What asks, and what becomes active, asks again while it gets none: so nothing is kept here. */
static void
on_senders_changed (gpointer user_data)
{
  Feed *feed = user_data;
  GenosSenderList *senders = feed->owner->senders;
  GenosSenderListState state;

  genos_sender_list_poll (senders, feed->tier, &state);
  /* Who gets another tier is given what it can take by what it could have. */
  if (feed->tier == 0)
    state.n_active = genos_sender_list_count_active (senders);
  g_atomic_int_set (&feed->n_active, (int) state.n_active);
  if (state.wants_key || state.newcomer)
    ask_for_key (feed);
}

/* --- */

/* @source: nullable */
static void
set_source (Feed *feed, GenosRemoteTrack *source)
{
  GenosTrackForward *self = feed->owner;
  g_autoptr (GenosRemoteTrack) old = NULL;

  if (feed->source != NULL)
    genos_remote_track_remove_tap (feed->source, feed);
  g_mutex_lock (&self->lock);
  old = feed->source;
  feed->source = source != NULL ? g_object_ref (source) : NULL;
  genos_rtp_rewriter_cut (&feed->rewriter);
  gboolean sealed = self->sealed;
  g_mutex_unlock (&self->lock);
  if (source != NULL && sealed)
    genos_remote_track_add_raw_tap (source, on_packet, feed, NULL);
  else if (source != NULL)
    genos_remote_track_add_tap (source, on_packet, feed, NULL);
}

GenosTrackForward *
genos_track_forward_new (
    GenosRemoteTrack *source, const GenosMediaCodec *codec, guint32 ssrc, GenosSenderList *senders)
{
  GenosTrackForward *self = g_new0 (GenosTrackForward, 1);

  g_mutex_init (&self->lock);
  self->senders = genos_sender_list_ref (senders);
  self->codec = codec;
  self->ssrc = ssrc;
  for (guint i = 0; i < GENOS_MAX_TIERS; i++) {
    self->feeds[i].owner = self;
    self->feeds[i].tier = i;
    genos_rtp_rewriter_init (&self->feeds[i].rewriter, codec, ssrc);
    genos_sender_list_set_listener (senders, i, on_senders_changed, &self->feeds[i]);
  }
  set_source (&self->feeds[0], source);
  return self;
}

void
genos_track_forward_set_sealed (GenosTrackForward *self)
{
  g_autoptr (GenosRemoteTrack) source = g_object_ref (self->feeds[0].source);

  g_mutex_lock (&self->lock);
  self->sealed = TRUE;
  for (guint i = 0; i < GENOS_MAX_TIERS; i++)
    self->feeds[i].rewriter.sealed = TRUE;
  g_mutex_unlock (&self->lock);
  set_source (&self->feeds[0], source);
}

void
genos_track_forward_set_tier (GenosTrackForward *self, guint tier, GenosRemoteTrack *source)
{
  Feed *feed = &self->feeds[tier];

  g_return_if_fail (tier > 0 && tier < GENOS_MAX_TIERS);

  if (source != NULL && genos_track_forward_get_codec (source) != self->codec)
    source = NULL;
  if (feed->source == source)
    return;
  set_source (feed, source);
  if (g_atomic_int_get (&feed->n_active) > 0)
    ask_for_key (feed);
}

guint
genos_track_forward_get_demand (GenosTrackForward *self)
{
  guint demand = 0;

  for (guint i = 1; i < GENOS_MAX_TIERS; i++)
    if (g_atomic_int_get (&self->feeds[i].n_active) > 0)
      demand |= 1u << i;
  return demand;
}

void
genos_track_forward_free (GenosTrackForward *self)
{
  for (guint i = 0; i < GENOS_MAX_TIERS; i++) {
    genos_sender_list_set_listener (self->senders, i, NULL, NULL);
    set_source (&self->feeds[i], NULL);
  }
  genos_sender_list_unref (self->senders);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
genos_track_forward_get_stats (GenosTrackForward *self, GenosTrackStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}
