/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-forward.h>

#include <genos/media/rtp-rewriter.h>

struct _GenosTrackForward {
  GenosRemoteTrack *source;
  GenosSenderList *senders;
  int n_active; /* atomic: written by the listener, which comes once at a time */

  GMutex lock; /* a leaf; guards what follows */
  GenosRtpRewriter rewriter;
  int n_moves; /* of the source, when the last packet came */
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
rewrite (GenosTrackForward *self, GstBuffer *packet, int n_moves)
{
  GstClockTime capture = genos_remote_track_get_capture (self->source, packet);

  if (self->n_moves != n_moves)
    genos_rtp_rewriter_cut (&self->rewriter);
  self->n_moves = n_moves;
  packet = genos_rtp_rewriter_pass (&self->rewriter, packet);
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
  GenosTrackForward *self = user_data;
  gboolean wanted = g_atomic_int_get (&self->n_active) > 0, waits;
  int n_moves = genos_remote_track_get_n_moves (source);

  g_mutex_lock (&self->lock);
  self->stats.frames_in++;
  if (wanted) {
    packet = rewrite (self, packet, n_moves);
  } else {
    self->stats.unwanted++;
    genos_rtp_rewriter_cut (&self->rewriter);
    g_clear_pointer (&packet, gst_buffer_unref);
  }
  waits = wanted && genos_rtp_rewriter_waits (&self->rewriter);
  g_mutex_unlock (&self->lock);

  if (packet != NULL)
    genos_sender_list_push (self->senders, 0, packet);
  else if (waits)
    genos_remote_track_request_key_frame (source);
}

/* --- upstream --- */

/* What asks, and what becomes active, asks again while it gets none: so nothing is kept here. */
static void
on_senders_changed (gpointer user_data)
{
  GenosTrackForward *self = user_data;
  GenosSenderListState state;

  genos_sender_list_poll (self->senders, 0, &state);
  g_atomic_int_set (&self->n_active, (int) state.n_active);
  if ((state.wants_key || state.newcomer) && self->rewriter.codec->kind == GENOS_MEDIA_VIDEO)
    genos_remote_track_request_key_frame (self->source);
}

/* --- */

GenosTrackForward *
genos_track_forward_new (
    GenosRemoteTrack *source, const GenosMediaCodec *codec, guint32 ssrc, GenosSenderList *senders)
{
  GenosTrackForward *self = g_new0 (GenosTrackForward, 1);

  g_mutex_init (&self->lock);
  self->source = g_object_ref (source);
  self->senders = genos_sender_list_ref (senders);
  genos_rtp_rewriter_init (&self->rewriter, codec, ssrc);
  genos_sender_list_set_listener (senders, 0, on_senders_changed, self);
  genos_remote_track_add_tap (source, on_packet, self, NULL);
  return self;
}

void
genos_track_forward_set_sealed (GenosTrackForward *self)
{
  genos_remote_track_remove_tap (self->source, self);
  g_mutex_lock (&self->lock);
  self->rewriter.sealed = TRUE;
  g_mutex_unlock (&self->lock);
  genos_remote_track_add_raw_tap (self->source, on_packet, self, NULL);
}

void
genos_track_forward_free (GenosTrackForward *self)
{
  genos_sender_list_set_listener (self->senders, 0, NULL, NULL);
  genos_remote_track_remove_tap (self->source, self);
  g_object_unref (self->source);
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
