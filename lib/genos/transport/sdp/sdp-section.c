/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sdp/sdp-text.h>

#include <string.h>

static const struct {
  const char *name;
  GenosSdpDirection direction;
} directions[] = {
  { "sendrecv", GENOS_SDP_SENDRECV },
  { "sendonly", GENOS_SDP_SENDONLY },
  { "recvonly", GENOS_SDP_RECVONLY },
  { "inactive", GENOS_SDP_INACTIVE },
};

static const char *
media_line (const GenosSdpSection *self)
{
  return g_ptr_array_index (self->lines, 0);
}

const char *
genos_sdp_section_get (const GenosSdpSection *self, const char *name)
{
  return genos_sdp_lines_get (self->lines, name);
}

const char *
genos_sdp_section_get_mid (const GenosSdpSection *self)
{
  return genos_sdp_section_get (self, "mid");
}

GenosSdpMedia
genos_sdp_section_get_media (const GenosSdpSection *self)
{
  const char *line = media_line (self);

  if (g_str_has_prefix (line, "m=application "))
    return GENOS_SDP_MEDIA_APPLICATION;
  if (g_str_has_prefix (line, "m=audio "))
    return GENOS_SDP_MEDIA_AUDIO;
  if (g_str_has_prefix (line, "m=video "))
    return GENOS_SDP_MEDIA_VIDEO;
  return GENOS_SDP_MEDIA_OTHER;
}

gint
genos_sdp_section_get_port (const GenosSdpSection *self)
{
  const char *space = strchr (media_line (self), ' ');
  char *end = NULL;
  guint64 port;

  if (space == NULL || !g_ascii_isdigit (space[1]))
    return -1;
  port = g_ascii_strtoull (space + 1, &end, 10);
  if (*end != ' ' || port > G_MAXUINT16)
    return -1;
  return (gint) port;
}

void
genos_sdp_section_set_port (GenosSdpSection *self, guint port)
{
  const char *line = media_line (self);
  const char *space = strchr (line, ' ');
  const char *rest = space != NULL ? strchr (space + 1, ' ') : NULL;
  char *changed;

  if (rest == NULL)
    return;
  changed = g_strdup_printf ("%.*s %u%s", (int) (space - line), line, port, rest);
  g_free (self->lines->pdata[0]);
  self->lines->pdata[0] = changed;
}

gboolean
genos_sdp_section_is_alive (const GenosSdpSection *self)
{
  return genos_sdp_section_get_port (self) != 0
      || genos_sdp_section_get (self, "bundle-only") != NULL;
}

GenosSdpDirection
genos_sdp_section_get_direction (const GenosSdpSection *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (genos_sdp_section_get (self, directions[i].name) != NULL)
      return directions[i].direction;
  }
  return GENOS_SDP_SENDRECV;
}

static gboolean
is_direction (const char *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (g_str_has_prefix (line, "a=") && strcmp (line + 2, directions[i].name) == 0)
      return TRUE;
  }
  return FALSE;
}

void
genos_sdp_section_set_direction (GenosSdpSection *self, GenosSdpDirection direction)
{
  guint position = G_MAXUINT;

  for (guint i = self->lines->len; i > 1; i--) {
    if (is_direction (g_ptr_array_index (self->lines, i - 1))) {
      g_ptr_array_remove_index (self->lines, i - 1);
      position = i - 1;
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (directions[i].direction == direction)
      g_ptr_array_insert (self->lines, position == G_MAXUINT ? -1 : (gint) position,
          g_strconcat ("a=", directions[i].name, NULL));
  }
}

/* "STREAM TRACK", "- TRACK" or "STREAM". */
static void
split_msid (const char *value, char **stream_id, char **track_id)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 3);

  *stream_id = NULL;
  *track_id = NULL;
  if (words[0] == NULL || words[0][0] == '\0')
    return;
  if (strcmp (words[0], "-") != 0)
    *stream_id = g_strdup (words[0]);
  if (words[1] != NULL && words[1][0] != '\0')
    *track_id = g_strdup (words[1]);
}

/* The value of `a=ssrc:N msid:VALUE`. */
static const char *
find_source_msid (const GenosSdpSection *self)
{
  for (guint i = 1; i < self->lines->len; i++) {
    const char *line = g_ptr_array_index (self->lines, i);
    const char *space;
    if (!g_str_has_prefix (line, "a=ssrc:"))
      continue;
    space = strchr (line, ' ');
    if (space != NULL && g_str_has_prefix (space, " msid:"))
      return space + strlen (" msid:");
  }
  return NULL;
}

gboolean
genos_sdp_section_get_msid (const GenosSdpSection *self, char **stream_id, char **track_id)
{
  const char *value = genos_sdp_section_get (self, "msid");

  if (value == NULL)
    value = find_source_msid (self);
  if (value == NULL || *value == '\0') {
    *stream_id = NULL;
    *track_id = NULL;
    return FALSE;
  }
  split_msid (value, stream_id, track_id);
  return *stream_id != NULL || *track_id != NULL;
}

void
genos_sdp_section_collect_ssrcs (const GenosSdpSection *self, GArray *ssrcs)
{
  for (guint i = 1; i < self->lines->len; i++) {
    const char *line = g_ptr_array_index (self->lines, i);
    char *end = NULL;
    guint64 number;
    guint32 ssrc;

    if (!g_str_has_prefix (line, "a=ssrc:") || !g_ascii_isdigit (line[7]))
      continue;
    number = g_ascii_strtoull (line + 7, &end, 10);
    if ((*end != ' ' && *end != '\0') || number > G_MAXUINT32)
      continue;
    ssrc = (guint32) number;
    if (ssrcs->len == 0 || g_array_index (ssrcs, guint32, ssrcs->len - 1) != ssrc)
      g_array_append_val (ssrcs, ssrc);
  }
}

void
genos_sdp_section_drop_sources (GenosSdpSection *self)
{
  genos_sdp_lines_remove (self->lines, "ssrc");
  genos_sdp_lines_remove (self->lines, "ssrc-group");
  genos_sdp_lines_remove (self->lines, "msid");
}
