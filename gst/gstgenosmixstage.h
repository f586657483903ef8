/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "gstgenosmixsettings.h"

G_BEGIN_DECLS

/* What is always there of a mix: for each kind a live background, the mixing element it goes into,
 * and the pad of the bin where the mix comes out. The background is what makes the output run, from
 * the first moment on and with nobody in the room. */

#define GST_GENOS_MIX_VIDEO_FORMAT "I420"
#define GST_GENOS_MIX_AUDIO_RATE 48000
#define GST_GENOS_MIX_AUDIO_FRAME_SIZE 4
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define GST_GENOS_MIX_AUDIO_FORMAT "S16LE"
#else
#define GST_GENOS_MIX_AUDIO_FORMAT "S16BE"
#endif
#define GST_GENOS_MIX_AUDIO_CAPS                                                                   \
  "audio/x-raw, format=" GST_GENOS_MIX_AUDIO_FORMAT ", layout=interleaved, rate=48000, channels=2"

#define GST_GENOS_MIX_STAGE_PARTS 5

typedef struct {
  GstElement *mixer; /* of the bin; NULL while there is no stage */
  GstElement *base;
  GstElement *parts[GST_GENOS_MIX_STAGE_PARTS]; /* all of them, the last one of the stream first */
} GstGenosMixStage;

/* Puts the elements into @bin, and behind its ghost pad @output. FALSE and @error when an element is
 * missing; what was made so far is for clear(). @latency: atomic, ms; outlives the stage. */
gboolean gst_genos_mix_stage_build_video (GstGenosMixStage *self, GstBin *bin, GstPad *output,
    const GstGenosMixSettings *settings, const gint *latency, GError **error);
gboolean gst_genos_mix_stage_build_audio (GstGenosMixStage *self, GstBin *bin, GstPad *output,
    const GstGenosMixSettings *settings, const gint *latency, GError **error);

/* The time by which the mixing element decides what is late. A bin hands its base time down only when
 * it changes the states of its children, and the old one would make everything late: so it is set
 * before. Without a clock (NULL), as in a pause, the mix waits for its background. */
void gst_genos_mix_stage_set_time (GstGenosMixStage *self, GstClock *clock, GstClockTime base_time);
/* Of a stage that is built while its bin runs: brings it into the bin's state. */
void gst_genos_mix_stage_start (GstGenosMixStage *self);
/* Ends the background: the output ends when all inputs have. */
void gst_genos_mix_stage_end (GstGenosMixStage *self);

/* All elements out of @bin; their inputs are gone already. */
void gst_genos_mix_stage_clear (GstGenosMixStage *self, GstBin *bin, GstPad *output);

G_END_DECLS
