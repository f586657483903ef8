/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <string.h>

#include <genos/transport/sdp/sdp-text.h>
#include <genos/wire/deflate.h>

/* Texts for the SDP tests: real ones of browsers, and small ones written from a list such as
 *
 *   "c 0 | v go0 sendrecv ssrc=11 msid=S/T | a 1 recvonly dead"
 *
 * (kind, mid, direction, then flags). A text of @who 'L' has our transport, 'R' the remote's. */

static inline char *
sample_credentials (char who, const char *setup)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
      "a=ice-ufrag:%cfrag\r\na=ice-pwd:%c123456789012345678901\r\n"
      "a=fingerprint:sha-256 %s",
      who, who, who == 'L' ? "AA" : "BB");
  for (guint i = 1; i < 32; i++)
    g_string_append_printf (text, ":%02X", i);
  g_string_append_printf (text, "\r\na=setup:%s\r\na=ice-options:trickle\r\n", setup);
  return g_string_free (text, FALSE);
}

static inline const char *
sample_flag (char **words, const char *name)
{
  for (guint i = 0; words[i] != NULL; i++) {
    if (g_str_has_prefix (words[i], name))
      return words[i] + strlen (name);
  }
  return NULL;
}

static inline void
sample_sources (GString *text, char **words)
{
  const char *ssrc = sample_flag (words, "ssrc=");
  const char *msid = sample_flag (words, "msid=");
  const char *source_msid = sample_flag (words, "smsid=");

  if (msid != NULL) {
    g_auto (GStrv) ids = g_strsplit (msid, "/", 2);
    g_string_append_printf (text, "a=msid:%s %s\r\n", ids[0], ids[1]);
  }
  if (ssrc != NULL)
    g_string_append_printf (text, "a=ssrc:%s cname:c\r\n", ssrc);
  if (source_msid != NULL) {
    g_auto (GStrv) ids = g_strsplit (source_msid, "/", 2);
    g_string_append_printf (text, "a=ssrc:%s msid:%s %s\r\n", ssrc, ids[0], ids[1]);
  }
}

static inline void
sample_section (GString *text, char **words, char who, const char *setup)
{
  g_autofree char *credentials = sample_credentials (who, setup);
  gboolean dead = sample_flag (words, "dead") != NULL;
  gboolean bundle_only = sample_flag (words, "bundle-only") != NULL;
  guint port = dead || bundle_only ? 0 : 9;
  const char *payload = sample_flag (words, "pt=");
  const char *codec = sample_flag (words, "codec=");

  if (payload == NULL)
    payload = "96";
  if (words[0][0] == 'c') {
    g_string_append_printf (text,
        "m=application %u UDP/DTLS/SCTP webrtc-datachannel\r\n"
        "c=IN IP4 0.0.0.0\r\n%sa=mid:%s\r\na=sctp-port:5000\r\n",
        port, credentials, words[1]);
    return;
  }
  g_string_append_printf (text, "m=%s %u UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\n",
      words[0][0] == 'v' ? "video" : "audio", port, payload);
  if (!dead)
    g_string_append (text, credentials);
  if (bundle_only)
    g_string_append (text, "a=bundle-only\r\n");
  g_string_append_printf (text, "a=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=rtpmap:%s %s\r\n", words[1],
      words[2], payload,
      codec != NULL                             ? codec
          : sample_flag (words, "h264") != NULL ? "H264/90000"
          : words[0][0] == 'v'                  ? "VP8/90000"
                                                : "OPUS/48000/2");
  sample_sources (text, words);
}

static inline char *
sample_sdp (char who, const char *setup, const char *list)
{
  g_auto (GStrv) sections = g_strsplit (list, " | ", -1);
  GString *group = g_string_new ("a=group:BUNDLE");
  GString *body = g_string_new (NULL);
  char *text;

  for (guint i = 0; sections[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (sections[i], " ", -1);
    sample_section (body, words, who, setup);
    if (sample_flag (words, "dead") == NULL)
      g_string_append_printf (group, " %s", words[1]);
  }
  text = g_strdup_printf ("v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
                          "a=ice-options:trickle\r\n%s\r\n%s",
      group->str, body->str);
  g_string_free (group, TRUE);
  g_string_free (body, TRUE);
  return text;
}

/* "0:actpass go0:sendonly:actpass:S/T 1:dead [0 go0]" */
static inline char *
sample_summary (const char *text)
{
  static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, &error);
  GString *summary = g_string_new (NULL);
  const char *group;

  g_assert_no_error (error);
  for (guint i = 0; i < sdp->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
    g_autofree char *stream_id = NULL, *track_id = NULL;

    g_string_append_printf (summary, "%s:", genos_sdp_section_get_mid (section));
    if (!genos_sdp_section_is_alive (section)) {
      g_string_append (summary, "dead ");
      continue;
    }
    if (genos_sdp_section_get_media (section) != GENOS_SDP_MEDIA_APPLICATION)
      g_string_append_printf (summary, "%s:", names[genos_sdp_section_get_direction (section)]);
    g_string_append (summary, genos_sdp_section_get (section, "setup"));
    if (genos_sdp_section_get_msid (section, &stream_id, &track_id))
      g_string_append_printf (summary, ":%s/%s", stream_id, track_id);
    g_string_append_c (summary, ' ');
  }
  group = genos_sdp_lines_get (sdp->header, "group");
  g_string_append_printf (summary, "[%s]", group != NULL ? group + strlen ("BUNDLE ") : "");
  return g_string_free (summary, FALSE);
}

static inline char *
sample_inflate_signal (const char *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;
  g_autofree guint8 *frame = NULL;
  gsize size = strlen (hex) / 2;

  frame = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    frame[i] = g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]);
  if (size < 15 || memcmp (frame, "@_signal", 8) != 0)
    return NULL;
  plain = genos_inflate (frame + 15, size - 15, GENOS_SDP_MAX_SIZE, &error);
  g_assert_no_error (error);
  json = g_strndup (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  node = json_from_string (json, &error);
  g_assert_no_error (error);
  return g_strdup (json_object_get_string_member (json_node_get_object (node), "sdp"));
}

/* What a browser sent in one of the recorded sessions. */
static inline char *
sample_browser_sdp (const char *session, const char *side)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "vectors", "session-frames.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *frames;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  frames = json_object_get_array_member (
      json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)), session),
      side);
  for (guint i = 0; i < json_array_get_length (frames); i++) {
    char *sdp = sample_inflate_signal (json_array_get_string_element (frames, i));
    if (sdp != NULL)
      return sdp;
  }
  g_error ("no SDP in %s of %s", session, side);
}

/* What Firefox sent in a session with our elements. */
static inline char *
sample_firefox_sdp (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "firefox-sdp.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return g_strdup (
      json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), name));
}
