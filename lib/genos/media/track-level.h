/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* How loud one track is: as its packets say (RFC 6464), or else as somebody measured who decoded it.
 * What packets say is cheaper, and does not depend on who decodes: while they do, measurements are of
 * no interest. Any thread. */
typedef struct _GenosTrackLevel GenosTrackLevel;

/* @power: 0 to 1, of full scale squared, of the @duration before now. On a streaming thread; must not
 * block. */
typedef void (*GenosTrackLevelFunc) (double power, GstClockTime duration, gpointer user_data);

GenosTrackLevel *genos_track_level_new (void);
GenosTrackLevel *genos_track_level_ref (GenosTrackLevel *self);
void genos_track_level_unref (GenosTrackLevel *self);

/* NULL: nobody; when this returns the function set before is not running and will not be called. Not
 * inside of it. */
void genos_track_level_set_func (
    GenosTrackLevel *self, GenosTrackLevelFunc func, gpointer user_data, GDestroyNotify destroy);

/* @now: µs, monotonic. */
void genos_track_level_take_told (
    GenosTrackLevel *self, double power, GstClockTime duration, gint64 now);
void genos_track_level_take_measured (
    GenosTrackLevel *self, double power, GstClockTime duration, gint64 now);
gboolean genos_track_level_wants_measured (GenosTrackLevel *self, gint64 now);

/* 0 to 1, of full scale, over the last moments, as webrtc-stats' audioLevel; below 0: not known. */
double genos_track_level_get (GenosTrackLevel *self, gint64 now);

G_END_DECLS
