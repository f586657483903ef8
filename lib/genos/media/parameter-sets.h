/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The parameter sets (VPS, SPS, PPS) of an H.264 or H.265 byte stream. Some encoders send
 * them once; a peer that comes later needs them in front of the key frame that it begins
 * with. So they are kept, and put in front of every key frame that comes without.
 *
 * One thread at a time. */
typedef struct _GenosParameterSets GenosParameterSets;

/* NULL when streams of these caps carry none, or bring them in codec_data. */
GenosParameterSets *genos_parameter_sets_new (GstCaps *caps);
void genos_parameter_sets_free (GenosParameterSets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosParameterSets, genos_parameter_sets_free)

/* (transfer full) both ways; @buffer holds whole NAL units. */
GstBuffer *genos_parameter_sets_pass (GenosParameterSets *self, GstBuffer *buffer);

G_END_DECLS
