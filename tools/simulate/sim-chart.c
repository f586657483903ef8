/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-chart.h"

#include <math.h>
#include <string.h>

#define WIDTH 460 /* of a chart with all around it */
#define HEIGHT 310
#define LEFT 58
#define RIGHT 16
#define TOP 54
#define BOTTOM 44
#define TITLE 40

typedef struct {
  char *name, *color;
  gboolean dashed;
  GArray *points; /* of double: x, y, x, y … */
} Line;

typedef struct {
  SimChart what;
  GPtrArray *lines; /* of Line */
} Chart;

struct _SimSheet {
  char *title;
  guint n_columns;
  GPtrArray *charts; /* of Chart */
};

typedef struct {
  double least, most;
  gboolean log;
} Axis;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->name);
  g_free (line->color);
  g_array_unref (line->points);
  g_free (line);
}

static void
chart_free (gpointer data)
{
  Chart *chart = data;

  g_ptr_array_unref (chart->lines);
  g_free (chart);
}

SimSheet *
sim_sheet_new (const char *title, guint n_columns)
{
  SimSheet *self = g_new0 (SimSheet, 1);

  self->title = g_strdup (title);
  self->n_columns = n_columns;
  self->charts = g_ptr_array_new_with_free_func (chart_free);
  return self;
}

void
sim_sheet_free (SimSheet *self)
{
  g_free (self->title);
  g_ptr_array_unref (self->charts);
  g_free (self);
}

void
sim_sheet_add_chart (SimSheet *self, const SimChart *what)
{
  Chart *chart = g_new0 (Chart, 1);

  chart->what = *what;
  chart->lines = g_ptr_array_new_with_free_func (line_free);
  g_ptr_array_add (self->charts, chart);
}

void
sim_sheet_add_line (SimSheet *self, const char *name, const char *color, gboolean dashed,
    const double *xs, const double *ys, guint n)
{
  Chart *chart = g_ptr_array_index (self->charts, self->charts->len - 1);
  Line *line = g_new0 (Line, 1);

  line->name = g_strdup (name);
  line->color = g_strdup (color);
  line->dashed = dashed;
  line->points = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < n; i++) {
    if ((chart->what.x_log && xs[i] <= 0) || (chart->what.y_log && ys[i] <= 0))
      continue;
    g_array_append_val (line->points, xs[i]);
    g_array_append_val (line->points, ys[i]);
  }
  g_ptr_array_add (chart->lines, line);
}

/* --- axes --- */

static void
widen (Axis *axis, const Chart *chart, guint coordinate)
{
  for (guint i = 0; i < chart->lines->len; i++) {
    const Line *line = g_ptr_array_index (chart->lines, i);

    for (guint j = coordinate; j < line->points->len; j += 2) {
      double value = g_array_index (line->points, double, j);

      axis->least = MIN (axis->least, value);
      axis->most = MAX (axis->most, value);
    }
  }
}

/* The step of which five or so fit. */
static double
choose_step (double span)
{
  double power = pow (10, floor (log10 (span / 4)));
  double rest = span / 4 / power;

  return power * (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10);
}

static void
round_axis (Axis *axis)
{
  double step;

  if (axis->least > axis->most)
    *axis = (Axis){ axis->log ? 1 : 0, axis->log ? 10 : 1, axis->log };
  if (axis->log) {
    axis->least = pow (10, floor (log10 (axis->least) + 1e-9));
    axis->most = pow (10, ceil (log10 (axis->most) - 1e-9));
    if (axis->least == axis->most)
      axis->most *= 10;
    return;
  }
  if (axis->most - axis->least < 1e-9 * MAX (1, fabs (axis->most)))
    axis->most = axis->least + (axis->least != 0 ? fabs (axis->least) : 1);
  step = choose_step (axis->most - axis->least);
  axis->least = floor (axis->least / step + 1e-9) * step;
  axis->most = ceil (axis->most / step - 1e-9) * step;
}

static Axis
make_axis (const Chart *chart, guint coordinate)
{
  gboolean is_y = coordinate == 1;
  Axis axis = { G_MAXDOUBLE, -G_MAXDOUBLE, is_y ? chart->what.y_log : chart->what.x_log };

  if (is_y && chart->what.y_from_zero)
    axis.least = axis.most = 0;
  widen (&axis, chart, coordinate);
  round_axis (&axis);
  return axis;
}

/* From 0 to 1. */
static double
place (const Axis *axis, double value)
{
  if (axis->log)
    return log (value / axis->least) / log (axis->most / axis->least);
  return (value - axis->least) / (axis->most - axis->least);
}

static double
next_tick (const Axis *axis, double tick)
{
  return axis->log ? tick * 10 : tick + choose_step (axis->most - axis->least);
}

static void
format_number (char *buffer, gsize size, double value)
{
  double magnitude = fabs (value);
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  const char *suffix = "";

  if (magnitude >= 1e6) {
    value /= 1e6;
    suffix = " M";
  } else if (magnitude >= 1e4) {
    value /= 1e3;
    suffix = " k";
  } else if (magnitude < 1e-9) {
    value = 0;
  }
  g_ascii_formatd (digits, sizeof digits, "%.5g", value);
  g_snprintf (buffer, size, "%s%s", digits, suffix);
}

/* --- SVG --- */

/* Numbers of SVG have a point in every locale. */
static void
append_number (GString *svg, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (svg, g_ascii_formatd (buffer, sizeof buffer, "%.1f", value));
}

static void
append_text (GString *svg, double x, double y, const char *style, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (svg, "<text x=\"");
  append_number (svg, x);
  g_string_append (svg, "\" y=\"");
  append_number (svg, y);
  g_string_append_printf (svg, "\" %s>%s</text>\n", style, escaped);
}

static void
append_grid_line (GString *svg, double x1, double y1, double x2, double y2)
{
  const double values[] = { x1, y1, x2, y2 };
  static const char *const names[] = { "x1", "y1", "x2", "y2" };

  g_string_append (svg, "<line");
  for (guint i = 0; i < 4; i++) {
    g_string_append_printf (svg, " %s=\"", names[i]);
    append_number (svg, values[i]);
    g_string_append_c (svg, '"');
  }
  g_string_append (svg, " stroke=\"#d8dee4\"/>\n");
}

static void
append_x_axis (GString *svg, const Axis *axis)
{
  double width = WIDTH - LEFT - RIGHT;

  for (double tick = axis->least; tick <= axis->most * (1 + 1e-9) + 1e-12;
       tick = next_tick (axis, tick)) {
    double x = LEFT + place (axis, tick) * width;
    char label[48];

    format_number (label, sizeof label, tick);
    append_grid_line (svg, x, TOP, x, HEIGHT - BOTTOM);
    append_text (svg, x, HEIGHT - BOTTOM + 15, "text-anchor=\"middle\"", label);
  }
}

static void
append_y_axis (GString *svg, const Axis *axis)
{
  double height = HEIGHT - TOP - BOTTOM;

  for (double tick = axis->least; tick <= axis->most * (1 + 1e-9) + 1e-12;
       tick = next_tick (axis, tick)) {
    double y = HEIGHT - BOTTOM - place (axis, tick) * height;
    char label[48];

    format_number (label, sizeof label, tick);
    append_grid_line (svg, LEFT, y, WIDTH - RIGHT, y);
    append_text (svg, LEFT - 6, y + 4, "text-anchor=\"end\"", label);
  }
}

static void
append_line (GString *svg, const Line *line, const Axis *x_axis, const Axis *y_axis)
{
  double width = WIDTH - LEFT - RIGHT;
  double height = HEIGHT - TOP - BOTTOM;

  g_string_append_printf (svg,
      "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\"%s "
      "points=\"",
      line->color, line->dashed ? " stroke-dasharray=\"5 4\"" : "");
  for (guint i = 0; i + 1 < line->points->len; i += 2) {
    append_number (svg, LEFT + place (x_axis, g_array_index (line->points, double, i)) * width);
    g_string_append_c (svg, ',');
    append_number (svg,
        HEIGHT - BOTTOM - place (y_axis, g_array_index (line->points, double, i + 1)) * height);
    g_string_append_c (svg, ' ');
  }
  g_string_append (svg, "\"/>\n");
}

static void
append_legend (GString *svg, const Chart *chart)
{
  double x = LEFT;

  for (guint i = 0; i < chart->lines->len; i++) {
    const Line *line = g_ptr_array_index (chart->lines, i);

    g_string_append (svg, "<line x1=\"");
    append_number (svg, x);
    g_string_append (svg, "\" y1=\"40\" x2=\"");
    append_number (svg, x + 18);
    g_string_append_printf (svg, "\" y2=\"40\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", line->color,
        line->dashed ? " stroke-dasharray=\"5 4\"" : "");
    append_text (svg, x + 22, 44, "", line->name);
    x += 36 + 6.2 * g_utf8_strlen (line->name, -1);
  }
}

static void
append_chart (GString *svg, const Chart *chart)
{
  Axis x_axis = make_axis (chart, 0);
  Axis y_axis = make_axis (chart, 1);
  g_autofree char *title = g_strdup_printf ("%s (%s)", chart->what.title, chart->what.y_name);

  append_text (svg, LEFT, 24, "font-weight=\"bold\" font-size=\"13\"", title);
  append_x_axis (svg, &x_axis);
  append_y_axis (svg, &y_axis);
  append_text (svg, LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 10, "text-anchor=\"middle\"",
      chart->what.x_name);
  for (guint i = 0; i < chart->lines->len; i++)
    append_line (svg, g_ptr_array_index (chart->lines, i), &x_axis, &y_axis);
  append_legend (svg, chart);
}

char *
sim_sheet_to_svg (SimSheet *self)
{
  guint n_rows = (self->charts->len + self->n_columns - 1) / self->n_columns;
  guint width = self->n_columns * WIDTH;
  guint height = TITLE + n_rows * HEIGHT;
  GString *svg = g_string_new (NULL);

  g_string_append_printf (svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" height=\"%u\" "
      "font-family=\"sans-serif\" font-size=\"11\" fill=\"#24292f\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      width, height, width, height);
  append_text (svg, 16, 28, "font-size=\"16\" font-weight=\"bold\"", self->title);
  for (guint i = 0; i < self->charts->len; i++) {
    g_string_append_printf (svg, "<g transform=\"translate(%u %u)\">\n",
        i % self->n_columns * WIDTH, TITLE + i / self->n_columns * HEIGHT);
    append_chart (svg, g_ptr_array_index (self->charts, i));
    g_string_append (svg, "</g>\n");
  }
  g_string_append (svg, "</svg>\n");
  return g_string_free (svg, FALSE);
}
