/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <genos/transport/sdp/sdp-names.h>

#include <string.h>

#define MAX_EXTENSION 255 /* RFC 8285, section 4.3 */
#define MAX_PAYLOAD_TYPE 127

/* Of RFC 8866, 8839, 8842, 8841, 9143, 8830, 5576, 5761, 5506, 4585, 8285, 8853, 8851 and of browsers. */
static const char *const attributes[] = { "bundle-only", "candidate", "content",
  "end-of-candidates", "extmap", "extmap-allow-mixed", "fingerprint", "fmtp", "framerate", "group",
  "ice-lite", "ice-options", "ice-pwd", "ice-ufrag", "identity", "imageattr", "inactive", "label",
  "max-message-size", "maxptime", "mid", "msid", "msid-semantic", "ptime", "recvonly",
  "remote-candidates", "rid", "rtcp", "rtcp-fb", "rtcp-mux", "rtcp-mux-only", "rtcp-rsize",
  "rtcp-xr", "rtpmap", "sctp-port", "sctpmap", "sendonly", "sendrecv", "setup", "simulcast", "ssrc",
  "ssrc-group", "tls-id", "tool", "x-genos-offer", "x-genosrooms", "x-google-flag" };

/* Of RFC 7587 (Opus), 6184 (H.264), 7798 (H.265), 7741 (VP8), 9628 (VP9), 4588 (RTX), of AV1's
 * payload format, and of browsers. */
static const char *const parameters[] = { "apt", "cbr", "fec-lifetime", "interop-constraints",
  "level-asymmetry-allowed", "level-id", "level-idx", "max-br", "max-cpb", "max-dpb", "max-fps",
  "max-fr", "max-fs", "max-mbps", "max-recv-height", "max-recv-width", "max-smbps",
  "maxaveragebitrate", "maxplaybackrate", "maxptime", "minptime", "packetization-mode", "profile",
  "profile-compatibility-indicator", "profile-id", "profile-level-id", "profile-space", "ptime",
  "repair-window", "rtx-time", "sprop-maxcapturerate", "sprop-parameter-sets", "sprop-pps",
  "sprop-sps", "sprop-stereo", "sprop-vps", "stereo", "tier", "tier-flag", "tx-mode", "usedtx",
  "useinbandfec", "x-google-max-bitrate", "x-google-max-quantization", "x-google-min-bitrate",
  "x-google-start-bitrate" };

static const char *const feedback[] = { "ccm fir", "ccm tmmbr", "goog-remb", "nack", "nack pli",
  "transport-cc" };

static const char *const source_attributes[] = { "cname", "label", "mslabel", "msid" };

static gboolean
contains (const char *const *names, guint n_names, const char *text, gsize length)
{
  for (guint i = 0; i < n_names; i++) {
    if (strlen (names[i]) == length && g_ascii_strncasecmp (names[i], text, length) == 0)
      return TRUE;
  }
  return FALSE;
}

/* "96 nack pli", or "* nack" */
static gboolean
knows_feedback (const char *value)
{
  const char *space = strchr (value, ' ');

  return space != NULL
      && contains (feedback, G_N_ELEMENTS (feedback), space + 1, strlen (space + 1));
}

/* "1234 cname:value" */
static gboolean
knows_source (const char *value)
{
  const char *space = strchr (value, ' ');

  return space == NULL
      || contains (
          source_attributes, G_N_ELEMENTS (source_attributes), space + 1, strcspn (space + 1, ":"));
}

/* "3 urn:…", or "3/sendonly urn:…" */
static gboolean
knows_extension (const char *value)
{
  g_autofree char *number = g_strndup (value, strcspn (value, "/ "));

  return g_ascii_string_to_unsigned (number, 10, 1, MAX_EXTENSION, NULL, NULL);
}

gboolean
genos_sdp_names_knows_line (const char *line)
{
  gsize length;

  if (!g_str_has_prefix (line, "a="))
    return TRUE;
  line += 2;
  length = strcspn (line, ":");
  if (!contains (attributes, G_N_ELEMENTS (attributes), line, length))
    return FALSE;
  if (g_str_has_prefix (line, "rtcp-fb:"))
    return knows_feedback (line + length + 1);
  if (g_str_has_prefix (line, "ssrc:"))
    return knows_source (line + length + 1);
  if (g_str_has_prefix (line, "extmap:"))
    return knows_extension (line + length + 1);
  return TRUE;
}

/* RFC 2198: "111/111", which is so many names at most. */
static gboolean
is_redundancy (const char *parameter)
{
  g_auto (GStrv) parts = g_strsplit (parameter, "/", 3);

  return g_strv_length (parts) == 2 && strcmp (parts[0], parts[1]) == 0 && parts[0][0] != '0'
      && g_ascii_string_to_unsigned (parts[0], 10, 1, MAX_PAYLOAD_TYPE, NULL, NULL);
}

static gboolean
knows_parameter (const char *parameter)
{
  return contains (parameters, G_N_ELEMENTS (parameters), parameter, strcspn (parameter, "= "))
      || is_redundancy (parameter);
}

char *
genos_sdp_names_filter_fmtp (const char *value)
{
  const char *space = strchr (value, ' ');
  g_autoptr (GString) left = NULL;
  g_auto (GStrv) all = NULL;
  gsize empty;

  if (space == NULL)
    return NULL;
  left = g_string_new_len (value, space + 1 - value);
  empty = left->len;
  all = g_strsplit (space + 1, ";", -1);
  for (guint i = 0; all[i] != NULL; i++) {
    const char *parameter = g_strstrip (all[i]);

    if (!knows_parameter (parameter))
      continue;
    if (left->len > empty)
      g_string_append_c (left, ';');
    g_string_append (left, parameter);
  }
  return left->len > empty ? g_string_free (g_steal_pointer (&left), FALSE) : NULL;
}
