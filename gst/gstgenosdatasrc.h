/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdataformat.h"
#include "gstgenosqueuesrc.h"

G_BEGIN_DECLS

/* Private: the beginning of one data pad of genosroomsrc. A sparse source of the messages of one format that
 * one peer sends on one channel, in running time of the pipeline.
 *
 * Threading contract: push() on any thread. What does not fit drops the oldest. */
#define GST_TYPE_GENOS_DATA_SRC (gst_genos_data_src_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosDataSrc, gst_genos_data_src, GST, GENOS_DATA_SRC, GstGenosQueueSrc)

/* @latency: that of the peer's pictures */
GstGenosDataSrc *gst_genos_data_src_new (const char *peer_id, const char *channel,
    GstGenosDataFormat format, guint group_id, GstClockTime latency);

const char *gst_genos_data_src_get_peer_id (GstGenosDataSrc *self);
const char *gst_genos_data_src_get_channel (GstGenosDataSrc *self);
GstGenosDataFormat gst_genos_data_src_get_format (GstGenosDataSrc *self);

/* (transfer full) buffer; PTS in the time of the system clock. */
void gst_genos_data_src_push (GstGenosDataSrc *self, GstBuffer *buffer);

G_END_DECLS
