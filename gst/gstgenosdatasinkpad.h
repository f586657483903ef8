/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdatasink.h"

G_BEGIN_DECLS

/* A data pad of genosroomsink: where its messages go. The properties count from the next buffer on. */
#define GST_TYPE_GENOS_DATA_SINK_PAD (gst_genos_data_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (
    GstGenosDataSinkPad, gst_genos_data_sink_pad, GST, GENOS_DATA_SINK_PAD, GstGhostPad)

GstGenosDataSinkPad *
gst_genos_data_sink_pad_new (const char *name, GstPadTemplate *templ, GstGenosDataSink *data_sink);
/* (transfer none) */
GstGenosDataSink *gst_genos_data_sink_pad_get_data_sink (GstGenosDataSinkPad *self);

G_END_DECLS
