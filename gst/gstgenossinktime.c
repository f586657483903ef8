/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossinktime.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

void
gst_genos_sink_time_follow (GstBaseSink *sink)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (GST_BASE_SINK_PAD (sink), query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  GST_DEBUG_OBJECT (sink, "upstream is %slive", live ? "" : "not ");
  gst_base_sink_set_sync (sink, !live);
}

GstClockTime
gst_genos_sink_time_get (GstBaseSink *sink, GstGenosClockMap *map, GstBuffer *buffer)
{
  GstSegment *segment = &sink->segment;
  g_autoptr (GstClock) system = NULL;
  GstClockTime running = GST_CLOCK_TIME_NONE;

  if (segment->format == GST_FORMAT_TIME)
    running = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (GST_CLOCK_TIME_IS_VALID (running))
    return gst_genos_clock_map_shift (
        running, gst_genos_clock_map_get_offset (map, GST_ELEMENT (sink)));
  system = gst_system_clock_obtain ();
  return gst_clock_get_time (system);
}
