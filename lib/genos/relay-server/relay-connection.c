/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-connection.h>

#include <genos/relay-server/relay-session.h>
#include <genos/relay-server/relay-stream.h>

struct _GenosRelayConnection {
  GObject parent_instance;

  GenosRelayHub *hub;
  GenosRelayStream *stream;
  SoupWebsocketConnection *socket;
  GenosRelaySession *session;
  gint64 last_heard; /* anything, pongs too */
  gint64 last_said;  /* a message, or the end of the last subscription at the latest */
  GSource *watchdog;
  GSource *farewell; /* a slow client is shown the door when nobody is in the hub */
  gboolean gone;
};

enum { SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosRelayConnection, genos_relay_connection, G_TYPE_OBJECT)

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
genos_relay_connection_close (GenosRelayConnection *self, gushort code, const char *reason)
{
  g_return_if_fail (GENOS_IS_RELAY_CONNECTION (self));

  self->gone = TRUE;
  clear_source (&self->farewell);
  genos_relay_session_silence (self->session);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, code, reason);
}

/* sending */

static gboolean
on_farewell (gpointer user_data)
{
  GenosRelayConnection *self = user_data;

  genos_relay_connection_close (
      self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "rate-limited: too slow to read");
  return G_SOURCE_REMOVE;
}

static void
dismiss_slow (GenosRelayConnection *self)
{
  self->gone = TRUE;
  self->hub->counters.drops[GENOS_RELAY_DROP_SLOW]++;
  self->farewell = g_idle_source_new ();
  g_source_set_priority (self->farewell, G_PRIORITY_HIGH);
  g_source_set_callback (self->farewell, on_farewell, self, NULL);
  g_source_attach (self->farewell, g_main_context_get_thread_default ());
}

/* Where all of them together have too much waiting, those go who have more than their share. */
static gboolean
is_slow (GenosRelayConnection *self)
{
  const GenosRelayLimits *limits = &self->hub->limits;
  gsize pending = genos_relay_stream_get_pending (self->stream);

  return pending > limits->max_pending
      || (self->hub->pending > limits->max_pending_total
          && pending > limits->max_pending_total / MAX (self->hub->n_clients, 1));
}

static void
on_send (const char *text, gpointer owner)
{
  GenosRelayConnection *self = owner;

  if (self->gone || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  soup_websocket_connection_send_text (self->socket, text);
  if (is_slow (self))
    dismiss_slow (self);
}

/* receiving */

static gboolean
take (GenosRelayConnection *self, gint type, GBytes *bytes)
{
  gsize len;
  const char *text = g_bytes_get_data (bytes, &len);

  if (type != SOUP_WEBSOCKET_DATA_TEXT || len == 0)
    return genos_relay_session_take_binary (self->session);
  return genos_relay_session_take (
      self->session, text, len, self->last_said, g_get_real_time () / G_USEC_PER_SEC);
}

static void
on_message (SoupWebsocketConnection *socket, gint type, GBytes *bytes, GenosRelayConnection *self)
{
  g_autoptr (GenosRelayConnection) alive = g_object_ref (self);

  if (self->gone)
    return;
  self->last_heard = self->last_said = g_get_monotonic_time ();
  if (!take (self, type, bytes) && !self->gone)
    genos_relay_connection_close (
        self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "invalid: nothing but unreadable messages");
}

static void
on_pong (SoupWebsocketConnection *socket, GBytes *bytes, GenosRelayConnection *self)
{
  self->last_heard = g_get_monotonic_time ();
}

static void
on_error (SoupWebsocketConnection *socket, GError *error, GenosRelayConnection *self)
{
  self->hub->counters.drops[GENOS_RELAY_DROP_BROKEN]++;
}

static void
on_closed (SoupWebsocketConnection *socket, GenosRelayConnection *self)
{
  g_autoptr (GenosRelayConnection) alive = g_object_ref (self);

  self->gone = TRUE;
  clear_source (&self->watchdog);
  clear_source (&self->farewell);
  genos_relay_session_silence (self->session);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/* being there */

static gint64
silent_until (GenosRelayConnection *self)
{
  const GenosRelayLimits *limits = &self->hub->limits;

  return self->last_heard
      + ((gint64) limits->ping_interval + limits->ping_timeout) * G_USEC_PER_SEC;
}

/* Whoever listens may be silent for ever. */
static gint64
idle_until (GenosRelayConnection *self)
{
  const GenosRelayLimits *limits = &self->hub->limits;

  if (limits->idle_timeout == 0)
    return G_MAXINT64;
  if (genos_relay_session_get_n_subscriptions (self->session) > 0)
    self->last_said = g_get_monotonic_time ();
  return self->last_said + (gint64) limits->idle_timeout * G_USEC_PER_SEC;
}

static void watch (GenosRelayConnection *self);

static gboolean
on_watchdog (gpointer user_data)
{
  GenosRelayConnection *self = user_data;
  gint64 now = g_get_monotonic_time ();
  const char *reason = NULL;

  clear_source (&self->watchdog);
  if (now >= silent_until (self))
    reason = "no answer to pings";
  else if (now >= idle_until (self))
    reason = "no subscription for a long time";
  if (reason == NULL) {
    watch (self);
  } else if (!self->gone) {
    self->hub->counters.drops[GENOS_RELAY_DROP_TIMEOUT]++;
    genos_relay_connection_close (self, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, reason);
  }
  return G_SOURCE_REMOVE;
}

static void
watch (GenosRelayConnection *self)
{
  gint64 next = MIN (silent_until (self), idle_until (self)) - g_get_monotonic_time ();

  self->watchdog = g_timeout_source_new (CLAMP (next / 1000 + 1, 1, 3600 * 1000));
  g_source_set_callback (self->watchdog, on_watchdog, self, NULL);
  g_source_attach (self->watchdog, g_main_context_get_thread_default ());
}

static void
genos_relay_connection_dispose (GObject *object)
{
  GenosRelayConnection *self = GENOS_RELAY_CONNECTION (object);

  clear_source (&self->watchdog);
  clear_source (&self->farewell);
  if (self->socket != NULL) {
    g_signal_handlers_disconnect_by_data (self->socket, self);
    self->hub->n_clients--;
  }
  g_clear_object (&self->socket);
  g_clear_pointer (&self->session, genos_relay_session_free);
  /* libsoup may keep it until the other side has answered our goodbye. */
  if (self->stream != NULL)
    genos_relay_stream_forget_account (self->stream);
  g_clear_object (&self->stream);

  G_OBJECT_CLASS (genos_relay_connection_parent_class)->dispose (object);
}

static void
genos_relay_connection_class_init (GenosRelayConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_relay_connection_dispose;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GENOS_TYPE_RELAY_CONNECTION, G_SIGNAL_RUN_LAST,
      0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_relay_connection_init (GenosRelayConnection *self)
{
  self->last_heard = self->last_said = g_get_monotonic_time ();
}

GenosRelayConnection *
genos_relay_connection_new (GenosRelayHub *hub, GenosRelayAddress *address, GIOStream *stream,
    GUri *uri, GInetSocketAddress *local)
{
  GenosRelayConnection *self = g_object_new (GENOS_TYPE_RELAY_CONNECTION, NULL);
  const GenosRelayLimits *limits = &hub->limits;

  self->hub = hub;
  hub->n_clients++;
  self->stream = genos_relay_stream_new (stream, limits->max_message_size, &hub->pending);
  self->session = genos_relay_session_new (hub, address, local, on_send, self);
  self->socket = soup_websocket_connection_new (
      G_IO_STREAM (self->stream), uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, limits->max_message_size);
  soup_websocket_connection_set_keepalive_interval (self->socket, limits->ping_interval);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  watch (self);
  genos_relay_session_open (self->session);
  return self;
}
