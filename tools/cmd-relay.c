/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib-unix.h>

#include <genos/genos.h>

#include "command.h"
#include "supervisor.h"

/* `genos relay`: a relay on this machine, with the page of the demo beside it. */

/* Goodbyes are answered at once by those who are there; the others need not be waited for. */
#define DRAIN_MS 3000

typedef struct {
  int port;
  int min_pow;
  int max_age;
  int max_lead;
  int connections_per_address;
  int events_per_minute;
  gboolean require_auth;
  gboolean metrics;
  gboolean lan;
  char *address;
  char *web;
  char *certificate;
  char *key;
  char *public_url;
  GStrv allowed_keys;
  GStrv proxies;
} Options;

typedef struct {
  const Options *options;
  GenosRelayServer *server;
  GMainLoop *loop;
  gboolean leaving;
} Relay;

static void
options_clear (Options *options)
{
  g_free (options->address);
  g_free (options->web);
  g_free (options->certificate);
  g_free (options->key);
  g_free (options->public_url);
  g_strfreev (options->allowed_keys);
  g_strfreev (options->proxies);
}

static const char *
default_web_root (void)
{
  const char *root = g_getenv ("GENOS_WEB_DIR");

  if (root == NULL || *root == '\0')
    root = GENOS_WEB_DATADIR;
  return g_file_test (root, G_FILE_TEST_IS_DIR) ? root : NULL;
}

/* what was typed */

static gboolean
is_key (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gboolean
check_keys (const Options *options)
{
  for (guint i = 0; options->allowed_keys != NULL && options->allowed_keys[i] != NULL; i++) {
    if (!is_key (options->allowed_keys[i]))
      return genos_command_complain (
          "--allow-key: “%s” is no public key of 64 lowercase hex digits",
          options->allowed_keys[i]);
  }
  return TRUE;
}

static gboolean
check_proxies (const Options *options)
{
  for (guint i = 0; options->proxies != NULL && options->proxies[i] != NULL; i++) {
    g_autoptr (GInetAddressMask) mask =
        g_inet_address_mask_new_from_string (options->proxies[i], NULL);

    if (mask == NULL)
      return genos_command_complain (
          "--trust-proxy: “%s” is no address, and no network like 10.0.0.0/8", options->proxies[i]);
  }
  return TRUE;
}

static gboolean
check (const Options *options)
{
  if (options->port < 0 || options->port > 65535)
    return genos_command_complain ("--port is from 0 to 65535");
  if (options->web != NULL && !g_file_test (options->web, G_FILE_TEST_IS_DIR))
    return genos_command_complain ("--web: “%s” is no folder", options->web);
  if (options->min_pow < 0 || options->min_pow > 64)
    return genos_command_complain ("--min-pow is from 0 to 64 bits");
  if (options->max_age < 0 || options->max_lead < 0 || options->connections_per_address < 0
      || options->events_per_minute < 0)
    return genos_command_complain ("a limit is 0 (none) or more");
  if ((options->certificate == NULL) != (options->key == NULL))
    return genos_command_complain ("--tls-cert and --tls-key go together");
  return check_keys (options) && check_proxies (options);
}

/* TLS */

static gboolean
load_certificate (Relay *relay)
{
  const Options *options = relay->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (options->certificate == NULL)
    return TRUE;
  certificate = g_tls_certificate_new_from_files (options->certificate, options->key, &error);
  if (certificate == NULL)
    return genos_command_complain ("cannot use the certificate %s with the key %s: %s",
        options->certificate, options->key, error->message);
  g_object_set (relay->server, "tls-certificate", certificate, NULL);
  return TRUE;
}

/* starting */

static void
configure (Relay *relay)
{
  const Options *options = relay->options;

  g_object_set (relay->server, "web-root",
      options->web != NULL ? options->web : default_web_root (), "min-pow", options->min_pow,
      "created-at-lower-limit", options->max_age, "created-at-upper-limit", options->max_lead,
      "max-connections-per-address", options->connections_per_address, "max-events-per-minute",
      options->events_per_minute, "require-auth",
      options->require_auth || options->allowed_keys != NULL, "allowed-keys", options->allowed_keys,
      "public-url", options->public_url, "trusted-proxies", options->proxies, "public-metrics",
      options->metrics, "announce", options->lan, NULL);
}

/* A thousand clients need more descriptors than a shell usually grants. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

static gboolean
listen_on_given (Relay *relay, GPtrArray *sockets)
{
  for (guint i = 0; i < sockets->len; i++) {
    g_autoptr (GError) error = NULL;

    if (!genos_relay_server_listen_socket (relay->server, g_ptr_array_index (sockets, i), &error))
      return genos_command_complain (
          "cannot use the socket that was handed over: %s", error->message);
  }
  return TRUE;
}

static gboolean
listen_on_own (Relay *relay)
{
  const char *address = relay->options->address;
  g_autoptr (GError) error = NULL;

  if (address == NULL)
    address = relay->options->lan ? "0.0.0.0" : "127.0.0.1";
  if (genos_relay_server_listen (relay->server, address, (guint16) relay->options->port, &error))
    return TRUE;
  return genos_command_complain (
      "cannot listen on %s port %d: %s", address, relay->options->port, error->message);
}

static gboolean
start (Relay *relay)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  sockets = genos_supervisor_take_sockets (&error);
  if (sockets == NULL)
    return genos_command_complain ("%s", error->message);
  if (!load_certificate (relay)
      || !(sockets->len > 0 ? listen_on_given (relay, sockets) : listen_on_own (relay)))
    return FALSE;
  /* Whoever started us with port 0 reads the URL from a pipe. */
  url = genos_relay_server_dup_url (relay->server);
  g_print ("%s\n", url != NULL ? url : "listening");
  fflush (stdout);
  genos_supervisor_notify ("READY=1");
  return TRUE;
}

/* running */

static gboolean
on_drained (gpointer user_data)
{
  g_main_loop_quit (((Relay *) user_data)->loop);
  return G_SOURCE_REMOVE;
}

static void
on_connections (GenosRelayServer *server, GParamSpec *pspec, gpointer user_data)
{
  Relay *relay = user_data;
  guint n;

  g_object_get (server, "connections", &n, NULL);
  if (relay->leaving && n == 0)
    g_main_loop_quit (relay->loop);
}

static gboolean
on_terminate (gpointer user_data)
{
  Relay *relay = user_data;
  guint n;

  g_object_get (relay->server, "connections", &n, NULL);
  if (relay->leaving || n == 0) {
    g_main_loop_quit (relay->loop);
    return G_SOURCE_CONTINUE;
  }
  relay->leaving = TRUE;
  genos_supervisor_notify ("STOPPING=1");
  genos_relay_server_drain (relay->server);
  g_timeout_add (DRAIN_MS, on_drained, relay);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload (gpointer user_data)
{
  Relay *relay = user_data;

  if (relay->options->certificate != NULL && load_certificate (relay))
    g_printerr ("genos relay: the certificate was read again\n");
  return G_SOURCE_CONTINUE;
}

static void
run (Relay *relay)
{
  g_signal_connect (relay->server, "notify::connections", G_CALLBACK (on_connections), relay);
  g_main_loop_run (relay->loop);
  g_signal_handlers_disconnect_by_data (relay->server, relay);
  genos_relay_server_stop (relay->server);
}

static int
serve (const Options *options)
{
  g_autoptr (GenosRelayServer) server = genos_relay_server_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Relay relay = { .options = options, .server = server, .loop = loop };
  /* Before anybody is told that we are there and may want to end us. */
  guint sources[] = {
    g_unix_signal_add (SIGINT, on_terminate, &relay),
    g_unix_signal_add (SIGTERM, on_terminate, &relay),
    g_unix_signal_add (SIGHUP, on_reload, &relay),
  };
  gboolean started;

  raise_descriptor_limit ();
  configure (&relay);
  started = start (&relay);
  if (started)
    run (&relay);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return started ? GENOS_EXIT_OK : GENOS_EXIT_FAILED;
}

int
genos_cmd_relay (int argc, char **argv)
{
  Options options = {
    .port = 7777,
    .max_age = 600,
    .max_lead = 900,
    .connections_per_address = 128,
    .events_per_minute = 12000,
  };
  const GOptionEntry entries[] = { { "port", 'p', 0, G_OPTION_ARG_INT, &options.port,
                                       "TCP port, 0 picks a free one (7777)", "N" },
    { "address", 'a', 0, G_OPTION_ARG_STRING, &options.address,
        "address to listen on, 0.0.0.0 for every one (127.0.0.1)", "IP" },
    { "lan", 'l', 0, G_OPTION_ARG_NONE, &options.lan,
        "listen on every address, and tell the local network, where relays=lan finds it", NULL },
    { "web", 'w', 0, G_OPTION_ARG_FILENAME, &options.web, "folder with the web page to serve",
        "DIR" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate,
        "certificate and its chain, for wss; read again on SIGHUP", "PEM" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "its private key", "PEM" },
    { "auth", 0, 0, G_OPTION_ARG_NONE, &options.require_auth,
        "clients have to prove that they have a key (NIP-42)", NULL },
    { "allow-key", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.allowed_keys,
        "and it has to be this one; may be repeated", "HEX" },
    { "public-url", 0, 0, G_OPTION_ARG_STRING, &options.public_url,
        "URL by which clients know this relay, for --auth behind a proxy", "URL" },
    { "min-pow", 0, 0, G_OPTION_ARG_INT, &options.min_pow,
        "work that each event has to show (NIP-13); browsers do none (0)", "BITS" },
    { "max-age", 0, 0, G_OPTION_ARG_INT, &options.max_age,
        "an event may be that old; 0: any age (600)", "SECONDS" },
    { "max-lead", 0, 0, G_OPTION_ARG_INT, &options.max_lead, "and that far ahead; 0: any (900)",
        "SECONDS" },
    { "max-connections-per-address", 0, 0, G_OPTION_ARG_INT, &options.connections_per_address,
        "clients of one address at a time; 0: any number (128)", "N" },
    { "max-events-per-minute", 0, 0, G_OPTION_ARG_INT, &options.events_per_minute,
        "messages of one address; 0: any number (12000)", "N" },
    { "trust-proxy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.proxies,
        "believe the X-Forwarded-For of that address or network; may be repeated", "ADDRESS" },
    { "metrics", 0, 0, G_OPTION_ARG_NONE, &options.metrics,
        "show /metrics to everybody, not to this machine only", NULL },
    { NULL } };
  int exit_code;

  if (genos_command_parse ("relay",
          "Passes on the signalling of rooms and stores nothing. Prints its URL when it is ready.\n"
          "Listens on sockets of systemd where there are any, then --address and --port are not\n"
          "used. SIGTERM and SIGINT say goodbye to the clients first.",
          entries, argc, argv, &exit_code))
    exit_code = check (&options) ? serve (&options) : GENOS_EXIT_USAGE;
  options_clear (&options);
  return exit_code;
}
