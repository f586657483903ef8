/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "password-option.h"

#include <glib/gstdio.h>

static void
assert_read (const char *content, gssize length, const char *expected)
{
  g_autofree char *folder = g_dir_make_tmp ("genos-password-XXXXXX", NULL);
  GenosPasswordOption option = { g_strdup ("from the command line"),
    g_build_filename (folder, "password", NULL) };

  g_assert_true (g_file_set_contents (option.file, content, length, NULL));
  g_assert_true (genos_password_option_read (&option, "test"));
  g_assert_cmpstr (option.text, ==, expected);
  g_unlink (option.file);
  g_rmdir (folder);
  genos_password_option_clear (&option);
  g_assert_null (option.text);
  g_assert_null (option.file);
}

static void
test_file (void)
{
  assert_read ("secret\n", -1, "secret");
  assert_read ("secret\r\nand more\n", -1, "secret");
  assert_read ("grüße ☃", -1, "grüße ☃");
  assert_read ("", 0, "");
  assert_read ("\nsecond line", -1, "");
  assert_read ("a\0b\nc", 5, "a");
}

static void
test_no_file (void)
{
  GenosPasswordOption option = { g_strdup ("typed"), NULL };
  GenosPasswordOption missing = { NULL, g_strdup ("/nonexistent/file") };

  g_assert_true (genos_password_option_read (&option, "test"));
  g_assert_cmpstr (option.text, ==, "typed");
  g_assert_false (genos_password_option_read (&missing, "test"));
  g_assert_null (missing.text);
  genos_password_option_clear (&option);
  genos_password_option_clear (&missing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/password-option/file", test_file);
  g_test_add_func ("/tools/password-option/no-file", test_no_file);
  return g_test_run ();
}
