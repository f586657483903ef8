/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* Where the buffers of a data pad go, and what happens when they are too many. Immutable and counted,
 * because a property may change while messages are on their way. */
typedef struct {
  char *channel;
  GStrv targets; /* NULL: everybody */
  GenosPriority priority;
  GenosOverflow overflow;
  guint64 max_queued; /* bytes; 0: what the room allows all channels */
} GstGenosDataRoute;

#define GST_GENOS_DATA_ROUTE_CHANNEL "data"
/* A second of 8 Mbit/s. */
#define GST_GENOS_DATA_ROUTE_MAX_QUEUED (1024 * 1024)
#define GST_GENOS_DATA_ROUTE_MOST_QUEUED (64 * 1024 * 1024)

/* A copy of @from, whose strings may be replaced before it is shown to anybody; of the defaults when
 * that is NULL. */
GstGenosDataRoute *gst_genos_data_route_new (const GstGenosDataRoute *from);
GstGenosDataRoute *gst_genos_data_route_ref (GstGenosDataRoute *self);
void gst_genos_data_route_unref (GstGenosDataRoute *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstGenosDataRoute, gst_genos_data_route_unref)

/* Peer ids separated by commas; NULL when there is none. */
GStrv gst_genos_data_route_parse_targets (const char *text);

G_END_DECLS
