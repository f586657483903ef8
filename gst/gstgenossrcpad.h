/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* A pad of genosroomsrc: whose track it is, in read-only properties. */
#define GST_TYPE_GENOS_SRC_PAD (gst_genos_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosSrcPad, gst_genos_src_pad, GST, GENOS_SRC_PAD, GstGhostPad)

GstGenosSrcPad *gst_genos_src_pad_new (const char *name, GstPadTemplate *templ,
    GenosRemoteTrack *track, GstPad *target);

/* The track has come again, perhaps under other names. */
void gst_genos_src_pad_set_track (GstGenosSrcPad *self, GenosRemoteTrack *track);

G_END_DECLS
