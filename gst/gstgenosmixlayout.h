/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Where everybody is in a mixed picture. Pure: sizes in, rectangles out. */

typedef enum {
  GST_GENOS_MIX_GRID,
  GST_GENOS_MIX_SPEAKER,
  GST_GENOS_MIX_PIP,
} GstGenosMixLayout;

#define GST_TYPE_GENOS_MIX_LAYOUT (gst_genos_mix_layout_get_type ())
GType gst_genos_mix_layout_get_type (void) G_GNUC_CONST;

/* A tile for each of @n pictures, of which @speaker (below @n) is the one that speaks. All numbers
 * are even, as subsampled colours need it. A picture for which there is no room has a tile without
 * width and height. */
void gst_genos_mix_layout_arrange (GstGenosMixLayout layout, int width, int height, guint n,
    guint speaker, GstVideoRectangle *tiles);

/* The greatest rectangle in the middle of @tile in which a picture of @width by @height pixels of
 * that aspect ratio is not distorted. */
GstVideoRectangle gst_genos_mix_layout_fit (
    const GstVideoRectangle *tile, int width, int height, int par_n, int par_d);

G_END_DECLS
