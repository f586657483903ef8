/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/stats/rtc-report.h>

#include <genos/media/local-track-private.h>

struct _GenosRtcReport {
  const GstStructure *webrtc;
  GenosStatsRates *rates;
  gint64 now;
  GValue outbound;
  GValue inbound;
  guint64 bytes_sent;
  guint64 bytes_received;
  double round_trip; /* below 0: not known */
  const GstStructure *path;
};

GenosRtcReport *
genos_rtc_report_new (const GstStructure *webrtc, GenosStatsRates *rates, gint64 now)
{
  GenosRtcReport *self = g_new0 (GenosRtcReport, 1);

  self->webrtc = webrtc;
  self->rates = rates;
  self->now = now;
  self->round_trip = -1;
  g_value_init (&self->outbound, GST_TYPE_LIST);
  g_value_init (&self->inbound, GST_TYPE_LIST);
  return self;
}

/* webrtcbin calls them so, and a field is missing until there is something to say. */
static const GstStructure *
lookup (GenosRtcReport *self, const char *what, guint32 ssrc)
{
  g_autofree char *name = g_strdup_printf ("rtp-%s-stream-stats_%u", what, ssrc);
  const GValue *value = self->webrtc != NULL ? gst_structure_get_value (self->webrtc, name) : NULL;

  return value != NULL && GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value)
                                                            : NULL;
}

static void
copy_fields (const GstStructure *from, GstStructure *to, const char *const *names)
{
  for (; from != NULL && *names != NULL; names++) {
    const GValue *value = gst_structure_get_value (from, *names);

    if (value != NULL)
      gst_structure_set_value (to, *names, value);
  }
}

static void
nest (GstStructure *stream, const GstStructure *from, const char *name, const char *const *fields)
{
  g_autoptr (GstStructure) nested = NULL;

  if (from == NULL)
    return;
  nested = gst_structure_new_empty (name);
  copy_fields (from, nested, fields);
  gst_structure_set (stream, name, GST_TYPE_STRUCTURE, nested, NULL);
}

static void
append (GValue *list, GstStructure *stream)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, stream);
  gst_value_list_append_and_take_value (list, &value);
}

static gint64
get_lost (const GstStructure *from)
{
  gint64 lost = 0;

  if (from != NULL)
    gst_structure_get_int64 (from, "packets-lost", &lost);
  return lost;
}

static void
set_codec (GstStructure *stream, GstCaps *caps)
{
  const GstStructure *fields;
  const char *media, *name;
  g_autofree char *mime_type = NULL;
  gint number;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return;
  fields = gst_caps_get_structure (caps, 0);
  media = gst_structure_get_string (fields, "media");
  name = gst_structure_get_string (fields, "encoding-name");
  if (media != NULL && name != NULL) {
    mime_type = g_strconcat (media, "/", name, NULL);
    gst_structure_set (
        stream, "kind", G_TYPE_STRING, media, "mime-type", G_TYPE_STRING, mime_type, NULL);
  }
  if (gst_structure_get_int (fields, "payload", &number))
    gst_structure_set (stream, "payload-type", G_TYPE_UINT, (guint) number, NULL);
  if (gst_structure_get_int (fields, "clock-rate", &number))
    gst_structure_set (stream, "clock-rate", G_TYPE_UINT, (guint) number, NULL);
}

static gboolean
carries_frames (const GstStructure *stream)
{
  return g_strcmp0 (gst_structure_get_string (stream, "kind"), "video") == 0;
}

/* @lost: of which side's counting */
static void
set_rate (GenosRtcReport *self, GstStructure *stream, const char *direction, const char *id,
    const GenosRtpMeter *meter, gint64 lost)
{
  GenosStatsCounts counts = { meter->bytes, meter->frames, meter->packets, lost };
  g_autofree char *key = g_strdup_printf ("%s %s %u", direction, id, meter->ssrc);
  GenosStatsRate rate;

  if (!genos_stats_rates_take (self->rates, key, &counts, self->now, &rate))
    return;
  gst_structure_set (stream, "bitrate", G_TYPE_DOUBLE, rate.bitrate, NULL);
  if (carries_frames (stream))
    gst_structure_set (stream, "frames-per-second", G_TYPE_DOUBLE, rate.frame_rate, NULL);
  if (g_str_equal (direction, "in"))
    gst_structure_set (stream, "fraction-lost", G_TYPE_DOUBLE, rate.fraction_lost, NULL);
}

static void
note_round_trip (GenosRtcReport *self, const GstStructure *from)
{
  double round_trip;

  if (from != NULL && gst_structure_get_double (from, "round-trip-time", &round_trip)
      && round_trip > 0 && (self->round_trip < 0 || round_trip < self->round_trip))
    self->round_trip = round_trip;
}

void
genos_rtc_report_add_sender (GenosRtcReport *self, GenosLocalTrack *track, GenosLinkSender *sender)
{
  static const char *const own[] = { "nack-count", "pli-count", "fir-count", NULL };
  static const char *const remote[] = { "packets-lost", "fraction-lost", "jitter",
    "round-trip-time", NULL };
  GstStructure *stream = gst_structure_new_empty ("outbound-rtp");
  g_autoptr (GstCaps) caps = genos_local_track_dup_rtp_caps (track);
  const GstStructure *remote_inbound;
  GenosRtpMeter meter;

  genos_link_sender_get_meter (sender, &meter);
  remote_inbound = lookup (self, "remote-inbound", meter.ssrc);
  gst_structure_set (stream, "stream-id", G_TYPE_STRING, genos_local_track_get_stream_id (track),
      "track-id", G_TYPE_STRING, genos_local_track_get_track_id (track), "ssrc", G_TYPE_UINT,
      meter.ssrc, "active", G_TYPE_BOOLEAN, genos_link_sender_get_active (sender), "packets-sent",
      G_TYPE_UINT64, meter.packets, "bytes-sent", G_TYPE_UINT64, meter.bytes, "header-bytes-sent",
      G_TYPE_UINT64, meter.header_bytes, "packets-discarded", G_TYPE_UINT64,
      genos_link_sender_get_dropped (sender), NULL);
  set_codec (stream, caps);
  if (carries_frames (stream))
    gst_structure_set (stream, "frames-sent", G_TYPE_UINT64, meter.frames, NULL);
  genos_local_track_describe_sender (track, sender, stream);
  copy_fields (lookup (self, "outbound", meter.ssrc), stream, own);
  nest (stream, remote_inbound, "remote-inbound-rtp", remote);
  set_rate (self, stream, "out", genos_local_track_get_track_id (track), &meter, 0);
  note_round_trip (self, remote_inbound);
  self->bytes_sent += meter.bytes + meter.header_bytes;
  append (&self->outbound, stream);
}

static void
set_frames (GstStructure *stream, const GenosRtpMeter *meter)
{
  gst_structure_set (stream, "frames-received", G_TYPE_UINT64, meter->frames, "partial-frames-lost",
      G_TYPE_UINT64, meter->partial, "freeze-count", G_TYPE_UINT64, meter->freezes,
      "total-freezes-duration", G_TYPE_DOUBLE, (double) meter->frozen / G_USEC_PER_SEC,
      "pause-count", G_TYPE_UINT64, meter->pauses, "total-pauses-duration", G_TYPE_DOUBLE,
      (double) meter->paused / G_USEC_PER_SEC, NULL);
}

void
genos_rtc_report_add_receiver (
    GenosRtcReport *self, GenosRemoteTrack *track, GenosLinkReceiver *receiver)
{
  static const char *const own[] = { "packets-lost", "packets-discarded", "packets-repaired",
    "packets-duplicated", "jitter", "nack-count", "pli-count", "fir-count", NULL };
  static const char *const remote[] = { "packets-sent", "bytes-sent", "round-trip-time", NULL };
  GstStructure *stream = gst_structure_new_empty ("inbound-rtp");
  const char *track_id = genos_remote_track_get_track_id (track);
  double level = genos_remote_track_get_audio_level (track);
  const GstStructure *inbound;
  GenosRtpMeter meter;

  genos_link_receiver_get_meter (receiver, &meter);
  inbound = lookup (self, "inbound", meter.ssrc);
  gst_structure_set (stream, "stream-id", G_TYPE_STRING, genos_remote_track_get_stream_id (track),
      "track-id", G_TYPE_STRING, track_id, "mid", G_TYPE_STRING,
      genos_link_receiver_get_mid (receiver), "ssrc", G_TYPE_UINT, meter.ssrc, "packets-received",
      G_TYPE_UINT64, meter.packets, "bytes-received", G_TYPE_UINT64, meter.bytes,
      "header-bytes-received", G_TYPE_UINT64, meter.header_bytes, NULL);
  set_codec (stream, genos_remote_track_get_caps (track));
  if (carries_frames (stream))
    set_frames (stream, &meter);
  copy_fields (inbound, stream, own);
  nest (stream, lookup (self, "remote-outbound", meter.ssrc), "remote-outbound-rtp", remote);
  set_rate (self, stream, "in", track_id != NULL ? track_id : "", &meter, get_lost (inbound));
  if (level >= 0)
    gst_structure_set (stream, "audio-level", G_TYPE_DOUBLE, level, NULL);
  self->bytes_received += meter.bytes + meter.header_bytes;
  append (&self->inbound, stream);
}

void
genos_rtc_report_set_path (GenosRtcReport *self, const GstStructure *path)
{
  self->path = path;
}

static GstStructure *
describe_candidate (const GstStructure *path, const char *side)
{
  static const char *const fields[][2] = {
    { "type", "candidate-type" },
    { "address", "address" },
    { "port", "port" },
  };
  g_autofree char *name = g_strconcat (side, "-candidate", NULL);
  GstStructure *candidate = gst_structure_new_empty (name);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *field = g_strconcat (side, "-", fields[i][0], NULL);
    const GValue *value = gst_structure_get_value (path, field);

    if (value != NULL)
      gst_structure_set_value (candidate, fields[i][1], value);
  }
  return candidate;
}

static GstStructure *
describe_pair (GenosRtcReport *self)
{
  static const char *const of_path[] = { "protocol", NULL };
  static const char *const of_relay[] = { "relay-protocol", NULL };
  g_autoptr (GstStructure) local = describe_candidate (self->path, "local");
  g_autoptr (GstStructure) remote = describe_candidate (self->path, "remote");
  GstStructure *pair = gst_structure_new ("candidate-pair", "state", G_TYPE_STRING, "succeeded",
      "nominated", G_TYPE_BOOLEAN, TRUE, "media-bytes-sent", G_TYPE_UINT64, self->bytes_sent,
      "media-bytes-received", G_TYPE_UINT64, self->bytes_received, NULL);

  copy_fields (self->path, local, of_path);
  copy_fields (self->path, local, of_relay);
  copy_fields (self->path, remote, of_path);
  gst_structure_set (pair, "local-candidate", GST_TYPE_STRUCTURE, local, "remote-candidate",
      GST_TYPE_STRUCTURE, remote, NULL);
  if (self->round_trip >= 0)
    gst_structure_set (pair, "current-round-trip-time", G_TYPE_DOUBLE, self->round_trip, NULL);
  return pair;
}

void
genos_rtc_report_finish (GenosRtcReport *self, GstStructure *stats)
{
  gst_structure_take_value (stats, "outbound-rtp", &self->outbound);
  gst_structure_take_value (stats, "inbound-rtp", &self->inbound);
  if (self->path != NULL) {
    g_autoptr (GstStructure) pair = describe_pair (self);

    gst_structure_set (stats, "candidate-pair", GST_TYPE_STRUCTURE, pair, NULL);
  }
  genos_stats_rates_sweep (self->rates);
  g_free (self);
}
