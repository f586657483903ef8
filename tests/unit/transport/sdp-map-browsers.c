/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The m-line map and what real browsers wrote. */

#include "sdp-map-steps.h"

/* Real offers of one browser: adds a stream, removes it, adds a track. */
static void
test_browser_session (void)
{
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (FALSE);
  g_autofree char *add_stream = sample_browser_sdp ("addStream", "offerer");
  g_autofree char *remove_stream = sample_browser_sdp ("removeStream", "offerer");
  g_autofree char *add_track = sample_browser_sdp ("addTrack", "offerer");
  const char *const stream = "ca0a0f78-46c6-468d-95c6-bf2de60355eb";
  g_autoptr (GError) error = NULL;
  g_autofree char *internal = NULL;
  GenosSdpLine line;

  internal = genos_sdp_map_in_offer (map, add_stream, &error);
  g_assert_no_error (error);
  genos_sdp_map_remote_applied (map);
  out_answer (map, "active", "c 0 | a 1 recvonly | v 2 recvonly",
      "0:active 1:recvonly:active 2:recvonly:active [0 1 2]");
  g_assert_true (genos_sdp_map_lookup (map, "2", &line));
  g_assert_true (line.receiving);
  g_assert_cmpstr (line.remote_stream_id, ==, stream);
  g_assert_cmpstr (line.remote_track_id, ==, "68b1be0e-161f-4772-a099-d6677eb5ff94");
  g_assert_true (has_ssrc (map, 642154073));
  g_assert_true (has_ssrc (map, 328135331));

  g_clear_pointer (&internal, g_free);
  internal = genos_sdp_map_in_offer (map, remove_stream, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (internal, "a=recvonly"));
  genos_sdp_map_remote_applied (map);
  out_answer (map, "active", "c 0 | a 1 recvonly | v 2 recvonly",
      "0:active 1:inactive:active 2:inactive:active [0 1 2]");
  expect_line (map, "2", FALSE, FALSE, FALSE);

  g_clear_pointer (&internal, g_free);
  internal = genos_sdp_map_in_offer (map, add_track, &error);
  g_assert_no_error (error);
  genos_sdp_map_remote_applied (map);
  out_answer (map, "active", "c 0 | a 1 recvonly | v 2 recvonly | v 3 recvonly",
      "0:active 1:inactive:active 2:inactive:active 3:recvonly:active [0 1 2 3]");
  expect_line (map, "3", FALSE, TRUE, FALSE);
  g_assert_true (has_ssrc (map, 2456035879));
}

static char *
replace (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);
  return g_strjoinv (to, parts);
}

/* A real answer of a browser, to lines of ours. */
static void
test_browser_answer (void)
{
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (TRUE);
  g_autofree char *recorded = sample_browser_sdp ("addStream", "answerer");
  g_autofree char *one = replace (recorded, "a=mid:1\r\n", "a=mid:go0\r\n");
  g_autofree char *two = replace (one, "a=mid:2\r\n", "a=mid:go1\r\n");
  g_autofree char *answer = replace (two, "BUNDLE 0 1 2", "BUNDLE 0 go0 go1");
  g_autofree char *internal = NULL, *summary = NULL;
  g_autoptr (GError) error = NULL;

  add (map, GENOS_SDP_MEDIA_AUDIO, "S", "A");
  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "V");
  out_offer (map, "c 0 | a go0 sendrecv | v go1 sendrecv",
      "0:actpass go0:sendonly:actpass:S/A go1:sendonly:actpass:S/V [0 go0 go1]");
  internal = genos_sdp_map_in_answer (map, answer, &error);
  g_assert_no_error (error);
  summary = sample_summary (internal);
  g_assert_cmpstr (summary, ==, "0:active go0:sendrecv:active go1:sendrecv:active [0 go0 go1]");
  expect_line (map, "go0", TRUE, FALSE, FALSE);
  expect_line (map, "go1", TRUE, FALSE, FALSE);
}

static void
expect_text (GenosSdpMap *map, Translation translation, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *internal = translation (map, text, &error);
  g_autofree char *summary = NULL;

  g_assert_no_error (error);
  genos_sdp_map_remote_applied (map);
  summary = sample_summary (internal);
  g_assert_cmpstr (summary, ==, expected);
}

static void
expect_firefox (GenosSdpMap *map, Translation translation, const char *name, const char *expected)
{
  g_autofree char *text = sample_firefox_sdp (name);

  expect_text (map, translation, text, expected);
}

/* As it was before it had media. */
static GenosSdpMap *
answerer_of_firefox (const char *name, const char *first_line)
{
  GenosSdpMap *map = genos_sdp_map_new (FALSE);
  g_autofree char *later = sample_firefox_sdp (name);
  g_autofree char *ungrouped = g_strndup (later, strstr (later, first_line) - later);
  g_autofree char *offer = replace (ungrouped, "BUNDLE 0 ga0 ga1", "BUNDLE 0");

  expect_text (map, genos_sdp_map_in_offer, offer, "0:actpass [0]");
  out_answer (map, "active", "c 0", "0:active [0]");
  return map;
}

/* Other order of the attributes, directions and fingerprint for the whole session, ids in braces,
 * candidates for RTCP, ssrc lines on lines that send nothing, new lines with port 0. */
static void
test_firefox_session (void)
{
  g_autoptr (GenosSdpMap) map = answerer_of_firefox ("offer-camera-on-our-lines", "m=video");
  GenosSdpLine line;

  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_VIDEO, "S", "V"), ==, "ga0");
  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_AUDIO, "S", "A"), ==, "ga1");
  out_offer (map, "c 0 | v ga0 sendrecv | a ga1 sendrecv pt=111",
      "0:actpass ga0:sendonly:actpass:S/V ga1:sendonly:actpass:S/A [0 ga0 ga1]");
  expect_firefox (map, genos_sdp_map_in_answer, "answer-to-video-and-audio",
      "0:passive ga0:sendrecv:passive ga1:sendrecv:passive [0 ga0 ga1]");
  expect_line (map, "ga0", TRUE, FALSE, FALSE);
  expect_line (map, "ga1", TRUE, FALSE, FALSE);
  g_assert_false (genos_sdp_map_take_follow_up (map));

  expect_firefox (map, genos_sdp_map_in_offer, "offer-camera-on-our-lines",
      "0:actpass "
      "ga0:sendrecv:actpass:{baa82116-e677-4ff8-8957-453928d5cebf}/"
      "{de9bd709-d902-463a-a68c-f861af70956c} "
      "ga1:sendrecv:actpass:{baa82116-e677-4ff8-8957-453928d5cebf}/"
      "{0708e930-4a42-4469-a958-216830a5ebb0} [0 ga0 ga1]");
  out_answer (map, "active", "c 0 | v ga0 sendrecv | a ga1 sendrecv pt=111",
      "0:active ga0:sendrecv:active:S/V ga1:sendrecv:active:S/A [0 ga0 ga1]");
  expect_line (map, "ga0", TRUE, TRUE, FALSE);
  expect_line (map, "ga1", TRUE, TRUE, FALSE);
  g_assert_true (genos_sdp_map_lookup (map, "ga0", &line));
  g_assert_cmpstr (line.remote_stream_id, ==, "{baa82116-e677-4ff8-8957-453928d5cebf}");
  g_assert_true (has_ssrc (map, 2121073838));
  g_assert_true (has_ssrc (map, 551301328));
  g_assert_true (has_ssrc (map, 670706400));

  expect_firefox (map, genos_sdp_map_in_offer, "offer-camera-removed",
      "0:actpass ga0:sendrecv:actpass ga1:sendrecv:actpass [0 ga0 ga1]");
  out_answer (map, "active", "c 0 | v ga0 sendrecv | a ga1 sendrecv pt=111",
      "0:active ga0:sendonly:active:S/V ga1:sendonly:active:S/A [0 ga0 ga1]");
  expect_line (map, "ga0", TRUE, FALSE, FALSE);

  expect_firefox (map, genos_sdp_map_in_offer, "offer-camera-again",
      "0:actpass ga0:sendrecv:actpass ga1:sendrecv:actpass "
      "1:sendrecv:actpass:{ba8617ed-4ea7-4d4c-9782-6c675980bc6e}/"
      "{93a6c4e0-8d3a-4337-a547-19c8975c9b4a} "
      "2:sendrecv:actpass:{ba8617ed-4ea7-4d4c-9782-6c675980bc6e}/"
      "{8fdfdbdb-8dd8-40d3-8adb-0f79ea715a14} [0 ga0 ga1 1 2]");
  out_answer (map, "active",
      "c 0 | v ga0 sendrecv | a ga1 sendrecv pt=111 | a 1 recvonly | v 2 recvonly",
      "0:active ga0:sendonly:active:S/V ga1:sendonly:active:S/A 1:recvonly:active "
      "2:recvonly:active [0 ga0 ga1 1 2]");
  expect_line (map, "1", FALSE, TRUE, FALSE);
  expect_line (map, "2", FALSE, TRUE, FALSE);
  g_assert_true (has_ssrc (map, 864708454));
}

static void
expect_route (GenosSdpMap *map, gboolean to_wire, guint32 ssrc, guint from, int to)
{
  g_autoptr (GArray) routes = genos_sdp_map_dup_routes (map, to_wire);
  const guint8 head[12] = { 0x80, (guint8) from, 0, 0, 0, 0, 0, 0, (guint8) (ssrc >> 24),
    (guint8) (ssrc >> 16), (guint8) (ssrc >> 8), (guint8) ssrc };

  g_assert_cmpint (genos_rtp_routes_find (routes, head, to_wire), ==, to);
}

static void
expect_repair (GenosSdpMap *map, gboolean sent, guint repair, int repaired)
{
  g_autoptr (GArray) repairs = genos_sdp_map_dup_repairs (map, sent);
  int found = -1;

  for (guint i = 0; i < repairs->len; i++) {
    const GenosRtpRepair *row = &g_array_index (repairs, GenosRtpRepair, i);

    if (row->repair == repair)
      found = row->repaired;
  }
  g_assert_cmpint (found, ==, repaired);
}

/* On lines of its own: VP8, which is repaired with 125 by its map; on ours, with 97. A number that is a codec
 * on one of them repairs nothing. */
static void
test_repairs (void)
{
  g_autoptr (GenosSdpMap) map = answerer_of_firefox ("offer-camera-on-our-lines", "m=video");
  g_autofree char *offer = sample_firefox_sdp ("offer-camera-on-our-lines");
  g_autofree char *renamed = replace (offer, "a=mid:ga0", "a=mid:5");
  g_autofree char *grouped = replace (renamed, "BUNDLE 0 ga0", "BUNDLE 0 5");
  g_autofree char *other = replace (grouped, "SAVPF 96 97 121 125", "SAVPF 121 125 96 97");
  g_autoptr (GArray) none = NULL;

  expect_text (map, genos_sdp_map_in_offer, other,
      "0:actpass 5:sendrecv:actpass:{baa82116-e677-4ff8-8957-453928d5cebf}/"
      "{de9bd709-d902-463a-a68c-f861af70956c} ga1:sendrecv:actpass:"
      "{baa82116-e677-4ff8-8957-453928d5cebf}/{0708e930-4a42-4469-a958-216830a5ebb0} [0 5 ga1]");
  none = genos_sdp_map_dup_repairs (map, TRUE);
  g_assert_cmpuint (none->len, ==, 0);
  expect_repair (map, FALSE, 125, 121);
  expect_repair (map, FALSE, 97, -1);
  expect_repair (map, FALSE, 100, -1);
}

/* It has renumbered our VP9, and dropped our numbers; those of PCMU are everybody's. */
static void
test_firefox_renumbers (void)
{
  static const char ours[] = "c 0 | a ga0 sendrecv pt=0 codec=PCMU/8000 ssrc=21 | v ga1 sendrecv "
                             "pt=98 codec=VP9/90000 ssrc=22";
  g_autoptr (GenosSdpMap) map = answerer_of_firefox ("offer-camera-with-codecs-chosen", "m=audio");
  g_autofree char *offer = sample_firefox_sdp ("offer-camera-with-codecs-chosen");
  g_autofree char *text = sample_sdp ('L', "active", ours);
  g_autofree char *later = sample_sdp ('L', "actpass", ours);
  g_autofree char *bound = NULL, *internal = NULL, *answer = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;

  add (map, GENOS_SDP_MEDIA_AUDIO, "S", "A");
  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "V");
  out_offer (map, ours, "0:actpass ga0:sendonly:actpass:S/A ga1:sendonly:actpass:S/V [0 ga0 ga1]");
  bound = genos_sdp_map_self_answer (map, &error);
  g_assert_no_error (error);
  internal = genos_sdp_map_in_offer (map, offer, &error);
  g_assert_no_error (error);
  genos_sdp_map_remote_applied (map);
  g_assert_nonnull (strstr (internal, "m=audio 9 UDP/TLS/RTP/SAVPF 0 109 9 8 101\r\n"));
  g_assert_nonnull (strstr (internal, "m=video 9 UDP/TLS/RTP/SAVPF 98\r\n"));
  g_assert_nonnull (strstr (internal, "a=rtpmap:98 VP9/90000\r\n"));
  g_assert_null (strstr (internal, "121"));
  answer = genos_sdp_map_out_answer (map, text, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (answer, "m=video 9 UDP/TLS/RTP/SAVPF 121\r\n"));
  g_assert_nonnull (strstr (answer, "a=rtpmap:121 VP9/90000\r\n"));
  g_assert_nonnull (strstr (answer, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"));
  /* It is told what arrives of its camera. */
  g_assert_nonnull (strstr (strstr (answer, "m=video"), "transport-wide-cc"));
  expect_line (map, "ga0", TRUE, TRUE, FALSE);
  expect_line (map, "ga1", TRUE, TRUE, FALSE);
  again = genos_sdp_map_out_offer (map, later, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (again, "m=video 9 UDP/TLS/RTP/SAVPF 121\r\n"));

  expect_route (map, FALSE, 4171423001, 121, 98);
  expect_route (map, FALSE, 2221826055, 0, -1);
  expect_route (map, TRUE, 22, 98, 121);
  expect_route (map, TRUE, 21, 0, -1);
  /* Ours has none here, and theirs is for what they do not send. */
  expect_repair (map, TRUE, 125, -1);
  expect_repair (map, FALSE, 124, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-map-browsers/browser-session", test_browser_session);
  g_test_add_func ("/transport/sdp-map-browsers/browser-answer", test_browser_answer);
  g_test_add_func ("/transport/sdp-map-browsers/firefox-session", test_firefox_session);
  g_test_add_func ("/transport/sdp-map-browsers/firefox-renumbers", test_firefox_renumbers);
  g_test_add_func ("/transport/sdp-map-browsers/repairs", test_repairs);
  return g_test_run ();
}
