/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <string.h>

/* webrtcbin 1.22 says so when the first packet of one track comes while it has the offer of another and has not
 * answered yet (docs/design/webrtcbin.md). Nothing comes of it, and it is not ours: everything else that warns still
 * ends a test. */
static gboolean
genos_test_is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
  return strstr (message, "jitter_buffer_set_retransmission") == NULL;
}

/* GTest's own handler says "Bail out!", whether the message is fatal in the end or not. */
static void
genos_test_take_warning (
    const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
  if (genos_test_is_fatal (domain, level, message, NULL))
    g_log_default_handler (domain, level, message, NULL);
  else
    g_printerr ("passed over: %s\n", message);
}

static void __attribute__ ((constructor)) genos_test_pass_over_warning (void)
{
  g_test_log_set_fatal_handler (genos_test_is_fatal, NULL);
  g_log_set_handler (NULL, G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL, genos_test_take_warning, NULL);
}
