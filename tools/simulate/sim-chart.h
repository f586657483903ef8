/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Line charts on a sheet of SVG. */
typedef struct _SimSheet SimSheet;

typedef struct {
  const char *title;
  const char *x_name, *y_name; /* what, and in which unit */
  gboolean x_log, y_log;       /* values have to be more than 0 then */
  gboolean y_from_zero;
} SimChart;

SimSheet *sim_sheet_new (const char *title, guint n_columns);
void sim_sheet_free (SimSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSheet, sim_sheet_free)

/* What is added next is in this one. */
void sim_sheet_add_chart (SimSheet *self, const SimChart *chart);
/* @color: CSS. Points that a logarithmic axis cannot show are left out. */
void sim_sheet_add_line (SimSheet *self, const char *name, const char *color, gboolean dashed,
    const double *xs, const double *ys, guint n);
/* (transfer full): the text of the file */
char *sim_sheet_to_svg (SimSheet *self);

G_END_DECLS
