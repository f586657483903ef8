/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/remote-track-private.h>

G_BEGIN_DECLS

/* Who of a room speaks. Levels come in on streaming threads, which are not held up; what changes is
 * told on the context it was made in. */
typedef struct _GenosSpeakerWatch GenosSpeakerWatch;

/* @peer_id: (nullable): nobody, since the one who did has left */
typedef void (*GenosSpeakerWatchFunc) (const char *peer_id, gpointer user_data);

GenosSpeakerWatch *genos_speaker_watch_new (GenosSpeakerWatchFunc func, gpointer user_data);
/* @func is not called any more. */
void genos_speaker_watch_free (GenosSpeakerWatch *self);

/* Tracks without sound are of no interest. */
void genos_speaker_watch_add (GenosSpeakerWatch *self, GenosRemoteTrack *track);
void genos_speaker_watch_remove (GenosSpeakerWatch *self, GenosRemoteTrack *track);

/* (transfer none) (nullable): whom @func was told of last */
const char *genos_speaker_watch_get (GenosSpeakerWatch *self);

G_END_DECLS
