/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "printable.h"

static void
test_kept (void)
{
  g_autofree char *plain = genos_make_printable ("Grüße, 30 °C");
  g_autofree char *nothing = genos_make_printable (NULL);

  g_assert_cmpstr (plain, ==, "Grüße, 30 °C");
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_replaced (void)
{
  g_autofree char *escape = genos_make_printable ("a\033[2Jb\r\n\tc\302\233d");
  g_autofree char *invalid = genos_make_printable ("\xff\xfe");

  g_assert_cmpstr (
      escape, ==, "a\357\277\275[2Jb\357\277\275\357\277\275\357\277\275c\357\277\275d");
  g_assert_true (g_utf8_validate (invalid, -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/printable/kept", test_kept);
  g_test_add_func ("/tools/printable/replaced", test_replaced);
  return g_test_run ();
}
