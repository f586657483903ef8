/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosclockmap.h"

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

/* The time of what goes into a room: a file is paced by the clock as every sink does it; what comes
 * live is handed on at once, because the pipeline's latency is for those who play, and the receivers
 * have their own. */

/* Asks upstream whether it is live. With each segment. */
void gst_genos_sink_time_follow (GstBaseSink *sink);

/* When @buffer happened, in the time of the system clock; now, when it does not say. */
GstClockTime gst_genos_sink_time_get (GstBaseSink *sink, GstGenosClockMap *map, GstBuffer *buffer);

G_END_DECLS
