/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosfiller.h"

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* How far genosroomsrc takes the RTP packets of a track apart. */
typedef enum {
  GST_GENOS_OUTPUT_AUTO,
  GST_GENOS_OUTPUT_RAW,
  GST_GENOS_OUTPUT_ENCODED,
  GST_GENOS_OUTPUT_RTP,
} GstGenosOutput;

#define GST_TYPE_GENOS_OUTPUT (gst_genos_output_get_type ())
GType gst_genos_output_get_type (void) G_GNUC_CONST;

/* Whether what is needed for the format that RTP calls @encoding_name (any case) is installed. Nothing is
 * opened: a decoder may still fail. */
gboolean gst_genos_decode_chain_can_take (const char *encoding_name, GstGenosOutput output);

/* A bin with the ghost pad "src": @source, which gives packets of @rtp_caps, and what takes them
 * apart. auto decodes where a decoder is installed and gives the encoded stream where not.
 * @gaps: what is put into gaps of what is decoded.
 * @missing: set to what no decoder is installed for. (transfer floating) (nullable) */
GstElement *gst_genos_decode_chain_new (GstElement *source, GstCaps *rtp_caps,
    GstGenosOutput output, GstGenosFill gaps, GstCaps **missing, GError **error);

G_END_DECLS
