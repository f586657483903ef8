/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/clock-message.h>

/* 2026-11-23, µs */
#define NOW (G_GINT64_CONSTANT (1795406400) * G_USEC_PER_SEC)

static void
test_question (void)
{
  const GenosClockMessage question = { .asked = NOW + 1 };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&question);
  g_autoptr (GError) error = NULL;
  GenosClockMessage parsed;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 8);
  g_assert_true (genos_clock_message_parse (bytes, &parsed, &error));
  g_assert_no_error (error);
  g_assert_false (parsed.is_answer);
  g_assert_cmpint (parsed.asked, ==, NOW + 1);
}

static void
test_answer (void)
{
  const GenosClockMessage answer = { TRUE, NOW + 1, NOW + 2, NOW + 3 };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&answer);
  g_autoptr (GError) error = NULL;
  GenosClockMessage parsed;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 24);
  g_assert_true (genos_clock_message_parse (bytes, &parsed, &error));
  g_assert_no_error (error);
  g_assert_true (parsed.is_answer);
  g_assert_cmpint (parsed.asked, ==, NOW + 1);
  g_assert_cmpint (parsed.received, ==, NOW + 2);
  g_assert_cmpint (parsed.answered, ==, NOW + 3);
}

/* The bytes on the wire, written by hand. */
static void
test_bytes (void)
{
  static const guint8 data[] = { 0, 0, 0, 0, 0, 0, 1, 2 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  GenosClockMessage parsed;

  g_assert_true (genos_clock_message_parse (bytes, &parsed, NULL));
  g_assert_cmpint (parsed.asked, ==, 258);
}

static void
assert_refused (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  GenosClockMessage parsed;

  g_assert_false (genos_clock_message_parse (bytes, &parsed, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

static void
test_hostile (void)
{
  const GenosClockMessage backwards = { TRUE, NOW, NOW + 3, NOW + 2 };
  g_autoptr (GBytes) bytes = genos_clock_message_build (&backwards);
  const GenosClockMessage far = { .asked = G_GINT64_CONSTANT (4102444801) * G_USEC_PER_SEC };
  g_autoptr (GBytes) far_bytes = genos_clock_message_build (&far);
  guint8 data[32] = { 0 };

  for (gsize size = 0; size <= sizeof data; size++) {
    if (size != 8 && size != 24)
      assert_refused (data, size);
  }
  assert_refused (g_bytes_get_data (bytes, NULL), 24);
  assert_refused (g_bytes_get_data (far_bytes, NULL), 8);
  for (gsize at = 0; at < 24; at += 8) {
    data[at] = 0xff;
    assert_refused (data, 24);
    data[at] = 0x10;
    assert_refused (data, 24);
    data[at] = 0;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/clock-message/question", test_question);
  g_test_add_func ("/wire/clock-message/answer", test_answer);
  g_test_add_func ("/wire/clock-message/bytes", test_bytes);
  g_test_add_func ("/wire/clock-message/hostile", test_hostile);
  return g_test_run ();
}
