/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-extension.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
#define LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

static GenosSdp *
parse (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, AUDIO, lines, NULL);
  g_autoptr (GError) error = NULL;
  GenosSdp *sdp = genos_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

static void
check (const char *own, const char *remote, const char *expected)
{
  g_autoptr (GenosSdp) answer = parse (own);
  g_autoptr (GenosSdp) offer = parse (remote);
  g_autoptr (GenosSdp) wanted = parse (expected);
  g_autofree char *text = NULL;
  g_autofree char *wanted_text = genos_sdp_to_string (wanted);

  genos_sdp_section_agree_extensions (
      g_ptr_array_index (answer->sections, 0), g_ptr_array_index (offer->sections, 0));
  text = genos_sdp_to_string (answer);
  g_assert_cmpstr (text, ==, wanted_text);
}

static void
test_agreed (void)
{
  check ("", "a=extmap:1 " LEVEL "\r\n", "a=extmap:1 " LEVEL "\r\n");
  check ("", "a=extmap:14 " LEVEL " vad=on\r\na=extmap:2 urn:x\r\n", "a=extmap:14 " LEVEL "\r\n");
}

static void
test_left_alone (void)
{
  check ("a=extmap:1 urn:y\r\n", "a=extmap:1 " LEVEL "\r\n", "a=extmap:1 urn:y\r\n");
  check ("a=extmap:3 " LEVEL "\r\n", "a=extmap:1 " LEVEL "\r\n", "a=extmap:3 " LEVEL "\r\n");
  check ("", "a=extmap:1/recvonly " LEVEL "\r\n", "");
  check ("", "a=extmap:0 " LEVEL "\r\na=extmap:4096 " LEVEL "\r\na=extmap:x\r\na=extmap:\r\n", "");
  check ("", "a=extmap:99999999999999999999999 " LEVEL "\r\n", "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-extension/agreed", test_agreed);
  g_test_add_func ("/transport/sdp-extension/left-alone", test_left_alone);
  return g_test_run ();
}
