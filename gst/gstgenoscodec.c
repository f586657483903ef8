/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoscodec.h"

#include <genos/genos.h>

G_DEFINE_ENUM_TYPE (GstGenosVideoCodec, gst_genos_video_codec,
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_VP8, "vp8"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_H264, "h264"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_VP9, "vp9"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_H265, "h265"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_VIDEO_CODEC_AV1, "av1"))

G_DEFINE_ENUM_TYPE (GstGenosAudioCodec, gst_genos_audio_codec,
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_OPUS, "opus"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_PCMU, "pcmu"),
    G_DEFINE_ENUM_VALUE (GST_GENOS_AUDIO_CODEC_PCMA, "pcma"))

GStrv
gst_genos_codecs_parse (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", ",", -1);
  g_autoptr (GStrvBuilder) codecs = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *name = g_ascii_strdown (g_strstrip (words[i]), -1);

    if (*name != '\0')
      g_strv_builder_add (codecs, name);
  }
  return g_strv_builder_end (codecs);
}

static char *
list_nicks (GEnumClass *klass)
{
  g_autoptr (GStrvBuilder) nicks = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < klass->n_values; i++)
    g_strv_builder_add (nicks, klass->values[i].value_nick);
  list = g_strv_builder_end (nicks);
  return g_strjoinv (", ", list);
}

gboolean
gst_genos_codecs_check (GType type, const char *const *codecs, GError **error)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  g_autofree char *nicks = list_nicks (klass);

  for (guint i = 0; codecs[i] != NULL; i++) {
    if (g_enum_get_value_by_nick (klass, codecs[i]) != NULL)
      continue;
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "there is no codec \"%s\": write some of %s, separated by commas", codecs[i], nicks);
    return FALSE;
  }
  return TRUE;
}

GStrv
gst_genos_codecs_from_value (GType type, int codec)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return gst_genos_codecs_parse (g_enum_get_value (klass, codec)->value_nick);
}

int
gst_genos_codecs_to_value (GType type, const char *const *codecs)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *value = codecs[0] != NULL ? g_enum_get_value_by_nick (klass, codecs[0]) : NULL;

  return value != NULL ? value->value : 0;
}
