/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-extension.h>

#include <string.h>

static const char *const known[] = { "urn:ietf:params:rtp-hdrext:ssrc-audio-level", NULL };

#define EXTMAP "a=extmap:"

/* "a=extmap:3 urn:… attributes": what is restricted to a direction is not for us. (nullable) */
static char *
dup_uri (const char *line)
{
  const char *space = strchr (line, ' ');

  if (!g_str_has_prefix (line, EXTMAP) || space == NULL
      || memchr (line, '/', (gsize) (space - line)) != NULL)
    return NULL;
  return g_strndup (space + 1, strcspn (space + 1, " "));
}

static guint64
parse_id (const char *line)
{
  guint64 id = g_ascii_strtoull (line + strlen (EXTMAP), NULL, 10);

  return id <= 255 ? id : 0;
}

/* The same number, or the same extension under another one. */
static gboolean
is_taken (const GenosSdpSection *self, guint64 id, const char *uri)
{
  for (guint i = 1; i < self->lines->len; i++) {
    const char *line = g_ptr_array_index (self->lines, i);
    g_autofree char *other = NULL;

    if (!g_str_has_prefix (line, EXTMAP))
      continue;
    other = dup_uri (line);
    if (parse_id (line) == id || g_strcmp0 (other, uri) == 0)
      return TRUE;
  }
  return FALSE;
}

void
genos_sdp_section_agree_extensions (GenosSdpSection *self, const GenosSdpSection *remote)
{
  for (guint i = 1; i < remote->lines->len; i++) {
    const char *line = g_ptr_array_index (remote->lines, i);
    g_autofree char *uri = dup_uri (line);
    g_autofree char *value = NULL;

    if (uri == NULL || !g_strv_contains (known, uri) || parse_id (line) == 0
        || is_taken (self, parse_id (line), uri))
      continue;
    value = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", parse_id (line), uri);
    genos_sdp_lines_add (self->lines, "extmap", value);
  }
}
