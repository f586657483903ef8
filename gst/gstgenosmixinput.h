/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosmixoutlet.h"

#include <genos/genos.h>
#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* One track on its way into the mix: from a pad of genosroomsrc, brought into the mix's format,
 * through a queue of its own into a pad of the mixing element. What the track does (stop, change
 * its size, jump in time, fail) stays on this side of that pad.
 *
 * Threading contract: new(), start() and remove() from any thread, once each, and place() until
 * remove(). */
typedef struct _GstGenosMixInput GstGenosMixInput;

/* What all inputs of a mix have in common; not owned, outlives them. */
typedef struct {
  GstBin *bin;
  GstElement *mixer;
  const gint *latency; /* atomic, ms: what the pads of the mixing element are told */
  int font_size;       /* points */
  int width, height;   /* of the mix */
} GstGenosMixTarget;

/* The colours of a mix of that size. One that took those of whoever is in the room would be another
 * format each time, and muxers take only one. */
void gst_genos_mix_set_color (GstCaps *caps, int width, int height);

/* @name: what to write into the picture, or NULL. NULL and @error when an
 * element is missing. (transfer full) */
GstGenosMixInput *gst_genos_mix_input_new_video (
    const GstGenosMixTarget *target, GstPad *source, const char *name, GError **error);
GstGenosMixInput *
gst_genos_mix_input_new_audio (const GstGenosMixTarget *target, GstPad *source, GError **error);

GstGenosMixInput *gst_genos_mix_input_ref (GstGenosMixInput *self);
void gst_genos_mix_input_unref (GstGenosMixInput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstGenosMixInput, gst_genos_mix_input_unref)

gboolean gst_genos_mix_input_start (GstGenosMixInput *self);
void gst_genos_mix_input_remove (GstGenosMixInput *self);

/* Of sound: into @mixer as well. To be removed before the input is. (transfer full) (nullable) */
GstGenosMixOutlet *gst_genos_mix_input_feed (GstGenosMixInput *self, GstElement *mixer);

GstPad *gst_genos_mix_input_get_source (GstGenosMixInput *self);
const char *gst_genos_mix_input_get_peer_id (GstGenosMixInput *self);
gboolean gst_genos_mix_input_is_video (GstGenosMixInput *self);
gboolean gst_genos_mix_input_contains (GstGenosMixInput *self, GstObject *object);

/* Puts the picture into a tile; without width and height it is not to be seen. */
void
gst_genos_mix_input_place (GstGenosMixInput *self, const GstVideoRectangle *tile, guint zorder);
/* The name to write, or NULL. */
void gst_genos_mix_input_set_name (GstGenosMixInput *self, const char *name);

/* Answers the latency query at @pad, the source pad before a pad of the mixing element, with a
 * number that does not change with who is there. */
void gst_genos_mix_fix_latency (GstPad *pad, const gint *latency);

/* Has a queue hold what has to wait for the mix, and more. */
void gst_genos_mix_set_up_queue (GstElement *queue, const gint *latency);

/* (transfer floating) (nullable) */
GstElement *gst_genos_mix_make (const char *factory, GError **error);

G_END_DECLS
