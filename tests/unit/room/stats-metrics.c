/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include <string.h>

static void
assert_line (const char *text, const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);

  if (strstr (text, whole) == NULL)
    g_error ("\"%s\" is not in\n%s", line, text);
}

static void
test_room (void)
{
  g_autoptr (GstStructure) stats = gst_structure_from_string (
      "genos-room-stats, peer-id=abc, relays-open=(uint)2, peers=(uint)1, dropped=(guint64)3, "
      "relay={ [r, url=(string)\"wss://relay.example/?token=secret\", score=(uint)90, "
      "events-in=(guint64)7] }, "
      "peer={ [p, peer-id=def, linked=true, relinks=(uint)1, buffered=(guint64)12, "
      "candidate-pair=[c, current-round-trip-time=0.015625], "
      "outbound-rtp={ [o, track-id=\"a\\\"b\", kind=video, bytes-sent=(guint64)5000000000, "
      "total-encode-time=1.5, remote-inbound-rtp=[i, packets-lost=(gint64)-4, jitter=0.25]] }, "
      "inbound-rtp={ [o, track-id=cam, kind=audio, bytes-received=(guint64)9, audio-level=0.5], "
      "[o, track-id=cam, kind=audio, bytes-received=(guint64)8] }] }",
      NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (stats);
  text = genos_stats_to_open_metrics (stats);
  assert_line (text, "genos_room_peers 1");
  assert_line (text, "genos_room_relays_open 2");
  assert_line (text, "genos_room_dropped_total 3");
  assert_line (text, "genos_room_relay_events_in_total{relay=\"wss://relay.example/\"} 7");
  assert_line (text, "genos_peer_linked{peer=\"def\"} 1");
  assert_line (text, "genos_peer_round_trip_seconds{peer=\"def\"} 0.015625");
  assert_line (text,
      "genos_rtp_sent_bytes_total{peer=\"def\",stream=\"0\",track=\"a\\\"b\",kind=\"video\"} "
      "5000000000");
  assert_line (text,
      "genos_encoder_seconds_total{peer=\"def\",stream=\"0\",track=\"a\\\"b\",kind=\"video\"} 1.5");
  assert_line (text,
      "genos_rtp_remote_lost_packets_total{peer=\"def\",stream=\"0\",track=\"a\\\"b\","
      "kind=\"video\"} 0");
  assert_line (text,
      "genos_rtp_received_bytes_total{peer=\"def\",stream=\"1\",track=\"cam\",kind=\"audio\"} 8");
  assert_line (
      text, "genos_rtp_audio_level{peer=\"def\",stream=\"0\",track=\"cam\",kind=\"audio\"} 0.5");
  g_assert_true (g_str_has_suffix (text, "# EOF\n"));
  g_assert_null (strstr (text, "secret"));
}

/* Before anything is known. */
static void
test_empty (void)
{
  g_autoptr (GstStructure) stats = gst_structure_new_empty ("genos-stats");
  g_autofree char *text = genos_stats_to_open_metrics (stats);

  g_assert_true (g_str_has_prefix (text, "# TYPE genos_room info\n"));
  g_assert_true (g_str_has_suffix (text, "# EOF\n"));
  g_assert_null (strstr (text, "\ngenos_room_peers"));
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/stats-metrics/room", test_room);
  g_test_add_func ("/room/stats-metrics/empty", test_empty);
  return g_test_run ();
}
