/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-name.h"

#include <string.h>

static void
check (const char *peer_id, const char *stream_id, guint segment, guint attempt, const char *name)
{
  g_autofree char *made = genos_record_name (peer_id, stream_id, segment, attempt, "mkv");

  g_assert_cmpstr (made, ==, name);
}

static void
test_names (void)
{
  check ("front", "cam", 1, 0, "front-cam-001.mkv");
  check ("front", "cam", 12, 1, "front-cam-012-2.mkv");
  check ("x7Gh20aKq0Z", "{5e0f2b3c-8d}", 1000, 0, "x7Gh20aKq0Z-5e0f2b3c-8d-1000.mkv");
  check (NULL, NULL, 1, 0, "peer-stream-001.mkv");
}

/* Nothing leaves the folder, hides, or is an option. */
static void
test_hostile (void)
{
  check ("../../etc", "/passwd", 1, 0, "etc-passwd-001.mkv");
  check ("..", ".", 1, 0, "peer-stream-001.mkv");
  check ("-rf", "--help", 1, 0, "rf-help-001.mkv");
  check ("a\nb\tc\x1b[2J", "a:b|c*d?", 1, 0, "a_b_c_2J-a_b_c_d-001.mkv");
  check ("\xff\xfe", "\xe2\x80\xae", 1, 0, "peer-stream-001.mkv");
  check ("a/../b", "c\\d", 1, 0, "a_b-c_d-001.mkv");
}

static void
test_any_byte (void)
{
  for (guint first = 1; first < 256; first++) {
    for (guint second = 1; second < 256; second++) {
      const char text[] = { (char) first, (char) second, '\0' };
      g_autofree char *part = genos_record_name_part (text, 16, "x");

      g_assert_cmpuint (strlen (part), >=, 1);
      g_assert_true (g_ascii_isalnum (part[0]));
      for (const char *c = part; *c != '\0'; c++)
        g_assert_true (g_ascii_isalnum (*c) || *c == '_' || *c == '-');
    }
  }
}

static void
test_length (void)
{
  g_autofree char *text = g_strnfill (100000, 'a');
  g_autofree char *name = genos_record_name (text, text, G_MAXUINT, G_MAXUINT, "mkv");

  g_assert_cmpuint (strlen (name), <, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/record-name/names", test_names);
  g_test_add_func ("/tools/record-name/hostile", test_hostile);
  g_test_add_func ("/tools/record-name/any-byte", test_any_byte);
  g_test_add_func ("/tools/record-name/length", test_length);
  return g_test_run ();
}
