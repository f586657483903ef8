/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "report.h"

#include <string.h>

static DoctorReport *
make_report (gboolean relay_works)
{
  DoctorReport *report = doctor_report_new ();

  doctor_report_add (report, DOCTOR_CHECK_RELAY, "wss://b.example", DOCTOR_FAILED,
      GENOS_REASON_DNS_FAILED, "no address");
  doctor_row_set_value (
      doctor_report_add (report, DOCTOR_CHECK_RELAY, "wss://a.example",
          relay_works ? DOCTOR_OK : DOCTOR_FAILED,
          relay_works ? GENOS_REASON_UNKNOWN : GENOS_REASON_RELAY_SILENT, "open after %d ms", 12),
      "connect-ms", 12);
  doctor_report_add (report, DOCTOR_CHECK_TURN, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN, "none");
  doctor_report_add (
      report, DOCTOR_CHECK_PLUGINS, NULL, DOCTOR_OK, GENOS_REASON_UNKNOWN, "all of them");
  return report;
}

static void
test_verdicts (void)
{
  g_autoptr (DoctorReport) good = make_report (TRUE);
  g_autoptr (DoctorReport) bad = make_report (FALSE);
  g_autoptr (DoctorReport) empty = doctor_report_new ();

  g_assert_cmpint (doctor_report_get_verdict (good), ==, DOCTOR_FAILED);
  doctor_report_settle (good);
  doctor_report_settle (bad);
  g_assert_cmpint (doctor_report_get_verdict (good), ==, DOCTOR_WARNING);
  g_assert_cmpint (doctor_report_get_verdict (bad), ==, DOCTOR_FAILED);
  g_assert_cmpint (doctor_report_get_verdict (empty), ==, DOCTOR_OK);
  g_assert_cmpuint (doctor_report_count (good, DOCTOR_CHECK_RELAY, DOCTOR_WARNING), ==, 1);
  g_assert_cmpuint (doctor_report_count (bad, DOCTOR_CHECK_RELAY, DOCTOR_FAILED), ==, 2);
}

static void
test_text (void)
{
  g_autoptr (DoctorReport) report = make_report (TRUE);
  g_autofree char *text = NULL;

  doctor_report_settle (report);
  text = doctor_report_to_text (report);
  g_assert_cmpstr (text, ==,
      "CHECK        VERDICT   EVIDENCE\n"
      "plugins      ok        all of them\n"
      "relay        ok        wss://a.example: open after 12 ms\n"
      "relay        warning   wss://b.example: no address\n"
      "                       next: see whether the name is right and DNS works here\n"
      "turn         skipped   none\n"
      "\n"
      "It works, with warnings.\n");
}

static void
test_json (void)
{
  g_autoptr (DoctorReport) report = make_report (TRUE);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object, *row;
  JsonArray *rows;

  doctor_report_settle (report);
  text = doctor_report_to_json (report, "garden");
  root = json_from_string (text, NULL);
  g_assert_nonnull (root);
  object = json_node_get_object (root);
  g_assert_cmpint (json_object_get_int_member (object, "genos-doctor"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "room"), ==, "garden");
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "warning");
  rows = json_object_get_array_member (object, "checks");
  g_assert_cmpuint (json_array_get_length (rows), ==, 4);

  row = json_array_get_object_element (rows, 1);
  g_assert_cmpstr (json_object_get_string_member (row, "check"), ==, "relay");
  g_assert_cmpstr (json_object_get_string_member (row, "subject"), ==, "wss://a.example");
  g_assert_cmpstr (json_object_get_string_member (row, "verdict"), ==, "ok");
  g_assert_true (json_object_get_null_member (row, "reason"));
  g_assert_true (json_object_get_null_member (row, "next"));
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (row, "values"), "connect-ms"), ==,
      12);
  row = json_array_get_object_element (rows, 2);
  g_assert_cmpstr (json_object_get_string_member (row, "reason"), ==, "dns-failed");
  g_assert_nonnull (json_object_get_string_member (row, "next"));
}

static void
test_errors (void)
{
  g_autoptr (DoctorReport) report = doctor_report_new ();
  g_autoptr (GError) error =
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN, "no \033[31mvp8enc");
  DoctorRow *row = doctor_report_add_error (report, DOCTOR_CHECK_LOOPBACK, NULL, error);
  g_autofree char *text = NULL;

  doctor_row_set_next (row, "apt-get install it");
  text = doctor_report_to_text (report);
  g_assert_null (strchr (text, '\033'));
  g_assert_nonnull (strstr (text, "failed"));
  g_assert_nonnull (strstr (text, "next: apt-get install it\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/report/verdicts", test_verdicts);
  g_test_add_func ("/tools/report/text", test_text);
  g_test_add_func ("/tools/report/json", test_json);
  g_test_add_func ("/tools/report/errors", test_errors);
  return g_test_run ();
}
