/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-mute.h>

#include <gst/audio/audio.h>
#include <gst/video/video.h>

/* Enough to tell a receiver that the track is alive, and to answer its request for a key frame. */
#define BLACK_INTERVAL (500 * GST_MSECOND)

/* What black is made of, in a format whose black is all zeros. */
#define TINY 16

typedef enum {
  INPUT_OTHER,
  INPUT_RAW_VIDEO,
  INPUT_RAW_AUDIO,
  INPUT_ENCODED_VIDEO,
} Input;

struct _GenosTrackMute {
  GenosTrackAudience *audience;
  Input input;
  GstVideoInfo video;
  GstAudioInfo audio;
  GstBuffer *black; /* (nullable) until it is needed */
  GstClockTime last_black;
  gboolean needs_key;
};

GenosTrackMute *
genos_track_mute_new (GenosTrackAudience *audience)
{
  GenosTrackMute *self = g_new0 (GenosTrackMute, 1);

  self->audience = g_object_ref (audience);
  self->last_black = GST_CLOCK_TIME_NONE;
  return self;
}

void
genos_track_mute_free (GenosTrackMute *self)
{
  gst_clear_buffer (&self->black);
  g_object_unref (self->audience);
  g_free (self);
}

static Input
classify (GenosTrackMute *self, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  GstCapsFeatures *features = gst_caps_get_features (caps, 0);
  gboolean plain = features == NULL
      || gst_caps_features_is_equal (features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);

  if (gst_structure_has_name (structure, "video/x-raw"))
    return plain && gst_video_info_from_caps (&self->video, caps) ? INPUT_RAW_VIDEO : INPUT_OTHER;
  if (gst_structure_has_name (structure, "audio/x-raw"))
    return gst_audio_info_from_caps (&self->audio, caps) ? INPUT_RAW_AUDIO : INPUT_OTHER;
  return g_str_has_prefix (gst_structure_get_name (structure), "video/") ? INPUT_ENCODED_VIDEO
                                                                         : INPUT_OTHER;
}

void
genos_track_mute_set_caps (GenosTrackMute *self, GstCaps *caps)
{
  gst_clear_buffer (&self->black);
  self->last_black = GST_CLOCK_TIME_NONE;
  self->input = caps != NULL && gst_caps_is_fixed (caps) ? classify (self, caps) : INPUT_OTHER;
  genos_track_audience_set_mute_pauses (
      self->audience, self->input != INPUT_RAW_VIDEO && self->input != INPUT_RAW_AUDIO);
}

/* --- black --- */

static gboolean
convert (const GstVideoInfo *from, GstBuffer *source, const GstVideoInfo *to, GstBuffer *target)
{
  GstVideoConverter *converter = gst_video_converter_new (from, to, NULL);
  GstVideoFrame in, out;
  gboolean mapped = FALSE;

  if (converter == NULL)
    return FALSE;
  if (gst_video_frame_map (&in, from, source, GST_MAP_READ)) {
    mapped = gst_video_frame_map (&out, to, target, GST_MAP_WRITE);
    if (mapped) {
      gst_video_converter_frame (converter, &in, &out);
      gst_video_frame_unmap (&out);
    }
    gst_video_frame_unmap (&in);
  }
  gst_video_converter_free (converter);
  return mapped;
}

/* (nullable) */
static GstBuffer *
make_black (const GstVideoInfo *info)
{
  g_autoptr (GstBuffer) tiny = NULL;
  GstBuffer *black = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  GstVideoInfo from;

  gst_video_info_set_format (&from, GST_VIDEO_FORMAT_BGRx, TINY, TINY);
  from.fps_n = info->fps_n;
  from.fps_d = info->fps_d;
  from.interlace_mode = info->interlace_mode;
  tiny = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&from), NULL);
  gst_buffer_memset (tiny, 0, 0, GST_VIDEO_INFO_SIZE (&from));
  if (!convert (&from, tiny, info, black))
    gst_clear_buffer (&black);
  return black;
}

static gboolean
is_time_for_black (GenosTrackMute *self, GstClockTime now)
{
  if (!GST_CLOCK_TIME_IS_VALID (now) || !GST_CLOCK_TIME_IS_VALID (self->last_black)
      || now < self->last_black || now - self->last_black >= BLACK_INTERVAL) {
    self->last_black = now;
    return TRUE;
  }
  return FALSE;
}

/* A buffer without the metas of the picture it stands for: they may tell what was to be hidden. */
static GstBuffer *
blacken (GenosTrackMute *self, GstBuffer *buffer)
{
  GstBuffer *black = NULL;

  if (is_time_for_black (self, GST_BUFFER_PTS (buffer))) {
    if (self->black == NULL)
      self->black = make_black (&self->video);
    if (self->black != NULL) {
      black = gst_buffer_copy (self->black);
      gst_buffer_copy_into (
          black, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
    }
  }
  gst_buffer_unref (buffer);
  return black;
}

static GstBuffer *
silence (GenosTrackMute *self, GstBuffer *buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  GstBuffer *silent = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  gst_buffer_copy_into (silent, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_buffer_unref (buffer);
  if (!gst_buffer_map (silent, &map, GST_MAP_WRITE)) {
    gst_buffer_unref (silent);
    return NULL;
  }
  gst_audio_format_info_fill_silence (self->audio.finfo, map.data, map.size);
  gst_buffer_unmap (silent, &map);
  return silent;
}

/* --- */

static GstBuffer *
drop (GenosTrackMute *self, GstBuffer *buffer)
{
  self->needs_key = self->input == INPUT_ENCODED_VIDEO;
  gst_buffer_unref (buffer);
  return NULL;
}

static GstBuffer *
mute (GenosTrackMute *self, GstBuffer *buffer)
{
  switch (self->input) {
    case INPUT_RAW_VIDEO:
      return blacken (self, buffer);
    case INPUT_RAW_AUDIO:
      return silence (self, buffer);
    default:
      return drop (self, buffer);
  }
}

GstBuffer *
genos_track_mute_filter (GenosTrackMute *self, GstBuffer *buffer)
{
  if (genos_track_audience_get_paused (self->audience))
    return drop (self, buffer);
  if (genos_track_audience_get_muted (self->audience))
    return mute (self, buffer);
  self->last_black = GST_CLOCK_TIME_NONE;
  if (self->needs_key && GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    return drop (self, buffer);
  self->needs_key = FALSE;
  return buffer;
}
