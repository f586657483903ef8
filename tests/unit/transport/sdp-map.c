/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sdp-map-steps.h"

#include <genos/transport/sdp/sdp-rtx.h>

/* As offerer with one video line of ours, which the browser takes. */
static GenosSdpMap *
offerer_sending (void)
{
  GenosSdpMap *map = offerer ();
  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T"), ==, "go0");
  g_assert_true (genos_sdp_map_has_unbound (map));
  out_offer (map, "c 0 | v go0 sendrecv bundle-only ssrc=11 smsid=cname/webrtctransceiver0",
      "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  expect_line (map, "go0", FALSE, FALSE, FALSE);
  in_answer (map, "active", "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
  expect_line (map, "go0", TRUE, FALSE, FALSE);
  g_assert_false (genos_sdp_map_has_unbound (map));
  g_assert_false (genos_sdp_map_take_follow_up (map));
  return map;
}

/* Ours first, then the browser adds a track on the line that ours made, removes it, adds again. */
static void
test_we_first (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  GenosSdpLine line;

  expect (map, in_offer, 'R', "actpass", "c 0 | v go0 sendrecv ssrc=77 msid=B/t1",
      "0:active go0:sendrecv:active:B/t1 [0 go0]");
  g_assert_false (has_ssrc (map, 77));
  genos_sdp_map_remote_applied (map);
  g_assert_true (has_ssrc (map, 77));
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=11", "0:passive go0:sendrecv:passive:S/T [0 go0]");
  expect_line (map, "go0", TRUE, TRUE, FALSE);
  g_assert_true (genos_sdp_map_lookup (map, "go0", &line));
  g_assert_cmpstr (line.remote_stream_id, ==, "B");
  g_assert_cmpstr (line.remote_track_id, ==, "t1");

  in_offer (map, "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=11", "0:passive go0:sendonly:passive:S/T [0 go0]");
  expect_line (map, "go0", TRUE, FALSE, FALSE);

  in_offer (map, "c 0 | v go0 recvonly | v 1 sendonly ssrc=78 msid=B/t2",
      "0:active go0:sendrecv:active 1:sendrecv:active:B/t2 [0 go0 1]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv ssrc=11 | v 1 recvonly",
      "0:passive go0:sendonly:passive:S/T 1:recvonly:passive [0 go0 1]");
  expect_line (map, "1", FALSE, TRUE, FALSE);
}

/* A browser that says it only wants to send, or nothing, gets nothing from our line. */
static void
test_remote_directions (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  in_offer (
      map, "c 0 | v go0 sendonly ssrc=7 msid=B/t", "0:active go0:sendrecv:active:B/t [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=11", "0:passive go0:recvonly:passive [0 go0]");
  expect_line (map, "go0", FALSE, TRUE, FALSE);
  in_offer (map, "c 0 | v go0 inactive", "0:active go0:sendrecv:active [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=11", "0:passive go0:inactive:passive [0 go0]");
  expect_line (map, "go0", FALSE, FALSE, FALSE);
}

/* Rule 4: our offer asks for media only where the remote's msid is known. */
static void
test_remove_and_reuse (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  for (guint i = 0; i < 3; i++) {
    g_assert_true (genos_sdp_map_set_want (map, "go0", FALSE));
    expect_line (map, "go0", FALSE, FALSE, FALSE);
    out_offer (map, "c 0 | v go0 sendrecv ssrc=11", "0:actpass go0:inactive:actpass [0 go0]");
    in_answer (map, "active", "c 0 | v go0 inactive", "0:active go0:sendrecv:active [0 go0]");
    expect_line (map, "go0", FALSE, FALSE, FALSE);
    g_assert_true (genos_sdp_map_set_want (map, "go0", TRUE));
    out_offer (map, "c 0 | v go0 sendrecv ssrc=11", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
    in_answer (map, "active", "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
    expect_line (map, "go0", TRUE, FALSE, FALSE);
  }
  in_offer (
      map, "c 0 | v go0 sendrecv ssrc=7 smsid=B/t", "0:active go0:sendrecv:active:B/t [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=11", "0:passive go0:sendrecv:passive:S/T [0 go0]");
  /* We stop, the browser goes on. */
  genos_sdp_map_set_want (map, "go0", FALSE);
  out_offer (map, "c 0 | v go0 sendrecv ssrc=11", "0:actpass go0:recvonly:actpass [0 go0]");
  in_answer (map, "active", "c 0 | v go0 sendonly ssrc=7 smsid=B/t",
      "0:active go0:sendrecv:active:B/t [0 go0]");
  expect_line (map, "go0", FALSE, TRUE, FALSE);
  g_assert_false (genos_sdp_map_set_want (map, "0", TRUE));
  g_assert_false (genos_sdp_map_set_want (map, "nowhere", TRUE));
}

/* Removed between our offer and its answer: the answer opens nothing. */
static void
test_removed_while_offer_is_out (void)
{
  g_autoptr (GenosSdpMap) map = offerer ();

  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  genos_sdp_map_set_want (map, "go0", FALSE);
  in_answer (map, "active", "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
  expect_line (map, "go0", FALSE, FALSE, FALSE);
}

/* Rule 6: addTrack on a line whose sendonly offer won the glare. */
static void
test_follow_up (void)
{
  g_autoptr (GenosSdpMap) map = offerer ();

  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  in_answer (
      map, "active", "c 0 | v go0 recvonly msid=B/t", "0:active go0:sendrecv:active:B/t [0 go0]");
  g_assert_true (genos_sdp_map_take_follow_up (map));
  g_assert_false (genos_sdp_map_take_follow_up (map));
  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendrecv:actpass:S/T [0 go0]");
  in_answer (map, "active", "c 0 | v go0 sendrecv ssrc=7 msid=B/t",
      "0:active go0:sendrecv:active:B/t [0 go0]");
  g_assert_false (genos_sdp_map_take_follow_up (map));
  expect_line (map, "go0", TRUE, TRUE, FALSE);
}

/* An answer that sends where we did not ask is not believed. */
static void
test_answer_sends_unasked (void)
{
  g_autoptr (GenosSdpMap) map = offerer ();

  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  in_answer (map, "active", "c 0 | v go0 sendrecv", "0:active go0:sendrecv:active [0 go0]");
  expect_line (map, "go0", TRUE, FALSE, FALSE);
}

static void
test_browser_first (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();

  in_offer (map, "c 0 | a 1 sendrecv ssrc=5 msid=B/a | v 2 sendonly ssrc=6 msid=B/v",
      "0:actpass 1:sendrecv:actpass:B/a 2:sendrecv:actpass:B/v [0 1 2]");
  out_answer (map, "active", "c 0 | a 1 recvonly | v 2 recvonly",
      "0:active 1:recvonly:active 2:recvonly:active [0 1 2]");
  expect_line (map, "1", FALSE, TRUE, FALSE);
  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T"), ==, "ga0");
  out_offer (map, "c 0 | a 1 recvonly | v 2 recvonly | v ga0 sendrecv",
      "0:actpass 1:recvonly:actpass 2:recvonly:actpass ga0:sendonly:actpass:S/T [0 1 2 ga0]");
  in_answer (map, "passive", "c 0 | a 1 sendonly msid=B/a | v 2 inactive | v ga0 recvonly",
      "0:passive 1:sendonly:passive:B/a 2:sendonly:passive ga0:sendrecv:passive [0 1 2 ga0]");
  expect_line (map, "1", FALSE, TRUE, FALSE);
  expect_line (map, "2", FALSE, FALSE, FALSE);
  expect_line (map, "ga0", TRUE, FALSE, FALSE);
}

/* Polite glare: our lines are bound by our own answer, theirs come behind them for webrtcbin but
 * before them on the wire. */
static void
test_glare (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bound = NULL;
  g_autofree char *summary = NULL;

  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v ga0 sendrecv bundle-only ssrc=9 smsid=x/y",
      "0:actpass ga0:sendonly:actpass:S/T [0 ga0]");
  {
    g_autofree char *wire = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv ssrc=3 msid=B/v");
    g_assert_null (genos_sdp_map_in_offer (map, wire, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_FAILED);
    g_clear_error (&error);
    g_assert_true (genos_sdp_map_check_offer (map, wire, &error));
  }
  bound = genos_sdp_map_self_answer (map, &error);
  g_assert_no_error (error);
  summary = sample_summary (bound);
  g_assert_cmpstr (summary, ==, "0:passive ga0:sendrecv:passive [0 ga0]");
  g_assert_null (strstr (bound, "bundle-only"));
  g_assert_null (strstr (bound, "a=ssrc"));
  g_assert_null (strstr (bound, "a=ice-ufrag:Lfrag"));
  genos_sdp_map_remote_applied (map);
  g_assert_false (genos_sdp_map_has_unbound (map));
  expect_line (map, "ga0", FALSE, FALSE, FALSE);

  in_offer (map, "c 0 | v 1 sendrecv ssrc=3 msid=B/v",
      "0:actpass ga0:sendrecv:actpass 1:sendrecv:actpass:B/v [0 ga0 1]");
  out_answer (
      map, "active", "c 0 | v ga0 sendrecv | v 1 recvonly", "0:active 1:recvonly:active [0 1]");
  expect_line (map, "ga0", FALSE, FALSE, FALSE);
  out_offer (map, "c 0 | v ga0 sendrecv ssrc=9 | v 1 recvonly",
      "0:actpass 1:recvonly:actpass ga0:sendonly:actpass:S/T [0 1 ga0]");
  in_answer (map, "passive", "c 0 | v 1 sendonly ssrc=3 msid=B/v | v ga0 recvonly",
      "0:passive ga0:sendrecv:passive 1:sendonly:passive:B/v [0 ga0 1]");
  expect_line (map, "ga0", TRUE, FALSE, FALSE);
  expect_line (map, "1", FALSE, TRUE, FALSE);
}

/* As original offerer we are the DTLS server: our own answer must say that the remote is not. */
static void
test_bind_as_offerer (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bound = NULL;
  g_autofree char *summary = NULL;

  add (map, GENOS_SDP_MEDIA_AUDIO, "S", "U");
  out_offer (map, "c 0 | v go0 sendrecv | a go1 sendrecv",
      "0:actpass go0:sendonly:actpass:S/T go1:sendonly:actpass:S/U [0 go0 go1]");
  bound = genos_sdp_map_self_answer (map, &error);
  g_assert_no_error (error);
  summary = sample_summary (bound);
  g_assert_cmpstr (summary, ==, "0:active go0:sendrecv:active go1:sendrecv:active [0 go0 go1]");
  expect_line (map, "go0", TRUE, FALSE, FALSE);

  /* They may have taken the offer that we gave up. */
  in_offer (map, "c 0 | v go0 recvonly | a go1 recvonly",
      "0:active go0:sendrecv:active go1:sendrecv:active [0 go0 go1]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv | a go1 sendrecv",
      "0:passive go0:sendonly:passive:S/T go1:sendonly:passive:S/U [0 go0 go1]");
  expect_line (map, "go1", TRUE, FALSE, FALSE);
}

static void
test_bind_too_early (void)
{
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_sdp_map_self_answer (map, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_clear_error (&error);
  out_offer (map, "c 0", "0:actpass [0]");
  g_assert_null (genos_sdp_map_self_answer (map, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_FAILED);
}

/* transceiver.stop(), then the index is taken over by a new mid. */
static void
test_stop_and_recycle (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();

  in_offer (map, "c 0 | v 1 sendrecv ssrc=3 msid=B/v", "0:actpass 1:sendrecv:actpass:B/v [0 1]");
  out_answer (map, "active", "c 0 | v 1 recvonly", "0:active 1:recvonly:active [0 1]");
  in_offer (map, "c 0 | v 1 inactive dead", "0:actpass 1:sendrecv:actpass:B/v [0 1]");
  expect_line (map, "1", FALSE, FALSE, TRUE);
  out_answer (map, "active", "c 0 | v 1 recvonly", "0:active 1:dead [0]");
  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v 1 recvonly | v ga0 sendrecv",
      "0:actpass 1:dead ga0:sendonly:actpass:S/T [0 ga0]");
  in_answer (map, "passive", "c 0 | v 1 inactive dead | v ga0 recvonly",
      "0:passive 1:sendonly:passive:B/v ga0:sendrecv:passive [0 1 ga0]");
  in_offer (map, "c 0 | a 7 sendrecv ssrc=4 msid=B/w | v ga0 recvonly",
      "0:actpass 1:sendrecv:actpass:B/v ga0:sendrecv:actpass 7:sendrecv:actpass:B/w"
      " [0 1 ga0 7]");
  out_answer (map, "active", "c 0 | v 1 recvonly | v ga0 sendrecv | a 7 recvonly",
      "0:active 7:recvonly:active ga0:sendonly:active:S/T [0 7 ga0]");
  expect_line (map, "7", FALSE, TRUE, FALSE);
  out_offer (map, "c 0 | v 1 recvonly | v ga0 sendrecv | a 7 recvonly",
      "0:actpass 7:recvonly:actpass ga0:sendonly:actpass:S/T [0 7 ga0]");
}

/* Our line stopped by the browser, and a line that was never alive at all. */
static void
test_dead_lines (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  in_offer (
      map, "c 0 | v go0 inactive dead | a 5 inactive dead", "0:active go0:sendrecv:active [0 go0]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv", "0:passive go0:dead 5:dead [0]");
  expect_line (map, "go0", FALSE, FALSE, TRUE);
  g_assert_false (genos_sdp_map_set_want (map, "go0", TRUE));
  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T"), ==, "go1");
  out_offer (map, "c 0 | v go0 sendrecv | v go1 sendrecv",
      "0:actpass go0:dead 5:dead go1:sendonly:actpass:S/T [0 go1]");
  in_answer (map, "active", "c 0 | v go0 inactive dead | a 5 inactive dead | v go1 recvonly",
      "0:active go0:sendrecv:active go1:sendrecv:active [0 go0 go1]");
  /* Once dead, a line stays dead, whatever they say. */
  in_offer (map, "c 0 | v go0 sendrecv ssrc=1 | a 5 sendrecv | v go1 recvonly",
      "0:active go0:sendrecv:active go1:sendrecv:active [0 go0 go1]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv | v go1 sendrecv",
      "0:passive go0:dead 5:dead go1:sendonly:passive:S/T [0 go1]");
}

/* The browser has none of our codecs: webrtcbin is told it had, the line is dead. */
static void
test_rejected_by_answer (void)
{
  g_autoptr (GenosSdpMap) map = offerer ();

  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  out_offer (map, "c 0 | v go0 sendrecv ssrc=1", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  in_answer (map, "active", "c 0 | v go0 inactive dead", "0:active go0:sendrecv:active [0 go0]");
  expect_line (map, "go0", FALSE, FALSE, TRUE);
  out_offer (map, "c 0 | v go0 sendrecv ssrc=1", "0:actpass go0:dead [0]");
}

/* The browser reuses our VP8 line for H264 only: rejected by us before webrtcbin breaks on it. */
static void
test_codec_lost_in_offer (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  in_offer (
      map, "c 0 | v go0 sendrecv h264 ssrc=2 msid=B/v", "0:active go0:sendrecv:active [0 go0]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv", "0:passive go0:dead [0]");
  expect_line (map, "go0", FALSE, FALSE, TRUE);
}

/* The remote calls it something else, then as we do again, then nothing of ours is left. */
static void
test_codec_renumbered (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  g_autoptr (GArray) routes = NULL, none = NULL;

  in_offer (map, "c 0 | v go0 sendrecv pt=121 ssrc=2 msid=B/v",
      "0:active go0:sendrecv:active:B/v [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=1", "0:passive go0:sendrecv:passive:S/T [0 go0]");
  expect_line (map, "go0", TRUE, TRUE, FALSE);
  routes = genos_sdp_map_dup_routes (map, FALSE);
  g_assert_cmpuint (routes->len, ==, 1);
  g_assert_cmpuint (g_array_index (routes, GenosRtpRoute, 0).ssrc, ==, 2);
  /* A description that fails leaves it as it was. */
  expect (map, in_offer, 'R', "actpass", "c 0 | v go0 sendrecv ssrc=2 msid=B/v",
      "0:active go0:sendrecv:active:B/v [0 go0]");
  genos_sdp_map_remote_failed (map);
  g_clear_pointer (&routes, g_array_unref);
  routes = genos_sdp_map_dup_routes (map, FALSE);
  g_assert_cmpuint (routes->len, ==, 1);
  in_offer (
      map, "c 0 | v go0 sendrecv ssrc=2 msid=B/v", "0:active go0:sendrecv:active:B/v [0 go0]");
  out_answer (
      map, "passive", "c 0 | v go0 sendrecv ssrc=1", "0:passive go0:sendrecv:passive:S/T [0 go0]");
  none = genos_sdp_map_dup_routes (map, FALSE);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_rejected_by_webrtcbin (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();
  g_autoptr (GError) error = NULL;
  g_autofree char *internal = NULL, *local = NULL;

  in_offer (map, "c 0 | v 1 sendrecv ssrc=3", "0:actpass 1:sendrecv:actpass [0 1]");
  internal = sample_sdp ('L', "active", "c 0 | v 1 inactive dead");
  local = genos_sdp_map_local_answer (map, internal, &error);
  g_assert_no_error (error);
  {
    g_autoptr (GenosSdp) sdp = genos_sdp_parse (local, NULL);
    const char *own = genos_sdp_section_get (genos_sdp_find (sdp, "0"), "fingerprint");
    g_assert_cmpstr (genos_sdp_section_get (genos_sdp_find (sdp, "1"), "fingerprint"), ==, own);
  }
  out_answer (map, "active", "c 0 | v 1 inactive dead", "0:active 1:dead [0]");
  expect_line (map, "1", FALSE, FALSE, TRUE);
}

/* Rule 9, the other way round too: an answer or offer with another role than the real one. */
static void
test_roles (void)
{
  g_autoptr (GenosSdpMap) client = genos_sdp_map_new (TRUE);
  g_autoptr (GenosSdpMap) server = genos_sdp_map_new (FALSE);

  out_offer (client, "c 0", "0:actpass [0]");
  in_answer (client, "passive", "c 0", "0:passive [0]");
  in_offer (client, "c 0", "0:actpass [0]");
  expect (client, in_offer, 'R', "active", "c 0", "0:actpass [0]");
  out_offer (client, "c 0", "0:actpass [0]");
  in_answer (client, "active", "c 0", "0:passive [0]");

  expect (server, in_offer, 'R', "active", "c 0", "0:active [0]");
  out_answer (server, "passive", "c 0", "0:passive [0]");
  in_offer (server, "c 0", "0:active [0]");
}

static void
test_failed_description (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  GenosSdpLine line;

  expect (map, in_offer, 'R', "actpass", "c 0 | v go0 inactive dead | v 1 sendrecv ssrc=5",
      "0:active go0:sendrecv:active 1:sendrecv:active [0 go0 1]");
  g_assert_cmpstr (add (map, GENOS_SDP_MEDIA_AUDIO, "S", "late"), ==, "go1");
  genos_sdp_map_remote_failed (map);
  genos_sdp_map_remote_applied (map);
  expect_line (map, "go0", TRUE, FALSE, FALSE);
  g_assert_false (genos_sdp_map_lookup (map, "1", &line));
  g_assert_true (genos_sdp_map_lookup (map, "go1", &line));
  g_assert_false (has_ssrc (map, 5));

  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  expect (map, in_answer, 'R', "active", "c 0 | v go0 inactive",
      "0:active go0:sendrecv:active [0 go0]");
  genos_sdp_map_remote_failed (map);
  g_assert_true (genos_sdp_map_has_pending_offer (map));
  expect_line (map, "go0", TRUE, FALSE, FALSE);
}

static void
test_refused_offers (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  in_offer (map, "c 0 | v go0 sendrecv | v 1 sendrecv",
      "0:active go0:sendrecv:active 1:sendrecv:active [0 go0 1]");
  out_answer (map, "passive", "c 0 | v go0 sendrecv | v 1 recvonly",
      "0:passive go0:sendrecv:passive:S/T 1:recvonly:passive [0 go0 1]");
  refused (map, TRUE, 'R', "actpass", "c 0 | v 1 sendrecv | v go0 sendrecv");
  refused (map, TRUE, 'R', "actpass", "c 0 | v go0 sendrecv");
  refused (map, TRUE, 'R', "actpass", "c 0 | v go0 sendrecv | v 2 sendrecv");
  refused (map, TRUE, 'R', "actpass", "c 0 | a go0 sendrecv | v 1 sendrecv");
  refused (map, TRUE, 'R', "actpass", "c 0 | v go0 sendrecv | v 1 sendrecv | v 1 sendrecv");
  refused (map, TRUE, 'R', "actpass", "c 0 dead | v go0 sendrecv | v 1 sendrecv | c 9");
  refused (map, TRUE, 'R', "actpass", "c 0 | v go0 sendrecv | v 1 sendrecv | c 9");
  refused (map, TRUE, 'R', "holdconn", "c 0 | v go0 sendrecv | v 1 sendrecv");
  refused (map, TRUE, 'L', "actpass", "c 0 | v go0 sendrecv | v 1 sendrecv");
  /* A mid that ours will have. */
  add (map, GENOS_SDP_MEDIA_VIDEO, "S", "T");
  refused (map, TRUE, 'R', "actpass", "c 0 | v go0 sendrecv | v 1 sendrecv | v go1 sendrecv");
  in_offer (map, "c 0 | v go0 sendrecv | v 1 sendrecv",
      "0:active go0:sendrecv:active 1:sendrecv:active [0 go0 1]");
}

static void
test_refused_answers (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  refused (map, FALSE, 'R', "active", "c 0 | v go0 recvonly");
  out_offer (map, "c 0 | v go0 sendrecv", "0:actpass go0:sendonly:actpass:S/T [0 go0]");
  refused (map, FALSE, 'R', "active", "v go0 recvonly | c 0");
  refused (map, FALSE, 'R', "active", "c 0");
  refused (map, FALSE, 'R', "active", "c 0 | v go0 recvonly | v 1 sendrecv");
  refused (map, FALSE, 'R', "active", "c 0 | v 1 recvonly");
  refused (map, FALSE, 'R', "active", "c 0 | a go0 recvonly");
  refused (map, FALSE, 'R', "actpass", "c 0 | v go0 recvonly");
  refused (map, FALSE, 'L', "active", "c 0 | v go0 recvonly");
  g_assert_true (genos_sdp_map_has_pending_offer (map));
  in_answer (map, "active", "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
}

static void
test_own_texts_that_do_not_fit (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  const char *const lists[] = { "c 0", "c 0 | v go0 sendrecv | v video1 sendrecv",
    "c 0 | a go0 sendrecv" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *internal = sample_sdp ('L', "actpass", lists[i]);
    g_autoptr (GError) error = NULL;
    g_assert_null (genos_sdp_map_out_offer (map, internal, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_FAILED);
  }
  in_offer (map, "c 0 | v go0 recvonly", "0:active go0:sendrecv:active [0 go0]");
  {
    g_autofree char *internal = sample_sdp ('L', "passive", "c 0");
    g_autoptr (GError) error = NULL;
    g_assert_null (genos_sdp_map_out_answer (map, internal, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_FAILED);
  }
}

static void
test_own_ids (void)
{
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (TRUE);
  g_autofree char *longer = g_strnfill (65, 'x');
  const char *const bad[] = { "", "a b", "a\r\nb", "a:b", longer };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (genos_sdp_map_add_own (map, GENOS_SDP_MEDIA_VIDEO, bad[i], "t", &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  }
  for (guint i = 0; i < 256; i++)
    add (map, GENOS_SDP_MEDIA_VIDEO, "s", "t");
  {
    g_autoptr (GError) error = NULL;
    g_assert_null (genos_sdp_map_add_own (map, GENOS_SDP_MEDIA_VIDEO, "s", "t", &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  }
}

/* Stop and recycle for ever: webrtcbin never forgets a line, so there is an end to it. */
static void
test_endless_recycling (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 200 && error == NULL; i++) {
    g_autofree char *list = g_strdup_printf ("c 0 | v m%u sendrecv ssrc=%u", i, i);
    g_autofree char *stop = g_strdup_printf ("c 0 | v m%u inactive dead", i);
    g_autofree char *offer = sample_sdp ('R', "actpass", list);
    g_autofree char *dead = sample_sdp ('R', "actpass", stop);
    g_autofree char *internal = genos_sdp_map_in_offer (map, offer, &error);
    if (internal == NULL)
      break;
    genos_sdp_map_remote_applied (map);
    g_clear_pointer (&internal, g_free);
    internal = genos_sdp_map_in_offer (map, dead, &error);
    g_assert_no_error (error);
  }
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_too_many_ssrcs (void)
{
  g_autoptr (GenosSdpMap) map = answerer ();
  g_autofree char *offer = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv");
  g_autoptr (GString) text = g_string_new (offer);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1025; i++)
    g_string_append_printf (text, "a=ssrc:%u cname:x\r\n", i);
  g_assert_null (genos_sdp_map_in_offer (map, text->str, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

/* Whatever is cut off or flipped: an answer or a reason, and never half a state. */
static void
try_offer (GenosSdpMap *map, const char *text)
{
  g_autoptr (GError) error = NULL;
  guint n_lines = genos_sdp_map_get_n_lines (map);
  g_autofree char *internal = genos_sdp_map_in_offer (map, text, &error);

  g_assert_true ((internal == NULL) == (error != NULL));
  if (internal == NULL)
    g_assert_cmpuint (genos_sdp_map_get_n_lines (map), ==, n_lines);
  else
    genos_sdp_map_remote_failed (map);
  g_assert_cmpuint (genos_sdp_map_get_n_lines (map), ==, n_lines);
}

static void
test_truncation (void)
{
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  g_autofree char *offer = sample_sdp ('R', "actpass",
      "c 0 | v go0 sendrecv ssrc=7 msid=B/t | a 1 inactive dead | v 2 sendonly ssrc=8 smsid=B/u");

  for (gsize length = 0; length <= strlen (offer); length++) {
    g_autofree char *cut = g_strndup (offer, length);
    try_offer (map, cut);
  }
}

static void
test_mutations (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (20261122);
  g_autofree char *browser = sample_browser_sdp ("addTrack", "offerer");
  g_autofree char *small = sample_sdp ('R', "actpass",
      "c 0 | v go0 sendrecv ssrc=7 msid=B/t | a 1 inactive dead | v 2 sendonly ssrc=8 smsid=B/u");
  g_autoptr (GenosSdpMap) fresh = genos_sdp_map_new (FALSE);
  g_autoptr (GenosSdpMap) map = offerer_sending ();

  for (guint round = 0; round < 6000; round++) {
    gboolean large = round % 20 == 0;
    g_autofree char *text = g_strdup (large ? browser : small);
    gsize size = strlen (text);
    for (guint n = g_rand_int_range (dice, 1, 6); n > 0; n--)
      text[g_rand_int_range (dice, 0, size)] = g_rand_int_range (dice, 1, 256);
    try_offer (large ? fresh : map, text);
  }
}

/* Swaps, repeats and drops whole lines: syntactically fine, in every wrong order. */
static void
test_line_shuffles (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (4711);
  g_autoptr (GenosSdpMap) map = offerer_sending ();
  g_autofree char *offer = sample_sdp ('R', "actpass",
      "c 0 | v go0 sendrecv ssrc=7 msid=B/t | a 1 inactive dead | v 2 sendonly ssrc=8 smsid=B/u");
  g_auto (GStrv) lines = g_strsplit (offer, "\r\n", -1);
  guint n_lines = g_strv_length (lines);

  for (guint round = 0; round < 6000; round++) {
    g_autoptr (GString) text = g_string_new ("v=0\r\n");
    for (guint i = 1; i < n_lines; i++) {
      guint pick = g_rand_int_range (dice, 0, 12) == 0 ? g_rand_int_range (dice, 1, n_lines) : i;
      if (g_rand_int_range (dice, 0, 16) != 0)
        g_string_append_printf (text, "%s\r\n", lines[pick]);
    }
    try_offer (map, text->str);
  }
}

/* Lines in codecs that are not taken are dead on the wire, and webrtcbin never sees them. */
static void
test_codecs_not_taken (void)
{
  static const char *const vp8[] = { "VP8", NULL };
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (FALSE);

  genos_sdp_map_take_only (map, GENOS_SDP_MEDIA_VIDEO, vp8);
  in_offer (map, "c 0 | a 1 sendonly ssrc=1 | v 2 sendonly ssrc=2 h264 | v 3 sendonly ssrc=3",
      "0:actpass 1:sendrecv:actpass 3:sendrecv:actpass [0 1 3]");
  out_answer (map, "active", "c 0 | a 1 recvonly | v 3 recvonly",
      "0:active 1:recvonly:active 2:dead 3:recvonly:active [0 1 3]");
  expect_line (map, "1", FALSE, TRUE, FALSE);
  expect_line (map, "2", FALSE, FALSE, TRUE);
  expect_line (map, "3", FALSE, TRUE, FALSE);
  g_assert_true (has_ssrc (map, 3));
  /* The same again. */
  in_offer (map, "c 0 | a 1 sendonly ssrc=1 | v 2 sendonly ssrc=2 h264 | v 3 sendonly ssrc=3",
      "0:actpass 1:sendrecv:actpass 3:sendrecv:actpass [0 1 3]");
}

/* A line that sends from nowhere gets a source that is made up, and goes on with it. */
static void
test_unannounced_source (void)
{
  static const char offer[] = "c 0 | a 1 sendonly ssrc=1 | v 2 sendonly | v 3 recvonly";
  g_autoptr (GenosSdpMap) map = genos_sdp_map_new (FALSE);
  g_autoptr (GArray) before = NULL, rows = NULL, again = NULL;
  const GenosStandIn *row;

  in_offer (
      map, offer, "0:actpass 1:sendrecv:actpass 2:sendrecv:actpass 3:sendrecv:actpass [0 1 2 3]");
  before = genos_sdp_map_dup_stand_ins (map);
  g_assert_cmpuint (before->len, ==, 0);
  out_answer (map, "active", "c 0 | a 1 recvonly | v 2 recvonly | v 3 recvonly",
      "0:active 1:recvonly:active 2:recvonly:active 3:inactive:active [0 1 2 3]");
  rows = genos_sdp_map_dup_stand_ins (map);
  g_assert_cmpuint (rows->len, ==, 1);
  row = &g_array_index (rows, GenosStandIn, 0);
  g_assert_cmpstr (row->mid, ==, "2");
  g_assert_cmpint (row->payload, ==, 96);
  g_assert_cmpint (row->rtx_payload, ==, -1);
  g_assert_cmpuint (row->mid_extension, ==, 0);
  g_assert_true (has_ssrc (map, row->ssrc));
  g_assert_true (has_ssrc (map, genos_sdp_rtx_ssrc (row->ssrc)));
  in_offer (
      map, offer, "0:actpass 1:sendrecv:actpass 2:sendrecv:actpass 3:sendrecv:actpass [0 1 2 3]");
  again = genos_sdp_map_dup_stand_ins (map);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpuint (g_array_index (again, GenosStandIn, 0).ssrc, ==, row->ssrc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-map/we-first", test_we_first);
  g_test_add_func ("/transport/sdp-map/remote-directions", test_remote_directions);
  g_test_add_func ("/transport/sdp-map/remove-and-reuse", test_remove_and_reuse);
  g_test_add_func (
      "/transport/sdp-map/removed-while-offer-is-out", test_removed_while_offer_is_out);
  g_test_add_func ("/transport/sdp-map/follow-up", test_follow_up);
  g_test_add_func ("/transport/sdp-map/answer-sends-unasked", test_answer_sends_unasked);
  g_test_add_func ("/transport/sdp-map/browser-first", test_browser_first);
  g_test_add_func ("/transport/sdp-map/glare", test_glare);
  g_test_add_func ("/transport/sdp-map/bind-as-offerer", test_bind_as_offerer);
  g_test_add_func ("/transport/sdp-map/bind-too-early", test_bind_too_early);
  g_test_add_func ("/transport/sdp-map/stop-and-recycle", test_stop_and_recycle);
  g_test_add_func ("/transport/sdp-map/dead-lines", test_dead_lines);
  g_test_add_func ("/transport/sdp-map/rejected-by-answer", test_rejected_by_answer);
  g_test_add_func ("/transport/sdp-map/codecs-not-taken", test_codecs_not_taken);
  g_test_add_func ("/transport/sdp-map/unannounced-source", test_unannounced_source);
  g_test_add_func ("/transport/sdp-map/codec-lost-in-offer", test_codec_lost_in_offer);
  g_test_add_func ("/transport/sdp-map/codec-renumbered", test_codec_renumbered);
  g_test_add_func ("/transport/sdp-map/rejected-by-webrtcbin", test_rejected_by_webrtcbin);
  g_test_add_func ("/transport/sdp-map/roles", test_roles);
  g_test_add_func ("/transport/sdp-map/failed-description", test_failed_description);
  g_test_add_func ("/transport/sdp-map/refused-offers", test_refused_offers);
  g_test_add_func ("/transport/sdp-map/refused-answers", test_refused_answers);
  g_test_add_func ("/transport/sdp-map/own-texts", test_own_texts_that_do_not_fit);
  g_test_add_func ("/transport/sdp-map/own-ids", test_own_ids);
  g_test_add_func ("/transport/sdp-map/endless-recycling", test_endless_recycling);
  g_test_add_func ("/transport/sdp-map/too-many-ssrcs", test_too_many_ssrcs);
  g_test_add_func ("/transport/sdp-map/truncation", test_truncation);
  g_test_add_func ("/transport/sdp-map/mutations", test_mutations);
  g_test_add_func ("/transport/sdp-map/line-shuffles", test_line_shuffles);
  return g_test_run ();
}
