/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

int
main (int argc, char *argv[]) {
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  return g_test_run ();
}
