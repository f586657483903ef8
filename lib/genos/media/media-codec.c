/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/media-codec.h>

#include <genos/base/error.h>

/* Where browsers offer a format, its payload number is Chromium's: a line that both sides
 * use must have the same number in both descriptions. The first row of a kind is its
 * default. */
static const GenosMediaCodec codecs[] = {
  { GENOS_CODEC_VP8, GENOS_MEDIA_VIDEO, "vp8", "VP8", "video/x-vp8", "VP8", 96, 90000 },
  { GENOS_CODEC_VP9, GENOS_MEDIA_VIDEO, "vp9", "VP9", "video/x-vp9", "VP9", 98, 90000 },
  { GENOS_CODEC_H264, GENOS_MEDIA_VIDEO, "h264", "H.264", "video/x-h264", "H264", 102, 90000 },
  { GENOS_CODEC_H265, GENOS_MEDIA_VIDEO, "h265", "H.265", "video/x-h265", "H265", 121, 90000 },
  { GENOS_CODEC_AV1, GENOS_MEDIA_VIDEO, "av1", "AV1", "video/x-av1", "AV1", 122, 90000 },
  { GENOS_CODEC_OPUS, GENOS_MEDIA_AUDIO, "opus", "Opus", "audio/x-opus", "OPUS", 111, 48000 },
  { GENOS_CODEC_PCMU, GENOS_MEDIA_AUDIO, "pcmu", "PCMU", "audio/x-mulaw", "PCMU", 0, 8000 },
  { GENOS_CODEC_PCMA, GENOS_MEDIA_AUDIO, "pcma", "PCMA", "audio/x-alaw", "PCMA", 8, 8000 },
};

const GenosMediaCodec *
genos_media_codec_by_id (GenosCodecId id)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].id == id)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (codecs[i].name, name) == 0)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_by_media_type (const char *media_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (codecs[i].media_type, media_type) == 0)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_by_encoding_name (GenosMediaKind kind, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].kind == kind && name != NULL
        && g_ascii_strcasecmp (codecs[i].encoding_name, name) == 0)
      return &codecs[i];
  return NULL;
}

const GenosMediaCodec *
genos_media_codec_default (GenosMediaKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].kind == kind)
      return &codecs[i];
  return NULL;
}

char *
genos_media_codec_list (GenosMediaKind kind)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].kind == kind)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", codecs[i].name);
  return g_strdup (list->str);
}

gboolean
genos_media_codec_parse_list (GenosMediaKind kind, const char *text, GStrv *names, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean any = FALSE;

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = g_strstrip (words[i]);
    const GenosMediaCodec *codec = genos_media_codec_by_name (word);

    if (*word == '\0')
      continue;
    if (g_str_equal (word, "*")) {
      g_strv_builder_add (builder, word);
      continue;
    }
    if (codec == NULL || codec->kind != kind) {
      g_autofree char *list = genos_media_codec_list (kind);

      g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
          "there is no %s codec '%s' to receive: write some of %s, separated by commas",
          kind == GENOS_MEDIA_VIDEO ? "video" : "audio", word, list);
      return FALSE;
    }
    g_strv_builder_add (builder, codec->encoding_name);
    any = TRUE;
  }
  if (names != NULL)
    *names = any ? g_strv_builder_end (builder) : NULL;
  return TRUE;
}

char *
genos_media_codec_list_bits (guint bits)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (bits & 1u << codecs[i].id)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", codecs[i].title);
  return g_strdup (list->str);
}

const char *
genos_media_codec_raw_type (GenosMediaKind kind)
{
  return kind == GENOS_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw";
}

char *
genos_media_codec_input_types (GenosMediaKind kind)
{
  g_autoptr (GString) list = g_string_new (genos_media_codec_raw_type (kind));
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].kind == kind)
      g_string_append_printf (list, ", %s", codecs[i].media_type);
  return g_strdup (list->str);
}
