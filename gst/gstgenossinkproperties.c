/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossinkproperties.h"

#include "gstgenoscodec.h"
#include "gstgenosfields.h"

#define MAX_BITRATE 200000000
#define MAX_TIERS 3
#define DEFAULT_MAX_CODECS 1
#define DEFAULT_PACKET_LOSS 10
#define DEFAULT_VIDEO_CODECS "vp8"
#define DEFAULT_AUDIO_CODECS "opus"

enum {
  PROP_VIDEO_CODEC = GST_GENOS_PROP_LAST,
  PROP_AUDIO_CODEC,
  PROP_VIDEO_CODECS,
  PROP_AUDIO_CODECS,
  PROP_MAX_CODECS,
  PROP_VIDEO_BITRATE,
  PROP_MIN_BITRATE,
  PROP_MAX_BITRATE,
  PROP_START_BITRATE,
  PROP_TIERS,
  PROP_DEGRADATION,
  PROP_AUDIO_BITRATE,
  PROP_INBAND_FEC,
  PROP_PACKET_LOSS,
  PROP_DTX,
  PROP_NAVIGATION,
};

#define FIELD(id, member) GST_GENOS_FIELD (PROP_##id, GstGenosSinkSettings, member)

static const GstGenosField fields[] = {
  FIELD (MAX_CODECS, max_codecs),
  FIELD (VIDEO_BITRATE, video_bitrate),
  FIELD (AUDIO_BITRATE, audio_bitrate),
  FIELD (MIN_BITRATE, min_bitrate),
  FIELD (MAX_BITRATE, max_bitrate),
  FIELD (START_BITRATE, start_bitrate),
  FIELD (TIERS, tiers),
  FIELD (DEGRADATION, degradation),
  FIELD (INBAND_FEC, inband_fec),
  FIELD (PACKET_LOSS, packet_loss),
  FIELD (DTX, dtx),
  FIELD (NAVIGATION, navigation),
  { 0 },
};

void
gst_genos_sink_settings_init (GstGenosSinkSettings *self)
{
  *self = (GstGenosSinkSettings){
    .video_codecs = gst_genos_codecs_parse (DEFAULT_VIDEO_CODECS),
    .audio_codecs = gst_genos_codecs_parse (DEFAULT_AUDIO_CODECS),
    .max_codecs = DEFAULT_MAX_CODECS,
    .packet_loss = DEFAULT_PACKET_LOSS,
  };
}

void
gst_genos_sink_settings_clear (GstGenosSinkSettings *self)
{
  g_clear_pointer (&self->video_codecs, g_strfreev);
  g_clear_pointer (&self->audio_codecs, g_strfreev);
}

void
gst_genos_sink_settings_copy (GstGenosSinkSettings *self, const GstGenosSinkSettings *from)
{
  *self = *from;
  self->video_codecs = g_strdupv (from->video_codecs);
  self->audio_codecs = g_strdupv (from->audio_codecs);
}

/* Each list is two properties: all of it, and its first only. (nullable) */
static GStrv *
find_codecs (const GstGenosSinkSettings *self, guint id)
{
  GstGenosSinkSettings *settings = (GstGenosSinkSettings *) self;

  if (id == PROP_VIDEO_CODEC || id == PROP_VIDEO_CODECS)
    return &settings->video_codecs;
  if (id == PROP_AUDIO_CODEC || id == PROP_AUDIO_CODECS)
    return &settings->audio_codecs;
  return NULL;
}

static GStrv
codecs_from_value (const GValue *value)
{
  if (G_VALUE_HOLDS_ENUM (value))
    return gst_genos_codecs_from_value (G_VALUE_TYPE (value), g_value_get_enum (value));
  return gst_genos_codecs_parse (g_value_get_string (value));
}

static void
codecs_to_value (GStrv codecs, GValue *value)
{
  if (G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (
        value, gst_genos_codecs_to_value (G_VALUE_TYPE (value), (const char *const *) codecs));
  else
    g_value_take_string (value, g_strjoinv (",", codecs));
}

gboolean
gst_genos_sink_settings_set (GstGenosSinkSettings *self, guint id, const GValue *value)
{
  GStrv *codecs = find_codecs (self, id);

  if (codecs == NULL)
    return gst_genos_fields_set (fields, self, id, value);
  g_strfreev (*codecs);
  *codecs = codecs_from_value (value);
  return TRUE;
}

gboolean
gst_genos_sink_settings_get (const GstGenosSinkSettings *self, guint id, GValue *value)
{
  GStrv *codecs = find_codecs (self, id);

  if (codecs == NULL)
    return gst_genos_fields_get (fields, self, id, value);
  codecs_to_value (*codecs, value);
  return TRUE;
}

static gboolean
check_codecs (GType type, const char *property, const GStrv codecs, GError **error)
{
  if (gst_genos_codecs_check (type, (const char *const *) codecs, error))
    return TRUE;
  g_prefix_error (error, "\"%s\": ", property);
  return FALSE;
}

static gboolean
check_order (guint less, const char *less_name, guint more, const char *more_name, GError **error)
{
  if (less == 0 || more == 0 || less <= more)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "\"%s\" (%u) is above \"%s\" (%u): set one of them to 0, or swap them", less_name, less,
      more_name, more);
  return FALSE;
}

gboolean
gst_genos_sink_settings_check (const GstGenosSinkSettings *self, GError **error)
{
  guint most = self->max_bitrate != 0 ? self->max_bitrate : self->video_bitrate;
  const char *most_name = self->max_bitrate != 0 ? "max-bitrate" : "video-bitrate";

  return check_codecs (GST_TYPE_GENOS_VIDEO_CODEC, "video-codecs", self->video_codecs, error)
      && check_codecs (GST_TYPE_GENOS_AUDIO_CODEC, "audio-codecs", self->audio_codecs, error)
      && check_order (self->min_bitrate, "min-bitrate", most, most_name, error);
}

void
gst_genos_sink_settings_apply (const GstGenosSinkSettings *self, GenosLocalTrack *track)
{
  gboolean video = genos_local_track_get_kind (track) == GENOS_MEDIA_VIDEO;

  g_object_set (track, "codecs", video ? self->video_codecs : self->audio_codecs, "bitrate",
      video ? self->video_bitrate : self->audio_bitrate, "max-codecs", self->max_codecs,
      "inband-fec", self->inband_fec, "packet-loss-percentage", self->packet_loss, "dtx", self->dtx,
      "tiers", self->tiers, "degradation", self->degradation, NULL);
  if (video)
    g_object_set (track, "min-bitrate", self->min_bitrate, "max-bitrate", self->max_bitrate,
        "start-bitrate", self->start_bitrate, NULL);
}

void
gst_genos_sink_properties_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  gst_genos_room_handler_install_properties (klass);
  g_object_class_install_property (klass, PROP_VIDEO_CODEC,
      g_param_spec_enum ("video-codec", "Video codec",
          "What raw video is encoded as: the first of video-codecs", GST_TYPE_GENOS_VIDEO_CODEC,
          GST_GENOS_VIDEO_CODEC_VP8, flags));
  g_object_class_install_property (klass, PROP_AUDIO_CODEC,
      g_param_spec_enum ("audio-codec", "Audio codec",
          "What raw audio is encoded as: the first of audio-codecs", GST_TYPE_GENOS_AUDIO_CODEC,
          GST_GENOS_AUDIO_CODEC_OPUS, flags));
  g_object_class_install_property (klass, PROP_VIDEO_CODECS,
      g_param_spec_string ("video-codecs", "Video codecs",
          "What raw video may be encoded as, best first, separated by commas: vp8, vp9, h264, "
          "h265, "
          "av1",
          DEFAULT_VIDEO_CODECS, flags));
  g_object_class_install_property (klass, PROP_AUDIO_CODECS,
      g_param_spec_string ("audio-codecs", "Audio codecs",
          "What raw audio may be encoded as, best first, separated by commas: opus, pcmu, pcma",
          DEFAULT_AUDIO_CODECS, flags));
  g_object_class_install_property (klass, PROP_MAX_CODECS,
      g_param_spec_uint ("max-codecs", "Codecs at a time",
          "As how many codecs a pad's raw media is encoded at a time, for peers that do not take "
          "the "
          "first",
          1, 8, DEFAULT_MAX_CODECS, flags));
  g_object_class_install_property (klass, PROP_VIDEO_BITRATE,
      g_param_spec_uint ("video-bitrate", "Video bitrate",
          "Bit/s for encoding raw video (0: the encoder's own choice)", 0, MAX_BITRATE, 0, flags));
  g_object_class_install_property (klass, PROP_MIN_BITRATE,
      g_param_spec_uint ("min-bitrate", "Minimum bitrate",
          "Bit/s that encoding video does not go below for slow peers (0: a tenth of its own)", 0,
          MAX_BITRATE, 0, flags));
  g_object_class_install_property (klass, PROP_MAX_BITRATE,
      g_param_spec_uint ("max-bitrate", "Maximum bitrate",
          "Bit/s that encoding video does not go above when all peers can take it (0: "
          "video-bitrate)",
          0, MAX_BITRATE, 0, flags));
  g_object_class_install_property (klass, PROP_START_BITRATE,
      g_param_spec_uint ("start-bitrate", "Start bitrate",
          "Bit/s that encoding video begins with before it is known what the peers can take (0: "
          "the maximum)",
          0, MAX_BITRATE, 0, flags));
  g_object_class_install_property (klass, PROP_TIERS,
      g_param_spec_uint ("tiers", "Tiers",
          "Encodings of raw video of different size and rate that there may be for slower peers "
          "(0: "
          "by its size)",
          0, MAX_TIERS, 0, flags));
  g_object_class_install_property (klass, PROP_DEGRADATION,
      g_param_spec_enum ("degradation", "Degradation", "What the further tiers go without",
          GENOS_TYPE_DEGRADATION, GENOS_DEGRADATION_BALANCED, flags));
  g_object_class_install_property (klass, PROP_AUDIO_BITRATE,
      g_param_spec_uint ("audio-bitrate", "Audio bitrate",
          "Bit/s for encoding raw audio (0: the encoder's own choice)", 0, MAX_BITRATE, 0, flags));
  g_object_class_install_property (klass, PROP_INBAND_FEC,
      g_param_spec_boolean ("inband-fec", "In-band FEC",
          "Whether packets of Opus carry a coarse copy of the one before (for speech)", FALSE,
          flags));
  g_object_class_install_property (klass, PROP_PACKET_LOSS,
      g_param_spec_uint ("packet-loss-percentage", "Packet loss",
          "How many of a hundred packets inband-fec expects to be lost", 0, 100,
          DEFAULT_PACKET_LOSS, flags));
  g_object_class_install_property (klass, PROP_NAVIGATION,
      g_param_spec_boolean ("enable-data-channel-navigation", "Enable data channel navigation",
          "Push navigation events, and custom events, that viewers send out of the pads", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_DTX,
      g_param_spec_boolean (
          "dtx", "DTX", "Whether Opus sends next to nothing in silence", FALSE, flags));
}
