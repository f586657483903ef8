/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-payloads.h>

#include <string.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

/* As webrtcbin writes a line of ours. */
#define OWN                                                                                        \
  "m=video 9 UDP/TLS/RTP/SAVPF 98 96\r\nc=IN IP4 0.0.0.0\r\na=mid:ga0\r\na=rtpmap:98 "             \
  "VP9/90000\r\n"                                                                                  \
  "a=rtcp-fb:98 nack pli\r\na=rtpmap:96 rtx/90000\r\na=fmtp:96 apt=98\r\n"
/* As Firefox offers it again, shortened. */
#define FIREFOX                                                                                    \
  "m=video 9 UDP/TLS/RTP/SAVPF 121 125 120 124 97 98 123 122 119\r\nc=IN IP4 0.0.0.0\r\n"          \
  "a=mid:ga0\r\na=fmtp:121 max-fs=12288;max-fr=60\r\na=fmtp:125 apt=121\r\n"                       \
  "a=fmtp:120 max-fs=12288;max-fr=60\r\na=fmtp:124 apt=120\r\na=fmtp:98 apt=97\r\n"                \
  "a=fmtp:119 apt=122\r\na=rtcp-fb:121 nack\r\na=rtcp-fb:120 nack\r\na=rtcp-fb:* transport-cc\r\n" \
  "a=rtpmap:121 VP9/90000\r\na=rtpmap:125 rtx/90000\r\na=rtpmap:120 VP8/90000\r\n"                 \
  "a=rtpmap:124 rtx/90000\r\na=rtpmap:97 H264/90000\r\na=rtpmap:98 rtx/90000\r\n"                  \
  "a=rtpmap:123 ulpfec/90000\r\na=rtpmap:122 red/90000\r\na=rtpmap:119 rtx/90000\r\n"

static GenosSdp *
parse (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);
  g_autoptr (GError) error = NULL;
  GenosSdp *sdp = genos_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

static char *
write_section (const GenosSdp *sdp)
{
  g_autofree char *text = genos_sdp_to_string (sdp);

  return g_strdup (strstr (text, "m="));
}

/* @expected: "98=121 96=125", "" when both call all the same, NULL when there is none of our codecs. */
static GenosRtpPayloads
match (GenosRtpPayloads before, const char *own, const char *remote, const char *expected)
{
  g_autoptr (GenosSdp) ours = parse (own);
  g_autoptr (GenosSdp) theirs = parse (remote);
  g_autoptr (GString) found = g_string_new (NULL);
  GenosRtpPayloads payloads = before;
  gboolean any =
      genos_sdp_payloads_match (&payloads, ours->sections->pdata[0], theirs->sections->pdata[0]);

  g_assert_cmpint (any, ==, expected != NULL);
  if (!any)
    g_assert_cmpmem (&payloads, sizeof payloads, &before, sizeof before);
  for (guint i = 0; any && i < payloads.n; i++)
    g_string_append_printf (
        found, "%s%u=%u", i > 0 ? " " : "", payloads.pairs[i].inner, payloads.pairs[i].wire);
  if (any)
    g_assert_cmpstr (found->str, ==, expected);
  return payloads;
}

static char *
line (const char *formats, const char *attributes)
{
  return g_strdup_printf (
      "m=video 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\na=mid:ga0\r\n%s", formats, attributes);
}

#define match_lines(own, own_attributes, remote, remote_attributes, expected)                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GenosRtpPayloads none_ = { 0 };                                                                \
    g_autofree char *own_ = line (own, own_attributes);                                            \
    g_autofree char *remote_ = line (remote, remote_attributes);                                   \
    match (none_, own_, remote_, expected);                                                        \
  }                                                                                                \
  G_STMT_END

static void
test_match (void)
{
  GenosRtpPayloads none = { 0 }, firefox;

  match (none, OWN, OWN, "");
  firefox = match (none, OWN, FIREFOX, "98=121 96=125");
  match (firefox, OWN, OWN, "");
  match (firefox, OWN, FIREFOX, "98=121 96=125");
}

#define VP9(n) "a=rtpmap:" #n " VP9/90000\r\n"
#define RTX(n, of) "a=rtpmap:" #n " rtx/90000\r\na=fmtp:" #n " apt=" #of "\r\n"

static void
test_kept (void)
{
  GenosRtpPayloads before = { 2, { { 98, 122 }, { 96, 123 } } };
  g_autofree char *both =
      line ("121 125 122 123 98", VP9 (121) RTX (125, 121) VP9 (122) RTX (123, 122) VP9 (98));
  g_autofree char *without = line ("121 125 98", VP9 (121) RTX (125, 121) VP9 (98));
  g_autofree char *other = line ("121 125", VP9 (121) RTX (125, 121));
  g_autofree char *gone = line ("96", "a=rtpmap:96 VP8/90000\r\n");

  match (before, OWN, both, "98=122 96=123");
  match (before, OWN, without, "");
  match (before, OWN, other, "98=121 96=125");
  match (before, OWN, gone, NULL);
}

static void
test_repair (void)
{
  const char *own = VP9 (98) RTX (96, 98);

  match_lines ("98 96", own, "121", VP9 (121), "98=121");
  match_lines ("98 96", own, "121 96", VP9 (121) RTX (96, 121), "98=121 96=96");
  /* Of something else, of itself, of nothing. */
  match_lines ("98 96", own, "121 96 97", VP9 (121) RTX (96, 97) RTX (97, 97), "98=121");
  match_lines (
      "98 96", own, "121 96", VP9 (121) "a=rtpmap:96 rtx/90000\r\na=fmtp:96 apt=\r\n", "98=121");
  match_lines ("98", VP9 (98), "121 96", VP9 (121) RTX (96, 121), "98=121");
  /* Another number for the repair alone is what webrtcbin copes with. */
  match_lines ("98 96", own, "98 99", VP9 (98) RTX (99, 98), "");
}

#define H264(n, parameters) "a=rtpmap:" #n " H264/90000\r\na=fmtp:" #n " " parameters "\r\n"

static void
test_kinds (void)
{
  const char *own = H264 (102, "profile-level-id=42e01f;packetization-mode=1");

  match_lines ("102", own, "97 126",
      H264 (97, "profile-level-id=42e01f;level-asymmetry-allowed=1")
          H264 (126, "profile-level-id=42e01e; packetization-mode=1"),
      "102=126");
  match_lines ("102", own, "126", H264 (126, "profile-level-id=640014;packetization-mode=1"), NULL);
  match_lines ("102", own, "126", "a=rtpmap:126 H264/90000\r\n", NULL);
  /* With the same number, webrtcbin judges. */
  match_lines ("102", own, "102", H264 (102, "profile-level-id=640014"), "");
  match_lines ("98", VP9 (98), "121 122",
      VP9 (121) "a=fmtp:121 profile-id=2\r\n" VP9 (122) "a=fmtp:122 profile-id=0\r\n", "98=122");
  match_lines ("98", VP9 (98), "121", VP9 (121) "a=fmtp:121 xprofile-id=2\r\n", "98=121");
  match_lines ("98", "a=rtpmap:98 AV1/90000\r\n", "45",
      "a=rtpmap:45 av1/90000\r\na=fmtp:45 level-idx=5;profile=0;tier=0\r\n", "98=45");
}

static void
test_sound (void)
{
  match_lines ("111", "a=rtpmap:111 OPUS/48000/2\r\n", "109 9 0 8",
      "a=rtpmap:109 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n", "111=109");
  match_lines ("111", "a=rtpmap:111 OPUS/48000/2\r\n", "109", "a=rtpmap:109 opus/48000\r\n", NULL);
  match_lines ("0", "a=rtpmap:0 PCMU/8000\r\n", "109 0", "a=rtpmap:0 PCMU/8000/1\r\n", "");
  /* RFC 3551 says what it is. */
  match_lines ("0", "a=rtpmap:0 PCMU/8000\r\n", "0", "", "");
  match_lines ("0", "a=rtpmap:0 PCMU/8000\r\n", "8", "", NULL);
}

/* What looks like RTCP is not sent, and what is not in the m= line not meant. */
static void
test_not_taken (void)
{
  match_lines ("98", VP9 (98), "72", VP9 (72), NULL);
  match_lines ("98", VP9 (98), "64 95 63", VP9 (64) VP9 (95) VP9 (63), "98=63");
  match_lines ("98", VP9 (98), "96", VP9 (121) "a=rtpmap:96 VP8/90000\r\n", NULL);
  match_lines ("98", VP9 (98), "1000 121 121 -1", VP9 (121), "98=121");
  match_lines ("96", "a=rtpmap:96 red/90000\r\n", "97", "a=rtpmap:97 VP8/90000\r\n", "");
}

static void
test_to_inner (void)
{
  GenosRtpPayloads payloads = match ((GenosRtpPayloads){ 0 }, OWN, FIREFOX, "98=121 96=125");
  g_autoptr (GenosSdp) sdp = parse (FIREFOX);
  g_autofree char *text = NULL;

  genos_sdp_payloads_to_inner (&payloads, sdp->sections->pdata[0]);
  text = write_section (sdp);
  g_assert_cmpstr (text, ==,
      "m=video 9 UDP/TLS/RTP/SAVPF 98 96\r\nc=IN IP4 0.0.0.0\r\na=mid:ga0\r\n"
      "a=fmtp:98 max-fs=12288;max-fr=60\r\na=fmtp:96 apt=98\r\na=rtcp-fb:98 nack\r\n"
      "a=rtcp-fb:* transport-cc\r\na=rtpmap:98 VP9/90000\r\na=rtpmap:96 rtx/90000\r\n");
}

static void
test_to_wire (void)
{
  GenosRtpPayloads payloads = match ((GenosRtpPayloads){ 0 }, OWN, FIREFOX, "98=121 96=125");
  GenosRtpPayloads alone = { 1, { { 98, 121 } } };
  GenosRtpPayloads none = { 0 };
  g_autoptr (GenosSdp) sdp = parse (OWN);
  g_autofree char *same = NULL, *text = NULL, *without = NULL, *unknown = NULL;

  genos_sdp_payloads_to_wire (&none, sdp->sections->pdata[0]);
  same = write_section (sdp);
  g_assert_cmpstr (same, ==, OWN);
  genos_sdp_payloads_to_wire (&payloads, sdp->sections->pdata[0]);
  text = write_section (sdp);
  g_assert_cmpstr (text, ==,
      "m=video 9 UDP/TLS/RTP/SAVPF 121 125\r\nc=IN IP4 0.0.0.0\r\na=mid:ga0\r\n"
      "a=rtpmap:121 VP9/90000\r\na=rtcp-fb:121 nack pli\r\na=rtpmap:125 rtx/90000\r\n"
      "a=fmtp:125 apt=121\r\n");
  /* Nothing would be left: nothing is done. */
  genos_sdp_payloads_to_wire (&payloads, sdp->sections->pdata[0]);
  unknown = write_section (sdp);
  g_assert_cmpstr (unknown, ==, text);
  /* 96 may be anything on the wire. */
  genos_sdp_payloads_to_inner (&payloads, sdp->sections->pdata[0]);
  genos_sdp_payloads_to_wire (&alone, sdp->sections->pdata[0]);
  without = write_section (sdp);
  g_assert_cmpstr (without, ==,
      "m=video 9 UDP/TLS/RTP/SAVPF 121\r\nc=IN IP4 0.0.0.0\r\na=mid:ga0\r\n"
      "a=rtpmap:121 VP9/90000\r\na=rtcp-fb:121 nack pli\r\n");
}

/* A new line of ours beside one that the remote has renumbered. */
static void
expect_way (const char *formats, const char *attributes, guint inner, int expected)
{
  g_autoptr (GArray) neighbours = g_array_new (FALSE, FALSE, sizeof (GenosSdpNeighbour));
  g_autofree char *text = line (formats, attributes);
  g_autoptr (GenosSdp) new = parse (text);
  g_autoptr (GenosSdp) own = parse (OWN);
  g_autoptr (GenosSdp) firefox = parse (FIREFOX);
  GenosSdpNeighbour neighbour = { own->sections->pdata[0], firefox->sections->pdata[0],
    match ((GenosRtpPayloads){ 0 }, OWN, FIREFOX, "98=121 96=125") };
  GenosRtpPayloads payloads = { 0 };

  g_array_append_val (neighbours, neighbour);
  genos_sdp_payloads_make_way (&payloads, new->sections->pdata[0], neighbours);
  g_assert_cmpint (genos_rtp_payloads_to_wire (&payloads, inner), ==, expected);
}

static void
test_make_way (void)
{
  expect_way ("98 96", VP9 (98) RTX (96, 98), 98, -1);
  expect_way ("121", VP9 (121), 121, -1);
  expect_way ("121", "a=rtpmap:121 H265/90000\r\n", 121, 99);
  expect_way ("121 99", "a=rtpmap:121 H265/90000\r\n" RTX (99, 121), 121, 100);
  expect_way ("121 99", "a=rtpmap:121 H265/90000\r\n" RTX (99, 121), 99, 99);
  expect_way ("126 125", "a=rtpmap:126 H265/90000\r\n" RTX (125, 126), 125, 99);
}

static void
test_truncation (void)
{
  g_autoptr (GenosSdp) own = parse (OWN);

  for (gsize size = strlen ("m=video 9"); size <= strlen (FIREFOX); size++) {
    g_autofree char *text = g_strdup_printf (HEAD "%.*s", (int) size, FIREFOX);
    g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, NULL);
    GenosRtpPayloads payloads = { 0 };
    g_autofree char *written = NULL;

    if (sdp == NULL || sdp->sections->len == 0
        || !genos_sdp_payloads_match (&payloads, own->sections->pdata[0], sdp->sections->pdata[0]))
      continue;
    genos_sdp_payloads_to_inner (&payloads, sdp->sections->pdata[0]);
    written = write_section (sdp);
    g_assert_true (g_str_has_prefix (written, "m=video 9 UDP/TLS/RTP/SAVPF 98"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-payloads/match", test_match);
  g_test_add_func ("/transport/sdp-payloads/kept", test_kept);
  g_test_add_func ("/transport/sdp-payloads/repair", test_repair);
  g_test_add_func ("/transport/sdp-payloads/kinds", test_kinds);
  g_test_add_func ("/transport/sdp-payloads/sound", test_sound);
  g_test_add_func ("/transport/sdp-payloads/not-taken", test_not_taken);
  g_test_add_func ("/transport/sdp-payloads/to-inner", test_to_inner);
  g_test_add_func ("/transport/sdp-payloads/to-wire", test_to_wire);
  g_test_add_func ("/transport/sdp-payloads/make-way", test_make_way);
  g_test_add_func ("/transport/sdp-payloads/truncation", test_truncation);
  return g_test_run ();
}
