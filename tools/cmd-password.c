/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <genos/genos.h>

#include "command.h"

/* `genos password`: one that nobody guesses. */

#define MAX_BITS 1000

int
genos_cmd_password (int argc, char **argv)
{
  int bits = GENOS_PASSWORD_BITS;
  const GOptionEntry entries[] = {
    { "bits", 'b', 0, G_OPTION_ARG_INT, &bits, "how hard to guess it is, in bits (125)", "N" },
    { NULL },
  };
  char *password;
  int exit_code;

  if (!genos_command_parse ("password",
          "Prints a password for a room. Everybody in the room needs the same one; hand it on by a "
          "way that relays do not see.",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (bits < 1 || bits > MAX_BITS) {
    g_printerr ("genos password: --bits takes 1 to %d\n", MAX_BITS);
    return GENOS_EXIT_USAGE;
  }
  password = genos_password_generate ((guint) bits);
  g_print ("%s\n", password);
  memset (password, 0, strlen (password));
  g_free (password);
  return GENOS_EXIT_OK;
}
