/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>

G_BEGIN_DECLS

/* Serves the statistics of a room at http://ADDRESS:PORT/metrics, for Prometheus and the like. On the
 * default main context. */
typedef struct _GenosMetricsServer GenosMetricsServer;

#define GENOS_METRICS_OPTION(where)                                                                \
  {                                                                                                \
    "metrics", 0, 0, G_OPTION_ARG_STRING, where,                                                   \
        "serve statistics at http://ADDRESS:PORT/metrics (OpenMetrics); a port alone: for this "   \
        "machine only",                                                                            \
        "[ADDRESS:]PORT"                                                                           \
  }

/* @room: a GenosRoom, or an element that has its stats; is told to collect them every second. @where:
 * "9100", "192.0.2.7:9100" or "[::1]:9100"; port 0 is any free one. */
GenosMetricsServer *genos_metrics_server_new (GObject *room, const char *where, GError **error);
void genos_metrics_server_free (GenosMetricsServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMetricsServer, genos_metrics_server_free)

/* (transfer none): where it is */
const char *genos_metrics_server_get_url (GenosMetricsServer *self);

G_END_DECLS
