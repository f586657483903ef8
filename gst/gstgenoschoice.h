/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomsession.h"
#include "gstgenosselection.h"

G_BEGIN_DECLS

/* Which tracks a genosroomsrc wants: those of an event SELECT_STREAMS, if one came; else what the
 * signal ::subscribe says, if somebody listens; else what the property says. And the collection of all
 * there are, which goes to the bus.
 *
 * Threading contract: any thread, but gst_genos_choice_tell(), which is of the session's. */
typedef struct _GstGenosChoice GstGenosChoice;

GstGenosChoice *gst_genos_choice_new (GstElement *element);
void gst_genos_choice_free (GstGenosChoice *self);

/* Adds the signal ::subscribe (peer id, GstStructure) → gboolean. */
void gst_genos_choice_install (GType type);

/* FALSE, and all as it was, when @text is unusable. What was chosen by event is forgotten. */
gboolean gst_genos_choice_set_text (GstGenosChoice *self, const char *text, GError **error);
char *gst_genos_choice_dup_text (GstGenosChoice *self);

/* From now on exactly these stream ids. (element-type utf8) */
void gst_genos_choice_select (GstGenosChoice *self, GList *stream_ids);
/* Nothing is chosen by event any more. */
void gst_genos_choice_reset (GstGenosChoice *self);

gboolean gst_genos_choice_wants (GstGenosChoice *self, const GstGenosTrackName *name);

/* Posts the collection if it is not what was posted last, and which of it are wanted if that was asked for by
 * event. */
void gst_genos_choice_tell (GstGenosChoice *self, GstGenosRoomSession *session, GenosRoom *room);

G_END_DECLS
