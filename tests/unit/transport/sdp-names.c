/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <genos/transport/sdp/sdp-names.h>

#include <string.h>

static void
test_lines (void)
{
  static const char *const known[] = { "v=0", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv",
    "a=rtcp-fb:96 nack", "a=rtcp-fb:* transport-cc", "a=rtcp-fb:96 ccm fir", "a=ssrc:12 cname:x",
    "a=ssrc:12 msid:a b", "a=ssrc:12", "a=ssrc-group:FID 1 2", "a=extmap:3 urn:x",
    "a=extmap:255/recvonly urn:x", "a=extmap-allow-mixed", "a=simulcast:send a", "a=msid:- x" };
  static const char *const unknown[] = { "a=", "a=:", "a=mid2:0", "a=mi:0", "a=x", "a=rtcp-fb:96",
    "a=rtcp-fb:96 x", "a=rtcp-fb:96 nack pli2", "a=rtcp-fb:", "a=ssrc:12 x:y", "a=ssrc:12 ",
    "a=extmap:0 urn:x", "a=extmap:256 urn:x", "a=extmap:+3 urn:x", "a=extmap:", "a=extmap: 3" };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_test_message ("%s", known[i]);
    g_assert_true (genos_sdp_names_knows_line (known[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++) {
    g_test_message ("%s", unknown[i]);
    g_assert_false (genos_sdp_names_knows_line (unknown[i]));
  }
}

/* As browsers write them: not a byte is changed. */
static void
test_browsers (void)
{
  static const char *const values[] = { "111 minptime=10;useinbandfec=1",
    "109 maxplaybackrate=48000;stereo=1;useinbandfec=1", "97 apt=96", "100 profile-id=2",
    "102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
    "45 level-idx=5;profile=0;tier=0", "49 level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST",
    "120 max-fs=12288;max-fr=60" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *left = genos_sdp_names_filter_fmtp (values[i]);

    g_assert_cmpstr (left, ==, values[i]);
  }
}

static void
test_parameters (void)
{
  static const struct {
    const char *given, *left;
  } cases[] = {
    { "96 x=1; apt=3 ;y;", "96 apt=3" },
    { "96 apt=1;z=2;cbr", "96 apt=1;cbr" },
    { "96 APT = 1", "96 APT = 1" },
    { "63 111/111", "63 111/111" },
    { "63 111/110", NULL },
    { "63 0111/0111", NULL },
    { "63 300/300", NULL },
    { "101 0-16", NULL },
    { "96 ", NULL },
    { "96", NULL },
    { "", NULL },
    { " ;;=;", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *left = genos_sdp_names_filter_fmtp (cases[i].given);

    g_assert_cmpstr (left, ==, cases[i].left);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-names/lines", test_lines);
  g_test_add_func ("/transport/sdp-names/browsers", test_browsers);
  g_test_add_func ("/transport/sdp-names/parameters", test_parameters);
  return g_test_run ();
}
