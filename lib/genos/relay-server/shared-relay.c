/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/shared-relay.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/relay-server/relay-asker.h>
#include <genos/relay-server/relay-server.h>

/* Whoever has the port is on this machine and answers at once, if at all. */
#define ASK_TIMEOUT_MS 3000

/* Threading contract: the table and the counts of users are under @lock, which is held while a relay
 * starts and ends, so that whoever asks second finds it started or gone. Everything else of a relay
 * is its thread's until `ready` and read-only afterwards. */
static GMutex lock;
static GHashTable *relays; /* "address:port" as asked for → GenosSharedRelay */

struct _GenosSharedRelay {
  char *name;
  guint users;

  char *address;
  guint16 port;
  char *url;
  guint16 public_port;
  GError *error;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GMutex ready_lock;
  GCond ready_cond;
  gboolean ready;
};

/* addresses */

static gboolean
fail (GError **error, const char *text)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "relay-server '%s' is not usable: write port, address:port or [IPv6 address]:port, like "
      "127.0.0.1:7777, or 0.0.0.0:7777 for the whole network",
      text);
  return FALSE;
}

gboolean
genos_shared_relay_parse (const char *text, char **address, guint16 *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) inet = NULL;
  guint64 number;

  if (!g_ascii_string_to_unsigned (
          colon != NULL ? colon + 1 : text, 10, 0, G_MAXUINT16, &number, NULL))
    return fail (error, text);
  host = colon != NULL && colon > text ? g_strndup (text, colon - text) : g_strdup ("127.0.0.1");
  if (g_str_equal (host, "localhost")) {
    g_free (host);
    host = g_strdup ("127.0.0.1");
  } else if (host[0] == '[' && g_str_has_suffix (host, "]")) {
    memmove (host, host + 1, strlen (host));
    host[strlen (host) - 1] = '\0';
  } else if (strchr (host, ':') != NULL) {
    return fail (error, text);
  }
  inet = g_inet_address_new_from_string (host);
  if (inet == NULL)
    return fail (error, text);
  *address = g_inet_address_to_string (inet);
  *port = number;
  return TRUE;
}

/* The address by which this machine reaches a socket that is bound to @address. */
static char *
make_url (const char *address, guint port)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  const char *host = address;

  if (g_inet_address_get_is_any (inet))
    host = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 ? "::1" : "127.0.0.1";
  return g_uri_join (G_URI_FLAGS_NONE, "ws", NULL, host, port, "/", NULL, NULL);
}

static guint
port_of (GenosRelayServer *server)
{
  g_autofree char *url = genos_relay_server_dup_url (server);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_uri_get_port (uri);
}

static gboolean
is_loopback (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);

  return g_inet_address_get_is_loopback (inet);
}

/* the thread */

static gboolean
find_other (GenosSharedRelay *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return FALSE;
  self->url = make_url (self->address, self->port);
  return genos_relay_asker_is_relay (self->url, ASK_TIMEOUT_MS);
}

static void
explain (GenosSharedRelay *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (&self->error, error->domain, error->code,
        "relay-server: port %u of %s is taken by a program that is no Nostr relay: choose another "
        "port, or 0 for a free one",
        self->port, self->address);
  else
    g_set_error (&self->error, error->domain, error->code,
        "relay-server: cannot listen on %s port %u: %s", self->address, self->port, error->message);
}

static GenosRelayServer *
open_relay (GenosSharedRelay *self)
{
  g_autoptr (GenosRelayServer) server = genos_relay_server_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (server, "announce", TRUE, NULL);
  if (genos_relay_server_listen (server, self->address, self->port, &error)) {
    self->url = make_url (self->address, port_of (server));
    if (!is_loopback (self->address))
      self->public_port = port_of (server);
    return g_steal_pointer (&server);
  }
  if (!find_other (self, error))
    explain (self, error);
  return NULL;
}

static void
tell_ready (GenosSharedRelay *self)
{
  g_mutex_lock (&self->ready_lock);
  self->ready = TRUE;
  g_cond_signal (&self->ready_cond);
  g_mutex_unlock (&self->ready_lock);
}

static gpointer
run (gpointer data)
{
  GenosSharedRelay *self = data;
  g_autoptr (GenosRelayServer) server = NULL;

  g_main_context_push_thread_default (self->context);
  server = open_relay (self);
  tell_ready (self);
  if (server != NULL) {
    g_main_loop_run (self->loop);
    genos_relay_server_stop (server);
    g_clear_object (&server);
    /* What was put off to the next turn still has its turn. */
    while (g_main_context_iteration (self->context, FALSE))
      ;
  }
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
end_thread (GenosSharedRelay *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  /* A quit before the loop runs would be lost. */
  g_source_set_callback (source, on_end, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);
}

static void
shared_relay_free (GenosSharedRelay *self)
{
  end_thread (self);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->ready_lock);
  g_cond_clear (&self->ready_cond);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->address);
  g_free (self->url);
  g_free (self);
}

static GenosSharedRelay *
shared_relay_new (const char *name, const char *address, guint16 port)
{
  GenosSharedRelay *self = g_new0 (GenosSharedRelay, 1);

  self->name = g_strdup (name);
  self->users = 1;
  self->address = g_strdup (address);
  self->port = port;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->ready_lock);
  g_cond_init (&self->ready_cond);
  self->thread = g_thread_new ("genos-relay", run, self);

  g_mutex_lock (&self->ready_lock);
  while (!self->ready)
    g_cond_wait (&self->ready_cond, &self->ready_lock);
  g_mutex_unlock (&self->ready_lock);
  return self;
}

/* under the lock */
static GenosSharedRelay *
acquire (const char *name, const char *address, guint16 port, GError **error)
{
  GenosSharedRelay *self = relays != NULL ? g_hash_table_lookup (relays, name) : NULL;

  if (self != NULL) {
    self->users++;
    return self;
  }
  self = shared_relay_new (name, address, port);
  if (self->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    shared_relay_free (self);
    return NULL;
  }
  if (relays == NULL)
    relays = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (relays, self->name, self);
  return self;
}

GenosSharedRelay *
genos_shared_relay_acquire (const char *text, GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  GenosSharedRelay *self;
  guint16 port;

  if (!genos_shared_relay_parse (text, &address, &port, error))
    return NULL;
  name = g_strdup_printf ("[%s]:%u", address, port);
  g_mutex_lock (&lock);
  self = acquire (name, address, port, error);
  g_mutex_unlock (&lock);
  return self;
}

void
genos_shared_relay_release (GenosSharedRelay *self)
{
  g_mutex_lock (&lock);
  if (--self->users == 0) {
    g_hash_table_remove (relays, self->name);
    if (g_hash_table_size (relays) == 0)
      g_clear_pointer (&relays, g_hash_table_unref);
    shared_relay_free (self);
  }
  g_mutex_unlock (&lock);
}

const char *
genos_shared_relay_get_url (GenosSharedRelay *self)
{
  return self->url;
}

guint16
genos_shared_relay_get_public_port (GenosSharedRelay *self)
{
  return self->public_port;
}
