/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdataroute.h"

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

/* Private: the end of one data pad of genosroomsink. Each buffer becomes a message of a channel, at its
 * time, and is told the time of the pictures that it belongs to.
 *
 * It never prerolls: what is sparse must not keep a pipeline from playing.
 *
 * Signal, in a state change: ::session-wanted → GstGenosRoomSession */
#define GST_TYPE_GENOS_DATA_SINK (gst_genos_data_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosDataSink, gst_genos_data_sink, GST, GENOS_DATA_SINK, GstBaseSink)

GstGenosDataSink *gst_genos_data_sink_new (void);

/* Of the next buffer on; any thread. @metadata: (nullable) JSON text that goes with them */
void gst_genos_data_sink_set_route (GstGenosDataSink *self, GstGenosDataRoute *route);
void gst_genos_data_sink_set_metadata (GstGenosDataSink *self, const char *metadata);

/* (transfer full) (nullable): NULL below PAUSED */
GstStructure *gst_genos_data_sink_get_stats (GstGenosDataSink *self);

G_END_DECLS
