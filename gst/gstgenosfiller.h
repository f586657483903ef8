/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What comes out of a pad of genosroomsrc while nothing comes in. */
typedef enum {
  GST_GENOS_FILL_NOTHING,
  GST_GENOS_FILL_LAST_FRAME,
  GST_GENOS_FILL_SLATE,
} GstGenosFill;

#define GST_TYPE_GENOS_FILL (gst_genos_fill_get_type ())
GType gst_genos_fill_get_type (void) G_GNUC_CONST;

/* Private: raw media, and something in its place when nothing has come for a second: the last picture
 * again, or a grey one, ten times a second; silence for sound. Until the first buffer, and after EOS,
 * nothing.
 *
 * Threading contract: buffers go on on the thread that they come on, the others on one of its own; a lock
 * over each push keeps them in order. */
#define GST_TYPE_GENOS_FILLER (gst_genos_filler_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosFiller, gst_genos_filler, GST, GENOS_FILLER, GstElement)

GstElement *gst_genos_filler_new (GstGenosFill fill);

G_END_DECLS
