/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-formats.h>

#include <string.h>

/* What has no a=rtpmap line is what RFC 3551 says. */
static const struct {
  guint payload;
  const char *encoding;
} fixed_formats[] = { { 0, "PCMU/8000" }, { 8, "PCMA/8000" }, { 9, "G722/8000" },
  { 13, "CN/8000" } };

static const char *const names[] = { "rtpmap", "fmtp", "rtcp-fb" };

static int
get_named (const char *line, const char *name, const char **rest)
{
  gsize length = strlen (name);
  char *end = NULL;
  guint64 payload;

  if (!g_str_has_prefix (line, "a=") || strncmp (line + 2, name, length) != 0
      || line[2 + length] != ':' || !g_ascii_isdigit (line[3 + length]))
    return -1;
  payload = g_ascii_strtoull (line + 3 + length, &end, 10);
  if (*end != ' ' || payload >= GENOS_SDP_N_FORMATS)
    return -1;
  if (rest != NULL)
    *rest = end + 1;
  return (int) payload;
}

int
genos_sdp_line_get_format (const char *line, const char *name, const char **rest)
{
  int payload = -1;

  if (name != NULL)
    return get_named (line, name, rest);
  for (guint i = 0; i < G_N_ELEMENTS (names) && payload < 0; i++)
    payload = get_named (line, names[i], rest);
  return payload;
}

static int
get_repaired (const char *parameters)
{
  const char *apt = strstr (parameters, "apt=");
  guint64 payload;

  if (apt == NULL || !g_ascii_isdigit (apt[4]))
    return -1;
  payload = g_ascii_strtoull (apt + 4, NULL, 10);
  return payload < GENOS_SDP_N_FORMATS ? (int) payload : -1;
}

void
genos_sdp_formats_read (GenosSdpFormat *formats, const GenosSdpSection *section)
{
  for (guint i = 0; i < GENOS_SDP_N_FORMATS; i++)
    formats[i] = (GenosSdpFormat){ NULL, NULL, -1 };
  for (guint i = 0; i < G_N_ELEMENTS (fixed_formats); i++)
    formats[fixed_formats[i].payload].encoding = fixed_formats[i].encoding;
  for (guint i = 1; i < section->lines->len; i++) {
    const char *line = g_ptr_array_index (section->lines, i);
    const char *rest = NULL;
    int payload = genos_sdp_line_get_format (line, "rtpmap", &rest);

    if (payload >= 0)
      formats[payload].encoding = rest;
    payload = genos_sdp_line_get_format (line, "fmtp", &rest);
    if (payload < 0)
      continue;
    formats[payload].parameters = rest;
    formats[payload].repaired = get_repaired (rest);
  }
}

gboolean
genos_sdp_format_is_called (const GenosSdpFormat *self, const char *name)
{
  return self->encoding != NULL && strcspn (self->encoding, "/") == strlen (name)
      && g_ascii_strncasecmp (self->encoding, name, strlen (name)) == 0;
}

GArray *
genos_sdp_section_list_formats (const GenosSdpSection *section, gsize *head)
{
  g_auto (GStrv) words = g_strsplit (g_ptr_array_index (section->lines, 0), " ", -1);
  gboolean known[GENOS_SDP_N_FORMATS] = { FALSE };
  GArray *listed;

  if (g_strv_length (words) < 4)
    return NULL;
  if (head != NULL)
    *head = strlen (words[0]) + strlen (words[1]) + strlen (words[2]) + 2;
  listed = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 3; words[i] != NULL; i++) {
    guint64 number;
    guint payload;

    if (!g_ascii_string_to_unsigned (words[i], 10, 0, GENOS_SDP_N_FORMATS - 1, &number, NULL)
        || known[number])
      continue;
    known[number] = TRUE;
    payload = (guint) number;
    g_array_append_val (listed, payload);
  }
  return listed;
}
