/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* What a data pad carries, and how it becomes a message of a channel and a buffer again: strings are
 * text, JSON values text of their own kind, everything else bytes. Which bytes or which text it is, and
 * how long a line of text is to be seen, a message cannot say: that is told in its metadata, where
 * browsers pass over it or do not get it. Only the names of this table are understood there, never
 * caps. Pure. */
typedef enum {
  GST_GENOS_DATA_TEXT,
  GST_GENOS_DATA_MARKUP,
  GST_GENOS_DATA_JSON,
  GST_GENOS_DATA_KLV,
  GST_GENOS_DATA_BYTES,
  GST_GENOS_N_DATA_FORMATS,
} GstGenosDataFormat;

#define GST_GENOS_DATA_SRC_CAPS                                                                    \
  "text/x-raw, format=(string){ utf8, pango-markup }; application/x-json; "                        \
  "meta/x-klv, parsed=(boolean)true; application/octet-stream"
#define GST_GENOS_DATA_SINK_CAPS GST_GENOS_DATA_SRC_CAPS "; application/json"

/* FALSE: none of these. */
gboolean gst_genos_data_format_from_caps (const GstCaps *caps, GstGenosDataFormat *format);
GstCaps *gst_genos_data_format_make_caps (GstGenosDataFormat format);

/* @metadata: (nullable) JSON text that goes with it. GENOS_ERROR_INVALID_ARGUMENT: the buffer is
 * not what the format says. (transfer full) (nullable) */
GenosMessage *gst_genos_data_format_make_message (
    GstGenosDataFormat format, GstBuffer *buffer, const char *metadata, GError **error);

/* What a peer sent. */
GstGenosDataFormat gst_genos_data_format_of_message (GenosMessage *message);
GstBuffer *gst_genos_data_format_make_buffer (GenosMessage *message);

G_END_DECLS
