/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-extension-number.h>

#include <string.h>

/* Chromium's own number, and Firefox's, so that most links need no other. */
static const guint preferred[] = { 3, 7 };
#define MAX_ONE_BYTE 14
/* Below it is the level of sound. */
#define FIRST_FREE 2

/* RFC 8285, 8: "a=extmap:<value>["/"<direction>"] <URI> <extensionattributes>" */
static gboolean
parse (const char *line, guint *number, const char **uri, gsize *length)
{
  const char *text;
  char *end;
  guint64 value;

  if (!g_str_has_prefix (line, "a=extmap:"))
    return FALSE;
  text = line + strlen ("a=extmap:");
  value = g_ascii_strtoull (text, &end, 10);
  if (end == text || value < 1 || value > MAX_ONE_BYTE)
    return FALSE;
  end = strchr (end, ' ');
  if (end == NULL)
    return FALSE;
  *number = value;
  *uri = end + 1;
  *length = strcspn (*uri, " ");
  return TRUE;
}

static guint
look (const GenosSdpSection *section, const char *uri, guint *used)
{
  for (guint i = 0; i < section->lines->len; i++) {
    const char *found;
    guint number;
    gsize length;

    if (!parse (g_ptr_array_index (section->lines, i), &number, &found, &length))
      continue;
    if (length == strlen (uri) && strncmp (found, uri, length) == 0)
      return number;
    *used |= 1u << number;
  }
  return 0;
}

guint
genos_sdp_choose_extension (GPtrArray *lines, const char *uri)
{
  guint used = 0;

  for (guint i = 0; i < lines->len; i++) {
    const GenosSdpMapLine *line = g_ptr_array_index (lines, i);
    guint number = line->last != NULL ? look (line->last, uri, &used) : 0;

    if (number != 0)
      return number;
  }
  for (guint i = 0; i < G_N_ELEMENTS (preferred); i++)
    if ((used & (1u << preferred[i])) == 0)
      return preferred[i];
  for (guint number = FIRST_FREE; number <= MAX_ONE_BYTE; number++)
    if ((used & (1u << number)) == 0)
      return number;
  return preferred[0];
}

static gboolean
offers (const GenosSdpSection *offer, const char *line)
{
  guint number, used = 0;
  const char *found;
  gsize length;
  g_autofree char *uri = NULL;

  if (!parse (line, &number, &found, &length))
    return FALSE;
  uri = g_strndup (found, length);
  return look (offer, uri, &used) == number;
}

void
genos_sdp_section_keep_extensions (GenosSdpSection *self, const GenosSdpSection *offer)
{
  for (guint i = self->lines->len; i-- > 0;) {
    const char *line = g_ptr_array_index (self->lines, i);

    if (g_str_has_prefix (line, "a=extmap:") && !offers (offer, line))
      g_ptr_array_remove_index (self->lines, i);
  }
}

void
genos_sdp_section_answer_extension (
    GenosSdpSection *self, const GenosSdpSection *offer, const char *uri)
{
  guint used = 0;
  guint number = look (offer, uri, &used);
  g_autofree char *value = NULL;

  if (number == 0 || look (self, uri, &used) != 0)
    return;
  value = g_strdup_printf ("%u %s", number, uri);
  genos_sdp_lines_add (self->lines, "extmap", value);
}

guint
genos_sdp_section_find_extension (const GenosSdpSection *self, const char *uri)
{
  guint used = 0;

  return look (self, uri, &used);
}
