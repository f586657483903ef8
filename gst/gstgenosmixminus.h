/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosmixinput.h"
#include "gstgenosmixstage.h"

G_BEGIN_DECLS

/* What a peer is to hear when the mix goes back into the room: the sound of everybody else. One pad and one
 * mixing element for each peer that an application asks it for, whether that peer is there or not.
 *
 * Threading contract: any thread; open(), close() and set_time() in state changes of the bin. */
typedef struct _GstGenosMixMinus GstGenosMixMinus;

/* The name of such a pad goes on with the peer's id. */
#define GST_GENOS_MIX_MINUS_PREFIX "audio_"

/* @bin: not owned; @latency: atomic, ms */
GstGenosMixMinus *gst_genos_mix_minus_new (GstBin *bin, const gint *latency);
void gst_genos_mix_minus_free (GstGenosMixMinus *self);

/* FALSE and @error when an element is missing. */
gboolean gst_genos_mix_minus_open (GstGenosMixMinus *self, guint mixing_latency, GError **error);
/* The inputs are gone already. */
void gst_genos_mix_minus_close (GstGenosMixMinus *self);
void gst_genos_mix_minus_set_time (GstGenosMixMinus *self, GstClock *clock, GstClockTime base_time);
void gst_genos_mix_minus_end (GstGenosMixMinus *self);

/* (transfer none) (nullable): a new pad of the bin. NULL: there is one for that peer, or no peer in @name. */
GstPad *
gst_genos_mix_minus_add_pad (GstGenosMixMinus *self, GstPadTemplate *templ, const char *name);
void gst_genos_mix_minus_release_pad (GstGenosMixMinus *self, GstPad *pad);

/* Sound that has begun, and that is about to end. */
void gst_genos_mix_minus_add_input (GstGenosMixMinus *self, GstGenosMixInput *input);
void gst_genos_mix_minus_remove_input (GstGenosMixMinus *self, GstGenosMixInput *input);

G_END_DECLS
