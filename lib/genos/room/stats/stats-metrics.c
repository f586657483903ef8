/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include <genos/base/open-metrics.h>
#include <genos/base/version.h>

#include <string.h>

typedef struct {
  const char *field; /* of a structure of the statistics */
  const char *name;
  GenosMetricType type;
  const char *help;
} Family;

static const Family room_families[] = {
  { "peers", "genos_room_peers", GENOS_METRIC_GAUGE, "Peers that are linked." },
  { "peers-seen", "genos_room_peers_seen", GENOS_METRIC_GAUGE, "Peers that were heard of." },
  { "relays-open", "genos_room_relays_open", GENOS_METRIC_GAUGE, "Relays that are connected." },
  { "dropped", "genos_room_dropped", GENOS_METRIC_COUNTER, "What relays sent and was of no use." },
  { "denied", "genos_room_denied", GENOS_METRIC_COUNTER, "What came of peers that may not enter." },
  { "waiting", "genos_room_waiting", GENOS_METRIC_GAUGE, "Peers that somebody decides about." },
};

static const Family relay_families[] = {
  { "score", "genos_room_relay_score", GENOS_METRIC_GAUGE, "How good it is, 100 at best." },
  { "attempts", "genos_room_relay_attempts", GENOS_METRIC_COUNTER, "Connections begun." },
  { "events-in", "genos_room_relay_events_in", GENOS_METRIC_COUNTER, "Events that it sent." },
  { "events-out", "genos_room_relay_events_out", GENOS_METRIC_COUNTER, "Events sent to it." },
  { "refused", "genos_room_relay_refused", GENOS_METRIC_COUNTER, "Events that it refused." },
  { "dropped", "genos_room_relay_dropped", GENOS_METRIC_COUNTER, "What it sent in vain." },
};

static const Family peer_families[] = {
  { "linked", "genos_peer_linked", GENOS_METRIC_GAUGE, "Whether its link is there now." },
  { "relinks", "genos_peer_relinks", GENOS_METRIC_COUNTER, "How often its link was replaced." },
  { "messages-in", "genos_peer_messages_in", GENOS_METRIC_COUNTER, "Messages that it sent." },
  { "dropped", "genos_peer_dropped", GENOS_METRIC_COUNTER, "What it sent and was of no use." },
  { "buffered", "genos_peer_buffered_bytes", GENOS_METRIC_GAUGE, "Bytes of messages to be sent." },
};

static const Family pair_families[] = {
  { "current-round-trip-time", "genos_peer_round_trip_seconds", GENOS_METRIC_GAUGE,
      "Round trip to it." },
};

static const Family outbound_families[] = {
  { "packets-sent", "genos_rtp_sent_packets", GENOS_METRIC_COUNTER, "RTP packets sent." },
  { "bytes-sent", "genos_rtp_sent_bytes", GENOS_METRIC_COUNTER, "Payload sent." },
  { "packets-discarded", "genos_rtp_discarded_packets", GENOS_METRIC_COUNTER,
      "Packets not sent, since the network did not follow." },
  { "frames-sent", "genos_rtp_sent_frames", GENOS_METRIC_COUNTER, "Frames sent." },
  { "bitrate", "genos_rtp_sent_bits_per_second", GENOS_METRIC_GAUGE, "Payload sent of late." },
  { "target-bitrate", "genos_rtp_target_bits_per_second", GENOS_METRIC_GAUGE,
      "What the encoder aims at." },
  { "nack-count", "genos_rtp_received_nacks", GENOS_METRIC_COUNTER, "Requests to send again." },
  { "pli-count", "genos_rtp_received_plis", GENOS_METRIC_COUNTER, "Requests for key frames." },
  { "frames-encoded", "genos_encoder_frames", GENOS_METRIC_COUNTER,
      "Frames encoded, for all peers together." },
  { "total-encode-time", "genos_encoder_seconds", GENOS_METRIC_COUNTER,
      "Time that encoding took, for all peers together." },
};

static const Family remote_inbound_families[] = {
  { "packets-lost", "genos_rtp_remote_lost_packets", GENOS_METRIC_COUNTER,
      "Packets lost, as the peer reports." },
  { "fraction-lost", "genos_rtp_remote_lost_ratio", GENOS_METRIC_GAUGE,
      "Packets lost of late, as the peer reports." },
  { "jitter", "genos_rtp_remote_jitter_seconds", GENOS_METRIC_GAUGE,
      "Jitter, as the peer reports." },
  { "round-trip-time", "genos_rtp_round_trip_seconds", GENOS_METRIC_GAUGE,
      "Round trip, by the peer's reports." },
};

static const Family inbound_families[] = {
  { "packets-received", "genos_rtp_received_packets", GENOS_METRIC_COUNTER,
      "RTP packets behind the jitterbuffer." },
  { "bytes-received", "genos_rtp_received_bytes", GENOS_METRIC_COUNTER, "Payload received." },
  { "packets-lost", "genos_rtp_lost_packets", GENOS_METRIC_COUNTER, "Packets that never came." },
  { "packets-repaired", "genos_rtp_repaired_packets", GENOS_METRIC_COUNTER,
      "Packets that came when asked for again." },
  { "packets-discarded", "genos_rtp_late_packets", GENOS_METRIC_COUNTER,
      "Packets that came too late." },
  { "jitter", "genos_rtp_jitter_seconds", GENOS_METRIC_GAUGE, "Jitter." },
  { "bitrate", "genos_rtp_received_bits_per_second", GENOS_METRIC_GAUGE,
      "Payload received of late." },
  { "frames-received", "genos_rtp_received_frames", GENOS_METRIC_COUNTER, "Complete frames." },
  { "partial-frames-lost", "genos_rtp_partial_frames", GENOS_METRIC_COUNTER,
      "Frames with packets missing." },
  { "freeze-count", "genos_rtp_freezes", GENOS_METRIC_COUNTER, "Times that pictures stood still." },
  { "total-freezes-duration", "genos_rtp_freeze_seconds", GENOS_METRIC_COUNTER,
      "How long pictures stood still." },
  { "audio-level", "genos_rtp_audio_level", GENOS_METRIC_GAUGE, "Loudness of late, 0 to 1." },
};

static gboolean
get_number (const GstStructure *structure, const char *field, double *number)
{
  const GValue *value = gst_structure_get_value (structure, field);
  g_auto (GValue) transformed = G_VALUE_INIT;

  if (value == NULL)
    return FALSE;
  if (G_VALUE_HOLDS_BOOLEAN (value)) {
    *number = g_value_get_boolean (value);
    return TRUE;
  }
  g_value_init (&transformed, G_TYPE_DOUBLE);
  if (!g_value_transform (value, &transformed))
    return FALSE;
  *number = g_value_get_double (&transformed);
  return TRUE;
}

static const GValue *
get_list (const GstStructure *structure, const char *field, guint *n)
{
  const GValue *list = gst_structure_get_value (structure, field);

  *n = list != NULL && GST_VALUE_HOLDS_LIST (list) ? gst_value_list_get_size (list) : 0;
  return list;
}

static void
add_sample (GenosOpenMetrics *metrics, const Family *family, const GstStructure *structure,
    const char *const *labels)
{
  double number;

  if (structure != NULL && get_number (structure, family->field, &number))
    genos_open_metrics_add (metrics, labels, number);
}

/* What is behind the path of a URL may be a key. */
static char *
dup_name (const GstStructure *structure, const char *field)
{
  const char *name = gst_structure_get_string (structure, field);

  return name != NULL ? g_strndup (name, strcspn (name, "?#")) : g_strdup ("");
}

/* A list of structures of @stats; @nested: (nullable): one in each of them. */
static void
add_list (GenosOpenMetrics *metrics, const Family *family, const GstStructure *stats,
    const char *list_name, const char *nested, const char *label, const char *label_field)
{
  guint n;
  const GValue *list = get_list (stats, list_name, &n);

  for (guint i = 0; i < n; i++) {
    const GstStructure *one = gst_value_get_structure (gst_value_list_get_value (list, i));
    const GValue *inner = nested != NULL ? gst_structure_get_value (one, nested) : NULL;
    g_autofree char *name = dup_name (one, label_field);
    const char *labels[] = { label, name, NULL };

    if (nested == NULL)
      add_sample (metrics, family, one, labels);
    else if (inner != NULL && GST_VALUE_HOLDS_STRUCTURE (inner))
      add_sample (metrics, family, gst_value_get_structure (inner), labels);
  }
}

static void
add_streams_of (GenosOpenMetrics *metrics, const Family *family, const GstStructure *peer,
    const char *list_name, const char *nested)
{
  guint n;
  const GValue *list = get_list (peer, list_name, &n);

  for (guint i = 0; i < n; i++) {
    const GstStructure *stream = gst_value_get_structure (gst_value_list_get_value (list, i));
    const GValue *inner = nested != NULL ? gst_structure_get_value (stream, nested) : NULL;
    const char *track = gst_structure_get_string (stream, "track-id");
    const char *kind = gst_structure_get_string (stream, "kind");
    g_autofree char *place = g_strdup_printf ("%u", i);
    /* Names of tracks are what peers say: nothing keeps them from saying one twice. */
    const char *labels[] = { "peer", gst_structure_get_string (peer, "peer-id"), "stream", place,
      "track", track != NULL ? track : "", "kind", kind != NULL ? kind : "", NULL };

    if (nested == NULL)
      add_sample (metrics, family, stream, labels);
    else if (inner != NULL && GST_VALUE_HOLDS_STRUCTURE (inner))
      add_sample (metrics, family, gst_value_get_structure (inner), labels);
  }
}

static void
add_streams (GenosOpenMetrics *metrics, const Family *family, const GstStructure *stats,
    const char *list_name, const char *nested)
{
  guint n;
  const GValue *peers = get_list (stats, "peer", &n);

  for (guint i = 0; i < n; i++)
    add_streams_of (metrics, family, gst_value_get_structure (gst_value_list_get_value (peers, i)),
        list_name, nested);
}

static void
begin (GenosOpenMetrics *metrics, const Family *family)
{
  genos_open_metrics_begin (metrics, family->name, family->type, family->help);
}

static void
add_info (GenosOpenMetrics *metrics, const GstStructure *stats)
{
  const char *peer_id = gst_structure_get_string (stats, "peer-id");
  const char *labels[] = { "version", GENOS_VERSION_S, "peer", peer_id != NULL ? peer_id : "",
    NULL };

  genos_open_metrics_begin (metrics, "genos_room", GENOS_METRIC_INFO, "The program, and its id.");
  genos_open_metrics_add (metrics, labels, 1);
}

static void
add_media (GenosOpenMetrics *metrics, const GstStructure *stats)
{
  static const struct {
    const char *list, *nested;
    const Family *families;
    guint n;
  } groups[] = {
    { "outbound-rtp", NULL, outbound_families, G_N_ELEMENTS (outbound_families) },
    { "outbound-rtp", "remote-inbound-rtp", remote_inbound_families,
        G_N_ELEMENTS (remote_inbound_families) },
    { "inbound-rtp", NULL, inbound_families, G_N_ELEMENTS (inbound_families) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++) {
    for (guint j = 0; j < groups[i].n; j++) {
      begin (metrics, &groups[i].families[j]);
      add_streams (metrics, &groups[i].families[j], stats, groups[i].list, groups[i].nested);
    }
  }
}

/**
 * genos_stats_to_open_metrics:
 * @stats: what [method@Room.get_stats] gave
 *
 * Writes statistics in the text format of OpenMetrics 1.0, as Prometheus reads it: media type
 * `application/openmetrics-text; version=1.0.0; charset=utf-8`. Ids of peers and tracks are labels;
 * what follows the path of a relay's URL is left out.
 *
 * Returns: (transfer full): the text
 */
char *
genos_stats_to_open_metrics (const GstStructure *stats)
{
  GenosOpenMetrics *metrics;

  g_return_val_if_fail (GST_IS_STRUCTURE (stats), NULL);

  metrics = genos_open_metrics_new ();
  add_info (metrics, stats);
  for (guint i = 0; i < G_N_ELEMENTS (room_families); i++) {
    begin (metrics, &room_families[i]);
    add_sample (metrics, &room_families[i], stats, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (relay_families); i++) {
    begin (metrics, &relay_families[i]);
    add_list (metrics, &relay_families[i], stats, "relay", NULL, "relay", "url");
  }
  for (guint i = 0; i < G_N_ELEMENTS (peer_families); i++) {
    begin (metrics, &peer_families[i]);
    add_list (metrics, &peer_families[i], stats, "peer", NULL, "peer", "peer-id");
  }
  for (guint i = 0; i < G_N_ELEMENTS (pair_families); i++) {
    begin (metrics, &pair_families[i]);
    add_list (metrics, &pair_families[i], stats, "peer", "candidate-pair", "peer", "peer-id");
  }
  add_media (metrics, stats);
  return genos_open_metrics_finish (metrics);
}
