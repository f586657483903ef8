/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossrcproperties.h"

#include "gstgenosfields.h"

#define MAX_LINGER 86400
#define MAX_KEY_FRAME_INTERVAL 3600000
#define DEFAULT_MAX_PLAYOUT_DELAY 1000

#define FIELD(id, member) GST_GENOS_FIELD (PROP_##id, GstGenosSrcSettings, member)

static const GstGenosField fields[] = {
  FIELD (OUTPUT, output),
  FIELD (FILL, fill),
  FIELD (PAD_LINGER, pad_linger),
  FIELD (NAVIGATION, navigation),
  FIELD (CAPTURE_TIME, capture_time),
  FIELD (PLAYOUT_DELAY, playout_delay),
  FIELD (MAX_PLAYOUT_DELAY, max_playout_delay),
  FIELD (KEY_FRAME_INTERVAL, key_frame_interval),
  FIELD (VIDEO_CODECS, video_codecs),
  FIELD (AUDIO_CODECS, audio_codecs),
  { 0 },
};

void
gst_genos_src_settings_init (GstGenosSrcSettings *self)
{
  *self = (GstGenosSrcSettings){ .max_playout_delay = DEFAULT_MAX_PLAYOUT_DELAY };
}

void
gst_genos_src_settings_clear (GstGenosSrcSettings *self)
{
  g_clear_pointer (&self->video_codecs, g_free);
  g_clear_pointer (&self->audio_codecs, g_free);
}

gboolean
gst_genos_src_settings_set (GstGenosSrcSettings *self, guint id, const GValue *value)
{
  return gst_genos_fields_set (fields, self, id, value);
}

gboolean
gst_genos_src_settings_get (const GstGenosSrcSettings *self, guint id, GValue *value)
{
  return gst_genos_fields_get (fields, self, id, value);
}

void
gst_genos_src_properties_install_times (
    GObjectClass *klass, guint latency, guint common_time, gboolean is_common)
{
  g_object_class_install_property (klass, latency,
      g_param_spec_uint ("latency", "Latency",
          "How long to wait for packets that are late or lost (ms)", 0, GST_GENOS_SRC_MAX_LATENCY,
          GST_GENOS_SRC_DEFAULT_LATENCY,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, common_time,
      g_param_spec_boolean ("common-time", "Common time",
          "Show together what the peers took at the same time: all wait for the slowest of those "
          "whose clocks are known, up to half a second",
          is_common, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

void
gst_genos_src_properties_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  gst_genos_room_handler_install_properties (klass);
  gst_genos_src_properties_install_times (klass, PROP_LATENCY, PROP_COMMON_TIME, FALSE);
  g_object_class_install_property (klass, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "What comes out of the pads", GST_TYPE_GENOS_OUTPUT,
          GST_GENOS_OUTPUT_AUTO, flags));
  g_object_class_install_property (klass, PROP_DATA_CHANNELS,
      g_param_spec_string ("data-channels", "Data channels",
          "Channels whose messages come out of pads: names separated by commas, or * for all "
          "(empty: none)",
          NULL, flags));
  g_object_class_install_property (klass, PROP_CAPTURE_TIME,
      g_param_spec_boolean ("capture-time", "Capture time",
          "Timestamps say when something was taken, not when to show it, for peers whose clocks "
          "are "
          "known: for recorders, whose sinks do not wait",
          FALSE, flags));
  g_object_class_install_property (klass, PROP_PAD_LINGER,
      g_param_spec_uint ("pad-linger", "Pad linger",
          "How long the pad of a track that is over stays, for the same track of the same peer (s)",
          0, MAX_LINGER, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_SUBSCRIBE,
      g_param_spec_string ("subscribe", "Subscribe",
          "Which tracks to receive: rules with semicolons between, of conditions with commas "
          "between, like kind=video,peer=cam-* or meta.name=door (empty: all; none: none)",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_NAVIGATION,
      g_param_spec_boolean ("enable-data-channel-navigation", "Enable data channel navigation",
          "Send navigation events, and custom events that go upstream, to the peer whose track a "
          "pad shows",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_FILL,
      g_param_spec_enum ("fill", "Fill",
          "What comes out of a pad with decoded media when nothing comes in for a second",
          GST_TYPE_GENOS_FILL, GST_GENOS_FILL_NOTHING, flags));
  g_object_class_install_property (klass, PROP_PLAYOUT_DELAY,
      g_param_spec_uint ("playout-delay", "Playout delay",
          "How long everything waits at least between coming and being shown, if that is more than "
          "the latency (ms)",
          0, GST_GENOS_SRC_MAX_LATENCY, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_MAX_PLAYOUT_DELAY,
      g_param_spec_uint ("max-playout-delay", "Maximum playout delay",
          "How much longer a track waits at most for the others of its peer, to be in step with "
          "them "
          "(ms; 0: never)",
          0, GST_GENOS_SRC_MAX_LATENCY, DEFAULT_MAX_PLAYOUT_DELAY,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_KEY_FRAME_INTERVAL,
      g_param_spec_uint ("key-frame-interval", "Key frame interval",
          "How often to ask for a key frame, for what is passed on to those who come later, or is "
          "searched through (ms; 0: only when one is needed here)",
          0, MAX_KEY_FRAME_INTERVAL, 0, flags));
  g_object_class_install_property (klass, PROP_VIDEO_CODECS,
      g_param_spec_string ("video-codecs", "Video codecs",
          "What video to take, best first, separated by commas: vp8, vp9, h264, h265, av1 (empty: "
          "what can be taken here, in the order that the peer prefers)",
          NULL, flags));
  g_object_class_install_property (klass, PROP_AUDIO_CODECS,
      g_param_spec_string ("audio-codecs", "Audio codecs",
          "What sound to take, best first, separated by commas: opus, pcmu, pcma (empty: what can "
          "be taken here, in the order that the peer prefers)",
          NULL, flags));
}
