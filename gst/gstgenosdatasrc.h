/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdataformat.h"

G_BEGIN_DECLS

/* Private: the beginning of one data pad of genosroomsrc. A live, sparse source of the messages of one
 * format that one peer sends on one channel, in running time of the pipeline, through a bounded queue.
 *
 * Threading contract: push() and end() on any thread, never held up; one task pushes. What does not
 * fit drops the oldest.
 *
 * Signal, on the streaming thread: ::ended: EOS has gone out, nothing will follow. */
#define GST_TYPE_GENOS_DATA_SRC (gst_genos_data_src_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosDataSrc, gst_genos_data_src, GST, GENOS_DATA_SRC, GstElement)

GstGenosDataSrc *gst_genos_data_src_new (const char *peer_id, const char *channel,
    GstGenosDataFormat format, guint group_id, GstClockTime latency);

const char *gst_genos_data_src_get_peer_id (GstGenosDataSrc *self);
const char *gst_genos_data_src_get_channel (GstGenosDataSrc *self);
GstGenosDataFormat gst_genos_data_src_get_format (GstGenosDataSrc *self);
guint64 gst_genos_data_src_get_dropped (GstGenosDataSrc *self);

/* (transfer full) buffer; PTS in the time of the system clock. */
void gst_genos_data_src_push (GstGenosDataSrc *self, GstBuffer *buffer);

/* That of the peer's pictures. */
void gst_genos_data_src_set_latency (GstGenosDataSrc *self, GstClockTime latency);

/* EOS behind what is queued. */
void gst_genos_data_src_end (GstGenosDataSrc *self);

/* Somebody has linked a pad that nobody took anything from. */
void gst_genos_data_src_resume (GstGenosDataSrc *self);

G_END_DECLS
