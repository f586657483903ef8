/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Iterates the default main context until @condition holds; a test that waits @seconds fails. */
#define genos_test_wait_for(condition, seconds) G_STMT_START { \
    gint64 genos_deadline = g_get_monotonic_time () + (seconds) * G_USEC_PER_SEC; \
    guint genos_tick = g_timeout_add (20, genos_test_tick, NULL); \
    while (!(condition)) { \
      if (g_get_monotonic_time () > genos_deadline) \
        g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition); \
      g_main_context_iteration (NULL, TRUE); \
    } \
    g_source_remove (genos_tick); \
  } G_STMT_END

#define genos_test_wait_until(condition) genos_test_wait_for (condition, 60)

/* Wakes the loop now and then, so that a deadline is noticed. */
static gboolean G_GNUC_UNUSED
genos_test_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}
