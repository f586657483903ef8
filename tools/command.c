/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"

#include <signal.h>

#include <glib-unix.h>

gboolean
genos_command_parse (const char *name, const char *summary, const GOptionEntry *entries, int argc,
    char **argv, int *exit_code)
{
  g_autofree char *program = g_strconcat ("genos ", name, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname (program);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, TRUE);
  if (g_option_context_parse (context, &argc, &argv, &error)) {
    if (argc <= 1)
      return TRUE;
    g_printerr ("genos %s: “%s” is not understood; see genos %s --help\n", name, argv[1], name);
  } else {
    g_printerr ("genos %s: %s; see genos %s --help\n", name, error->message, name);
  }
  *exit_code = GENOS_EXIT_USAGE;
  return FALSE;
}

gboolean
genos_command_complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s: %s\n", g_get_prgname (), text);
  return FALSE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

guint
genos_command_add_hangup (GSourceFunc func, gpointer user_data)
{
  struct sigaction action;

  if (sigaction (SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
    return 0;
  return g_unix_signal_add (SIGHUP, func, user_data);
}

void
genos_command_run_until_signal (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, loop);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, loop);

  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}
