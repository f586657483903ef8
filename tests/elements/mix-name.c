/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixname.h"

static void
check (const char *metadata, const char *expected)
{
  g_autofree char *name = gst_genos_mix_name_new (metadata, "Kq4QqE32vthpKJ5DxYMT");

  g_assert_cmpstr (name, ==, expected);
}

static void
test_named (void)
{
  check ("{\"name\":\"Ada\"}", "Ada");
  check ("{\"label\":\"door\",\"displayName\":\"Front door\"}", "Front door");
  check ("\"Ada\"", "Ada");
  check ("{\"name\":\"  \\u00c5sa \"}", "\xc3\x85sa");
}

static void
test_unnamed (void)
{
  static const char *const useless[] = { NULL, "", "{", "null", "7", "[]", "{}", "[\"Ada\"]",
    "{\"name\":7}", "{\"name\":null}", "{\"name\":\"\"}", "{\"name\":{\"name\":\"Ada\"}}",
    "{\"name\":\"\\u0001\\n\\u202e\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (useless); i++)
    check (useless[i], "Kq4QqE32vthpKJ5DxYMT");
}

/* One line of bounded length that reads in the direction it is written in. */
static void
test_hostile (void)
{
  g_autofree char *a = g_strnfill (100000, 'a');
  g_autofree char *metadata = g_strdup_printf ("{\"name\":\"%s\"}", a);
  g_autofree char *name = gst_genos_mix_name_new (metadata, "x");

  g_assert_cmpuint (strlen (name), ==, 32);
  check ("{\"name\":\"A\\nd\\ta\\u2028\"}", "Ada");
  check ("{\"name\":\"\\u202eAda\\u2066\"}", "Ada");
}

static void
test_cut_anywhere (void)
{
  const char *whole = "{\"name\":\"\\u00c5sa \\ud83d\\ude00\",\"x\":[{}]}";

  for (gsize n = 0; n < strlen (whole); n++) {
    g_autofree char *cut = g_strndup (whole, n);

    check (cut, "Kq4QqE32vthpKJ5DxYMT");
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/mix-name/named", test_named);
  g_test_add_func ("/elements/mix-name/unnamed", test_unnamed);
  g_test_add_func ("/elements/mix-name/hostile", test_hostile);
  g_test_add_func ("/elements/mix-name/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
