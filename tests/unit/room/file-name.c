/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/file-name.h>

#include <string.h>

static const struct {
  const char *name;
  const char *safe;
} cases[] = {
  { "a.txt", "a.txt" },
  { "größer als 1.tar.gz", "größer als 1.tar.gz" },
  { NULL, "file" },
  { "", "file" },
  { ".", "file" },
  { "..", "file" },
  { "../../etc/passwd", "passwd" },
  { "/etc/passwd", "passwd" },
  { "c:\\windows\\a.exe", "a.exe" },
  { "a/", "file" },
  { "...bashrc", "bashrc" },
  { ".bashrc", "bashrc" },
  { "a\nb\x1b[2Jc", "a_b_[2Jc" },
  { "evil\xe2\x80\xaegpj.exe", "evil_gpj.exe" },
  { "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
  { "a<b>:\"|?*", "a_b______" },
  { "name. . .", "name" },
  { "-rf", "_-rf" },
  { "~root", "_~root" },
  { "CON", "_CON" },
  { "nul.txt", "_nul.txt" },
  { "com1", "_com1" },
  { "comic", "comic" },
  { "a.part", "a.part_" },
  { "a.PART.json", "a.PART.json_" },
  { "a.partly", "a.partly" },
};

static void
test_safe (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *safe = genos_file_name_make_safe (cases[i].name);
    g_autofree char *again = genos_file_name_make_safe (safe);

    g_assert_cmpstr (safe, ==, cases[i].safe);
    g_assert_cmpstr (again, ==, safe);
  }
}

static void
test_long (void)
{
  GString *name = g_string_new (NULL);
  g_autofree char *safe = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (name, "ü");
  g_string_append (name, ".jpeg");
  safe = genos_file_name_make_safe (name->str);
  g_assert_cmpuint (strlen (safe), <=, GENOS_FILE_NAME_MAX);
  g_assert_true (g_str_has_suffix (safe, "ü.jpeg") && g_utf8_validate (safe, -1, NULL));
  g_string_free (name, TRUE);
}

static void
check_number (const char *name, guint number, const char *expected)
{
  g_autofree char *numbered = genos_file_name_number (name, number);

  g_assert_cmpstr (numbered, ==, expected);
}

static void
test_number (void)
{
  check_number ("a.txt", 1, "a.txt");
  check_number ("a.txt", 2, "a (2).txt");
  check_number ("a", 12, "a (12)");
  check_number ("a.this is no ending at all", 2, "a.this is no ending at all (2)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/file-name/safe", test_safe);
  g_test_add_func ("/room/file-name/long", test_long);
  g_test_add_func ("/room/file-name/number", test_number);
  return g_test_run ();
}
