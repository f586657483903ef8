/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded by check-leaks.py: the leaks tracer speaks up in gst_deinit(), which tests leave to the
 * end of the process. Not in a destructor: then other libraries are half gone already. */
#include <dlfcn.h>
#include <gst/gst.h>

int
g_test_run (void)
{
  int (*real) (void) = (int (*) (void)) dlsym (RTLD_NEXT, "g_test_run");
  int result = real ();

  if (gst_is_initialized ()) {
    /* The tracer warns of what it found, and the tests made warnings fatal. */
    g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
    gst_deinit ();
  }
  return result;
}
