/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>

#include <genos/genos.h>

#include "command.h"

/* `genos key`: the public key of an identity file, which is made when it is not there. */

int
genos_cmd_key (int argc, char **argv)
{
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = {
    { "file", 'f', 0, G_OPTION_ARG_FILENAME, &file,
        "identity file (genosrooms/identity in the user's data folder)", "FILE" },
    { NULL }
  };
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!genos_command_parse ("key",
          "Prints the public key that peers know us by (allow-peers), and makes the identity file "
          "that holds the secret one when it is not there (identity-file).",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (file == NULL) {
    g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "genosrooms", NULL);

    g_mkdir_with_parents (folder, 0700);
    file = g_build_filename (folder, "identity", NULL);
  }
  key = genos_identity_file_dup_key (file, &error);
  if (key == NULL) {
    g_printerr ("genos key: %s\n", error->message);
    return GENOS_EXIT_FAILED;
  }
  g_print ("%s\n", key);
  return GENOS_EXIT_OK;
}
