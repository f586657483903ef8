/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/timer.h>

/* A context of its own: what else there is in the default one wakes nothing. */
typedef struct {
  GMainContext *context;
  GenosTimer timer;
  guint n_calls;
  guint n_more; /* after which it says that it is enough */
  gboolean stops_itself;
} Clock;

static gboolean
on_time (gpointer data)
{
  Clock *clock = data;

  clock->n_calls++;
  if (clock->stops_itself)
    genos_timer_stop (&clock->timer);
  return clock->n_more-- > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
start (Clock *clock, guint ms)
{
  genos_timer_start (&clock->timer, clock->context, ms, on_time, clock, "[genos] test");
}

static void
run_until_over (Clock *clock)
{
  while (genos_timer_is_running (&clock->timer))
    g_main_context_iteration (clock->context, TRUE);
}

static void
clear (Clock *clock)
{
  genos_timer_stop (&clock->timer);
  g_main_context_unref (clock->context);
}

static void
test_calls (void)
{
  Clock clock = { .context = g_main_context_new (), .n_more = 2 };

  g_assert_false (genos_timer_is_running (&clock.timer));
  genos_timer_stop (&clock.timer);
  start (&clock, 1);
  g_assert_true (genos_timer_is_running (&clock.timer));
  g_assert_cmpuint (clock.n_calls, ==, 0);
  run_until_over (&clock);
  g_assert_cmpuint (clock.n_calls, ==, 3);
  /* Its source is there until it is stopped, and can be started again. */
  clock.n_more = 0;
  start (&clock, 1);
  run_until_over (&clock);
  g_assert_cmpuint (clock.n_calls, ==, 4);
  clear (&clock);
}

static void
test_stops_itself (void)
{
  Clock clock = { .context = g_main_context_new (), .n_more = 9, .stops_itself = TRUE };

  start (&clock, 1);
  run_until_over (&clock);
  g_assert_cmpuint (clock.n_calls, ==, 1);
  g_assert_null (clock.timer.source);
  clear (&clock);
}

/* The first one never comes to its end. */
static void
test_started_anew (void)
{
  Clock clock = { .context = g_main_context_new (), .n_more = 0 };
  GSource *first;

  start (&clock, 0);
  first = g_source_ref (clock.timer.source);
  start (&clock, 1);
  g_assert_true (g_source_is_destroyed (first));
  run_until_over (&clock);
  g_assert_cmpuint (clock.n_calls, ==, 1);
  g_source_unref (first);

  start (&clock, 0);
  genos_timer_stop (&clock.timer);
  g_assert_false (g_main_context_pending (clock.context));
  g_assert_cmpuint (clock.n_calls, ==, 1);
  clear (&clock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/timer/calls", test_calls);
  g_test_add_func ("/base/timer/stops-itself", test_stops_itself);
  g_test_add_func ("/base/timer/started-anew", test_started_anew);
  return g_test_run ();
}
