/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-caps.h>

#include <genos/transport/rtp/audio-level.h>

/* Constrained baseline, level 3.1: what every WebRTC endpoint takes (RFC 7742, 6.2). */
#define DEFAULT_PROFILE_LEVEL_ID "42e01f"
#define DEFAULT_LEVEL 31

/* profile_idc and the constraint flags of the profiles that browsers know. */
static const struct {
  const char *profile;
  const char *prefix;
} h264_profiles[] = {
  { "constrained-baseline", "42e0" },
  { "baseline", "4200" },
  { "main", "4d00" },
  { "constrained-high", "640c" },
  { "high", "6400" },
};

/* RFC 6184, 8.1: "profile-level-id: a base16 representation of the following three bytes
 * in the sequence parameter set"; an AVCDecoderConfigurationRecord carries them as bytes
 * 1 to 3. */
static char *
profile_level_id_from_codec_data (const GstStructure *s)
{
  const GValue *value = gst_structure_get_value (s, "codec_data");
  if (value == NULL || !GST_VALUE_HOLDS_BUFFER (value))
    return NULL;
  guint8 head[4];
  if (gst_buffer_extract (gst_value_get_buffer (value), 0, head, 4) != 4 || head[0] != 1)
    return NULL;
  return g_strdup_printf ("%02x%02x%02x", head[1], head[2], head[3]);
}

/* "4.1" is 41; "1b" is 11 with a flag that every decoder of level 1.1 may ignore. */
static guint
level_idc (const char *level)
{
  double number = level != NULL ? g_ascii_strtod (level, NULL) : 0;
  if (g_strcmp0 (level, "1b") == 0)
    return 11;
  return number >= 1 && number < 10 ? (guint) (number * 10 + 0.5) : DEFAULT_LEVEL;
}

static char *
profile_level_id (const GstStructure *s)
{
  if (s == NULL || !gst_structure_has_name (s, "video/x-h264"))
    return g_strdup (DEFAULT_PROFILE_LEVEL_ID);

  char *id = profile_level_id_from_codec_data (s);
  if (id != NULL)
    return id;

  const char *profile = gst_structure_get_string (s, "profile");
  guint level = level_idc (gst_structure_get_string (s, "level"));
  for (guint i = 0; i < G_N_ELEMENTS (h264_profiles); i++)
    if (g_strcmp0 (h264_profiles[i].profile, profile) == 0)
      return g_strdup_printf ("%s%02x", h264_profiles[i].prefix, level);
  return g_strdup (DEFAULT_PROFILE_LEVEL_ID);
}

static void
add_h264_fields (GstCaps *caps, const GstStructure *media)
{
  g_autofree char *id = profile_level_id (media);
  gst_caps_set_simple (
      caps, "packetization-mode", G_TYPE_STRING, "1", "profile-level-id", G_TYPE_STRING, id, NULL);
}

/* RFC 7587, 7: the encoding is always written "opus/48000/2", whatever the channels;
 * Chromium rejects the whole line without the "/2". */
static void
add_opus_fields (GstCaps *caps, const GstStructure *media)
{
  /* RFC 6464; packets that do not tell are fine. */
  gst_caps_set_simple (
      caps, GENOS_AUDIO_LEVEL_CAPS_FIELD, G_TYPE_STRING, GENOS_AUDIO_LEVEL_URI, NULL);
  gst_caps_set_simple (caps, "encoding-params", G_TYPE_STRING, "2", "minptime", G_TYPE_STRING, "10",
      "useinbandfec", G_TYPE_STRING, "1", NULL);
  int channels = 0;
  if (media != NULL && gst_structure_get_int (media, "channels", &channels) && channels > 1)
    gst_caps_set_simple (caps, "sprop-stereo", G_TYPE_STRING, "1", NULL);
}

GstCaps *
genos_rtp_caps_new (const GenosMediaCodec *codec, guint32 ssrc, GstCaps *media_caps)
{
  const GstStructure *media = media_caps != NULL ? gst_caps_get_structure (media_caps, 0) : NULL;
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
      codec->kind == GENOS_MEDIA_VIDEO ? "video" : "audio", "payload", G_TYPE_INT, codec->payload,
      "clock-rate", G_TYPE_INT, codec->clock_rate, "encoding-name", G_TYPE_STRING,
      codec->encoding_name, "ssrc", G_TYPE_UINT, ssrc, NULL);
  if (codec->id == GENOS_CODEC_H264)
    add_h264_fields (caps, media);
  else if (codec->id == GENOS_CODEC_OPUS)
    add_opus_fields (caps, media);
  return caps;
}
