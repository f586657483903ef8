/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-text.h>

#include <genos/base/error.h>

#include "sdp-samples.h"

static GenosSdp *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GenosSdp *sdp = genos_sdp_parse (text, &error);
  g_assert_no_error (error);
  return sdp;
}

static void
refused (const char *text, gint code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (genos_sdp_parse (text, &error));
  g_assert_error (error, GENOS_ERROR, code);
}

static void
test_round_trip (void)
{
  g_autofree char *text = sample_browser_sdp ("addTrack", "offerer");
  g_autoptr (GenosSdp) sdp = parse (text);
  g_autofree char *again = genos_sdp_to_string (sdp);

  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (sdp->sections->len, ==, 4);
}

static void
test_line_ends (void)
{
  g_autoptr (GenosSdp) sdp = parse ("v=0\ns=-\r\n\nm=audio 9 X 1\na=mid:a");
  g_autofree char *text = genos_sdp_to_string (sdp);

  g_assert_cmpstr (text, ==, "v=0\r\ns=-\r\nm=audio 9 X 1\r\na=mid:a\r\n");
}

static void
test_junk (void)
{
  refused ("", GENOS_ERROR_PROTOCOL);
  refused ("hello", GENOS_ERROR_PROTOCOL);
  refused ("v=1\r\n", GENOS_ERROR_PROTOCOL);
  refused ("s=-\r\nv=0\r\n", GENOS_ERROR_PROTOCOL);
  refused ("m=audio 9 X 1\r\nv=0\r\n", GENOS_ERROR_PROTOCOL);
  refused ("v=0\r\nx\r\n", GENOS_ERROR_PROTOCOL);
  refused ("v=0\r\nA=1\r\n", GENOS_ERROR_PROTOCOL);
  refused ("v=0\rs=-\n", GENOS_ERROR_PROTOCOL);
  refused ("v=0\r\ns=\x01\r\n", GENOS_ERROR_PROTOCOL);
  refused ("v=0\r\ns=\xff\r\n", GENOS_ERROR_PROTOCOL);
}

static void
test_bounds (void)
{
  g_autofree char *longest = g_strnfill (GENOS_SDP_MAX_LINE - 2, 'x');
  g_autofree char *fits = g_strdup_printf ("v=0\r\ns=%s\r\n", longest);
  g_autofree char *over = g_strdup_printf ("v=0\r\ns=x%s\r\n", longest);
  g_autoptr (GString) many = g_string_new ("v=0\n");
  g_autoptr (GString) sections = g_string_new ("v=0\n");
  g_autoptr (GString) large = g_string_new ("v=0\n");
  g_autoptr (GenosSdp) sdp = parse (fits);

  g_assert_cmpuint (sdp->header->len, ==, 2);
  refused (over, GENOS_ERROR_LIMIT);
  for (guint i = 1; i < GENOS_SDP_MAX_LINES; i++)
    g_string_append (many, "a=x\n");
  g_clear_pointer (&sdp, genos_sdp_free);
  sdp = parse (many->str);
  g_string_append (many, "a=x\n");
  refused (many->str, GENOS_ERROR_LIMIT);
  for (guint i = 0; i < GENOS_SDP_MAX_SECTIONS; i++)
    g_string_append (sections, "m=audio 9 X 1\n");
  g_clear_pointer (&sdp, genos_sdp_free);
  sdp = parse (sections->str);
  g_string_append (sections, "m=audio 9 X 1\n");
  refused (sections->str, GENOS_ERROR_LIMIT);
  while (large->len <= GENOS_SDP_MAX_SIZE)
    g_string_append_printf (large, "s=%.1000s\n", longest);
  refused (large->str, GENOS_ERROR_LIMIT);
}

static void
test_media_line (void)
{
  static const struct {
    const char *line;
    GenosSdpMedia media;
    gint port;
  } rows[] = {
    { "m=audio 9 UDP/TLS/RTP/SAVPF 0", GENOS_SDP_MEDIA_AUDIO, 9 },
    { "m=video 65535 X 0", GENOS_SDP_MEDIA_VIDEO, 65535 },
    { "m=application 0 X y", GENOS_SDP_MEDIA_APPLICATION, 0 },
    { "m=text 9 X y", GENOS_SDP_MEDIA_OTHER, 9 },
    { "m=audiovideo 9 X y", GENOS_SDP_MEDIA_OTHER, 9 },
    { "m=audio 65536 X y", GENOS_SDP_MEDIA_AUDIO, -1 },
    { "m=audio -1 X y", GENOS_SDP_MEDIA_AUDIO, -1 },
    { "m=audio 9", GENOS_SDP_MEDIA_AUDIO, -1 },
    { "m=", GENOS_SDP_MEDIA_OTHER, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf ("v=0\n%s\n", rows[i].line);
    g_autoptr (GenosSdp) sdp = parse (text);
    GenosSdpSection *section = g_ptr_array_index (sdp->sections, 0);
    g_assert_cmpint (genos_sdp_section_get_media (section), ==, rows[i].media);
    g_assert_cmpint (genos_sdp_section_get_port (section), ==, rows[i].port);
    genos_sdp_section_set_port (section, 7);
  }
}

static void
test_attributes (void)
{
  g_autoptr (GenosSdp) sdp = parse (
      "v=0\na=mid:no\nm=video 0 X 96\na=middle:x\na=mid:v\na=recvonly\n"
      "a=ssrc:1 cname:c\na=ssrc:1 msid:S T\na=ssrc:2 cname:c\na=ssrc:x y\na=ssrc:4294967296 z\n");
  GenosSdpSection *section = genos_sdp_find (sdp, "v");
  g_autoptr (GArray) ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *stream_id = NULL, *track_id = NULL, *text = NULL;

  g_assert_nonnull (section);
  g_assert_null (genos_sdp_find (sdp, "no"));
  g_assert_null (genos_sdp_section_get (section, "mi"));
  g_assert_cmpstr (genos_sdp_section_get (section, "recvonly"), ==, "");
  g_assert_cmpint (genos_sdp_section_get_direction (section), ==, GENOS_SDP_RECVONLY);
  g_assert_false (genos_sdp_section_is_alive (section));
  genos_sdp_section_collect_ssrcs (section, ssrcs);
  g_assert_cmpuint (ssrcs->len, ==, 2);
  g_assert_true (genos_sdp_section_get_msid (section, &stream_id, &track_id));
  g_assert_cmpstr (stream_id, ==, "S");
  g_assert_cmpstr (track_id, ==, "T");
  genos_sdp_section_drop_sources (section);
  genos_sdp_section_set_direction (section, GENOS_SDP_INACTIVE);
  genos_sdp_section_set_port (section, 9);
  genos_sdp_lines_set (section->lines, "mid", "w");
  genos_sdp_lines_set (section->lines, "new", "1");
  genos_sdp_rebuild_bundle (sdp);
  text = genos_sdp_to_string (sdp);
  g_assert_cmpstr (text, ==,
      "v=0\r\na=mid:no\r\na=group:BUNDLE w\r\nm=video 9 X 96\r\n"
      "a=middle:x\r\na=mid:w\r\na=inactive\r\na=new:1\r\n");
}

static void
test_msid (void)
{
  static const struct {
    const char *value, *stream_id, *track_id;
    gboolean found;
  } rows[] = {
    { "s t", "s", "t", TRUE },
    { "- t", NULL, "t", TRUE },
    { "s", "s", NULL, TRUE },
    { "-", NULL, NULL, FALSE },
    { " ", NULL, NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup_printf ("v=0\nm=video 9 X 1\na=msid:%s\n", rows[i].value);
    g_autoptr (GenosSdp) sdp = parse (text);
    g_autofree char *stream_id = NULL, *track_id = NULL;
    g_assert_cmpint (
        genos_sdp_section_get_msid (g_ptr_array_index (sdp->sections, 0), &stream_id, &track_id),
        ==, rows[i].found);
    g_assert_cmpstr (stream_id, ==, rows[i].stream_id);
    g_assert_cmpstr (track_id, ==, rows[i].track_id);
  }
}

static void
test_truncation (void)
{
  g_autofree char *text = sample_browser_sdp ("addStream", "answerer");

  for (gsize length = 0; length < strlen (text); length++) {
    g_autofree char *cut = g_strndup (text, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSdp) sdp = genos_sdp_parse (cut, &error);
    g_assert_true ((sdp == NULL) == (error != NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sdp-text/round-trip", test_round_trip);
  g_test_add_func ("/transport/sdp-text/line-ends", test_line_ends);
  g_test_add_func ("/transport/sdp-text/junk", test_junk);
  g_test_add_func ("/transport/sdp-text/bounds", test_bounds);
  g_test_add_func ("/transport/sdp-text/media-line", test_media_line);
  g_test_add_func ("/transport/sdp-text/attributes", test_attributes);
  g_test_add_func ("/transport/sdp-text/msid", test_msid);
  g_test_add_func ("/transport/sdp-text/truncation", test_truncation);
  return g_test_run ();
}
