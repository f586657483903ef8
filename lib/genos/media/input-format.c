/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/input-format.h>

/* VP8's frame header has 14 bits for each side (RFC 6386, 9.1); x264 takes as much. */
#define MAX_SIDE 16383

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, text);
  return FALSE;
}

static gboolean
refuse_type (GenosMediaKind kind, const char *type, GError **error)
{
  return refuse (error, "%s cannot be sent on %s track: it takes %s", type,
      kind == GENOS_MEDIA_VIDEO ? "a video" : "an audio",
      kind == GENOS_MEDIA_VIDEO
          ? "video/x-raw (encoded to VP8 or H.264), video/x-vp8 or video/x-h264"
          : "audio/x-raw (encoded to Opus) or audio/x-opus");
}

static gboolean
choose_codec (GenosInputFormat *self, GenosMediaKind kind, const char *codec_name, GError **error)
{
  const char *type = gst_structure_get_name (gst_caps_get_structure (self->caps, 0));
  const GenosMediaCodec *wanted = NULL;

  if (codec_name != NULL) {
    wanted = genos_media_codec_by_name (codec_name);
    if (wanted == NULL || wanted->kind != kind)
      return refuse (error, "“%s” is no codec for %s: there is %s", codec_name,
          kind == GENOS_MEDIA_VIDEO ? "video" : "audio",
          kind == GENOS_MEDIA_VIDEO ? "vp8 and h264" : "opus");
  }

  if (g_str_equal (type, genos_media_codec_raw_type (kind))) {
    self->codec = wanted != NULL ? wanted : genos_media_codec_default (kind);
    return TRUE;
  }
  self->encoded = TRUE;
  self->codec = genos_media_codec_by_media_type (type);
  if (self->codec == NULL || self->codec->kind != kind)
    return refuse_type (kind, type, error);
  if (wanted != NULL && wanted != self->codec)
    return refuse (error,
        "%s comes in, but the track shall send %s: encoded input is passed "
        "through; decode it first or change the codec",
        type, wanted->name);
  return TRUE;
}

static gboolean
in_system_memory (GstCaps *caps)
{
  GstCapsFeatures *features = gst_caps_get_features (caps, 0);
  if (features == NULL)
    return TRUE;
  if (gst_caps_features_is_any (features))
    return FALSE;
  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const char *feature = gst_caps_features_get_nth (features, i);
    if (g_str_has_prefix (feature, "memory:")
        && !g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_raw_video (GenosInputFormat *self, GError **error)
{
  if (!gst_video_info_from_caps (&self->video, self->caps)
      || GST_VIDEO_INFO_FORMAT (&self->video) == GST_VIDEO_FORMAT_ENCODED)
    return refuse (error,
        "not a complete description of raw video: format, width and height "
        "are needed");
  int width = GST_VIDEO_INFO_WIDTH (&self->video);
  int height = GST_VIDEO_INFO_HEIGHT (&self->video);
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
    return refuse (error, "pictures of %d × %d cannot be encoded: each side has 1 to %d pixels",
        width, height, MAX_SIDE);
  if (self->codec->id == GENOS_CODEC_H264 && (width % 2 != 0 || height % 2 != 0))
    return refuse (error,
        "pictures of %d × %d cannot be encoded as H.264: width and height "
        "must be even (VP8 takes any)",
        width, height);
  return TRUE;
}

static gboolean
check_raw_audio (GenosInputFormat *self, GError **error)
{
  if (!gst_audio_info_from_caps (&self->audio, self->caps))
    return refuse (error,
        "not a complete description of raw audio: format, rate, channels and "
        "layout are needed");
  return TRUE;
}

static gboolean
check_opus (GenosInputFormat *self, GError **error)
{
  GstStructure *s = gst_caps_get_structure (self->caps, 0);
  int family = 0;
  int channels = 2;
  gst_structure_get_int (s, "channel-mapping-family", &family);
  gst_structure_get_int (s, "channels", &channels);
  if (family != 0 || channels < 1 || channels > 2)
    return refuse (error,
        "Opus with %d channels (mapping family %d) cannot be sent: browsers "
        "take one or two, family 0",
        channels, family);
  gst_caps_set_simple (self->caps, "channel-mapping-family", G_TYPE_INT, 0, NULL);
  return TRUE;
}

static gboolean
check_h264 (GenosInputFormat *self, GError **error)
{
  const GstStructure *s = gst_caps_get_structure (self->caps, 0);
  const char *format = gst_structure_get_string (s, "stream-format");
  if (g_strcmp0 (format, "byte-stream") != 0 && g_strcmp0 (format, "avc") != 0
      && g_strcmp0 (format, "avc3") != 0)
    return refuse (error,
        "video/x-h264 needs stream-format byte-stream or avc: put h264parse "
        "in front");
  if (g_str_equal (format, "avc") && !gst_structure_has_field (s, "codec_data"))
    return refuse (error,
        "video/x-h264 of stream-format avc comes with codec_data: put "
        "h264parse in front");
  return TRUE;
}

static gboolean
check_details (GenosInputFormat *self, GError **error)
{
  if (!in_system_memory (self->caps))
    return refuse (error,
        "input must lie in system memory: download it first (for example "
        "gldownload, vapostproc)");
  if (!self->encoded)
    return self->codec->kind == GENOS_MEDIA_VIDEO ? check_raw_video (self, error)
                                                  : check_raw_audio (self, error);
  if (self->codec->id == GENOS_CODEC_OPUS)
    return check_opus (self, error);
  if (self->codec->id == GENOS_CODEC_H264)
    return check_h264 (self, error);
  return TRUE;
}

gboolean
genos_input_format_init (GenosInputFormat *self, GenosMediaKind kind, const char *codec_name,
    GstCaps *caps, GError **error)
{
  *self = (GenosInputFormat){ 0 };
  if (!gst_caps_is_fixed (caps))
    return refuse (error, "the caps of the input must be fixed");
  self->caps = gst_caps_copy (caps);
  if (choose_codec (self, kind, codec_name, error) && check_details (self, error))
    return TRUE;
  genos_input_format_clear (self);
  return FALSE;
}

void
genos_input_format_clear (GenosInputFormat *self)
{
  gst_clear_caps (&self->caps);
}
