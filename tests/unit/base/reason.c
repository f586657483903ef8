/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/reason-private.h>

#include <string.h>

static void
test_of_the_code (void)
{
  static const struct {
    GenosError code;
    GenosReason reason;
  } expected[] = {
    { GENOS_ERROR_FAILED, GENOS_REASON_UNKNOWN },
    { GENOS_ERROR_PROTOCOL, GENOS_REASON_PROTOCOL },
    { GENOS_ERROR_AUTHENTICATION, GENOS_REASON_WRONG_PASSWORD },
    { GENOS_ERROR_CLOSED, GENOS_REASON_LEFT },
    { GENOS_ERROR_MISSING_PLUGIN, GENOS_REASON_MISSING_PLUGIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, expected[i].code, "");

    g_assert_cmpint (genos_reason_from_error (error), ==, expected[i].reason);
  }
}

static void
test_of_strangers (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "");

  g_assert_cmpint (genos_reason_from_error (NULL), ==, GENOS_REASON_UNKNOWN);
  g_assert_cmpint (genos_reason_from_error (error), ==, GENOS_REASON_UNKNOWN);
  genos_error_set_reason (error, GENOS_REASON_LOST);
  g_assert_cmpint (genos_reason_from_error (error), ==, GENOS_REASON_UNKNOWN);
}

static gboolean
fail_inside (GError **error)
{
  g_autoptr (GError) inner =
      genos_error_new_reason (GENOS_ERROR_TIMED_OUT, GENOS_REASON_NEEDS_TURN, "%s %d", "inside", 1);

  g_propagate_prefixed_error (error, g_steal_pointer (&inner), "outside: ");
  return FALSE;
}

/* Copied, boxed in a value, propagated: the way of an error to a signal's handler. */
static void
test_travels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  g_assert_false (fail_inside (&error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, "outside: inside 1");
  g_assert_cmpint (genos_reason_from_error (error), ==, GENOS_REASON_NEEDS_TURN);
  copy = g_error_copy (error);
  g_assert_cmpint (genos_reason_from_error (copy), ==, GENOS_REASON_NEEDS_TURN);
  g_value_init (&value, G_TYPE_ERROR);
  g_value_set_boxed (&value, error);
  g_assert_cmpint (
      genos_reason_from_error (g_value_get_boxed (&value)), ==, GENOS_REASON_NEEDS_TURN);
  genos_error_set_reason (copy, GENOS_REASON_NO_PATH);
  g_assert_cmpint (genos_reason_from_error (copy), ==, GENOS_REASON_NO_PATH);
  g_assert_cmpint (genos_reason_from_error (error), ==, GENOS_REASON_NEEDS_TURN);
}

static void
test_enum (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GENOS_TYPE_REASON);

  g_assert_cmpint (klass->minimum, ==, 0);
  g_assert_cmpint (klass->maximum, ==, GENOS_REASON_TURN_REFUSED);
  for (int i = klass->minimum; i <= klass->maximum; i++) {
    GEnumValue *value = g_enum_get_value (klass, i);

    g_assert_nonnull (value);
    g_assert_cmpstr (value->value_nick, ==, genos_reason_get_nick (i));
    g_assert_cmpuint (strlen (genos_reason_get_text (i)), >, 0);
    g_assert_true (g_enum_get_value_by_nick (klass, value->value_nick) == value);
  }
  g_assert_cmpstr (
      g_enum_get_value (klass, GENOS_REASON_DNS_FAILED)->value_name, ==, "GENOS_REASON_DNS_FAILED");
  g_assert_cmpstr (genos_reason_get_nick (-1), ==, "unknown");
  g_assert_cmpstr (genos_reason_get_nick (klass->maximum + 1), ==, "unknown");
  g_assert_null (genos_reason_get_advice (G_MAXINT));
}

static void
test_refusals (void)
{
  g_assert_cmpint (
      genos_reason_from_refusal ("pow: 20 bits needed"), ==, GENOS_REASON_RELAY_WANTS_WORK);
  g_assert_cmpint (
      genos_reason_from_refusal ("auth-required: "), ==, GENOS_REASON_RELAY_WANTS_AUTH);
  g_assert_cmpint (genos_reason_from_refusal ("rate-limited: slow"), ==, GENOS_REASON_RELAY_BUSY);
  g_assert_cmpint (genos_reason_from_refusal ("blocked: you"), ==, GENOS_REASON_RELAY_REFUSED);
  g_assert_cmpint (genos_reason_from_refusal ("welcome"), ==, GENOS_REASON_UNKNOWN);
  g_assert_cmpint (genos_reason_from_refusal (NULL), ==, GENOS_REASON_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/reason/of-the-code", test_of_the_code);
  g_test_add_func ("/base/reason/of-strangers", test_of_strangers);
  g_test_add_func ("/base/reason/travels", test_travels);
  g_test_add_func ("/base/reason/enum", test_enum);
  g_test_add_func ("/base/reason/refusals", test_refusals);
  return g_test_run ();
}
