/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* The signals by which an application changes what genosroomsink encodes with. */
void gst_genos_hooks_install (GType type);

/* What @track asks, @element asks its handlers, with the name of the pad. */
void gst_genos_hooks_watch (GstElement *element, GstPad *pad, GenosLocalTrack *track);

G_END_DECLS
