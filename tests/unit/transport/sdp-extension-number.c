/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-extension-number.h>

#define HEAD "v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n"
#define OTHER "urn:ietf:params:rtp-hdrext:sdes:mid"

static GenosSdpSection *
make_section (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, &error);

  g_assert_no_error (error);
  return genos_sdp_section_copy (g_ptr_array_index (sdp->sections, 0));
}

static guint
choose (const char *first, const char *second)
{
  g_autoptr (GPtrArray) lines =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_sdp_map_line_free);
  const char *texts[] = { first, second };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GenosSdpMapLine *line = genos_sdp_map_line_new ("v", GENOS_SDP_MEDIA_VIDEO, FALSE);

    if (texts[i] != NULL)
      line->last = make_section (texts[i]);
    g_ptr_array_add (lines, line);
  }
  return genos_sdp_choose_extension (lines, GENOS_TRANSPORT_CC_URI);
}

static void
test_choose (void)
{
  g_assert_cmpuint (choose (NULL, NULL), ==, 3);
  g_assert_cmpuint (choose ("", "a=extmap:5 " GENOS_TRANSPORT_CC_URI "\r\n"), ==, 5);
  g_assert_cmpuint (choose ("a=extmap:9/sendonly " GENOS_TRANSPORT_CC_URI " x\r\n", NULL), ==, 9);
  /* Taken for something else. */
  g_assert_cmpuint (choose ("a=extmap:3 " OTHER "\r\n", NULL), ==, 7);
  g_assert_cmpuint (choose ("a=extmap:3 " OTHER "\r\na=extmap:7 urn:x\r\n", ""), ==, 2);
  g_assert_cmpuint (choose ("a=extmap:3 " GENOS_TRANSPORT_CC_URI "-02\r\n", NULL), ==, 7);
  /* Nonsense. */
  g_assert_cmpuint (choose ("a=extmap:15 " GENOS_TRANSPORT_CC_URI "\r\n", "a=extmap:3\r\n"), ==, 3);
  g_assert_cmpuint (choose ("a=extmap:\r\n", "a=extmap:0 " GENOS_TRANSPORT_CC_URI "\r\n"), ==, 3);
}

static void
test_answer (void)
{
  g_autoptr (GenosSdpSection) offer =
      make_section ("a=extmap:4 " OTHER "\r\na=extmap:6 " GENOS_TRANSPORT_CC_URI "\r\n");
  g_autoptr (GenosSdpSection) without = make_section ("a=extmap:4 " OTHER "\r\n");
  g_autoptr (GenosSdpSection) answer = make_section ("");
  guint n;

  genos_sdp_section_answer_extension (answer, without, GENOS_TRANSPORT_CC_URI);
  g_assert_null (genos_sdp_section_get (answer, "extmap"));
  genos_sdp_section_answer_extension (answer, offer, GENOS_TRANSPORT_CC_URI);
  g_assert_cmpstr (genos_sdp_section_get (answer, "extmap"), ==, "6 " GENOS_TRANSPORT_CC_URI);
  n = answer->lines->len;
  genos_sdp_section_answer_extension (answer, offer, GENOS_TRANSPORT_CC_URI);
  g_assert_cmpuint (answer->lines->len, ==, n);
}

/* What webrtcbin adds of its own makes Firefox refuse the answer. */
static void
test_keep (void)
{
  g_autoptr (GenosSdpSection) offer =
      make_section ("a=extmap:4 " OTHER "\r\na=extmap:6 " GENOS_TRANSPORT_CC_URI "\r\n");
  g_autoptr (GenosSdpSection) without = make_section ("a=extmap:4 " OTHER "\r\n");
  g_autoptr (GenosSdpSection) answer =
      make_section ("a=extmap:6 " GENOS_TRANSPORT_CC_URI "\r\na=extmap:4 " OTHER "\r\n");
  g_autoptr (GenosSdpSection) moved = make_section ("a=extmap:3 " GENOS_TRANSPORT_CC_URI "\r\n");
  guint n = answer->lines->len;

  genos_sdp_section_keep_extensions (answer, offer);
  g_assert_cmpuint (answer->lines->len, ==, n);
  genos_sdp_section_keep_extensions (answer, without);
  g_assert_cmpuint (answer->lines->len, ==, n - 1);
  g_assert_cmpstr (genos_sdp_section_get (answer, "extmap"), ==, "4 " OTHER);
  genos_sdp_section_keep_extensions (moved, offer);
  g_assert_null (genos_sdp_section_get (moved, "extmap"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-extension-number/choose", test_choose);
  g_test_add_func ("/transport/sdp-extension-number/answer", test_answer);
  g_test_add_func ("/transport/sdp-extension-number/keep", test_keep);
  return g_test_run ();
}
