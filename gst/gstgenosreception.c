/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosreception.h"

#include "gstgenoscodec.h"

#include <string.h>

/* What follows is taken in the order that the peer prefers. */
#define IN_PEERS_ORDER "*"

/* As in the room's properties, where they are RTP's names in lower case. */
static const struct {
  const char *name;
  GenosMediaKind kind;
} codecs[] = {
  { "vp8", GENOS_MEDIA_VIDEO },
  { "vp9", GENOS_MEDIA_VIDEO },
  { "h264", GENOS_MEDIA_VIDEO },
  { "h265", GENOS_MEDIA_VIDEO },
  { "av1", GENOS_MEDIA_VIDEO },
  { "opus", GENOS_MEDIA_AUDIO },
  { "pcmu", GENOS_MEDIA_AUDIO },
  { "pcma", GENOS_MEDIA_AUDIO },
};

/* all elements of a session */

void
gst_genos_reception_clear (GstGenosReception *self)
{
  g_clear_pointer (&self->video_codecs, g_free);
  g_clear_pointer (&self->audio_codecs, g_free);
}

static gboolean
has_name (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What the first element prefers stays in front. */
static void
add_list (char **list, const char *more)
{
  g_auto (GStrv) names = g_strsplit (more != NULL ? more : "", ",", -1);
  g_autoptr (GString) all = NULL;

  if (more == NULL)
    g_clear_pointer (list, g_free);
  if (*list == NULL)
    return;
  all = g_string_new (*list);
  for (guint i = 0; names[i] != NULL; i++) {
    if (!has_name (*list, names[i]) && strcmp (names[i], IN_PEERS_ORDER) != 0)
      g_string_append_printf (all, ",%s", names[i]);
  }
  g_free (*list);
  *list = g_strdup (all->str);
}

void
gst_genos_reception_add (GstGenosReception *self, const GstGenosRoomSettings *settings)
{
  if (!self->begun) {
    self->begun = TRUE;
    self->video_codecs = g_strdup (settings->video_codecs);
    self->audio_codecs = g_strdup (settings->audio_codecs);
    return;
  }
  add_list (&self->video_codecs, settings->video_codecs);
  add_list (&self->audio_codecs, settings->audio_codecs);
}

void
gst_genos_reception_apply (const GstGenosReception *self, GenosRoom *room)
{
  g_object_set (room, "receive-video-codecs", self->video_codecs, "receive-audio-codecs",
      self->audio_codecs, NULL);
}

/* one element */

static void
append (GString *list, const char *name)
{
  g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", name);
}

/* What it takes to make anything of the packets. */
#define MIN_OUTPUT(output)                                                                         \
  ((output) == GST_GENOS_OUTPUT_RTP ? GST_GENOS_OUTPUT_RTP : GST_GENOS_OUTPUT_ENCODED)

/* Those that can be taken apart: and decoded if that is wanted, or not. */
static void
append_possible (GString *list, GstGenosOutput output, GenosMediaKind kind, gboolean fully)
{
  append (list, IN_PEERS_ORDER);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    const char *name = codecs[i].name;

    if (codecs[i].kind == kind && gst_genos_decode_chain_can_take (name, output) == fully
        && gst_genos_decode_chain_can_take (name, MIN_OUTPUT (output)))
      append (list, name);
  }
}

static gboolean
can_take_all (GstGenosOutput output, GenosMediaKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].kind == kind && !gst_genos_decode_chain_can_take (codecs[i].name, output))
      return FALSE;
  }
  return TRUE;
}

/* What no decoder is there for comes last, rather than not at all: who sends nothing else is told of then, with
 * what is missing. NULL: whatever comes. */
static char *
list_possible (GstGenosOutput output, GenosMediaKind kind)
{
  g_autoptr (GString) list = g_string_new (NULL);

  if (can_take_all (output, kind))
    return NULL;
  append_possible (list, output, kind, TRUE);
  append_possible (list, output, kind, FALSE);
  return g_strdup (list->str);
}

gboolean
gst_genos_reception_list_codecs (GstGenosOutput output, GenosMediaKind kind, const char *wanted,
    char **list, char **missing, GError **error)
{
  g_auto (GStrv) names = gst_genos_codecs_parse (wanted);
  GType type = kind == GENOS_MEDIA_VIDEO ? GST_TYPE_GENOS_VIDEO_CODEC : GST_TYPE_GENOS_AUDIO_CODEC;
  g_autoptr (GString) possible = g_string_new (NULL);
  g_autoptr (GString) lacking = g_string_new (NULL);

  *list = *missing = NULL;
  if (!gst_genos_codecs_check (type, (const char *const *) names, error))
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    append (gst_genos_decode_chain_can_take (names[i], output) ? possible : lacking, names[i]);
  if (possible->len == 0 && lacking->len > 0) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN,
        "no element is installed here that takes %s apart%s (Debian: gstreamer1.0-plugins-good, "
        "gstreamer1.0-plugins-bad, gstreamer1.0-libav)",
        lacking->str, output == GST_GENOS_OUTPUT_RAW ? " and decodes it" : "");
    return FALSE;
  }
  *list = possible->len > 0 ? g_strdup (possible->str) : list_possible (output, kind);
  *missing = lacking->len > 0 ? g_strdup (lacking->str) : NULL;
  return TRUE;
}

gboolean
gst_genos_reception_takes (const char *list, const char *encoding_name)
{
  return list == NULL || (encoding_name != NULL && has_name (list, encoding_name));
}
