/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-payloads.h>

#include <genos/transport/sdp/sdp-formats.h>

#include <string.h>

/* RFC 5761, 4: packets with numbers from here on look like RTCP. */
#define FIRST_OF_RTCP 64
#define FIRST_DYNAMIC 96
/* Below the others that may be chosen, which are few, are RFC 3551's own. */
#define FIRST_FURTHER 35

typedef struct {
  GenosSdpFormat all[GENOS_SDP_N_FORMATS];
  GArray *listed; /* (nullable) */
} Formats;

static void
read_section (Formats *formats, const GenosSdpSection *section)
{
  genos_sdp_formats_read (formats->all, section);
  formats->listed = genos_sdp_section_list_formats (section, NULL);
}

static void
clear (Formats *formats)
{
  g_clear_pointer (&formats->listed, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Formats, clear)

static guint
n_listed (const Formats *formats)
{
  return formats->listed != NULL ? formats->listed->len : 0;
}

static guint
get_listed (const Formats *formats, guint index)
{
  return g_array_index (formats->listed, guint, index);
}

static gboolean
is_listed (const Formats *formats, int payload)
{
  for (guint i = 0; i < n_listed (formats); i++)
    if ((int) get_listed (formats, i) == payload)
      return TRUE;
  return FALSE;
}

static gboolean
is_usable (guint payload)
{
  return payload < FIRST_OF_RTCP || payload >= FIRST_DYNAMIC;
}

/* What helps a codec, and is none. */
static gboolean
is_helper (const GenosSdpFormat *format)
{
  static const char *const names[] = { "rtx", "red", "ulpfec", "flexfec-03", "telephone-event",
    "CN" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (genos_sdp_format_is_called (format, names[i]))
      return TRUE;
  return FALSE;
}

/* --- which formats are the same */

/* "opus/48000/2"; one channel need not be told. */
static gsize
encoding_length (const char *encoding)
{
  gsize length = strlen (encoding);
  const char *clock = strchr (encoding, '/');

  if (clock != NULL && strchr (clock + 1, '/') != NULL && g_str_has_suffix (encoding, "/1"))
    length -= 2;
  return length;
}

static gboolean
is_same_encoding (const GenosSdpFormat *a, const GenosSdpFormat *b)
{
  if (a->encoding == NULL || b->encoding == NULL)
    return FALSE;
  return encoding_length (a->encoding) == encoding_length (b->encoding)
      && g_ascii_strncasecmp (a->encoding, b->encoding, encoding_length (a->encoding)) == 0;
}

/* The value of "name=value" among parameters with semicolons between them. */
static const char *
find_parameter (const char *parameters, const char *name, gsize *length)
{
  gsize name_length = strlen (name);

  while (parameters != NULL) {
    parameters += strspn (parameters, " ;");
    if (g_ascii_strncasecmp (parameters, name, name_length) == 0
        && parameters[name_length] == '=') {
      *length = strcspn (parameters + name_length + 1, " ;");
      return parameters + name_length + 1;
    }
    parameters = strchr (parameters, ';');
  }
  return NULL;
}

/* What makes two formats of one codec: its default, and how much of it counts. */
static const struct {
  const char *codec, *parameter, *fallback;
  gsize counts;
} kinds[] = {
  /* RFC 6184, 8.2.2: the level is each side's own. */
  { "H264", "profile-level-id", "420010", 4 },
  { "H264", "packetization-mode", "0", 1 },
  { "H265", "profile-id", "1", 8 },
  { "VP9", "profile-id", "0", 8 },
  { "AV1", "profile", "0", 8 },
};

static gboolean
is_same_kind (const GenosSdpFormat *a, const GenosSdpFormat *b, guint kind)
{
  const char *fallback = kinds[kind].fallback;
  gsize length_a = strlen (fallback), length_b = strlen (fallback);
  const char *value_a = find_parameter (a->parameters, kinds[kind].parameter, &length_a);
  const char *value_b = find_parameter (b->parameters, kinds[kind].parameter, &length_b);

  length_a = MIN (length_a, kinds[kind].counts);
  length_b = MIN (length_b, kinds[kind].counts);
  return length_a == length_b
      && g_ascii_strncasecmp (
             value_a != NULL ? value_a : fallback, value_b != NULL ? value_b : fallback, length_a)
      == 0;
}

static gboolean
is_same_format (const GenosSdpFormat *a, const GenosSdpFormat *b)
{
  if (!is_same_encoding (a, b))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (genos_sdp_format_is_called (a, kinds[i].codec) && !is_same_kind (a, b, i))
      return FALSE;
  return TRUE;
}

/* --- what the remote calls ours */

typedef struct {
  const GenosRtpPayloads *before;
  const Formats *own;
  const Formats *remote;
} Match;

/* Is it what @inner is? Repair is, when what it repairs is called @repaired. */
static gboolean
fits (const Match *match, guint inner, guint wire, int repaired)
{
  const GenosSdpFormat *own = &match->own->all[inner];
  const GenosSdpFormat *remote = &match->remote->all[wire];

  if (!is_usable (wire) || !is_listed (match->remote, (int) wire))
    return FALSE;
  if (repaired >= 0)
    return is_same_encoding (own, remote) && remote->repaired == repaired;
  /* With the same number it is up to webrtcbin whether it is the same. */
  return inner == wire ? is_same_encoding (own, remote) : is_same_format (own, remote);
}

static int
find_wire (const Match *match, guint inner, int repaired)
{
  int before = genos_rtp_payloads_to_wire (match->before, inner);

  if (before >= 0 && fits (match, inner, (guint) before, repaired))
    return before;
  if (fits (match, inner, inner, repaired))
    return (int) inner;
  for (guint i = 0; i < n_listed (match->remote); i++) {
    guint wire = get_listed (match->remote, i);

    if (fits (match, inner, wire, repaired))
      return (int) wire;
  }
  return -1;
}

/* FALSE: it has codecs, and the remote none of them. */
static gboolean
match_codecs (const Match *match, GenosRtpPayloads *found)
{
  guint n_codecs = 0;

  for (guint i = 0; i < n_listed (match->own); i++) {
    guint inner = get_listed (match->own, i);
    int wire;

    if (is_helper (&match->own->all[inner]))
      continue;
    n_codecs++;
    wire = find_wire (match, inner, -1);
    if (wire >= 0)
      genos_rtp_payloads_add (found, inner, (guint) wire);
  }
  return found->n > 0 || n_codecs == 0;
}

static void
match_repair (const Match *match, GenosRtpPayloads *found)
{
  for (guint i = 0; i < n_listed (match->own); i++) {
    guint inner = get_listed (match->own, i);
    const GenosSdpFormat *format = &match->own->all[inner];
    int repaired = -1, wire = -1;

    if (genos_sdp_format_is_called (format, "rtx") && format->repaired >= 0)
      repaired = genos_rtp_payloads_to_wire (found, (guint) format->repaired);
    if (repaired >= 0)
      wire = find_wire (match, inner, repaired);
    if (wire >= 0)
      genos_rtp_payloads_add (found, inner, (guint) wire);
  }
}

gboolean
genos_sdp_payloads_match (
    GenosRtpPayloads *payloads, const GenosSdpSection *own, const GenosSdpSection *remote)
{
  g_auto (Formats) ours = { 0 }, theirs = { 0 };
  Match match = { payloads, &ours, &theirs };
  GenosRtpPayloads found = { 0 };

  read_section (&ours, own);
  read_section (&theirs, remote);
  if (!match_codecs (&match, &found))
    return FALSE;
  /* As long as the codecs are called the same, webrtcbin finds what repairs them by itself. */
  if (genos_rtp_payloads_differ (&found))
    match_repair (&match, &found);
  else
    found.n = 0;
  *payloads = found;
  return TRUE;
}

/* --- in sections */

typedef int (*Translation) (const GenosRtpPayloads *payloads, guint payload);

/* "96 97" of the m= line. FALSE: nothing would be left. */
static gboolean
renumber_media (const GenosRtpPayloads *payloads, GenosSdpSection *section, Translation translation)
{
  gsize head = 0;
  g_autoptr (GArray) listed = genos_sdp_section_list_formats (section, &head);
  g_autoptr (GString) line = NULL;
  gboolean any = FALSE;

  if (listed == NULL)
    return FALSE;
  line = g_string_new_len (g_ptr_array_index (section->lines, 0), (gssize) head);
  for (guint i = 0; i < listed->len; i++) {
    int payload = translation (payloads, g_array_index (listed, guint, i));

    if (payload < 0)
      continue;
    g_string_append_printf (line, " %d", payload);
    any = TRUE;
  }
  if (!any)
    return FALSE;
  g_free (section->lines->pdata[0]);
  section->lines->pdata[0] = g_string_free (g_steal_pointer (&line), FALSE);
  return TRUE;
}

/* "apt=96" among the parameters of an a=fmtp line. NULL: it repairs what is not there. */
static char *
renumber_parameters (
    const GenosRtpPayloads *payloads, const char *parameters, Translation translation)
{
  gsize length = 0;
  const char *apt = find_parameter (parameters, "apt", &length);
  g_autofree char *number = apt != NULL ? g_strndup (apt, length) : NULL;
  guint64 repaired;
  int payload;

  if (apt == NULL)
    return g_strdup (parameters);
  if (!g_ascii_string_to_unsigned (number, 10, 0, GENOS_SDP_N_FORMATS - 1, &repaired, NULL))
    return NULL;
  payload = translation (payloads, (guint) repaired);
  if (payload < 0)
    return NULL;
  return g_strdup_printf ("%.*s%d%s", (int) (apt - parameters), parameters, payload, apt + length);
}

/* What is to stand for @line; NULL: nothing. */
static char *
renumber_line (const GenosRtpPayloads *payloads, const char *line, Translation translation)
{
  const char *rest = NULL;
  int payload = genos_sdp_line_get_format (line, NULL, &rest);
  gboolean is_fmtp = g_str_has_prefix (line, "a=fmtp:");
  g_autofree char *value = NULL;

  if (payload < 0)
    return g_strdup (line);
  payload = translation (payloads, (guint) payload);
  value = is_fmtp ? renumber_parameters (payloads, rest, translation) : g_strdup (rest);
  if (payload < 0 || value == NULL)
    return NULL;
  return g_strdup_printf ("%.*s:%d %s", (int) (strchr (line, ':') - line), line, payload, value);
}

static void
renumber (const GenosRtpPayloads *payloads, GenosSdpSection *section, Translation translation)
{
  guint i = 1;

  if (payloads->n == 0 || !renumber_media (payloads, section, translation))
    return;
  while (i < section->lines->len) {
    char *line = g_ptr_array_index (section->lines, i);
    char *changed = renumber_line (payloads, line, translation);

    if (changed == NULL) {
      g_ptr_array_remove_index (section->lines, i);
      continue;
    }
    g_free (line);
    section->lines->pdata[i++] = changed;
  }
}

void
genos_sdp_payloads_to_wire (const GenosRtpPayloads *payloads, GenosSdpSection *section)
{
  renumber (payloads, section, genos_rtp_payloads_to_wire);
}

void
genos_sdp_payloads_to_inner (const GenosRtpPayloads *payloads, GenosSdpSection *section)
{
  renumber (payloads, section, genos_rtp_payloads_to_inner);
}

/* --- lines that the remote does not know yet */

/* Another meaning of @payload, which the remote gave it. */
static gboolean
is_taken (const GenosSdpNeighbour *neighbour, const Formats *formats, guint payload)
{
  int inner = genos_rtp_payloads_to_inner (&neighbour->payloads, payload);
  GenosSdpFormat theirs[GENOS_SDP_N_FORMATS];

  if (inner < 0 || neighbour->own == NULL)
    return FALSE;
  genos_sdp_formats_read (theirs, neighbour->own);
  return is_helper (&formats->all[payload])
      || !is_same_format (&formats->all[payload], &theirs[inner]);
}

static void
note_used (gboolean *used, const GenosSdpSection *section)
{
  g_autoptr (GArray) listed =
      section != NULL ? genos_sdp_section_list_formats (section, NULL) : NULL;

  for (guint i = 0; listed != NULL && i < listed->len; i++)
    used[g_array_index (listed, guint, i)] = TRUE;
}

static void
note_neighbour (gboolean *used, const GenosSdpNeighbour *neighbour)
{
  note_used (used, neighbour->own);
  note_used (used, neighbour->remote);
  for (guint i = 0; i < neighbour->payloads.n; i++)
    used[neighbour->payloads.pairs[i].wire] = TRUE;
}

static int
find_unused (const gboolean *used)
{
  for (guint i = FIRST_DYNAMIC; i < GENOS_SDP_N_FORMATS; i++)
    if (!used[i])
      return (int) i;
  for (guint i = FIRST_FURTHER; i < FIRST_OF_RTCP; i++)
    if (!used[i])
      return (int) i;
  return -1;
}

static gboolean
is_taken_by_any (const GArray *neighbours, const Formats *formats, guint payload)
{
  for (guint i = 0; i < neighbours->len; i++)
    if (is_taken (&g_array_index (neighbours, GenosSdpNeighbour, i), formats, payload))
      return TRUE;
  return FALSE;
}

void
genos_sdp_payloads_make_way (
    GenosRtpPayloads *payloads, const GenosSdpSection *section, const GArray *neighbours)
{
  gboolean used[GENOS_SDP_N_FORMATS] = { FALSE };
  g_auto (Formats) formats = { 0 };
  GenosRtpPayloads made = { 0 };

  read_section (&formats, section);
  note_used (used, section);
  for (guint i = 0; i < neighbours->len; i++)
    note_neighbour (used, &g_array_index (neighbours, GenosSdpNeighbour, i));
  for (guint i = 0; i < n_listed (&formats); i++) {
    guint inner = get_listed (&formats, i);
    int wire = is_taken_by_any (neighbours, &formats, inner) ? find_unused (used) : (int) inner;

    if (wire < 0 || !genos_rtp_payloads_add (&made, inner, (guint) wire))
      continue;
    used[wire] = TRUE;
  }
  if (!genos_rtp_payloads_differ (&made))
    made.n = 0;
  *payloads = made;
}
