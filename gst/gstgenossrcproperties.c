/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossrcproperties.h"

#define MAX_LATENCY 10000
#define MAX_LINGER 86400
#define DEFAULT_MAX_PLAYOUT_DELAY 1000

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

static gboolean
set_string (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
  return TRUE;
}

gboolean
gst_genos_src_settings_set (GstGenosSrcSettings *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_OUTPUT:
      self->output = g_value_get_enum (value);
      return TRUE;
    case PROP_FILL:
      self->fill = g_value_get_enum (value);
      return TRUE;
    case PROP_PAD_LINGER:
      self->pad_linger = g_value_get_uint (value);
      return TRUE;
    case PROP_NAVIGATION:
      self->navigation = g_value_get_boolean (value);
      return TRUE;
    case PROP_CAPTURE_TIME:
      self->capture_time = g_value_get_boolean (value);
      return TRUE;
    case PROP_PLAYOUT_DELAY:
      self->playout_delay = g_value_get_uint (value);
      return TRUE;
    case PROP_MAX_PLAYOUT_DELAY:
      self->max_playout_delay = g_value_get_uint (value);
      return TRUE;
    case PROP_VIDEO_CODECS:
      return set_string (&self->video_codecs, value);
    case PROP_AUDIO_CODECS:
      return set_string (&self->audio_codecs, value);
    default:
      return FALSE;
  }
}

gboolean
gst_genos_src_settings_get (const GstGenosSrcSettings *self, guint id, GValue *value)
{
  switch (id) {
    case PROP_OUTPUT:
      g_value_set_enum (value, self->output);
      return TRUE;
    case PROP_FILL:
      g_value_set_enum (value, self->fill);
      return TRUE;
    case PROP_PAD_LINGER:
      g_value_set_uint (value, self->pad_linger);
      return TRUE;
    case PROP_NAVIGATION:
      g_value_set_boolean (value, self->navigation);
      return TRUE;
    case PROP_CAPTURE_TIME:
      g_value_set_boolean (value, self->capture_time);
      return TRUE;
    case PROP_PLAYOUT_DELAY:
      g_value_set_uint (value, self->playout_delay);
      return TRUE;
    case PROP_MAX_PLAYOUT_DELAY:
      g_value_set_uint (value, self->max_playout_delay);
      return TRUE;
    case PROP_VIDEO_CODECS:
      g_value_set_string (value, self->video_codecs);
      return TRUE;
    case PROP_AUDIO_CODECS:
      g_value_set_string (value, self->audio_codecs);
      return TRUE;
    default:
      return FALSE;
  }
}

void
gst_genos_src_properties_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  gst_genos_room_handler_install_properties (klass);
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How long to wait for packets that are late or lost (ms)", 0, MAX_LATENCY,
          GST_GENOS_SRC_DEFAULT_LATENCY, flags));
  g_object_class_install_property (klass, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "What comes out of the pads", GST_TYPE_GENOS_OUTPUT,
          GST_GENOS_OUTPUT_AUTO, flags));
  g_object_class_install_property (klass, PROP_DATA_CHANNELS,
      g_param_spec_string ("data-channels", "Data channels",
          "Channels whose messages come out of pads: names separated by commas, or * for all "
          "(empty: none)",
          NULL, flags));
  g_object_class_install_property (klass, PROP_COMMON_TIME,
      g_param_spec_boolean ("common-time", "Common time",
          "Show together what the peers took at the same time: all wait for the slowest of those "
          "whose clocks are known, up to half a second",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
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
          0, MAX_LATENCY, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_MAX_PLAYOUT_DELAY,
      g_param_spec_uint ("max-playout-delay", "Maximum playout delay",
          "How much longer a track waits at most for the others of its peer, to be in step with "
          "them "
          "(ms; 0: never)",
          0, MAX_LATENCY, DEFAULT_MAX_PLAYOUT_DELAY,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
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
