/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>

#include <genos/genos.h>

#include "command.h"

/* `genos relay`: a relay on this machine, with the page of the demo beside it. */

static const char *
default_web_root (void)
{
  const char *root = g_getenv ("GENOS_WEB_DIR");

  if (root == NULL || *root == '\0')
    root = GENOS_WEB_DATADIR;
  return g_file_test (root, G_FILE_TEST_IS_DIR) ? root : NULL;
}

static gboolean
start (GenosRelayServer *server, const char *address, int port)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  if (!genos_relay_server_listen (server, address, (guint16) port, &error)) {
    g_printerr ("genos relay: cannot listen on %s port %d: %s\n", address, port, error->message);
    return FALSE;
  }
  /* Whoever started us with port 0 reads the URL from a pipe. */
  url = genos_relay_server_dup_url (server);
  g_print ("%s\n", url);
  fflush (stdout);
  return TRUE;
}

int
genos_cmd_relay (int argc, char **argv)
{
  int port = 7777;
  g_autofree char *address = NULL;
  g_autofree char *web = NULL;
  const GOptionEntry entries[] = { { "port", 'p', 0, G_OPTION_ARG_INT, &port,
                                       "TCP port, 0 picks a free one (7777)", "N" },
    { "address", 'a', 0, G_OPTION_ARG_STRING, &address,
        "address to listen on, 0.0.0.0 for every one (127.0.0.1)", "IP" },
    { "web", 'w', 0, G_OPTION_ARG_FILENAME, &web, "folder with the web page to serve", "DIR" },
    { NULL } };
  g_autoptr (GenosRelayServer) server = genos_relay_server_new ();
  int exit_code;

  if (!genos_command_parse ("relay",
          "Passes on the signalling of rooms and stores nothing. Prints "
          "its URL when it is ready.",
          entries, argc, argv, &exit_code))
    return exit_code;
  if (port < 0 || port > 65535) {
    g_printerr ("genos relay: --port is from 0 to 65535\n");
    return GENOS_EXIT_USAGE;
  }
  if (web != NULL && !g_file_test (web, G_FILE_TEST_IS_DIR)) {
    g_printerr ("genos relay: --web: “%s” is no folder\n", web);
    return GENOS_EXIT_USAGE;
  }
  g_object_set (server, "web-root", web != NULL ? web : default_web_root (), NULL);
  if (!start (server, address != NULL ? address : "127.0.0.1", port))
    return GENOS_EXIT_FAILED;
  genos_command_run_until_signal ();
  genos_relay_server_stop (server);
  return GENOS_EXIT_OK;
}
