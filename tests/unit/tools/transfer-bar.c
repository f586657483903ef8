/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "transfer-bar.h"

static void
check (const char *name, gint64 at, gint64 total, gint64 began_at, gint64 elapsed,
    const char *expected)
{
  g_autofree char *line = genos_transfer_bar_format (name, at, total, began_at, elapsed);
  g_auto (GStrv) parts = g_strsplit (line, "\302\240", -1);
  g_autofree char *plain = g_strjoinv (" ", parts);

  g_assert_cmpstr (plain, ==, expected);
}

/* What was there before it began is no speed. */
static void
test_format (void)
{
  check ("a", 500000, 1000000, 0, 0, "a   50 %  500.0 kB of 1.0 MB");
  check ("a", 1000000, 1000000, 500000, G_TIME_SPAN_SECOND / 2,
      "a  100 %  1.0 MB of 1.0 MB  1.0 MB/s");
  check ("a", 2000, -1, 0, 0, "a  2.0 kB");
  check ("a", 0, 0, 0, 0, "a  0 bytes");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/transfer-bar/format", test_format);
  return g_test_run ();
}
