/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenoselements.h"

#include "gstgenosmixlayout.h"
#include "gstgenosroomsignals.h"
#include "gstgenosdatasinkpad.h"
#include "gstgenosdatasrcpad.h"
#include "gstgenosroomhandler.h"
#include "gstgenosroomsrc.h"
#include "gstgenossinkpad.h"
#include "gstgenossrcpad.h"

GST_DEBUG_CATEGORY (gst_genos_debug);

static void
register_tags (void)
{
  gst_tag_register_static (GST_GENOS_TAG_PEER_ID, GST_TAG_FLAG_META, G_TYPE_STRING, "peer id",
      "The peer of the room that sends this stream", NULL);
  gst_tag_register_static (GST_GENOS_TAG_STREAM_ID, GST_TAG_FLAG_META, G_TYPE_STRING, "stream id",
      "The peer's name of the stream this track belongs to", NULL);
  gst_tag_register_static (GST_GENOS_TAG_TRACK_ID, GST_TAG_FLAG_META, G_TYPE_STRING, "track id",
      "The peer's name of this track", NULL);
  gst_tag_register_static (GST_GENOS_TAG_METADATA, GST_TAG_FLAG_META, G_TYPE_STRING, "metadata",
      "What the peer says about this track, as JSON", NULL);
  gst_tag_register_static (GST_GENOS_TAG_CHANNEL, GST_TAG_FLAG_META, G_TYPE_STRING, "channel",
      "The channel of the room on which these messages were sent", NULL);
}

void
gst_genos_element_init (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (gst_genos_debug, "genosrooms", 0, "peer-to-peer rooms");
    register_tags ();
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_ADMIT, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_DIALECT, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_MIX_LAYOUT, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_OUTPUT, 0);
    gst_type_mark_as_plugin_api (GENOS_TYPE_DEGRADATION, 0);
    gst_type_mark_as_plugin_api (GENOS_TYPE_PRIORITY, 0);
    gst_type_mark_as_plugin_api (GENOS_TYPE_OVERFLOW, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_DATA_SINK_PAD, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_DATA_SRC_PAD, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_SINK_PAD, 0);
    gst_type_mark_as_plugin_api (GST_TYPE_GENOS_SRC_PAD, 0);
    g_once_init_leave (&once, 1);
  }
}
