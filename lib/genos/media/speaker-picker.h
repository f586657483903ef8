/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Who speaks, from how loud everybody is. Pure: the time is passed in; one thread at a time.
 *
 * Hysteresis: a peer takes the floor when it has been clearly louder than the one who has it, and
 * not quieter than any other, for a while; whoever has the floor keeps it for some time and through
 * silence. */
typedef struct _GenosSpeakerPicker GenosSpeakerPicker;

GenosSpeakerPicker *genos_speaker_picker_new (void);
void genos_speaker_picker_free (GenosSpeakerPicker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSpeakerPicker, genos_speaker_picker_free)

/* A peer's mean power (0 to 1, of full scale squared) of the @duration before @now. TRUE when
 * somebody else has the floor now. */
gboolean genos_speaker_picker_take (GenosSpeakerPicker *self, const char *peer_id, double power,
    GstClockTime duration, GstClockTime now);

/* A peer that cannot be heard any more. TRUE when it had the floor, which nobody has then. */
gboolean genos_speaker_picker_remove (GenosSpeakerPicker *self, const char *peer_id);

/* (nullable) */
const char *genos_speaker_picker_get (GenosSpeakerPicker *self);

G_END_DECLS
