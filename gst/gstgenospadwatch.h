/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosbranches.h"
#include "gstgenosroomsession.h"

G_BEGIN_DECLS

/* Players like playbin show nothing before ::no-more-pads. Somebody may always come, so there is never
 * such a moment in a room; this tells it once in a stay, when those who are there have their pads.
 *
 * Threading contract: note() and stop() from any thread. */
typedef struct _GstGenosPadWatch GstGenosPadWatch;

/* Neither is owned; both outlive it. */
GstGenosPadWatch *gst_genos_pad_watch_new (GstElement *element, GstGenosBranches *branches);
void gst_genos_pad_watch_free (GstGenosPadWatch *self);

/* There is another pad. */
void gst_genos_pad_watch_note (GstGenosPadWatch *self, GstGenosRoomSession *session);

/* The stay is over. */
void gst_genos_pad_watch_stop (GstGenosPadWatch *self);

G_END_DECLS
