/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A camera that claps: a flash and a beep begin with each whole second of the system clock. */
typedef struct _ClapSource ClapSource;

/* @sink: a genosroomsink as a launch line has it; @delay_ms: what is taken is handed on so much later */
ClapSource *clap_source_new (const char *sink, guint delay_ms);
GstElement *clap_source_get_pipeline (ClapSource *self);
void clap_source_free (ClapSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClapSource, clap_source_free)

/* Finds the claps in what came of a track; locks itself. */
typedef struct _ClapMeter ClapMeter;

/* @pad: raw video or audio, S16 or F32; @element: whose running time its timestamps are in */
ClapMeter *clap_meter_new (GstPad *pad, GstElement *element);
void clap_meter_free (ClapMeter *self);

guint clap_meter_get_n (ClapMeter *self);
/* The median of the last @n: from the whole second to its clap. FALSE: there were fewer. */
gboolean clap_meter_get_median (ClapMeter *self, guint n, GstClockTimeDiff *lag);
/* Of the last @n the one that is farthest from @lag. */
GstClockTimeDiff clap_meter_get_worst (ClapMeter *self, guint n, GstClockTimeDiff lag);
/* By how much each of the last @n claps comes later for @other; of how many both have seen. */
guint clap_meter_compare (
    ClapMeter *self, ClapMeter *other, guint n, GstClockTimeDiff *median, GstClockTimeDiff *worst);

G_END_DECLS
