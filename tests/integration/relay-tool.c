/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <unistd.h>

#include "relay-fixture.h"

/* The program `genos relay`, as systemd and a shell use it; its path is GENOS_TOOL. */

#define KIND 22650

typedef struct {
  GSubprocess *process;
  GDataInputStream *output;
  char *line;
  gboolean ended;
} Tool;

static void
on_line (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Tool *tool = user_data;

  tool->line =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (stream), result, NULL, NULL);
  g_assert_nonnull (tool->line);
}

static void
on_process_ended (GObject *process, GAsyncResult *result, gpointer user_data)
{
  Tool *tool = user_data;

  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL));
  tool->ended = TRUE;
}

/* @fd: given to it as descriptor 3, -1 for none. */
static Tool *
tool_start (const char *command, int fd)
{
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  Tool *tool = g_new0 (Tool, 1);

  if (fd >= 0)
    g_subprocess_launcher_take_fd (launcher, fd, 3);
  tool->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  tool->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (tool->process));
  g_subprocess_wait_async (tool->process, NULL, on_process_ended, tool);
  g_data_input_stream_read_line_async (tool->output, 0, NULL, on_line, tool);
  return tool;
}

/* The same, and waits for its first line. */
static Tool *
tool_new (const char *command, int fd)
{
  Tool *tool = tool_start (command, fd);

  genos_test_wait_for (tool->line != NULL, 60);
  return tool;
}

static void
tool_end (Tool *tool)
{
  g_subprocess_send_signal (tool->process, SIGTERM);
  genos_test_wait_for (tool->ended, 60);
  g_assert_true (g_subprocess_get_if_exited (tool->process));
  g_assert_cmpint (g_subprocess_get_exit_status (tool->process), ==, 0);
  g_object_unref (tool->output);
  g_object_unref (tool->process);
  g_free (tool->line);
  g_free (tool);
}

static void
test_goodbye (void)
{
  Tool *tool = tool_new ("exec \"$GENOS_TOOL\" relay --port 0", -1);
  Client *client = client_new_at (tool->line);

  client_subscribe (client, "s", KIND);
  tool_end (tool);
  genos_test_wait_for (client->closed, 60);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (client->socket), ==, 1001);
  client_free (client);
}

/* The protocol of sd_listen_fds(3): it counts only for the process it names. */
static void
test_given_socket (void)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) where = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  Client *client;
  Tool *tool;

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL) && g_socket_listen (socket, NULL));
  where = g_socket_get_local_address (socket, NULL);
  url = g_strdup_printf (
      "ws://127.0.0.1:%u/", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (where)));
  tool = tool_new ("LISTEN_PID=$$ LISTEN_FDS=1 exec \"$GENOS_TOOL\" relay --port 0",
      dup (g_socket_get_fd (socket)));
  g_assert_cmpstr (tool->line, ==, url);
  client = client_new_at (tool->line);
  client_subscribe (client, "s", KIND);
  client_free (client);
  tool_end (tool);

  tool = tool_new ("LISTEN_PID=1 LISTEN_FDS=1 exec \"$GENOS_TOOL\" relay --port 0",
      dup (g_socket_get_fd (socket)));
  g_assert_cmpstr (tool->line, !=, url);
  tool_end (tool);
}

/* A port that was free a moment ago. */
static guint
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static gboolean
is_missing (const char *program)
{
  g_autofree char *found = g_find_program_in_path (program);

  if (found == NULL)
    g_test_skip ("systemd is not installed");
  return found == NULL;
}

/* systemd's own: it opens the socket and starts the relay for the first client, who waits for it. */
static void
test_socket_activation (void)
{
  guint port = find_port ();
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  /* What is preloaded for a sanitizer is for our tool alone: systemd's ends without a word over it. */
  g_autofree char *command = g_strdup_printf (
      "exec env -u LD_PRELOAD systemd-socket-activate --setenv=LD_PRELOAD=\"$LD_PRELOAD\" "
      "--listen=127.0.0.1:%u \"$GENOS_TOOL\" relay --port 0 2>/dev/null",
      port);
  Client *client;
  Tool *tool;

  if (is_missing ("systemd-socket-activate"))
    return;
  tool = tool_start (command, -1);
  client = client_new_at (url);
  while (client->socket == NULL) {
    g_assert_false (tool->ended);
    client_free (client);
    client = client_new_at (url);
  }
  genos_test_wait_for (tool->line != NULL, 60);
  g_assert_cmpstr (tool->line, ==, url);
  client_subscribe (client, "s", KIND);
  tool_end (tool);
  genos_test_wait_for (client->closed, 60);
  client_free (client);
}

static char *
read_unit (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "systemd", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* What systemd has to say about two units of these texts, as far as it names them. (transfer full) */
static char *
verify_units (const char *service, const char *socket)
{
  g_autofree char *folder = g_dir_make_tmp ("genos-units-XXXXXX", NULL);
  g_autofree char *service_path = g_build_filename (folder, "genos-relay.service", NULL);
  g_autofree char *socket_path = g_build_filename (folder, "genos-relay.socket", NULL);
  const char *argv[] = { "systemd-analyze", "verify", "--man=no", service_path, socket_path, NULL };
  g_autoptr (GString) said = g_string_new (NULL);
  g_autofree char *all = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (service_path, service, -1, NULL));
  g_assert_true (g_file_set_contents (socket_path, socket, -1, NULL));
  g_spawn_sync (folder, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
      NULL, NULL, NULL, &all, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", all);
  /* A machine's other units are its own matter. */
  lines = g_strsplit (all, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (strstr (lines[i], "genos-relay.") != NULL)
      g_string_append_printf (said, "%s\n", lines[i]);
  }
  unlink (service_path);
  unlink (socket_path);
  rmdir (folder);
  return g_string_free (g_steal_pointer (&said), FALSE);
}

static char *
replace (const char *text, const char *what, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (text, what, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (with, parts);
}

/* Every line of the units means something, and the program is where they say. */
static void
test_units (void)
{
  g_autofree char *template = read_unit ("genos-relay.service.in");
  g_autofree char *socket = read_unit ("genos-relay.socket");
  g_autofree char *folder = g_path_get_dirname (g_getenv ("GENOS_TOOL"));
  g_autofree char *service = replace (template, "@bindir@", folder);
  g_autofree char *misspelt = replace (service, "MemoryMax=", "MemoryMost=");
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;

  if (is_missing ("systemd-analyze"))
    return;
  bad = verify_units (misspelt, socket);
  if (strstr (bad, "MemoryMost") == NULL) {
    g_test_skip ("systemd-analyze finds no fault here, not even where there is one");
    return;
  }
  good = verify_units (service, socket);
  g_assert_cmpstr (good, ==, "");
}

/* READY=1 of sd_notify(3) */
static void
test_ready (void)
{
  g_autofree char *folder = g_dir_make_tmp ("genos-relay-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notify", NULL);
  g_autofree char *command =
      g_strdup_printf ("NOTIFY_SOCKET=%s exec \"$GENOS_TOOL\" relay --port 0", path);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  char text[64];
  gssize length;
  Tool *tool;

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_socket_set_timeout (socket, 30);
  tool = tool_new (command, -1);
  length = g_socket_receive (socket, text, sizeof text, NULL, NULL);
  g_assert_cmpmem (text, MAX (length, 0), "READY=1", strlen ("READY=1"));
  tool_end (tool);
  unlink (path);
  rmdir (folder);
}

static gboolean
on_accept (
    SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer seen)
{
  g_set_object ((GTlsCertificate **) seen, certificate);
  return TRUE;
}

static void
on_answer (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) body =
      soup_session_send_and_read_finish (SOUP_SESSION (session), result, NULL);

  *(gboolean *) user_data = TRUE;
}

/* (transfer full): who answers there */
static GTlsCertificate *
look_at (const char *url)
{
  g_autofree char *https = g_strconcat ("https", url + strlen ("wss"), NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", https);
  GTlsCertificate *seen = NULL;
  gboolean done = FALSE;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept), &seen);
  soup_session_send_and_read_async (session, message, 0, NULL, on_answer, &done);
  genos_test_wait_for (done, 60);
  return seen;
}

static void
copy_pair (const char *name, const char *folder)
{
  static const char *const ends[] = { ".pem", "-key.pem" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *file = g_strconcat (name, ends[i], NULL);
    g_autofree char *to = g_strconcat (folder, "/tls", ends[i], NULL);
    g_autofree char *from = g_test_build_filename (G_TEST_DIST, "integration", "tls", file, NULL);
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
    g_assert_true (g_file_set_contents (to, text, -1, NULL));
  }
}

static gboolean
shows (const char *url, const char *folder)
{
  g_autofree char *file = g_strconcat (folder, "/tls.pem", NULL);
  g_autoptr (GTlsCertificate) expected = g_tls_certificate_new_from_file (file, NULL);
  g_autoptr (GTlsCertificate) seen = look_at (url);

  return seen != NULL && g_tls_certificate_is_same (seen, expected);
}

/* A certificate that was renewed is shown after SIGHUP; one that is broken is not taken. */
static void
test_renewed_certificate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("genos-relay-XXXXXX", NULL);
  g_autofree char *file = g_strconcat (folder, "/tls.pem", NULL);
  g_autofree char *key = g_strconcat (folder, "/tls-key.pem", NULL);
  g_autofree char *command = g_strdup_printf (
      "exec \"$GENOS_TOOL\" relay --port 0 --tls-cert %s --tls-key %s 2>/dev/null", file, key);
  Tool *tool;

  copy_pair ("first", folder);
  tool = tool_new (command, -1);
  g_assert_true (g_str_has_prefix (tool->line, "wss://"));
  g_assert_true (shows (tool->line, folder));
  copy_pair ("second", folder);
  g_assert_false (shows (tool->line, folder));
  g_subprocess_send_signal (tool->process, SIGHUP);
  genos_test_wait_for (shows (tool->line, folder), 60);
  g_assert_true (g_file_set_contents (key, "broken", -1, NULL));
  g_subprocess_send_signal (tool->process, SIGHUP);
  g_assert_true (shows (tool->line, folder));
  tool_end (tool);
  unlink (file);
  unlink (key);
  rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("GENOS_TOOL"));
  g_test_add_func ("/relay-tool/goodbye", test_goodbye);
  g_test_add_func ("/relay-tool/given-socket", test_given_socket);
  g_test_add_func ("/relay-tool/ready", test_ready);
  g_test_add_func ("/relay-tool/socket-activation", test_socket_activation);
  g_test_add_func ("/relay-tool/units", test_units);
  if (g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    g_test_add_func ("/relay-tool/renewed-certificate", test_renewed_certificate);
  return g_test_run ();
}
