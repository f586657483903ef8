/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-rtx.h>

#define HEAD "v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\n"

static char *
pin (const char *lines)
{
  g_autofree char *text = g_strconcat (HEAD, lines, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, &error);
  g_autofree char *pinned = NULL;

  g_assert_no_error (error);
  genos_sdp_section_pin_rtx (g_ptr_array_index (sdp->sections, 0));
  pinned = genos_sdp_to_string (sdp);
  g_assert_true (g_str_has_prefix (pinned, HEAD));
  return g_strdup (pinned + strlen (HEAD));
}

static void
test_other_source (void)
{
  const guint32 ssrcs[] = { 0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff };

  for (guint i = 0; i < G_N_ELEMENTS (ssrcs); i++)
    g_assert_cmpuint (genos_sdp_rtx_ssrc (ssrcs[i]), !=, ssrcs[i]);
}

/* What two descriptions of one line announce is the same, whatever was drawn for each. */
static void
test_pinned (void)
{
  const char *drawn[] = { "a=ssrc-group:FID 5 77\r\na=ssrc:5 cname:c\r\na=ssrc:77 msid:s t\r\n"
                          "a=ssrc:77 cname:c\r\n",
    "a=ssrc-group:FID 5 88\r\na=ssrc:5 cname:c\r\na=ssrc:88 msid:s t\r\na=ssrc:88 cname:c\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (drawn); i++) {
    g_autofree char *pinned = pin (drawn[i]);

    g_assert_cmpstr (pinned, ==,
        "a=ssrc-group:FID 5 2147483653\r\na=ssrc:5 cname:c\r\n"
        "a=ssrc:2147483653 msid:s t\r\na=ssrc:2147483653 cname:c\r\n");
  }
}

static void
test_others_stay (void)
{
  const char *cases[] = {
    "a=ssrc:5 cname:c\r\na=ssrc:55 cname:c\r\n",
    "a=ssrc-group:SIM 5 55\r\na=ssrc:55 cname:c\r\n",
    "a=ssrc-group:FID 5\r\n",
    "a=ssrc-group:FID 5 x\r\n",
    "a=ssrc-group:FID 5 4294967296\r\n",
    "a=ssrc-group:FID 5 6 7\r\n",
    "a=ssrc-group:FID -5 6\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *pinned = pin (cases[i]);

    g_assert_cmpstr (pinned, ==, cases[i]);
  }
}

/* A number that begins like the other one. */
static void
test_prefix (void)
{
  g_autofree char *pinned =
      pin ("a=ssrc-group:FID 5 7\r\na=ssrc:77 cname:c\r\na=ssrc:7 cname:c\r\n");

  g_assert_cmpstr (pinned, ==,
      "a=ssrc-group:FID 5 2147483653\r\na=ssrc:77 cname:c\r\na=ssrc:2147483653 cname:c\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-rtx/other-source", test_other_source);
  g_test_add_func ("/transport/sdp-rtx/pinned", test_pinned);
  g_test_add_func ("/transport/sdp-rtx/others-stay", test_others_stay);
  g_test_add_func ("/transport/sdp-rtx/prefix", test_prefix);
  return g_test_run ();
}
