/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* One more way of a track's sound, into another mixing element than the mix that everybody gets. It has
 * a queue of its own, which drops rather than hold up the others.
 *
 * Threading contract: new() and remove() from any thread, once each. */
typedef struct _GstGenosMixOutlet GstGenosMixOutlet;

/* @chain: the bin with @tee in it; @mixer: beside it. @latency: atomic, ms. (nullable): it does not go. */
GstGenosMixOutlet *gst_genos_mix_outlet_new (
    GstElement *chain, GstElement *tee, GstElement *mixer, const gint *latency);
void gst_genos_mix_outlet_remove (GstGenosMixOutlet *self);

G_END_DECLS
