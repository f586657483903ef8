/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-door.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

/* So many are let in at a turn of the loop, so that a flood of them leaves turns to the others. */
#define ACCEPTS_PER_TURN 16

/* With no file descriptor left an accept fails at once, again and again. */
#define PAUSE_MS 250

#define VISIT_KEY "genos-relay-visit"

struct _GenosRelayDoor {
  GObject parent_instance;

  const GenosRelayLimits *limits;
  GenosRelayCounters *counters;
  GTlsCertificate *certificate;
  GPtrArray *sockets; /* of GSocket */
  GPtrArray *sources; /* of GSource */
  GSource *pause;
  GHashTable *visits; /* set of GenosRelayVisit, which libsoup and the connections own */
  GQueue waiting;     /* those of them that are no WebSocket, the oldest first */
};

enum { SIGNAL_VISIT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosRelayDoor, genos_relay_door, G_TYPE_OBJECT)

static void open_sources (GenosRelayDoor *self);

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* visits */

static void
on_visit_gone (gpointer user_data, GObject *where_it_was)
{
  GenosRelayDoor *self = user_data;

  g_hash_table_remove (self->visits, where_it_was);
  g_queue_remove (&self->waiting, where_it_was);
}

static void
on_overdue (GenosRelayVisit *visit, GenosRelayDoor *self)
{
  self->counters->drops[GENOS_RELAY_DROP_TIMEOUT]++;
}

static void
make_room (GenosRelayDoor *self)
{
  while (self->waiting.length > self->limits->max_http_connections) {
    GenosRelayVisit *oldest = g_queue_pop_head (&self->waiting);

    self->counters->drops[GENOS_RELAY_DROP_FULL]++;
    genos_relay_visit_cut (oldest);
  }
}

/* Whoever holds out a cut line as long as he can still has his descriptor. */
static gboolean
is_full (GenosRelayDoor *self)
{
  const GenosRelayLimits *limits = self->limits;

  return g_hash_table_size (self->visits)
      >= (guint64) limits->max_connections + 2 * (guint64) limits->max_http_connections;
}

static void
let_in (GenosRelayDoor *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GenosRelayVisit) visit = NULL;

  self->counters->accepted++;
  /* The streams gather small writes themselves. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  if (is_full (self)) {
    self->counters->drops[GENOS_RELAY_DROP_FULL]++;
    return;
  }
  visit = genos_relay_visit_new (connection, self->certificate, NULL);
  if (visit == NULL)
    return;
  g_object_set_data (G_OBJECT (genos_relay_visit_get_remote (visit)), VISIT_KEY, visit);
  g_object_weak_ref (G_OBJECT (visit), on_visit_gone, self);
  g_signal_connect (visit, "overdue", G_CALLBACK (on_overdue), self);
  g_hash_table_add (self->visits, visit);
  g_queue_push_tail (&self->waiting, visit);
  genos_relay_visit_set_deadline (visit, self->limits->http_timeout);
  make_room (self);
  g_signal_emit (self, signals[SIGNAL_VISIT], 0, visit);
}

/* listening */

static gboolean
on_pause_over (gpointer user_data)
{
  GenosRelayDoor *self = user_data;

  g_clear_pointer (&self->pause, g_source_unref);
  open_sources (self);
  return G_SOURCE_REMOVE;
}

static void
take_breath (GenosRelayDoor *self)
{
  g_ptr_array_set_size (self->sources, 0);
  self->pause = g_timeout_source_new (PAUSE_MS);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}

static gboolean
on_knock (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GenosRelayDoor) self = g_object_ref (user_data);

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

    if (accepted != NULL) {
      let_in (self, accepted);
      continue;
    }
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    /* A client that was gone before it was let in is nobody's trouble. */
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
      continue;
    take_breath (self);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

static void
open_source (GenosRelayDoor *self, GSocket *socket)
{
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_knock), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->sources, source);
}

static void
open_sources (GenosRelayDoor *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    open_source (self, g_ptr_array_index (self->sockets, i));
}

gboolean
genos_relay_door_listen_socket (GenosRelayDoor *self, GSocket *socket, GError **error)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);

  if (address == NULL)
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  g_ptr_array_add (self->sockets, g_object_ref (socket));
  if (self->pause == NULL)
    open_source (self, socket);
  return TRUE;
}

gboolean
genos_relay_door_listen (GenosRelayDoor *self, const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket = NULL;

  g_return_val_if_fail (where != NULL, FALSE);

  socket = g_socket_new (
      g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, 128);
  return g_socket_bind (socket, where, TRUE, error) && g_socket_listen (socket, error)
      && genos_relay_door_listen_socket (self, socket, error);
}

GInetSocketAddress *
genos_relay_door_dup_address (GenosRelayDoor *self)
{
  for (guint i = 0; i < self->sockets->len; i++) {
    GSocketAddress *address =
        g_socket_get_local_address (g_ptr_array_index (self->sockets, i), NULL);

    if (G_IS_INET_SOCKET_ADDRESS (address))
      return G_INET_SOCKET_ADDRESS (address);
    g_clear_object (&address);
  }
  return NULL;
}

/* the rest */

void
genos_relay_door_set_certificate (GenosRelayDoor *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

GenosRelayVisit *
genos_relay_door_find (GenosRelayDoor *self, GSocketAddress *remote)
{
  gpointer visit = remote != NULL ? g_object_get_data (G_OBJECT (remote), VISIT_KEY) : NULL;

  return g_hash_table_contains (self->visits, visit) ? visit : NULL;
}

void
genos_relay_door_promote (GenosRelayDoor *self, GenosRelayVisit *visit)
{
  g_queue_remove (&self->waiting, visit);
  genos_relay_visit_set_deadline (visit, 0);
}

void
genos_relay_door_renew (GenosRelayDoor *self, GenosRelayVisit *visit)
{
  if (g_queue_remove (&self->waiting, visit)) {
    g_queue_push_tail (&self->waiting, visit);
    genos_relay_visit_set_deadline (visit, self->limits->http_timeout);
  }
}

guint
genos_relay_door_get_n_waiting (GenosRelayDoor *self)
{
  return self->waiting.length;
}

void
genos_relay_door_shut (GenosRelayDoor *self)
{
  GenosRelayVisit *visit;

  g_clear_pointer (&self->pause, destroy_source);
  g_ptr_array_set_size (self->sources, 0);
  g_ptr_array_set_size (self->sockets, 0);
  while ((visit = g_queue_pop_head (&self->waiting)) != NULL)
    genos_relay_visit_cut (visit);
}

static void
genos_relay_door_dispose (GObject *object)
{
  GenosRelayDoor *self = GENOS_RELAY_DOOR (object);
  GHashTableIter iter;
  gpointer visit;

  genos_relay_door_shut (self);
  g_hash_table_iter_init (&iter, self->visits);
  while (g_hash_table_iter_next (&iter, &visit, NULL)) {
    g_object_weak_unref (visit, on_visit_gone, self);
    g_signal_handlers_disconnect_by_data (visit, self);
    g_hash_table_iter_remove (&iter);
  }
  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (genos_relay_door_parent_class)->dispose (object);
}

static void
genos_relay_door_finalize (GObject *object)
{
  GenosRelayDoor *self = GENOS_RELAY_DOOR (object);

  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->sockets);
  g_hash_table_unref (self->visits);

  G_OBJECT_CLASS (genos_relay_door_parent_class)->finalize (object);
}

static void
genos_relay_door_class_init (GenosRelayDoorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_relay_door_dispose;
  object_class->finalize = genos_relay_door_finalize;

  signals[SIGNAL_VISIT] = g_signal_new ("visit", GENOS_TYPE_RELAY_DOOR, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 1, GENOS_TYPE_RELAY_VISIT);
}

static void
genos_relay_door_init (GenosRelayDoor *self)
{
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func (destroy_source);
  self->visits = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->waiting);
}

GenosRelayDoor *
genos_relay_door_new (const GenosRelayLimits *limits, GenosRelayCounters *counters)
{
  GenosRelayDoor *self = g_object_new (GENOS_TYPE_RELAY_DOOR, NULL);

  self->limits = limits;
  self->counters = counters;
  return self;
}
