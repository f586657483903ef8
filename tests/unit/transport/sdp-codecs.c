/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-codecs.h>

#include <string.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

/* As Chromium writes it, shortened. */
#define VIDEO                                                                                      \
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 45 46 118 98\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n"      \
  "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 "          \
  "apt=96\r\n"                                                                                     \
  "a=rtpmap:102 H264/90000\r\na=fmtp:102 profile-level-id=42001f\r\na=rtpmap:103 rtx/90000\r\n"    \
  "a=fmtp:103 apt=102\r\na=rtpmap:45 AV1/90000\r\na=rtpmap:46 rtx/90000\r\na=fmtp:46 apt=45\r\n"   \
  "a=rtpmap:118 red/90000\r\na=rtpmap:98 VP9/90000\r\na=rtcp-fb:* transport-cc\r\n"
#define AUDIO                                                                                      \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 13\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"                      \
  "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n"

static GenosSdp *
parse (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);
  g_autoptr (GError) error = NULL;
  GenosSdp *sdp = genos_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

/* @names: separated by commas; @m: the formats of the m= line afterwards, NULL: refused. */
static void
check (const char *lines, const char *names, const char *m)
{
  g_auto (GStrv) codecs = g_strsplit (names, ",", -1);
  g_autoptr (GenosSdp) sdp = parse (lines);
  g_autofree char *before = genos_sdp_to_string (sdp);
  g_autofree char *after = NULL;
  GenosSdpSection *section = g_ptr_array_index (sdp->sections, 0);
  gboolean chosen = genos_sdp_section_choose_codecs (section, (const char *const *) codecs);

  after = genos_sdp_to_string (sdp);
  g_assert_cmpint (chosen, ==, m != NULL);
  if (m != NULL)
    g_assert_true (g_str_has_suffix (g_ptr_array_index (section->lines, 0), m));
  else
    g_assert_cmpstr (after, ==, before);
}

static void
test_chosen (void)
{
  check (VIDEO, "VP8", "SAVPF 96 97 118");
  check (VIDEO, "H264,VP8", "SAVPF 102 96 97 103 118");
  check (VIDEO, "*,H264,VP8", "SAVPF 96 102 97 103 118");
  check (VIDEO, "*,AV1,H264,*,VP9,VP8", "SAVPF 102 45 96 98 97 103 46 118");
  check (VIDEO, "VP9,*,AV1,H264", "SAVPF 98 102 45 103 46 118");
  check (VIDEO, "H265,VP9", "SAVPF 98 118");
  check (AUDIO, "OPUS", "SAVPF 111 13");
  check (AUDIO, "PCMA,PCMU", "SAVPF 8 0 13");
}

static void
test_refused (void)
{
  check (VIDEO, "H265", NULL);
  check (VIDEO, "*", NULL);
  check (AUDIO, "VP8", NULL);
  check ("m=video 9 UDP/TLS/RTP/SAVPF 96 x 999\r\n", "VP8", NULL);
  check ("m=video\r\n", "VP8", NULL);
}

/* What is said of formats that went goes with them, and nothing else. */
static void
test_descriptions (void)
{
  static const char *const only_av1[] = { "AV1", NULL };
  g_autoptr (GenosSdp) sdp = parse (VIDEO);
  GenosSdpSection *section = g_ptr_array_index (sdp->sections, 0);
  g_autofree char *text = NULL;

  g_assert_true (genos_sdp_section_choose_codecs (section, only_av1));
  text = genos_sdp_to_string (sdp);
  g_assert_nonnull (strstr (text, "a=rtpmap:45 AV1"));
  g_assert_nonnull (strstr (text, "a=fmtp:46 apt=45"));
  g_assert_nonnull (strstr (text, "a=rtcp-fb:* transport-cc"));
  g_assert_nonnull (strstr (text, "a=mid:1"));
  g_assert_null (strstr (text, "VP8"));
  g_assert_null (strstr (text, "apt=96"));
  g_assert_null (strstr (text, "rtcp-fb:96"));
}

/* A format that is its own repair, or another's that is not there, and numbers that are none. */
static void
test_odd (void)
{
  check ("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 rtx/90000\r\na=fmtp:96 apt=96\r\n"
         "a=rtpmap:97 VP8/90000\r\na=fmtp:97 apt=96\r\n",
      "VP8", "SAVPF 97");
  check (
      "m=video 9 UDP/TLS/RTP/SAVPF 97 96 96\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"
      "a=fmtp:97 apt=99999999999999999999\r\na=rtpmap:4294967392 H264/90000\r\na=fmtp:\r\n"
      "a=rtpmap:-1 VP9/90000\r\na=rtpmap:98\r\n",
      "VP8", "SAVPF 96");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-codecs/chosen", test_chosen);
  g_test_add_func ("/transport/sdp-codecs/refused", test_refused);
  g_test_add_func ("/transport/sdp-codecs/descriptions", test_descriptions);
  g_test_add_func ("/transport/sdp-codecs/odd", test_odd);
  return g_test_run ();
}
