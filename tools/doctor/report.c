/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "report.h"

#include <string.h>

#include "printable.h"

/* Rises when something in the document changes its meaning; further members may come without. */
#define FORMAT 1

#define CHECK_WIDTH 12
#define VERDICT_WIDTH 9

struct _DoctorRow {
  DoctorCheck check;
  guint serial;
  char *subject;
  DoctorVerdict verdict;
  GenosReason reason;
  char *evidence;
  char *next;
  GPtrArray *value_names;
  GArray *values; /* of gint64 */
};

struct _DoctorReport {
  GPtrArray *rows;
};

static const char *const check_names[DOCTOR_N_CHECKS] = {
  [DOCTOR_CHECK_PLUGINS] = "plugins",
  [DOCTOR_CHECK_CLOCK] = "clock",
  [DOCTOR_CHECK_DNS] = "dns",
  [DOCTOR_CHECK_RELAY] = "relay",
  [DOCTOR_CHECK_STUN] = "stun",
  [DOCTOR_CHECK_TURN] = "turn",
  [DOCTOR_CHECK_CANDIDATES] = "candidates",
  [DOCTOR_CHECK_LOOPBACK] = "loopback",
  [DOCTOR_CHECK_ROOM] = "room",
};

static const char *const verdict_names[] = {
  [DOCTOR_OK] = "ok",
  [DOCTOR_SKIPPED] = "skipped",
  [DOCTOR_WARNING] = "warning",
  [DOCTOR_FAILED] = "failed",
};

static void
row_free (gpointer data)
{
  DoctorRow *self = data;

  g_free (self->subject);
  g_free (self->evidence);
  g_free (self->next);
  g_ptr_array_unref (self->value_names);
  g_array_unref (self->values);
  g_free (self);
}

DoctorReport *
doctor_report_new (void)
{
  DoctorReport *self = g_new0 (DoctorReport, 1);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  return self;
}

void
doctor_report_free (DoctorReport *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static DoctorRow *
add_row (DoctorReport *self, DoctorCheck check, const char *subject, DoctorVerdict verdict,
    GenosReason reason, const char *evidence)
{
  DoctorRow *row = g_new0 (DoctorRow, 1);

  row->check = check;
  row->serial = self->rows->len;
  row->subject = subject != NULL ? genos_make_printable (subject) : NULL;
  row->verdict = verdict;
  row->reason = reason;
  row->evidence = genos_make_printable (evidence);
  if (verdict == DOCTOR_WARNING || verdict == DOCTOR_FAILED)
    row->next = g_strdup (genos_reason_get_advice (reason));
  row->value_names = g_ptr_array_new_with_free_func (g_free);
  row->values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (self->rows, row);
  return row;
}

DoctorRow *
doctor_report_add (DoctorReport *self, DoctorCheck check, const char *subject,
    DoctorVerdict verdict, GenosReason reason, const char *evidence, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, evidence);
  text = g_strdup_vprintf (evidence, args);
  va_end (args);
  return add_row (self, check, subject, verdict, reason, text);
}

DoctorRow *
doctor_report_add_error (
    DoctorReport *self, DoctorCheck check, const char *subject, const GError *error)
{
  return add_row (
      self, check, subject, DOCTOR_FAILED, genos_reason_from_error (error), error->message);
}

void
doctor_row_set_next (DoctorRow *row, const char *next)
{
  g_free (row->next);
  row->next = genos_make_printable (next);
}

void
doctor_row_set_value (DoctorRow *row, const char *name, gint64 value)
{
  g_ptr_array_add (row->value_names, g_strdup (name));
  g_array_append_val (row->values, value);
}

/* --- the whole --- */

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const DoctorRow *one = *(const DoctorRow *const *) a, *other = *(const DoctorRow *const *) b;
  int order = (int) one->check - (int) other->check;

  if (order == 0)
    order = g_strcmp0 (one->subject, other->subject);
  return order != 0 ? order : (int) one->serial - (int) other->serial;
}

guint
doctor_report_count (const DoctorReport *self, DoctorCheck check, DoctorVerdict verdict)
{
  guint n = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    const DoctorRow *row = g_ptr_array_index (self->rows, i);

    n += row->check == check && row->verdict == verdict;
  }
  return n;
}

/* A room needs one relay. */
void
doctor_report_settle (DoctorReport *self)
{
  gboolean forgive = doctor_report_count (self, DOCTOR_CHECK_RELAY, DOCTOR_OK) > 0;

  g_ptr_array_sort (self->rows, compare_rows);
  for (guint i = 0; i < self->rows->len; i++) {
    DoctorRow *row = g_ptr_array_index (self->rows, i);

    if (forgive && row->verdict == DOCTOR_FAILED
        && (row->check == DOCTOR_CHECK_RELAY || row->check == DOCTOR_CHECK_DNS))
      row->verdict = DOCTOR_WARNING;
  }
}

DoctorVerdict
doctor_report_get_verdict (const DoctorReport *self)
{
  DoctorVerdict worst = DOCTOR_OK;

  for (guint i = 0; i < self->rows->len; i++) {
    const DoctorRow *row = g_ptr_array_index (self->rows, i);

    if (row->verdict > worst && row->verdict != DOCTOR_SKIPPED)
      worst = row->verdict;
  }
  return worst;
}

/* --- for people --- */

static void
append_row (GString *text, const DoctorRow *row)
{
  g_string_append_printf (text, "%-*s %-*s ", CHECK_WIDTH, check_names[row->check], VERDICT_WIDTH,
      verdict_names[row->verdict]);
  if (row->subject != NULL)
    g_string_append_printf (text, "%s: ", row->subject);
  g_string_append_printf (text, "%s\n", row->evidence);
  if (row->next != NULL)
    g_string_append_printf (text, "%*s next: %s\n", CHECK_WIDTH + VERDICT_WIDTH + 1, "", row->next);
}

char *
doctor_report_to_text (const DoctorReport *self)
{
  static const char *const closing[] = {
    [DOCTOR_OK] = "Everything works.",
    [DOCTOR_WARNING] = "It works, with warnings.",
    [DOCTOR_FAILED] = "Something does not work.",
  };
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text, "%-*s %-*s %s\n", CHECK_WIDTH, "CHECK", VERDICT_WIDTH, "VERDICT", "EVIDENCE");
  for (guint i = 0; i < self->rows->len; i++)
    append_row (text, g_ptr_array_index (self->rows, i));
  g_string_append_printf (text, "\n%s\n", closing[doctor_report_get_verdict (self)]);
  return g_string_free (text, FALSE);
}

/* --- for programs --- */

static void
build_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
build_row (JsonBuilder *builder, const DoctorRow *row)
{
  gboolean bad = row->verdict == DOCTOR_WARNING || row->verdict == DOCTOR_FAILED;

  json_builder_begin_object (builder);
  build_string (builder, "check", check_names[row->check]);
  build_string (builder, "subject", row->subject);
  build_string (builder, "verdict", verdict_names[row->verdict]);
  build_string (builder, "reason", bad ? genos_reason_get_nick (row->reason) : NULL);
  build_string (builder, "evidence", row->evidence);
  build_string (builder, "next", row->next);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_object (builder);
  for (guint i = 0; i < row->values->len; i++) {
    json_builder_set_member_name (builder, g_ptr_array_index (row->value_names, i));
    json_builder_add_int_value (builder, g_array_index (row->values, gint64, i));
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

char *
doctor_report_to_json (const DoctorReport *self, const char *room)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "genos-doctor");
  json_builder_add_int_value (builder, FORMAT);
  build_string (builder, "version", GENOS_VERSION_S);
  build_string (builder, "room", room);
  build_string (builder, "verdict", verdict_names[doctor_report_get_verdict (self)]);
  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->rows->len; i++)
    build_row (builder, g_ptr_array_index (self->rows, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}
