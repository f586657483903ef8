/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes the text format of OpenMetrics 1.0. Pure. Samples belong to the family that was begun last. */
typedef struct _GenosOpenMetrics GenosOpenMetrics;

#define GENOS_OPEN_METRICS_MIME_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

typedef enum {
  GENOS_METRIC_GAUGE,
  GENOS_METRIC_COUNTER, /* samples are below 0 never, and get the suffix that the format wants */
  GENOS_METRIC_INFO,    /* the value is 1 */
} GenosMetricType;

GenosOpenMetrics *genos_open_metrics_new (void);

/* @name: [a-z_]+, without suffix. @help: one line. */
void genos_open_metrics_begin (
    GenosOpenMetrics *self, const char *name, GenosMetricType type, const char *help);

/* @labels: (nullable): name, value, name, value …, NULL; values may be anything. */
void genos_open_metrics_add (GenosOpenMetrics *self, const char *const *labels, double value);

/* The same of a whole number, to its last digit. */
void
genos_open_metrics_add_count (GenosOpenMetrics *self, const char *const *labels, guint64 value);

/* (transfer full): the text; frees the writer. */
char *genos_open_metrics_finish (GenosOpenMetrics *self);

G_END_DECLS
