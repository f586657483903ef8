/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Puts what several tracks sent into one time: the tracks of a peer always, so that lips move with
 * what they say, and those of all peers whose clocks are known if that is wanted.
 *
 * A packet has the time at which it came, freed from jitter, and once a report of its sender was here
 * the time at which it was taken (its capture), on the sender's clock. What lies between is
 * how long encoding and the way took, another time for each track. All tracks of a peer are given
 * the lag of the slowest; on a common time line all peers that of the slowest peer. Nothing is ever
 * shown before it came, so nothing comes too late by this.
 *
 * The lag of a track is found by averaging, and what is added to its times changes slowly: reports are
 * read from two clocks one after the other on busy machines, and neither sound nor muxers like jumps.
 * Only at its beginning, and after a clock was set, a track jumps.
 *
 * Pure: all times are passed in. Any thread. */
typedef struct _GstGenosTimeLine GstGenosTimeLine;
typedef struct _GstGenosTimeTrack GstGenosTimeTrack;

GstGenosTimeLine *gst_genos_time_line_new (void);
GstGenosTimeLine *gst_genos_time_line_ref (GstGenosTimeLine *self);
void gst_genos_time_line_unref (GstGenosTimeLine *self);

/* FALSE at first: each peer by itself. */
void gst_genos_time_line_set_common (GstGenosTimeLine *self, gboolean common);
gboolean gst_genos_time_line_get_common (GstGenosTimeLine *self);

/* How long a track waits, at most, for others that take longer; 1 s at first. Common time has a bound of
 * its own besides. */
void gst_genos_time_line_set_max_wait (GstGenosTimeLine *self, GstClockTime max_wait);

/* Whether map() below tells when it was taken, instead: FALSE at first. */
void gst_genos_time_line_set_by_capture (GstGenosTimeLine *self, gboolean by_capture);

/* A track of that peer begins; free() when it ends. */
GstGenosTimeTrack *gst_genos_time_track_new (GstGenosTimeLine *line, const char *peer_id);
void gst_genos_time_track_free (GstGenosTimeTrack *self);

/* Its packets come from elsewhere from now on: nothing that was measured counts. */
void gst_genos_time_track_restart (GstGenosTimeTrack *self);

/* When the packet that came at @pts is to be shown. @capture: ns since 1900 on the sender's clock, or
 * GST_CLOCK_TIME_NONE; @to_local: (nullable): what takes that to the time of @pts */
GstClockTime gst_genos_time_track_map (GstGenosTimeTrack *self, GstClockTime pts,
    GstClockTime capture, const GstClockTimeDiff *to_local);

/* When what @peer_id took at @capture is shown. FALSE: no track of it has told. */
gboolean gst_genos_time_line_map (
    GstGenosTimeLine *self, const char *peer_id, GstClockTime capture, GstClockTime *time);

G_END_DECLS
