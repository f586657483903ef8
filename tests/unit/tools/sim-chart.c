/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-chart.h"

#include <string.h>

static void
on_element (GMarkupParseContext *context, const char *name, const char **names, const char **values,
    gpointer user_data, GError **error)
{
  guint *n_lines = user_data;

  *n_lines += g_str_equal (name, "polyline");
  for (guint i = 0; names[i] != NULL; i++) {
    g_assert_null (strstr (values[i], "nan"));
    g_assert_null (strstr (values[i], "inf"));
  }
}

/* Well-formed, with the lines in it. Gives how many. */
static guint
check (SimSheet *sheet)
{
  const GMarkupParser parser = { .start_element = on_element };
  g_autofree char *svg = sim_sheet_to_svg (sheet);
  g_autoptr (GError) error = NULL;
  guint n_lines = 0;
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &n_lines, NULL);

  g_markup_parse_context_parse (context, svg, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (svg, "<svg "));
  return n_lines;
}

static void
test_lines (void)
{
  g_autoptr (SimSheet) sheet = sim_sheet_new ("A & B <C>", 2);
  const double xs[] = { 10, 100, 1000 };
  const double ys[] = { 0.5, 17, 3e7 };

  for (guint log = 0; log < 2; log++) {
    sim_sheet_add_chart (sheet,
        &(SimChart){ .title = "T", .x_name = "x", .y_name = "ms", .x_log = log, .y_log = log });
    sim_sheet_add_line (sheet, "one & two", "#0f766e", log, xs, ys, 3);
    sim_sheet_add_line (sheet, "other", "red", FALSE, ys, xs, 2);
  }
  g_assert_cmpuint (check (sheet), ==, 4);
}

/* Nothing to show, all the same, and what a logarithm cannot show. */
static void
test_odd (void)
{
  g_autoptr (SimSheet) sheet = sim_sheet_new ("", 1);
  const double zeros[] = { 0, 0 };
  const double negative[] = { -5, -5 };

  sim_sheet_add_chart (sheet, &(SimChart){ .title = "T", .x_name = "x", .y_name = "y" });
  sim_sheet_add_line (sheet, "none", "red", FALSE, NULL, NULL, 0);
  sim_sheet_add_chart (sheet, &(SimChart){ .title = "T", .x_name = "x", .y_name = "y" });
  sim_sheet_add_line (sheet, "zeros", "red", FALSE, zeros, zeros, 2);
  sim_sheet_add_line (sheet, "negative", "red", FALSE, zeros, negative, 2);
  sim_sheet_add_chart (sheet,
      &(SimChart){ .title = "T", .x_name = "x", .y_name = "y", .x_log = TRUE, .y_log = TRUE });
  sim_sheet_add_line (sheet, "zeros", "red", FALSE, zeros, zeros, 2);
  g_assert_cmpuint (check (sheet), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/sim-chart/lines", test_lines);
  g_test_add_func ("/tools/sim-chart/odd", test_odd);
  return g_test_run ();
}
