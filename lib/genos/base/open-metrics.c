/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/open-metrics.h>

#include <math.h>

/* Above it, a double does not hold every whole number. */
#define MAX_WHOLE 9007199254740992.0

struct _GenosOpenMetrics {
  GString *text;
  char *name;
  GenosMetricType type;
};

static const char *const type_names[] = { "gauge", "counter", "info" };
static const char *const suffixes[] = { "", "_total", "_info" };

GenosOpenMetrics *
genos_open_metrics_new (void)
{
  GenosOpenMetrics *self = g_new0 (GenosOpenMetrics, 1);

  self->text = g_string_new (NULL);
  return self;
}

void
genos_open_metrics_begin (
    GenosOpenMetrics *self, const char *name, GenosMetricType type, const char *help)
{
  g_free (self->name);
  self->name = g_strdup (name);
  self->type = type;
  g_string_append_printf (
      self->text, "# TYPE %s %s\n# HELP %s %s\n", name, type_names[type], name, help);
}

static void
append_escaped (GString *text, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append (text, "\\n");
    else if (*c == '\\' || *c == '"')
      g_string_append_printf (text, "\\%c", *c);
    else
      g_string_append_c (text, *c);
  }
}

static void
append_labels (GString *text, const char *const *labels)
{
  for (guint i = 0; labels[i] != NULL && labels[i + 1] != NULL; i += 2) {
    g_string_append_printf (text, "%c%s=\"", i == 0 ? '{' : ',', labels[i]);
    append_escaped (text, labels[i + 1]);
    g_string_append_c (text, '"');
  }
  if (labels[0] != NULL)
    g_string_append_c (text, '}');
}

static void
begin_sample (GenosOpenMetrics *self, const char *const *labels)
{
  g_string_append_printf (self->text, "%s%s", self->name, suffixes[self->type]);
  if (labels != NULL)
    append_labels (self->text, labels);
}

void
genos_open_metrics_add_count (GenosOpenMetrics *self, const char *const *labels, guint64 value)
{
  begin_sample (self, labels);
  g_string_append_printf (self->text, " %" G_GUINT64_FORMAT "\n", value);
}

void
genos_open_metrics_add (GenosOpenMetrics *self, const char *const *labels, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  begin_sample (self, labels);
  if (self->type == GENOS_METRIC_COUNTER && !(value >= 0))
    value = 0;
  if (!isfinite (value))
    value = 0;
  if (fabs (value) < MAX_WHOLE && floor (value) == value)
    g_ascii_formatd (number, sizeof number, "%.0f", value);
  else
    g_ascii_formatd (number, sizeof number, "%.9g", value);
  g_string_append_printf (self->text, " %s\n", number);
}

char *
genos_open_metrics_finish (GenosOpenMetrics *self)
{
  char *text;

  g_string_append (self->text, "# EOF\n");
  text = g_string_free (self->text, FALSE);
  g_free (self->name);
  g_free (self);
  return text;
}
