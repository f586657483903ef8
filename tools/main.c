/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <locale.h>
#include <string.h>

#include <genos/genos.h>

#include "command.h"

static const GenosCommand commands[] = {
  { "chat", "talk to everybody in a room", genos_cmd_chat },
  { "doctor", "find out what does not work, and why", genos_cmd_doctor },
  { "password", "make a password that nobody guesses", genos_cmd_password },
  { "key", "print one's public key, and make it when there is none", genos_cmd_key },
  { "mesh", "show the cells of a room and who is in them", genos_cmd_mesh },
  { "record", "record what everybody in a room sends", genos_cmd_record },
  { "receive", "take the files that others send in a room", genos_cmd_receive },
  { "send", "send files to those in a room", genos_cmd_send },
  { "simulate", "a room of thousands in this process, to see how the mesh does",
      genos_cmd_simulate },
  { "relay", "run a relay, and serve the web page, on this machine", genos_cmd_relay },
};

static void
print_help (void)
{
  g_print ("Usage: genos COMMAND [OPTION…]\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, commands[i].summary);
  g_print (
      "\n“genos COMMAND --help” tells the options of a command, “genos --version” the version.\n");
}

static const GenosCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  }
  return NULL;
}

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return g_strv_contains (words, word);
}

int
main (int argc, char **argv)
{
  static const char *const help[] = { "help", "--help", "-h", NULL };
  static const char *const version[] = { "version", "--version", "-V", NULL };
  const GenosCommand *command;

  setlocale (LC_ALL, "");
  if (argc < 2) {
    g_printerr ("genos: which command? See genos help\n");
    return GENOS_EXIT_USAGE;
  }
  if (is_one_of (argv[1], help)) {
    print_help ();
    return GENOS_EXIT_OK;
  }
  if (is_one_of (argv[1], version)) {
    g_print ("genos %s\n", GENOS_VERSION_S);
    return GENOS_EXIT_OK;
  }
  command = find_command (argv[1]);
  if (command == NULL) {
    g_printerr ("genos: there is no command “%s”; see genos help\n", argv[1]);
    return GENOS_EXIT_USAGE;
  }
  return command->run (argc - 1, argv + 1);
}
