/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/input-format.h>

#include <genos/media/video-encoders.h>

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
  g_autofree char *types = genos_media_codec_input_types (kind);
  return refuse (error, "%s cannot be sent on %s track: it takes %s", type,
      kind == GENOS_MEDIA_VIDEO ? "a video" : "an audio", types);
}

static gboolean
choose_codec (GenosInputFormat *self, GenosMediaKind kind, const char *codec_name, GError **error)
{
  const char *type = gst_structure_get_name (gst_caps_get_structure (self->caps, 0));
  const GenosMediaCodec *wanted = NULL;

  if (codec_name != NULL) {
    wanted = genos_media_codec_by_name (codec_name);
    g_autofree char *known = genos_media_codec_list (kind);
    if (wanted == NULL || wanted->kind != kind)
      return refuse (error, "“%s” is no codec for %s: there is %s", codec_name,
          kind == GENOS_MEDIA_VIDEO ? "video" : "audio", known);
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

gboolean
genos_input_format_is_in_system_memory (GstCaps *caps)
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
  gboolean only_even = self->codec->id == GENOS_CODEC_H264 || self->codec->id == GENOS_CODEC_H265;
  if (only_even && (width % 2 != 0 || height % 2 != 0))
    return refuse (error,
        "pictures of %d × %d cannot be encoded as %s: width and height "
        "must be even (VP8 takes any)",
        width, height, self->codec->title);
  if (!self->in_system_memory && !genos_video_encoders_take (self->codec->id, self->caps))
    return refuse (error,
        "no encoder for %s that is installed takes pictures in this memory: download them to "
        "system memory first (for example gldownload, vapostproc)",
        self->codec->title);
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

/* The formats that have parameter sets: in the stream, or in front of it. */
static gboolean
check_parameter_sets (GenosInputFormat *self, const char *with_codec_data, const char *in_band,
    const char *parser, GError **error)
{
  const GstStructure *s = gst_caps_get_structure (self->caps, 0);
  const char *format = gst_structure_get_string (s, "stream-format");
  if (g_strcmp0 (format, "byte-stream") != 0 && g_strcmp0 (format, with_codec_data) != 0
      && g_strcmp0 (format, in_band) != 0)
    return refuse (error, "%s needs stream-format byte-stream or %s: put %s in front",
        self->codec->media_type, with_codec_data, parser);
  if (g_str_equal (format, with_codec_data) && !gst_structure_has_field (s, "codec_data"))
    return refuse (error, "%s of stream-format %s comes with codec_data: put %s in front",
        self->codec->media_type, with_codec_data, parser);
  return TRUE;
}

/* RFC 3551: payload types 0 and 8 are 8000 Hz, one channel. */
static gboolean
check_pcm (GenosInputFormat *self, GError **error)
{
  const GstStructure *s = gst_caps_get_structure (self->caps, 0);
  int rate = 0;
  int channels = 0;
  gst_structure_get_int (s, "rate", &rate);
  gst_structure_get_int (s, "channels", &channels);
  if (rate == 8000 && channels == 1)
    return TRUE;
  return refuse (error, "%s with %d Hz and %d channels cannot be sent: it has 8000 Hz and one",
      self->codec->title, rate, channels);
}

static gboolean
check_encoded (GenosInputFormat *self, GError **error)
{
  switch (self->codec->id) {
    case GENOS_CODEC_H264:
      return check_parameter_sets (self, "avc", "avc3", "h264parse", error);
    case GENOS_CODEC_H265:
      return check_parameter_sets (self, "hvc1", "hev1", "h265parse", error);
    case GENOS_CODEC_OPUS:
      return check_opus (self, error);
    case GENOS_CODEC_PCMU:
    case GENOS_CODEC_PCMA:
      return check_pcm (self, error);
    default:
      return TRUE;
  }
}

static gboolean
check_details (GenosInputFormat *self, GError **error)
{
  self->in_system_memory = genos_input_format_is_in_system_memory (self->caps);
  if (!self->in_system_memory && (self->encoded || self->codec->kind == GENOS_MEDIA_AUDIO))
    return refuse (error, "encoded input and sound must lie in system memory");
  if (self->encoded)
    return check_encoded (self, error);
  return self->codec->kind == GENOS_MEDIA_VIDEO ? check_raw_video (self, error)
                                                : check_raw_audio (self, error);
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

GstCaps *
genos_input_format_list_caps (GenosMediaKind kind)
{
  if (kind == GENOS_MEDIA_AUDIO)
    return gst_caps_from_string ("audio/x-raw; audio/x-opus; audio/x-mulaw, rate=8000, channels=1; "
                                 "audio/x-alaw, rate=8000, channels=1");
  /* Whoever has a choice takes what comes first: what encoders take without a conversion. */
  GstCaps *caps = gst_caps_from_string ("video/x-raw, format={ I420, NV12 }; video/x-raw; "
                                        "video/x-vp8; video/x-vp9; video/x-h264; video/x-h265; "
                                        "video/x-av1");
  genos_video_encoders_append_caps (caps);
  return caps;
}
