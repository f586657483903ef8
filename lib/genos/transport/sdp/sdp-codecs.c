/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-codecs.h>

#include <string.h>

#define N_FORMATS 128 /* payload types */

/* Formats that help another one. They stay when a codec does. */
static const char *const helpers[] = { "red", "ulpfec", "flexfec-03", "telephone-event", "CN" };

/* What has no a=rtpmap line is what RFC 3551 says. */
static const struct {
  guint payload;
  const char *name;
} fixed_formats[] = { { 0, "PCMU" }, { 8, "PCMA" }, { 9, "G722" }, { 13, "CN" } };

typedef struct {
  char *name;   /* (nullable) */
  int repaired; /* of rtx: the payload type that it repairs; else -1 */
  gboolean kept;
} Format;

/* The payload type that "a=NAME:96 …" begins with; -1: another line. */
static int
get_payload (const char *line, const char *name, const char **rest)
{
  gsize length = strlen (name);
  char *end = NULL;
  guint64 payload;

  if (!g_str_has_prefix (line, "a=") || strncmp (line + 2, name, length) != 0
      || line[2 + length] != ':' || !g_ascii_isdigit (line[3 + length]))
    return -1;
  payload = g_ascii_strtoull (line + 3 + length, &end, 10);
  if (*end != ' ' || payload >= N_FORMATS)
    return -1;
  *rest = end + 1;
  return (int) payload;
}

static int
get_repaired (const char *parameters)
{
  const char *apt = strstr (parameters, "apt=");
  guint64 payload;

  if (apt == NULL || !g_ascii_isdigit (apt[4]))
    return -1;
  payload = g_ascii_strtoull (apt + 4, NULL, 10);
  return payload < N_FORMATS ? (int) payload : -1;
}

static void
read_formats (const GenosSdpSection *section, Format *formats)
{
  for (guint i = 0; i < N_FORMATS; i++)
    formats[i] = (Format){ NULL, -1, FALSE };
  for (guint i = 0; i < G_N_ELEMENTS (fixed_formats); i++)
    formats[fixed_formats[i].payload].name = g_strdup (fixed_formats[i].name);
  for (guint i = 1; i < section->lines->len; i++) {
    const char *line = g_ptr_array_index (section->lines, i);
    const char *rest = NULL;
    int payload = get_payload (line, "rtpmap", &rest);

    if (payload >= 0) {
      g_free (formats[payload].name);
      formats[payload].name = g_strndup (rest, strcspn (rest, "/"));
    }
    payload = get_payload (line, "fmtp", &rest);
    if (payload >= 0)
      formats[payload].repaired = get_repaired (rest);
  }
}

static void
free_formats (Format *formats)
{
  for (guint i = 0; i < N_FORMATS; i++)
    g_free (formats[i].name);
}

static gboolean
is_called (const Format *format, const char *name)
{
  return format->name != NULL && g_ascii_strcasecmp (format->name, name) == 0;
}

static gboolean
is_helper (const Format *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++) {
    if (is_called (format, helpers[i]))
      return TRUE;
  }
  return FALSE;
}

static void
keep (Format *formats, guint payload, GString *order)
{
  formats[payload].kept = TRUE;
  g_string_append_printf (order, " %u", payload);
}

static gboolean
is_one_of (const Format *format, const char *const *codecs)
{
  for (guint i = 0; codecs[i] != NULL; i++) {
    if (is_called (format, codecs[i]))
      return TRUE;
  }
  return FALSE;
}

static void
keep_called (Format *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  for (guint i = 0; i < listed->len; i++) {
    guint payload = g_array_index (listed, guint, i);

    if (!formats[payload].kept && is_one_of (&formats[payload], codecs))
      keep (formats, payload, order);
  }
}

static void
keep_group (Format *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  g_autoptr (GPtrArray) group = g_ptr_array_new ();

  for (guint i = 0; codecs[i] != NULL && strcmp (codecs[i], GENOS_SDP_IN_THEIR_ORDER) != 0; i++)
    g_ptr_array_add (group, (gpointer) codecs[i]);
  g_ptr_array_add (group, NULL);
  keep_called (formats, listed, (const char *const *) group->pdata, order);
}

/* @listed: the payload types of the m= line, in its order. */
static gboolean
choose (Format *formats, const GArray *listed, const char *const *codecs, GString *order)
{
  for (guint c = 0; codecs[c] != NULL; c++) {
    if (strcmp (codecs[c], GENOS_SDP_IN_THEIR_ORDER) == 0)
      keep_group (formats, listed, codecs + c + 1, order);
    else
      keep_called (formats, listed, (const char *const[]){ codecs[c], NULL }, order);
  }
  if (order->len == 0)
    return FALSE;
  for (guint i = 0; i < listed->len; i++) {
    guint payload = g_array_index (listed, guint, i);
    int repaired = formats[payload].repaired;

    if (formats[payload].kept)
      continue;
    if (is_helper (&formats[payload])
        || (is_called (&formats[payload], "rtx") && repaired >= 0 && formats[repaired].kept))
      keep (formats, payload, order);
  }
  return TRUE;
}

/* NULL: the m= line cannot be read. */
static GArray *
list_payloads (const char *line, gsize *ret_head)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  GArray *listed;

  if (g_strv_length (words) < 4)
    return NULL;
  *ret_head = strlen (words[0]) + strlen (words[1]) + strlen (words[2]) + 2;
  listed = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 3; words[i] != NULL; i++) {
    guint64 number;
    guint payload;

    if (!g_ascii_string_to_unsigned (words[i], 10, 0, N_FORMATS - 1, &number, NULL))
      continue;
    payload = (guint) number;
    g_array_append_val (listed, payload);
  }
  return listed;
}

static gboolean
describes_dropped (const char *line, const Format *formats)
{
  static const char *const names[] = { "rtpmap", "fmtp", "rtcp-fb" };
  const char *rest;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    int payload = get_payload (line, names[i], &rest);

    if (payload >= 0)
      return !formats[payload].kept;
  }
  return FALSE;
}

static void
rewrite (GenosSdpSection *section, gsize head, const Format *formats, const GString *order)
{
  char *line = g_ptr_array_index (section->lines, 0);
  guint i = 1;

  section->lines->pdata[0] = g_strdup_printf ("%.*s%s", (int) head, line, order->str);
  g_free (line);
  while (i < section->lines->len) {
    if (describes_dropped (g_ptr_array_index (section->lines, i), formats))
      g_ptr_array_remove_index (section->lines, i);
    else
      i++;
  }
}

gboolean
genos_sdp_section_choose_codecs (GenosSdpSection *section, const char *const *codecs)
{
  gsize head = 0;
  g_autoptr (GArray) listed = list_payloads (g_ptr_array_index (section->lines, 0), &head);
  g_autoptr (GString) order = g_string_new (NULL);
  Format formats[N_FORMATS];
  gboolean any;

  if (listed == NULL)
    return FALSE;
  read_formats (section, formats);
  any = choose (formats, listed, codecs, order);
  if (any)
    rewrite (section, head, formats, order);
  free_formats (formats);
  return any;
}
