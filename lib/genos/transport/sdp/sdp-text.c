/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-text.h>

#include <string.h>

#include <genos/base/error.h>

static GPtrArray *
lines_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static GenosSdpSection *
section_new (void)
{
  GenosSdpSection *self = g_new0 (GenosSdpSection, 1);
  self->lines = lines_new ();
  return self;
}

void
genos_sdp_section_free (GenosSdpSection *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_free (self);
}

GPtrArray *
genos_sdp_lines_copy (GPtrArray *lines)
{
  GPtrArray *copy = lines_new ();

  for (guint i = 0; i < lines->len; i++)
    g_ptr_array_add (copy, g_strdup (g_ptr_array_index (lines, i)));
  return copy;
}

GenosSdpSection *
genos_sdp_section_copy (const GenosSdpSection *self)
{
  GenosSdpSection *copy = g_new0 (GenosSdpSection, 1);
  copy->lines = genos_sdp_lines_copy (self->lines);
  return copy;
}

static GenosSdp *
sdp_new_take (GPtrArray *header)
{
  GenosSdp *self = g_new0 (GenosSdp, 1);
  self->header = header;
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_sdp_section_free);
  return self;
}

GenosSdp *
genos_sdp_new_with_header (GPtrArray *header)
{
  return sdp_new_take (genos_sdp_lines_copy (header));
}

void
genos_sdp_free (GenosSdp *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->header);
  g_ptr_array_unref (self->sections);
  g_free (self);
}

static gboolean
check_characters (const char *text, gsize size, GError **error)
{
  for (gsize i = 0; i < size; i++) {
    guchar c = text[i];
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL,
          "the SDP holds the control character 0x%02x", c);
      return FALSE;
    }
  }
  if (!g_utf8_validate (text, size, NULL)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the SDP is not UTF-8");
    return FALSE;
  }
  return TRUE;
}

static gboolean
take_line (GenosSdp *self, const char *line, gsize length, GError **error)
{
  GPtrArray *lines = self->header;

  if (length > GENOS_SDP_MAX_LINE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "an SDP line has %" G_GSIZE_FORMAT " bytes, at most %d are taken", length,
        GENOS_SDP_MAX_LINE);
    return FALSE;
  }
  if (length < 2 || !g_ascii_islower (line[0]) || line[1] != '='
      || memchr (line, '\r', length) != NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL,
        "the SDP holds a line that is not of the form x=value");
    return FALSE;
  }
  if (line[0] == 'm') {
    if (self->sections->len == GENOS_SDP_MAX_SECTIONS) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "the SDP has more than %d m-lines",
          GENOS_SDP_MAX_SECTIONS);
      return FALSE;
    }
    g_ptr_array_add (self->sections, section_new ());
  }
  if (self->sections->len > 0) {
    GenosSdpSection *last = g_ptr_array_index (self->sections, self->sections->len - 1);
    lines = last->lines;
  }
  g_ptr_array_add (lines, g_strndup (line, length));
  return TRUE;
}

static gboolean
take_lines (GenosSdp *self, const char *text, gsize size, GError **error)
{
  const char *end = text + size;
  guint n_lines = 0;

  while (text < end) {
    const char *newline = memchr (text, '\n', end - text);
    const char *stop = newline != NULL ? newline : end;
    gsize length = stop - text;

    if (length > 0 && text[length - 1] == '\r')
      length--;
    if (length > 0) {
      if (++n_lines > GENOS_SDP_MAX_LINES) {
        g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "the SDP has more than %d lines",
            GENOS_SDP_MAX_LINES);
        return FALSE;
      }
      if (!take_line (self, text, length, error))
        return FALSE;
    }
    text = newline != NULL ? newline + 1 : end;
  }
  return TRUE;
}

GenosSdp *
genos_sdp_parse (const char *text, GError **error)
{
  g_autoptr (GenosSdp) self = sdp_new_take (lines_new ());
  gsize size = strnlen (text, GENOS_SDP_MAX_SIZE + 1);

  if (size > GENOS_SDP_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "the SDP has more than %d bytes",
        GENOS_SDP_MAX_SIZE);
    return NULL;
  }
  if (!check_characters (text, size, error) || !take_lines (self, text, size, error))
    return NULL;
  if (self->header->len == 0 || strcmp (g_ptr_array_index (self->header, 0), "v=0") != 0) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the SDP does not begin with v=0");
    return NULL;
  }
  return g_steal_pointer (&self);
}

static void
append_lines (GString *text, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++) {
    g_string_append (text, g_ptr_array_index (lines, i));
    g_string_append (text, "\r\n");
  }
}

char *
genos_sdp_to_string (const GenosSdp *self)
{
  GString *text = g_string_new (NULL);

  append_lines (text, self->header);
  for (guint i = 0; i < self->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (self->sections, i);
    append_lines (text, section->lines);
  }
  return g_string_free (text, FALSE);
}

GenosSdpSection *
genos_sdp_find (const GenosSdp *self, const char *mid)
{
  for (guint i = 0; i < self->sections->len; i++) {
    GenosSdpSection *section = g_ptr_array_index (self->sections, i);
    if (g_strcmp0 (genos_sdp_section_get_mid (section), mid) == 0)
      return section;
  }
  return NULL;
}

static void
remove_bundle (GPtrArray *header)
{
  for (guint i = header->len; i > 0; i--) {
    if (g_str_has_prefix (g_ptr_array_index (header, i - 1), "a=group:BUNDLE"))
      g_ptr_array_remove_index (header, i - 1);
  }
}

void
genos_sdp_rebuild_bundle (GenosSdp *self)
{
  g_autoptr (GString) group = g_string_new ("BUNDLE");
  gboolean any = FALSE;

  remove_bundle (self->header);
  for (guint i = 0; i < self->sections->len; i++) {
    const GenosSdpSection *section = g_ptr_array_index (self->sections, i);
    const char *mid = genos_sdp_section_get_mid (section);
    if (mid == NULL || !genos_sdp_section_is_alive (section))
      continue;
    g_string_append_printf (group, " %s", mid);
    any = TRUE;
  }
  if (any)
    genos_sdp_lines_add (self->header, "group", group->str);
}

/* The value in @line when it is an attribute called @name. */
static const char *
match_attribute (const char *line, const char *name)
{
  gsize length = strlen (name);

  if (line[0] != 'a' || line[1] != '=' || strncmp (line + 2, name, length) != 0)
    return NULL;
  line += 2 + length;
  if (*line == ':')
    return line + 1;
  return *line == '\0' ? line : NULL;
}

const char *
genos_sdp_lines_get (GPtrArray *lines, const char *name)
{
  for (guint i = 0; i < lines->len; i++) {
    const char *value = match_attribute (g_ptr_array_index (lines, i), name);
    if (value != NULL)
      return value;
  }
  return NULL;
}

void
genos_sdp_lines_remove (GPtrArray *lines, const char *name)
{
  guint kept = 0;

  for (guint i = 0; i < lines->len; i++) {
    char *line = g_ptr_array_index (lines, i);
    if (match_attribute (line, name) != NULL)
      g_free (line);
    else
      lines->pdata[kept++] = line;
  }
  while (lines->len > kept)
    g_ptr_array_steal_index (lines, lines->len - 1);
}

static char *
format_attribute (const char *name, const char *value)
{
  return value[0] == '\0' ? g_strconcat ("a=", name, NULL)
                          : g_strconcat ("a=", name, ":", value, NULL);
}

void
genos_sdp_lines_add (GPtrArray *lines, const char *name, const char *value)
{
  g_ptr_array_add (lines, format_attribute (name, value));
}

void
genos_sdp_lines_set (GPtrArray *lines, const char *name, const char *value)
{
  char *line = format_attribute (name, value);
  guint position = G_MAXUINT;

  for (guint i = 0; i < lines->len && position == G_MAXUINT; i++) {
    if (match_attribute (g_ptr_array_index (lines, i), name) != NULL)
      position = i;
  }
  genos_sdp_lines_remove (lines, name);
  g_ptr_array_insert (lines, position == G_MAXUINT ? -1 : (gint) position, line);
}

gboolean
genos_sdp_is_token (const char *text, gsize max)
{
  gsize length = strnlen (text, max + 1);

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isgraph (text[i]) || strchr ("\"(),/:;<=>?@[\\]", text[i]) != NULL)
      return FALSE;
  }
  return length > 0 && length <= max;
}
