/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-gate.h>

#include <string.h>

#include <gio/gio.h>

#include <genos/base/error.h>
#include <genos/transport/sdp/sdp-names.h>

#define refuse(error, ...) g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, __VA_ARGS__)

/* Transport parameters that may stand once for the whole session. */
static const char *const shared_attributes[] = { "ice-ufrag", "ice-pwd", "fingerprint", "setup" };

/* fmtp parameters become caps fields inside webrtcbin: these names would overwrite what it reads
 * there itself, with a string where it expects a number. */
static const char *const reserved_parameters[] = {
  "media",
  "payload",
  "clock-rate",
  "encoding-name",
  "encoding-params",
  "ssrc",
  "rtp-profile",
};

static void
spread_shared_attributes (GenosSdp *sdp)
{
  for (guint a = 0; a < G_N_ELEMENTS (shared_attributes); a++) {
    const char *name = shared_attributes[a];
    g_autofree char *value = g_strdup (genos_sdp_lines_get (sdp->header, name));

    if (value == NULL)
      continue;
    for (guint i = 0; i < sdp->sections->len; i++) {
      GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
      if (genos_sdp_section_is_alive (section) && genos_sdp_section_get (section, name) == NULL)
        genos_sdp_lines_add (section->lines, name, value);
    }
    genos_sdp_lines_remove (sdp->header, name);
  }
}

static gboolean
parse_number (const char *text, guint64 max, guint64 *ret_number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, max, ret_number, NULL);
}

static gboolean
is_ice_chars (const char *text, gsize min, gsize max)
{
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && strchr ("+/-_=", text[i]) == NULL)
      return FALSE;
  }
  return length >= min && length <= max;
}

static gsize
hash_size (const char *name)
{
  static const struct {
    const char *name;
    gsize size;
  } hashes[] = { { "sha-1", 20 }, { "sha-224", 28 }, { "sha-256", 32 }, { "sha-384", 48 },
    { "sha-512", 64 } };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++) {
    if (g_ascii_strcasecmp (hashes[i].name, name) == 0)
      return hashes[i].size;
  }
  return 0;
}

/* "sha-256 AB:CD:…" */
static gboolean
is_fingerprint (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  gsize size;

  if (g_strv_length (words) != 2)
    return FALSE;
  size = hash_size (words[0]);
  if (size == 0 || strlen (words[1]) != size * 3 - 1)
    return FALSE;
  for (gsize i = 0; i < size * 3 - 1; i++) {
    if (i % 3 == 2 ? words[1][i] != ':' : !g_ascii_isxdigit (words[1][i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_setup (const char *mid, const char *setup, gboolean is_offer, GError **error)
{
  if (setup == NULL) {
    refuse (error, "m-line %s has no a=setup", mid);
    return FALSE;
  }
  if (strcmp (setup, "active") == 0 || strcmp (setup, "passive") == 0
      || (is_offer && strcmp (setup, "actpass") == 0))
    return TRUE;
  refuse (error, "m-line %s has an a=setup that is not possible in %s", mid,
      is_offer ? "an offer" : "an answer");
  return FALSE;
}

static gboolean
check_transport (const GenosSdpSection *section, gboolean is_offer, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  const char *ufrag = genos_sdp_section_get (section, "ice-ufrag");
  const char *pwd = genos_sdp_section_get (section, "ice-pwd");
  const char *fingerprint = genos_sdp_section_get (section, "fingerprint");

  if (ufrag == NULL || !is_ice_chars (ufrag, 4, 256)) {
    refuse (error, "m-line %s has no usable a=ice-ufrag", mid);
    return FALSE;
  }
  if (pwd == NULL || !is_ice_chars (pwd, 22, 256)) {
    refuse (error, "m-line %s has no usable a=ice-pwd", mid);
    return FALSE;
  }
  if (fingerprint == NULL || !is_fingerprint (fingerprint)) {
    refuse (error, "m-line %s has no usable a=fingerprint", mid);
    return FALSE;
  }
  return check_setup (mid, genos_sdp_section_get (section, "setup"), is_offer, error);
}

static gboolean
check_channel (const GenosSdpSection *section, char **words, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  const char *sctp_port = genos_sdp_section_get (section, "sctp-port");
  guint64 port;

  if (strstr (words[2], "DTLS/SCTP") == NULL || strcmp (words[3], "webrtc-datachannel") != 0
      || words[4] != NULL) {
    refuse (error, "m-line %s is not a data channel", mid);
    return FALSE;
  }
  if (sctp_port == NULL || !parse_number (sctp_port, G_MAXUINT16, &port) || port == 0) {
    refuse (error, "m-line %s has no usable a=sctp-port", mid);
    return FALSE;
  }
  return TRUE;
}

/* "VP8/90000" or "opus/48000/2" behind the payload type. */
static gboolean
is_encoding (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 4);
  guint n_parts = g_strv_length (parts);
  guint64 number;

  return (n_parts == 2 || n_parts == 3) && genos_sdp_is_token (parts[0], 64)
      && parse_number (parts[1], G_MAXINT32, &number) && number > 0
      && (n_parts == 2 || (parse_number (parts[2], 255, &number) && number > 0));
}

static gboolean
has_rtpmap (const GenosSdpSection *section, const char *format)
{
  for (guint i = 1; i < section->lines->len; i++) {
    const char *line = g_ptr_array_index (section->lines, i);
    gsize length = strlen (format);
    if (g_str_has_prefix (line, "a=rtpmap:") && strncmp (line + 9, format, length) == 0
        && line[9 + length] == ' ' && is_encoding (line + 10 + length))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_formats (const GenosSdpSection *section, char **words, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  guint64 payload;

  if (!g_str_has_suffix (words[2], "RTP/SAVPF")) {
    refuse (error, "m-line %s has another profile than SAVPF", mid);
    return FALSE;
  }
  for (guint i = 3; words[i] != NULL; i++) {
    if (!parse_number (words[i], 127, &payload)) {
      refuse (error, "m-line %s lists a payload type that is none", mid);
      return FALSE;
    }
    if (payload > 34 && !has_rtpmap (section, words[i])) {
      refuse (error, "m-line %s has no usable a=rtpmap for payload type %s", mid, words[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_media_line (const GenosSdpSection *section, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);
  const char *line = g_ptr_array_index (section->lines, 0);
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  if (g_strv_length (words) < 4 || genos_sdp_section_get_port (section) < 0) {
    refuse (error, "m-line %s cannot be parsed", mid);
    return FALSE;
  }
  if (!genos_sdp_section_is_alive (section))
    return TRUE;
  switch (genos_sdp_section_get_media (section)) {
    case GENOS_SDP_MEDIA_APPLICATION:
      return check_channel (section, words, error);
    case GENOS_SDP_MEDIA_AUDIO:
    case GENOS_SDP_MEDIA_VIDEO:
      return check_formats (section, words, error);
    default:
      refuse (error, "m-line %s is neither data channel nor audio nor video", mid);
      return FALSE;
  }
}

static gboolean
check_mid (const GenosSdpSection *section, GHashTable *mids, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);

  if (mid == NULL || !genos_sdp_is_token (mid, GENOS_SDP_MAX_MID)) {
    refuse (error, "an m-line has no usable a=mid");
    return FALSE;
  }
  if (!g_hash_table_add (mids, (gpointer) mid)) {
    refuse (error, "the mid %s occurs twice", mid);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_sections (const GenosSdp *sdp, GHashTable *mids, gboolean is_offer, GError **error)
{
  const char *fingerprint = NULL;
  guint n_channels = 0;

  for (guint i = 0; i < sdp->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
    const char *own;

    if (!check_mid (section, mids, error) || !check_media_line (section, error))
      return FALSE;
    if (!genos_sdp_section_is_alive (section))
      continue;
    if (!check_transport (section, is_offer, error))
      return FALSE;
    own = genos_sdp_section_get (section, "fingerprint");
    if (fingerprint != NULL && g_ascii_strcasecmp (fingerprint, own) != 0) {
      refuse (error, "the m-lines have different fingerprints");
      return FALSE;
    }
    fingerprint = own;
    n_channels += genos_sdp_section_get_media (section) == GENOS_SDP_MEDIA_APPLICATION;
  }
  if (n_channels == 1)
    return TRUE;
  refuse (error, "the SDP has %u data channels instead of one", n_channels);
  return FALSE;
}

/* With max-bundle, a living line outside the group would never get a transport. */
static gboolean
check_bundle (const GenosSdp *sdp, GHashTable *mids, GError **error)
{
  g_autoptr (GHashTable) grouped = g_hash_table_new (g_str_hash, g_str_equal);
  const char *group = genos_sdp_lines_get (sdp->header, "group");
  g_auto (GStrv) words = g_strsplit (group != NULL ? group : "BUNDLE", " ", -1);

  if (sdp->sections->len == 1 && group == NULL)
    return TRUE;
  if (g_strcmp0 (words[0], "BUNDLE") != 0) {
    refuse (error, "the SDP has a group that is not BUNDLE");
    return FALSE;
  }
  for (guint i = 1; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;
    if (!g_hash_table_contains (mids, words[i]) || !g_hash_table_add (grouped, words[i])) {
      refuse (error, "the BUNDLE group names an m-line that is not there, or twice");
      return FALSE;
    }
  }
  for (guint i = 0; i < sdp->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (sdp->sections, i);
    const char *mid = genos_sdp_section_get_mid (section);
    if (genos_sdp_section_is_alive (section) && !g_hash_table_contains (grouped, mid)) {
      refuse (error, "m-line %s is not in the BUNDLE group", mid);
      return FALSE;
    }
  }
  return TRUE;
}

/* foundation component transport priority address port "typ" type …
 *
 * Only with a numeric address: webrtcbin would look up any name ending in .local, which goes to the
 * DNS servers where no mDNS is set up, lets a peer keep the resolver busy that relays need too, and in
 * 1.22 reads freed memory when the name has an address. Browsers that hide theirs behind such names
 * are found by the checks they send (peer-reflexive, RFC 8445, section 7.3.1.3). */
static gboolean
is_candidate (const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 9);
  guint64 number;

  return g_strv_length (words) >= 8 && is_ice_chars (words[0], 1, 32) && strcmp (words[1], "1") == 0
      && (g_ascii_strcasecmp (words[2], "udp") == 0 || g_ascii_strcasecmp (words[2], "tcp") == 0)
      && parse_number (words[3], G_MAXUINT32, &number) && g_hostname_is_ip_address (words[4])
      && parse_number (words[5], G_MAXUINT16, &number) && strcmp (words[6], "typ") == 0
      && (strcmp (words[7], "host") == 0 || strcmp (words[7], "srflx") == 0
          || strcmp (words[7], "prflx") == 0 || strcmp (words[7], "relay") == 0);
}

static gboolean
is_reserved_parameter (const char *parameter)
{
  g_autofree char *name = g_strndup (parameter, strcspn (parameter, "="));

  g_strstrip (name);
  for (guint i = 0; i < G_N_ELEMENTS (reserved_parameters); i++) {
    if (g_ascii_strcasecmp (name, reserved_parameters[i]) == 0)
      return TRUE;
  }
  return g_ascii_strncasecmp (name, "a-", 2) == 0;
}

/* "96 name=value;name=value" */
static gboolean
is_fmtp (const char *value)
{
  const char *space = strchr (value, ' ');
  g_auto (GStrv) parameters = NULL;

  if (space == NULL || space == value)
    return FALSE;
  parameters = g_strsplit (space + 1, ";", -1);
  for (guint i = 0; parameters[i] != NULL; i++) {
    if (is_reserved_parameter (parameters[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_rtpmap (const char *value)
{
  const char *space = strchr (value, ' ');

  return space != NULL && g_ascii_isdigit (value[0]) && is_encoding (space + 1);
}

static gboolean
keep_line (const char *line, guint *n_candidates)
{
  if (g_str_has_prefix (line, "a=candidate:"))
    return is_candidate (line + 12) && ++*n_candidates <= GENOS_SDP_MAX_CANDIDATES;
  if (g_str_has_prefix (line, "a=fmtp:"))
    return is_fmtp (line + 7);
  if (g_str_has_prefix (line, "a=rtpmap:"))
    return is_rtpmap (line + 9);
  return genos_sdp_names_knows_line (line);
}

/* What is kept of @line, (transfer full): NULL is nothing. */
static char *
filter_line (char *line, guint *n_candidates)
{
  g_autofree char *given = line;
  g_autofree char *left = NULL;

  if (!keep_line (given, n_candidates))
    return NULL;
  if (!g_str_has_prefix (given, "a=fmtp:"))
    return g_steal_pointer (&given);
  left = genos_sdp_names_filter_fmtp (given + 7);
  return left != NULL ? g_strconcat ("a=fmtp:", left, NULL) : NULL;
}

static void
filter_lines (GPtrArray *lines)
{
  guint n_candidates = 0;
  guint i = 0;

  while (i < lines->len) {
    char *left = filter_line (g_steal_pointer (&g_ptr_array_index (lines, i)), &n_candidates);

    if (left != NULL)
      g_ptr_array_index (lines, i++) = left;
    else
      g_ptr_array_remove_index (lines, i);
  }
}

GenosSdp *
genos_sdp_gate_check (const char *text, gboolean is_offer, GError **error)
{
  g_autoptr (GHashTable) mids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GenosSdp) sdp = genos_sdp_parse (text, error);

  if (sdp == NULL)
    return NULL;
  if (sdp->sections->len == 0) {
    refuse (error, "the SDP has no m-line");
    return NULL;
  }
  spread_shared_attributes (sdp);
  if (!check_sections (sdp, mids, is_offer, error) || !check_bundle (sdp, mids, error))
    return NULL;
  filter_lines (sdp->header);
  for (guint i = 0; i < sdp->sections->len; i++)
    filter_lines (((GenosSdpSection *) g_ptr_array_index (sdp->sections, i))->lines);
  return g_steal_pointer (&sdp);
}

static gboolean
check_slot (const GenosSdpSection *section, const GenosSdpSlot *slot, gboolean is_offer,
    guint index, GError **error)
{
  const char *mid = genos_sdp_section_get_mid (section);

  if (strcmp (mid, slot->mid) != 0) {
    if (is_offer && slot->dead)
      return TRUE;
    refuse (error, "m-line %u was %s and now is %s", index, slot->mid, mid);
    return FALSE;
  }
  if (genos_sdp_section_get_media (section) != slot->media) {
    refuse (error, "m-line %s changed its kind", mid);
    return FALSE;
  }
  return TRUE;
}

gboolean
genos_sdp_gate_check_continuity (const GenosSdp *sdp, gboolean is_offer, const GenosSdpSlot *slots,
    guint n_slots, GError **error)
{
  guint n_sections = sdp->sections->len;

  if (n_sections < n_slots || (!is_offer && n_sections > n_slots)) {
    refuse (error, "the SDP has %u m-lines where there were %u", n_sections, n_slots);
    return FALSE;
  }
  for (guint i = 0; i < n_slots; i++) {
    if (!check_slot (g_ptr_array_index (sdp->sections, i), &slots[i], is_offer, i, error))
      return FALSE;
  }
  return TRUE;
}
