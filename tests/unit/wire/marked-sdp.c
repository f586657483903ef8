/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/marked-sdp.h>

static void
check (const char *sdp, gboolean marked, const char *left)
{
  g_autofree char *copy = g_strdup (sdp);

  g_assert_true (genos_sdp_unmark (copy) == marked);
  g_assert_cmpstr (copy, ==, left);
}

static void
test_mark (void)
{
  g_autofree char *marked = genos_sdp_mark ("v=0\r\nm=application 9\r\n");
  g_autofree char *unended = genos_sdp_mark ("v=0");

  g_assert_cmpstr (marked, ==, "v=0\r\nm=application 9\r\na=x-genosrooms:1\r\n");
  check (marked, TRUE, "v=0\r\nm=application 9\r\n");
  check (unended, TRUE, "v=0\r\n");
}

static void
test_unmarked (void)
{
  check ("", FALSE, "");
  check ("v=0\r\n", FALSE, "v=0\r\n");
  check ("a=x-genosrooms:1\r\n", TRUE, "");
  check ("v=0\r\na=x-genosrooms:1", FALSE, "v=0\r\na=x-genosrooms:1");
  check ("v=0\r\na=x-genosrooms:12\r\n", FALSE, "v=0\r\na=x-genosrooms:12\r\n");
  check ("s=a=x-genosrooms:1\r\n", FALSE, "s=a=x-genosrooms:1\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/marked-sdp/mark", test_mark);
  g_test_add_func ("/wire/marked-sdp/unmarked", test_unmarked);
  return g_test_run ();
}
