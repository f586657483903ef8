/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/peer-link-webrtc.h>

#include <genos/base/reason-private.h>
#include <genos/transport/webrtc/webrtc-associations.h>
#include <genos/transport/webrtc/webrtc-certificates.h>
#include <genos/transport/webrtc/webrtc-channel-errors.h>
#include <genos/transport/webrtc/webrtc-channel.h>
#include <genos/transport/webrtc/webrtc-ice.h>
#include <genos/transport/webrtc/webrtc-log.h>
#include <genos/transport/webrtc/webrtc-media.h>
#include <genos/transport/webrtc/webrtc-negotiator.h>
#include <genos/transport/webrtc/webrtc-rate.h>
#include <genos/transport/webrtc/webrtc-reaper.h>
#include <genos/transport/webrtc/webrtc-remnants.h>
#include <genos/transport/webrtc/webrtc-rtp.h>
#include <genos/transport/webrtc/webrtc-state.h>
#include <genos/transport/webrtc/webrtc-stats.h>
#include <genos/transport/webrtc/webrtc-watch.h>
#include <genos/transport/webrtc/webrtc-window.h>

#include <string.h>

/* What the closing data channel has to reach the other side. */
#define FAREWELL (100 * G_TIME_SPAN_MILLISECOND)
#define CHANNEL_LABEL "data"
/* Each costs threads until it is closed; nobody who means well opens a second one. */
#define MAX_FURTHER_CHANNELS 4
struct _GenosPeerLinkWebrtc {
  GenosPeerLink parent_instance;

  GenosHome *home;
  GstElement *pipeline;
  GstElement *webrtc;
  GenosWebrtcIce *ice;
  GenosSsrcGate *gate;
  GenosWebrtcNegotiator *negotiator;
  GenosWebrtcRate *rate;
  GenosWebrtcMedia *media;
  GenosWebrtcChannel *channel;
  GenosWebrtcWindow *window;
  guint n_further_channels;
  gboolean playing;
  gboolean shut;
  GenosLinkCertificates certificates; /* once open */
  GenosWebrtcStats *stats;
};

G_DEFINE_FINAL_TYPE (GenosPeerLinkWebrtc, genos_peer_link_webrtc, GENOS_TYPE_PEER_LINK)

/* --- the end */

static void
shut_down (GenosPeerLinkWebrtc *self)
{
  GObject *kept = NULL;
  g_autoptr (GstBus) bus = NULL;

  if (self->shut)
    return;
  self->shut = TRUE;
  genos_peer_link_set_ending (GENOS_PEER_LINK (self));

  if (self->negotiator != NULL)
    genos_webrtc_negotiator_close (self->negotiator);
  if (self->media != NULL)
    genos_webrtc_media_close (self->media);
  if (self->channel != NULL) {
    kept = genos_webrtc_channel_dup_object (self->channel);
    genos_webrtc_channel_close (self->channel);
    g_clear_pointer (&self->channel, genos_webrtc_channel_unref);
  }
  genos_home_leave (self->home);
  genos_webrtc_stats_close (self->stats);
  g_clear_object (&self->webrtc);
  if (self->pipeline == NULL)
    return;
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_flushing (bus, TRUE);
  genos_webrtc_reap (g_steal_pointer (&self->pipeline), kept, self->playing ? FAREWELL : 0);
}

static void
fail (GenosPeerLinkWebrtc *self, const GError *error)
{
  if (self->shut)
    return;
  g_object_ref (self);
  shut_down (self);
  genos_peer_link_emit_closed (GENOS_PEER_LINK (self), error);
  g_object_unref (self);
}

static void
fail_literal (GenosPeerLinkWebrtc *self, GenosError code, const char *why)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, code, why);

  fail (self, error);
}

static void
genos_peer_link_webrtc_close (GenosPeerLink *link)
{
  shut_down (GENOS_PEER_LINK_WEBRTC (link));
}

/* --- data channel, at home */

static void
on_channel_opened (gpointer object)
{
  GenosPeerLinkWebrtc *self = object;
  g_autoptr (GError) error = NULL;

  if (self->shut || genos_peer_link_is_open (GENOS_PEER_LINK (self)))
    return;
  if (genos_ssrc_gate_is_broken (self->gate)) {
    fail_literal (self, GENOS_ERROR_FAILED,
        "this webrtcbin has no pads to guard; its version is not supported");
    return;
  }
  if (!genos_webrtc_check_certificates (self->webrtc,
          genos_sdp_map_get_fingerprint (genos_webrtc_negotiator_get_map (self->negotiator)),
          &self->certificates, &error)) {
    fail (self, error);
    return;
  }
  genos_peer_link_emit_opened (GENOS_PEER_LINK (self));
  if (!self->shut)
    genos_webrtc_negotiator_opened (self->negotiator);
}

static void
on_channel_closed (gpointer object, const GError *error)
{
  fail (object, error);
}

static void
on_channel_frame (gpointer object, GBytes *frame)
{
  genos_peer_link_emit_frame (object, frame);
}

static void
on_channel_drained (gpointer object)
{
  genos_peer_link_emit_drained (object);
}

static void
on_channel_refused (gpointer object, const GError *error)
{
  genos_peer_link_emit_warning (object, error);
}

static const GenosWebrtcChannelEvents channel_events = {
  .opened = on_channel_opened,
  .closed = on_channel_closed,
  .frame = on_channel_frame,
  .drained = on_channel_drained,
  .refused = on_channel_refused,
};

static gboolean
make_channel (GenosPeerLinkWebrtc *self)
{
  g_autoptr (GstWebRTCDataChannel) channel = NULL;

  g_signal_emit_by_name (self->webrtc, "create-data-channel", CHANNEL_LABEL, NULL, &channel);
  if (channel == NULL)
    return FALSE;
  self->channel = genos_webrtc_channel_new (channel, self->home, &channel_events);
  genos_webrtc_channel_start (self->channel);
  return TRUE;
}

/* --- negotiation, at home */

static void
on_pads_ready (gpointer object, gpointer data)
{
  GenosPeerLinkWebrtc *self = object;

  if (!self->shut)
    genos_webrtc_negotiator_pads_ready (self->negotiator);
}

/* The negotiator does not hold us, and a handler of what these tell may give us up. */
static gboolean
on_bind_pads (gpointer owner)
{
  g_autoptr (GenosPeerLinkWebrtc) self = g_object_ref (owner);

  /* Until the channel is open, the channel is all there is to negotiate. */
  if (!genos_peer_link_is_open (GENOS_PEER_LINK (self)))
    return TRUE;
  return genos_webrtc_media_bind_pads (self->media, on_pads_ready);
}

static GObject *
on_dup_channel (gpointer owner)
{
  GenosPeerLinkWebrtc *self = owner;

  /* The first offer is what opens it. */
  if (!genos_peer_link_is_open (owner) || self->channel == NULL)
    return NULL;
  return genos_webrtc_channel_dup_object (self->channel);
}

static void
on_description (gpointer owner, GenosSdpKind kind, const char *sdp)
{
  GenosPeerLinkWebrtc *self = owner;

  if (!genos_webrtc_ice_take_local (self->ice, sdp)) {
    g_autoptr (GError) error = genos_webrtc_ice_dup_problem (self->ice);

    fail (self, error);
    return;
  }
  genos_peer_link_emit_description (owner, kind, sdp);
}

static void
on_lines_changed (gpointer owner)
{
  g_autoptr (GenosPeerLinkWebrtc) self = g_object_ref (owner);

  if (!self->shut)
    genos_webrtc_media_update (self->media);
}

static void
on_refused (gpointer owner, const GError *error)
{
  genos_peer_link_emit_warning (owner, error);
}

static void
on_negotiation_failed (gpointer owner, const GError *error)
{
  fail (owner, error);
}

static void
on_rate_changed (gpointer object, gpointer data)
{
  GenosPeerLinkWebrtc *self = object;

  if (!self->shut)
    genos_webrtc_media_share (self->media);
}

static const GenosWebrtcNegotiatorEvents negotiator_events = {
  .bind_pads = on_bind_pads,
  .dup_channel = on_dup_channel,
  .send = on_description,
  .lines_changed = on_lines_changed,
  .refused = on_refused,
  .failed = on_negotiation_failed,
};

/* --- what webrtcbin tells, at home */

static void
on_latency (gpointer object)
{
  GenosPeerLinkWebrtc *self = object;

  if (!self->shut)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

static void
on_broken (gpointer object, const GError *why)
{
  g_autoptr (GError) error = g_error_copy (why);

  genos_error_set_reason (
      error, genos_peer_link_is_open (object) ? GENOS_REASON_LOST : GENOS_REASON_NO_PATH);
  fail (object, error);
}

static gboolean
on_channel (gpointer object, GenosWebrtcChannel *channel)
{
  GenosPeerLinkWebrtc *self = object;
  g_autoptr (GError) error = NULL;

  if (self->shut)
    return FALSE;
  if (self->channel == NULL) {
    self->channel = channel;
    return TRUE;
  }
  if (++self->n_further_channels > MAX_FURTHER_CHANNELS) {
    fail_literal (self, GENOS_ERROR_LIMIT, "the peer opens one data channel after another");
    return FALSE;
  }
  error = g_error_new_literal (
      GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the peer opened a further data channel");
  genos_peer_link_emit_warning (object, error);
  return FALSE;
}

static gboolean
on_outlet (gpointer object, GenosWebrtcOutlet *outlet)
{
  GenosPeerLinkWebrtc *self = object;

  if (self->shut)
    return FALSE;
  genos_webrtc_media_add_outlet (self->media, outlet);
  return TRUE;
}

static const GenosWebrtcWatchEvents watch_events = {
  .latency = on_latency,
  .broken = on_broken,
  .channel = on_channel,
  .outlet = on_outlet,
  .channel_events = &channel_events,
};

static void
take_path (gpointer object, gpointer data)
{
  GenosPeerLinkWebrtc *self = object;

  if (!self->shut)
    genos_webrtc_ice_take_path (self->ice, data);
}

/* --- the beginning */

static void
watch_webrtc (GenosPeerLinkWebrtc *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  genos_webrtc_watch (self->pipeline, self->webrtc, self->home, &watch_events);
  genos_webrtc_tune_rtp (self->webrtc);
  self->rate = genos_webrtc_rate_new (self->webrtc, self->home, on_rate_changed);
  genos_ssrc_gate_watch (self->gate, self->webrtc);
  genos_webrtc_keep_remnants (self->webrtc);
  genos_webrtc_take_channel_errors (self->webrtc, bus);
  genos_webrtc_number_association (self->webrtc);
  self->window = genos_webrtc_window_new (self->webrtc, self->home, on_channel_drained);
  genos_webrtc_log_watch (GENOS_PEER_LINK (self), self->pipeline);
}

static void
build_pipeline (GenosPeerLinkWebrtc *self, guint latency_ms)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_object_set (self->webrtc, "latency", latency_ms, NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->webrtc);

  /* Running time is the time of the system clock, here and in every pipeline of the session. */
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, 0);
}

static gboolean
play (GenosPeerLinkWebrtc *self)
{
  if (self->playing)
    return TRUE;
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    fail_literal (self, GENOS_ERROR_FAILED, "webrtcbin does not start");
    return FALSE;
  }
  self->playing = TRUE;
  return TRUE;
}

static void
genos_peer_link_webrtc_start (GenosPeerLink *link)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  if (self->shut || !play (self))
    return;
  if (genos_peer_link_is_offerer (link) && self->channel == NULL && !make_channel (self)) {
    fail_literal (self, GENOS_ERROR_FAILED, "webrtcbin makes no data channel");
    return;
  }
  genos_webrtc_negotiator_start (self->negotiator);
}

static void
genos_peer_link_webrtc_take_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  if (!self->shut && play (self))
    genos_webrtc_negotiator_take (self->negotiator, kind, sdp);
}

static gboolean
genos_peer_link_webrtc_send (GenosPeerLink *link, GBytes *frame, GError **error)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  /* close() drops the channel before ::closed is told. */
  if (self->channel == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closing");
    return FALSE;
  }
  if (!genos_webrtc_channel_send (self->channel, frame, error))
    return FALSE;
  genos_webrtc_window_add (self->window, g_bytes_get_size (frame));
  return TRUE;
}

static gsize
genos_peer_link_webrtc_get_buffered (GenosPeerLink *link)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  if (self->channel == NULL)
    return 0;
  return MAX (genos_webrtc_channel_get_buffered (self->channel),
      genos_webrtc_window_get_under_way (self->window));
}

static gboolean
genos_peer_link_webrtc_has_room (GenosPeerLink *link)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  return self->channel != NULL && genos_webrtc_window_has_room (self->window)
      && genos_webrtc_channel_get_buffered (self->channel) <= GENOS_WEBRTC_CHANNEL_BUSY;
}

static GenosLinkSender *
genos_peer_link_webrtc_add_sender (
    GenosPeerLink *link, GstCaps *caps, const char *stream_id, const char *track_id, GError **error)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);
  GenosLinkSender *sender =
      genos_webrtc_media_add_sender (self->media, caps, stream_id, track_id, error);

  if (sender != NULL)
    genos_webrtc_negotiator_mark_dirty (self->negotiator);
  return sender;
}

static void
genos_peer_link_webrtc_remove_sender (GenosPeerLink *link, GenosLinkSender *sender)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  if (!self->shut && genos_webrtc_media_remove_sender (self->media, sender))
    genos_webrtc_negotiator_mark_dirty (self->negotiator);
}

static gboolean
genos_peer_link_webrtc_get_certificates (GenosPeerLink *link, GenosLinkCertificates *certificates)
{
  *certificates = GENOS_PEER_LINK_WEBRTC (link)->certificates;
  return TRUE;
}

/* --- what there is to know */

static void
genos_peer_link_webrtc_get_stats (GenosPeerLink *link, GTask *task)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  genos_webrtc_stats_ask (self->stats, self->webrtc, task);
}

static GstElement *
genos_peer_link_webrtc_dup_pipeline (GenosPeerLink *link)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  return self->pipeline != NULL ? gst_object_ref (self->pipeline) : NULL;
}

static GstStructure *
genos_peer_link_webrtc_dup_path (GenosPeerLink *link)
{
  return genos_webrtc_ice_dup_path (GENOS_PEER_LINK_WEBRTC (link)->ice);
}

static GError *
genos_peer_link_webrtc_dup_path_problem (GenosPeerLink *link)
{
  return genos_webrtc_ice_dup_problem (GENOS_PEER_LINK_WEBRTC (link)->ice);
}

static GstStructure *
genos_peer_link_webrtc_dup_rate (GenosPeerLink *link)
{
  GstStructure *rate = gst_structure_new_empty ("rate");

  genos_webrtc_rate_describe (GENOS_PEER_LINK_WEBRTC (link)->rate, rate);
  return rate;
}

static char *
genos_peer_link_webrtc_dup_state (GenosPeerLink *link)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (link);

  return self->webrtc != NULL ? genos_webrtc_describe_state (self->webrtc) : NULL;
}

/* --- object */

static void
genos_peer_link_webrtc_dispose (GObject *object)
{
  shut_down (GENOS_PEER_LINK_WEBRTC (object));
  G_OBJECT_CLASS (genos_peer_link_webrtc_parent_class)->dispose (object);
}

static void
genos_peer_link_webrtc_finalize (GObject *object)
{
  GenosPeerLinkWebrtc *self = GENOS_PEER_LINK_WEBRTC (object);

  g_clear_pointer (&self->media, genos_webrtc_media_free);
  g_clear_object (&self->negotiator);
  g_clear_pointer (&self->ice, genos_webrtc_ice_free);
  g_clear_pointer (&self->rate, genos_webrtc_rate_unref);
  g_clear_pointer (&self->gate, genos_ssrc_gate_unref);
  g_clear_pointer (&self->window, genos_webrtc_window_unref);
  g_clear_pointer (&self->home, genos_home_unref);
  g_clear_pointer (&self->stats, genos_webrtc_stats_unref);
  G_OBJECT_CLASS (genos_peer_link_webrtc_parent_class)->finalize (object);
}

static void
genos_peer_link_webrtc_class_init (GenosPeerLinkWebrtcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GenosPeerLinkClass *link_class = GENOS_PEER_LINK_CLASS (klass);

  object_class->dispose = genos_peer_link_webrtc_dispose;
  object_class->finalize = genos_peer_link_webrtc_finalize;
  link_class->start = genos_peer_link_webrtc_start;
  link_class->take_description = genos_peer_link_webrtc_take_description;
  link_class->send = genos_peer_link_webrtc_send;
  link_class->get_buffered = genos_peer_link_webrtc_get_buffered;
  link_class->has_room = genos_peer_link_webrtc_has_room;
  link_class->add_sender = genos_peer_link_webrtc_add_sender;
  link_class->remove_sender = genos_peer_link_webrtc_remove_sender;
  link_class->get_stats = genos_peer_link_webrtc_get_stats;
  link_class->get_certificates = genos_peer_link_webrtc_get_certificates;
  link_class->dup_pipeline = genos_peer_link_webrtc_dup_pipeline;
  link_class->dup_path = genos_peer_link_webrtc_dup_path;
  link_class->dup_path_problem = genos_peer_link_webrtc_dup_path_problem;
  link_class->dup_rate = genos_peer_link_webrtc_dup_rate;
  link_class->dup_state = genos_peer_link_webrtc_dup_state;
  link_class->close = genos_peer_link_webrtc_close;
}

static void
genos_peer_link_webrtc_init (GenosPeerLinkWebrtc *self)
{
  self->home = genos_home_new (G_OBJECT (self));
  self->gate = genos_ssrc_gate_new ();
  self->stats = genos_webrtc_stats_new (self->home);
}

GenosPeerLink *
genos_peer_link_webrtc_new (
    gboolean offerer, const GenosIceConfig *ice, guint latency_ms, GError **error)
{
  static const GenosIceConfig plain = { 0 };
  g_autoptr (GenosPeerLinkWebrtc) self = NULL;

  if (!genos_webrtc_check_plugins (error))
    return NULL;
  self = g_object_new (GENOS_TYPE_PEER_LINK_WEBRTC, "offerer", offerer, NULL);
  build_pipeline (self, latency_ms);
  self->ice =
      genos_webrtc_ice_new (self->webrtc, ice != NULL ? ice : &plain, self->home, take_path, error);
  if (self->ice == NULL)
    return NULL;
  watch_webrtc (self);
  self->negotiator =
      genos_webrtc_negotiator_new (self->webrtc, offerer, self->gate, &negotiator_events, self);
  if (ice != NULL && ice->turn_servers != NULL && *ice->turn_servers != '\0')
    genos_webrtc_negotiator_expect_relayed (self->negotiator);
  self->media = genos_webrtc_media_new (GENOS_PEER_LINK (self), self->pipeline, self->webrtc,
      self->rate, self->home, genos_webrtc_negotiator_get_map (self->negotiator));
  return GENOS_PEER_LINK (g_steal_pointer (&self));
}

void
genos_peer_link_webrtc_set_reception (GenosPeerLinkWebrtc *self, const GenosReception *reception)
{
  GenosSdpMap *map = genos_webrtc_negotiator_get_map (self->negotiator);

  genos_webrtc_drop_on_latency (self->webrtc, reception->drop_on_latency);
  genos_sdp_map_take_only (map, GENOS_SDP_MEDIA_VIDEO, reception->video_codecs);
  genos_sdp_map_take_only (map, GENOS_SDP_MEDIA_AUDIO, reception->audio_codecs);
}

gboolean
genos_peer_link_webrtc_flush (gint64 timeout_us)
{
  return genos_webrtc_reaper_flush (timeout_us);
}

guint
genos_peer_link_webrtc_get_n_closing (void)
{
  return genos_webrtc_reaper_get_n_waiting ();
}
