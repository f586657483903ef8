/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Who speaks, from how loud everybody is. Pure: the time is passed in; one thread at a time.
 *
 * Hysteresis: a peer takes the floor when it has been clearly louder than the one who has it, and
 * not quieter than any other, for a while; whoever has the floor keeps it for some time and through
 * silence. */
typedef struct _GstGenosMixSpeaker GstGenosMixSpeaker;

GstGenosMixSpeaker *gst_genos_mix_speaker_new (void);
void gst_genos_mix_speaker_free (GstGenosMixSpeaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstGenosMixSpeaker, gst_genos_mix_speaker_free)

/* A peer's mean power (0 to 1, of full scale squared) of the @duration before @now. TRUE when
 * somebody else has the floor now. */
gboolean gst_genos_mix_speaker_take (GstGenosMixSpeaker *self, const char *peer_id, double power,
    GstClockTime duration, GstClockTime now);

/* A peer that cannot be heard any more. TRUE when it had the floor, which nobody has then. */
gboolean gst_genos_mix_speaker_remove (GstGenosMixSpeaker *self, const char *peer_id);

/* (nullable) */
const char *gst_genos_mix_speaker_get (GstGenosMixSpeaker *self);

G_END_DECLS
