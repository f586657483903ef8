/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosdecodechain.h"
#include "gstgenosroomhandler.h"

G_BEGIN_DECLS

/* What the elements of a session take of the peers' tracks: all of what any of them does. */
typedef struct {
  gboolean begun;
  char *video_codecs; /* (nullable): any */
  char *audio_codecs; /* (nullable): any */
} GstGenosReception;

void gst_genos_reception_clear (GstGenosReception *self);
void gst_genos_reception_add (GstGenosReception *self, const GstGenosRoomSettings *settings);
void gst_genos_reception_apply (const GstGenosReception *self, GenosRoom *room);

/* What the room is to be told that an element takes with @output, of which the user wrote @wanted
 * (nullable): without what nothing here takes apart. @codecs: (out) (nullable): any. @missing: (out)
 * (nullable): what the user named and is not installed. GENOS_ERROR_INVALID_ARGUMENT for a name that is none,
 * GENOS_ERROR_MISSING_PLUGIN when nothing is left. */
gboolean gst_genos_reception_list_codecs (GstGenosOutput output, GenosMediaKind kind,
    const char *wanted, char **codecs, char **missing, GError **error);

/* Whether @codecs, as that gave it, has the one that RTP calls @encoding_name. */
gboolean gst_genos_reception_takes (const char *codecs, const char *encoding_name);

G_END_DECLS
