/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded by check-leaks.py: the leaks tracer speaks up in gst_deinit (), which tests leave to the
 * end of the process. */
#include <gst/gst.h>

__attribute__ ((destructor)) static void
deinit (void)
{
  if (gst_is_initialized ())
    gst_deinit ();
}
