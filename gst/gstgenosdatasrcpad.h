/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdatasrc.h"

G_BEGIN_DECLS

/* A data pad of genosroomsrc: whose messages these are, in read-only properties. */
#define GST_TYPE_GENOS_DATA_SRC_PAD (gst_genos_data_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (
    GstGenosDataSrcPad, gst_genos_data_src_pad, GST, GENOS_DATA_SRC_PAD, GstGhostPad)

GstGenosDataSrcPad *gst_genos_data_src_pad_new (
    const char *name, GstPadTemplate *templ, GstGenosDataSrc *source, GstPad *target);

G_END_DECLS
