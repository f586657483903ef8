/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit codes of the program. */
#define GENOS_EXIT_OK 0
#define GENOS_EXIT_FAILED 1
#define GENOS_EXIT_USAGE 2

/* A subcommand of `genos`: one file each, one row in the table of main.c. */
typedef struct {
  const char *name;
  const char *summary;                /* one line, for `genos help` */
  int (*run) (int argc, char **argv); /* argv[0] is the subcommand; gives the exit code */
} GenosCommand;

int genos_cmd_chat (int argc, char **argv);
int genos_cmd_doctor (int argc, char **argv);
int genos_cmd_mesh (int argc, char **argv);
int genos_cmd_password (int argc, char **argv);
int genos_cmd_key (int argc, char **argv);
int genos_cmd_record (int argc, char **argv);
int genos_cmd_receive (int argc, char **argv);
int genos_cmd_send (int argc, char **argv);
int genos_cmd_relay (int argc, char **argv);
int genos_cmd_simulate (int argc, char **argv);

/* Parses options, and takes no further words. On bad usage says why on stderr and gives
 * GENOS_EXIT_USAGE; FALSE then. */
gboolean genos_command_parse (const char *name, const char *summary, const GOptionEntry *entries,
    int argc, char **argv, int *exit_code);

/* Says on stderr what is wrong, after the name of the subcommand whose options were parsed. FALSE, to be returned. */
gboolean genos_command_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* As g_unix_signal_add() for SIGHUP, which a terminal sends when it is closed; 0, and nothing done, when that is
 * ignored, as under nohup(1). */
guint genos_command_add_hangup (GSourceFunc func, gpointer user_data);

/* Runs the default main context until SIGINT or SIGTERM. */
void genos_command_run_until_signal (void);

G_END_DECLS
