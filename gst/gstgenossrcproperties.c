/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossrcproperties.h"

#include "gstgenosdecodechain.h"

#define MAX_LATENCY 10000
#define MAX_LINGER 86400

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
}
