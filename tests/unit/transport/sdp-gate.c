/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-gate.h>

#include <genos/base/error.h>

#include "sdp-samples.h"

#define GOOD "c 0 | v 1 sendrecv ssrc=1 msid=S/T | a 2 recvonly"

static char *
replace (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);
  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (to, parts);
}

static GenosSdp *
accept_text (const char *text, gboolean is_offer)
{
  g_autoptr (GError) error = NULL;
  GenosSdp *sdp = genos_sdp_gate_check (text, is_offer, &error);
  g_assert_no_error (error);
  return sdp;
}

static void
refuse_text (const char *text, gboolean is_offer, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (genos_sdp_gate_check (text, is_offer, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, reason));
}

/* The good offer with one thing changed everywhere. */
static void
refuse_changed (const char *from, const char *to, const char *reason)
{
  g_autofree char *good = sample_sdp ('R', "actpass", GOOD);
  g_autofree char *bad = replace (good, from, to);
  refuse_text (bad, TRUE, reason);
}

static void
refuse_list (const char *list, const char *reason)
{
  g_autofree char *text = sample_sdp ('R', "actpass", list);
  refuse_text (text, TRUE, reason);
}

static void
test_browsers (void)
{
  const char *const sessions[] = { "addStream", "removeStream", "addTrack" };

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++) {
    g_autofree char *text = sample_browser_sdp (sessions[i], "offerer");
    g_autoptr (GenosSdp) sdp = accept_text (text, TRUE);
    g_autofree char *same = genos_sdp_to_string (sdp);
    g_assert_cmpstr (same, ==, text);
  }
  {
    g_autofree char *text = sample_browser_sdp ("addStream", "answerer");
    g_autoptr (GenosSdp) sdp = accept_text (text, FALSE);
    g_assert_cmpuint (sdp->sections->len, ==, 3);
  }
}

static void
test_good (void)
{
  g_autofree char *offer = sample_sdp ('R', "actpass", GOOD);
  g_autofree char *answer = sample_sdp ('R', "passive", GOOD);
  g_autofree char *stopped = sample_sdp ('R', "actpass", "c 0 | v 1 inactive dead");
  g_autofree char *bundle_only = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv bundle-only");
  g_autoptr (GenosSdp) a = accept_text (offer, TRUE);
  g_autoptr (GenosSdp) b = accept_text (answer, FALSE);
  g_autoptr (GenosSdp) c = accept_text (stopped, TRUE);
  g_autoptr (GenosSdp) d = accept_text (bundle_only, TRUE);

  refuse_text (offer, FALSE, "a=setup");
}

static void
test_junk (void)
{
  refuse_text ("", TRUE, "v=0");
  refuse_text ("hello", TRUE, "x=value");
  refuse_text ("v=0\r\ns=-\r\n", TRUE, "no m-line");
  refuse_text ("v=0\r\nm=\r\n", TRUE, "a=mid");
  refuse_text ("v=0\r\nm=audio\r\na=mid:0\r\n", TRUE, "parsed");
}

static void
test_missing (void)
{
  refuse_changed ("a=mid:1\r\n", "", "a=mid");
  refuse_changed ("a=mid:1\r\n", "a=mid:\r\n", "a=mid");
  refuse_changed ("a=mid:1\r\n", "a=mid:a b\r\n", "a=mid");
  refuse_changed ("a=mid:1\r\n", "a=mid:123456789012345678901234567890123\r\n", "a=mid");
  refuse_changed ("a=mid:1\r\n", "a=mid:2\r\n", "twice");
  refuse_changed ("a=ice-ufrag:Rfrag\r\n", "", "a=ice-ufrag");
  refuse_changed ("a=ice-ufrag:Rfrag\r\n", "a=ice-ufrag:abc\r\n", "a=ice-ufrag");
  refuse_changed ("a=ice-pwd:R123456789012345678901\r\n", "", "a=ice-pwd");
  refuse_changed ("a=ice-pwd:R12", "a=ice-pwd:R!!", "a=ice-pwd");
  refuse_changed ("a=setup:actpass\r\n", "", "a=setup");
  refuse_changed ("a=setup:actpass\r\n", "a=setup:holdconn\r\n", "a=setup");
  refuse_changed ("a=fingerprint:", "a=finger:", "a=fingerprint");
  refuse_changed ("a=fingerprint:sha-256 BB:", "a=fingerprint:sha-256 BB", "a=fingerprint");
  refuse_changed ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "a=fingerprint");
  refuse_changed ("a=fingerprint:sha-256", "a=fingerprint:md5", "a=fingerprint");
  refuse_changed ("a=sctp-port:5000", "a=sctp-port:0", "a=sctp-port");
  refuse_changed ("a=sctp-port:5000\r\n", "", "a=sctp-port");
  refuse_changed ("webrtc-datachannel", "5000", "data channel");
}

static void
test_media_lines (void)
{
  refuse_changed ("a=rtpmap:96 VP8/90000\r\n", "", "a=rtpmap");
  refuse_changed ("a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP8", "a=rtpmap");
  refuse_changed ("a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP8/0", "a=rtpmap");
  refuse_changed ("SAVPF 96", "SAVPF 128", "payload type");
  refuse_changed ("SAVPF 96", "SAVPF x", "payload type");
  refuse_changed ("SAVPF 96", "AVP 96", "SAVPF");
  refuse_changed ("m=video 9 ", "m=video x ", "parsed");
  refuse_changed ("m=video", "m=image", "neither");
  refuse_list ("v 0 sendrecv", "data channels");
  refuse_list ("c 0 | c 1", "data channels");
  refuse_list ("c 0 dead | v 1 sendrecv", "data channels");
}

static void
test_bundle (void)
{
  g_autofree char *alone = sample_sdp ('R', "actpass", "c 0");
  g_autofree char *ungrouped = replace (alone, "a=group:BUNDLE 0\r\n", "");
  g_autoptr (GenosSdp) sdp = accept_text (ungrouped, TRUE);

  refuse_changed ("BUNDLE 0 1 2", "BUNDLE 0 1 3", "BUNDLE");
  refuse_changed ("BUNDLE 0 1 2", "BUNDLE 0 1", "BUNDLE");
  refuse_changed ("BUNDLE 0 1 2", "BUNDLE 0 1 1 2", "BUNDLE");
  refuse_changed ("BUNDLE 0 1 2", "LS 0 1 2", "BUNDLE");
  refuse_changed ("a=group:BUNDLE 0 1 2\r\n", "", "BUNDLE");
}

static void
test_two_fingerprints (void)
{
  g_autofree char *good = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv");
  char *last = g_strrstr (good, "BB:01");

  last[0] = 'C';
  refuse_text (good, TRUE, "different fingerprints");
}

/* Firefox writes some of them once for the session. */
static void
test_session_level (void)
{
  g_autofree char *good = sample_sdp ('R', "actpass", GOOD);
  g_autofree char *none = replace (good, "a=setup:actpass\r\n", "");
  g_autofree char *text = replace (none, "t=0 0\r\n", "t=0 0\r\na=setup:active\r\n");
  g_autoptr (GenosSdp) sdp = accept_text (text, TRUE);

  g_assert_null (genos_sdp_lines_get (sdp->header, "setup"));
  for (guint i = 0; i < sdp->sections->len; i++)
    g_assert_cmpstr (
        genos_sdp_section_get (g_ptr_array_index (sdp->sections, i), "setup"), ==, "active");
}

static guint
count (const GenosSdp *sdp, const char *needle)
{
  g_autofree char *text = genos_sdp_to_string (sdp);
  g_auto (GStrv) parts = g_strsplit (text, needle, -1);
  return g_strv_length (parts) - 1;
}

static void
test_candidates (void)
{
  static const char *const good[] = {
    "1 1 udp 2122194687 192.0.2.2 60309 typ host generation 0 network-id 1",
    "1 1 UDP 2122194687 fd00::2 9 typ srflx raddr 0.0.0.0 rport 0",
    "1 1 tcp 1 192.0.2.2 9 typ host tcptype active",
  };
  static const char *const bad[] = {
    "1 1 udp 1 f3a9e8e7-8f6c-4d3a-b2b2-0a5f3d1b7c11.local 9 typ host",
    "",
    "1",
    "1 1 udp 1 192.0.2.2 9 typ",
    "1 1 udp 1 example.org 9 typ host",
    "1 2 udp 1 192.0.2.2 9 typ host",
    "1 1 sctp 1 192.0.2.2 9 typ host",
    "1 1 udp -1 192.0.2.2 9 typ host",
    "1 1 udp 1 192.0.2.2 65536 typ host",
    "1 1 udp 1 192.0.2.2 9 type host",
    "1 1 udp 1 192.0.2.2 9 typ x",
    "1 1 udp 1 a b.local 9 typ host",
    "<> 1 udp 1 192.0.2.2 9 typ host",
  };
  g_autofree char *offer = sample_sdp ('R', "actpass", "c 0");
  g_autoptr (GString) text = g_string_new (offer);
  g_autoptr (GenosSdp) sdp = NULL, bounded = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_string_append_printf (text, "a=candidate:%s\r\n", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_string_append_printf (text, "a=candidate:%s\r\n", bad[i]);
  sdp = accept_text (text->str, TRUE);
  g_assert_cmpuint (count (sdp, "a=candidate:"), ==, G_N_ELEMENTS (good));
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (text, "a=candidate:%s\r\n", good[0]);
  bounded = accept_text (text->str, TRUE);
  g_assert_cmpuint (count (bounded, "a=candidate:"), ==, GENOS_SDP_MAX_CANDIDATES);
}

static void
test_smuggled_caps (void)
{
  g_autofree char *offer = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv");
  g_autofree char *text = g_strconcat (offer, "a=fmtp:96 profile-id=0\r\n",
      "a=fmtp:96 x=1; payload=abc\r\n", "a=fmtp:96 Clock-Rate=1\r\n", "a=fmtp:96 a-mid=7\r\n",
      "a=fmtp:96\r\n", "a=rtpmap:junk\r\n", NULL);
  g_autoptr (GenosSdp) sdp = accept_text (text, TRUE);

  g_assert_cmpuint (count (sdp, "a=fmtp:"), ==, 1);
  g_assert_cmpuint (count (sdp, "a=rtpmap:"), ==, 1);
}

/* Each name that webrtcbin sees is kept by the process for good. */
static void
test_unknown_names (void)
{
  g_autofree char *offer = sample_sdp ('R', "actpass", "c 0 | v 1 sendrecv");
  g_autofree char *text =
      g_strconcat ("v=0\r\na=new-1:x\r\n", offer + 5, "a=new-2:x\r\na=new-3\r\n",
          "a=fmtp:96 new-4=1; profile-id=2;new-5;apt=97\r\n", "a=rtcp-fb:96 new-6\r\n",
          "a=rtcp-fb:96 nack pli\r\n", "a=ssrc:7 new-7:x\r\n", "a=extmap:4711 urn:new\r\n", NULL);
  g_autoptr (GenosSdp) sdp = accept_text (text, TRUE);
  g_autofree char *left = genos_sdp_to_string (sdp);

  g_assert_null (strstr (left, "new"));
  g_assert_nonnull (strstr (left, "a=fmtp:96 profile-id=2;apt=97\r\n"));
  g_assert_nonnull (strstr (left, "a=rtcp-fb:96 nack pli\r\n"));
}

static void
test_continuity (void)
{
  const GenosSdpSlot slots[] = {
    { "0", GENOS_SDP_MEDIA_APPLICATION, FALSE },
    { "1", GENOS_SDP_MEDIA_VIDEO, FALSE },
    { "2", GENOS_SDP_MEDIA_AUDIO, TRUE },
  };
  static const struct {
    const char *list;
    gboolean offer, answer;
  } rows[] = {
    { "c 0 | v 1 sendrecv | a 2 inactive dead", TRUE, TRUE },
    { "c 0 | v 1 sendrecv | v 5 sendrecv", TRUE, FALSE },
    { "c 0 | v 1 sendrecv | a 2 inactive dead | v 3 sendrecv", TRUE, FALSE },
    { "c 0 | v 1 sendrecv", FALSE, FALSE },
    { "c 0 | a 2 sendrecv | v 1 sendrecv", FALSE, FALSE },
    { "v 1 sendrecv | c 0 | a 2 sendrecv", FALSE, FALSE },
    { "c 0 | a 1 sendrecv | a 2 sendrecv", FALSE, FALSE },
    { "c 0 | v 1 sendrecv | v 2 sendrecv", FALSE, FALSE },
    { "c 7 | v 1 sendrecv | a 2 sendrecv", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = sample_sdp ('R', "active", rows[i].list);
    for (guint is_offer = 0; is_offer < 2; is_offer++) {
      g_autoptr (GenosSdp) sdp = accept_text (text, is_offer);
      g_autoptr (GError) error = NULL;
      gboolean fits =
          genos_sdp_gate_check_continuity (sdp, is_offer, slots, G_N_ELEMENTS (slots), &error);
      g_assert_cmpint (fits, ==, is_offer ? rows[i].offer : rows[i].answer);
      g_assert_true (fits == (error == NULL));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-gate/browsers", test_browsers);
  g_test_add_func ("/transport/sdp-gate/good", test_good);
  g_test_add_func ("/transport/sdp-gate/junk", test_junk);
  g_test_add_func ("/transport/sdp-gate/missing", test_missing);
  g_test_add_func ("/transport/sdp-gate/media-lines", test_media_lines);
  g_test_add_func ("/transport/sdp-gate/bundle", test_bundle);
  g_test_add_func ("/transport/sdp-gate/two-fingerprints", test_two_fingerprints);
  g_test_add_func ("/transport/sdp-gate/session-level", test_session_level);
  g_test_add_func ("/transport/sdp-gate/candidates", test_candidates);
  g_test_add_func ("/transport/sdp-gate/smuggled-caps", test_smuggled_caps);
  g_test_add_func ("/transport/sdp-gate/unknown-names", test_unknown_names);
  g_test_add_func ("/transport/sdp-gate/continuity", test_continuity);
  return g_test_run ();
}
