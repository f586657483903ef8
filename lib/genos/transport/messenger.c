/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/messenger.h>

#include <genos/transport/home.h>
#include <genos/transport/outbox.h>

/* Browsers ask after 25 s, but have ICE notice a vanished peer after 7 s; webrtcbin notices nothing
 * for 48 s, so the channel has to. */
#define HEARTBEAT_MS 3000
#define SILENCE_MS 4000
/* A heartbeat that late was not late: this process was stopped, and heard nothing meanwhile. */
#define STALL (2 * G_TIME_SPAN_SECOND)
/* Answers to pings that may wait: a peer that asks faster than the channel drains gets fewer. */
#define MAX_URGENT 64
/* Pings without answer that are remembered. */
#define MAX_PINGS 64

#define TYPE_PING "@_ping"
#define TYPE_PONG "@_pong"

struct _GenosMessenger {
  GObject parent_instance;

  GenosPeerLink *link;
  GenosHome *home;
  GenosChannelAssembler *assembler;
  GenosOutbox *outbox;
  GHashTable *unfinished; /* "type nonce" of messages that take more than one frame */
  gboolean flushing;      /* a flush is posted or under way */
  gboolean closed;
  gboolean extended; /* the peer knows extended messages */

  guint heartbeat_ms;
  guint silence_ms;
  GSource *heartbeat;
  gint64 heard;   /* when the last frame came */
  gint64 pinged;  /* when our heartbeat left; 0: none is out */
  gint64 due;     /* when the heartbeat's timer should fire */
  gint64 drained; /* when the other side was last seen to take something */
  gboolean silent;
  GQueue pings; /* Ping, in the order they left */
};

G_DEFINE_FINAL_TYPE (GenosMessenger, genos_messenger, G_TYPE_OBJECT)

enum {
  PROP_MAX_QUEUED = 1,
  PROP_HEARTBEAT_INTERVAL,
  PROP_HEARTBEAT_TIMEOUT,
  N_PROPS,
};

enum {
  SIGNAL_MESSAGE,
  SIGNAL_PROGRESS,
  SIGNAL_DROPPED,
  SIGNAL_SILENT,
  SIGNAL_REVIVED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* --- pings */

/* Stays, without a task, after it was given up: its late answer must not be taken for another's. */
typedef struct {
  GTask *task; /* (nullable) */
  gint64 sent;
  GSource *timeout;
  GSource *cancel;
} Ping;

/* (transfer full) (nullable) */
static GTask *
settle_ping (Ping *ping)
{
  genos_home_cancel (&ping->timeout);
  genos_home_cancel (&ping->cancel);
  return g_steal_pointer (&ping->task);
}

static void
free_ping (Ping *ping)
{
  g_autoptr (GTask) task = settle_ping (ping);

  if (task != NULL)
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");
  g_free (ping);
}

static gboolean
on_ping_timeout (gpointer data)
{
  g_autoptr (GTask) task = settle_ping (data);

  g_task_return_new_error (
      task, GENOS_ERROR, GENOS_ERROR_TIMED_OUT, "the peer did not answer the ping");
  return G_SOURCE_REMOVE;
}

static gboolean
on_ping_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = settle_ping (data);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
take_pong (GenosMessenger *self)
{
  Ping *ping = g_queue_pop_head (&self->pings);
  g_autoptr (GTask) task = NULL;

  if (ping == NULL)
    return;
  task = settle_ping (ping);
  if (task != NULL)
    g_task_return_int (task, g_get_monotonic_time () - ping->sent);
  free_ping (ping);
}

static gboolean
send_empty (GenosMessenger *self, const char *type, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  const GenosOutgoing outgoing = { type, GENOS_PAYLOAD_STRING, nothing };

  return genos_messenger_send (self, &outgoing, error) != 0;
}

/* (nullable): when it could not be sent. */
static Ping *
send_ping (GenosMessenger *self, GError **error)
{
  Ping *ping;

  if (g_queue_get_length (&self->pings) >= MAX_PINGS) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "too many pings are unanswered");
    return NULL;
  }
  if (!send_empty (self, TYPE_PING, error))
    return NULL;
  ping = g_new0 (Ping, 1);
  ping->sent = g_get_monotonic_time ();
  g_queue_push_tail (&self->pings, ping);
  return ping;
}

void
genos_messenger_ping_async (GenosMessenger *self, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Ping *ping;

  g_return_if_fail (GENOS_IS_MESSENGER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_name (task, "genos_messenger_ping");
  if (g_task_return_error_if_cancelled (task))
    return;
  ping = send_ping (self, &error);
  if (ping == NULL) {
    g_task_return_error (task, error);
    return;
  }
  ping->timeout = genos_home_add_timer (self->home, timeout_ms, on_ping_timeout, ping);
  if (cancellable != NULL) {
    ping->cancel = g_cancellable_source_new (cancellable);
    g_source_set_callback (ping->cancel, G_SOURCE_FUNC (on_ping_cancelled), ping, NULL);
    g_source_attach (ping->cancel, g_task_get_context (task));
  }
  ping->task = g_steal_pointer (&task);
}

/* Microseconds, -1 on error. */
gint64
genos_messenger_ping_finish (GenosMessenger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

/* --- heartbeat */

static void beat (GenosMessenger *self);

static gboolean
on_heartbeat (gpointer data)
{
  GenosMessenger *self = data;

  genos_home_cancel (&self->heartbeat);
  g_object_ref (self);
  beat (self);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* Every frame is a sign of life; only a quiet channel is asked for one. */
static void
beat (GenosMessenger *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 quiet = (now - self->heard) / 1000;
  gint64 next = (gint64) self->heartbeat_ms - quiet;

  if (self->pinged != 0 && self->heard > self->pinged)
    self->pinged = 0;
  if (self->due != 0 && now - self->due > STALL) {
    self->pinged = 0;
    next = 0;
  }
  if (self->pinged != 0) {
    next = (gint64) self->silence_ms - (now - self->pinged) / 1000;
    if (next <= 0 && now - self->drained < self->silence_ms * G_TIME_SPAN_MILLISECOND) {
      /* A slow path takes what we send, and the ping waits in line there. */
      self->pinged = now;
      next = self->silence_ms;
    } else if (next <= 0) {
      self->pinged = 0;
      self->heard = now;
      next = self->heartbeat_ms;
      self->silent = TRUE;
      g_signal_emit (self, signals[SIGNAL_SILENT], 0);
    }
  } else if (next <= 0) {
    send_ping (self, NULL);
    self->pinged = now;
    next = self->silence_ms;
  }
  next = MAX (next, 1);
  self->due = now + next * G_TIME_SPAN_MILLISECOND;
  if (!self->closed && self->heartbeat == NULL)
    self->heartbeat = genos_home_add_timer (self->home, (guint) next, on_heartbeat, self);
}

/* --- out */

static void
flush (gpointer object, gpointer data)
{
  GenosMessenger *self = object;
  GBytes *frame;

  while (!self->closed && genos_peer_link_is_open (self->link)
      && genos_peer_link_has_room (self->link)
      && (frame = genos_outbox_peek (self->outbox)) != NULL) {
    g_autoptr (GError) error = NULL;

    if (!genos_peer_link_send (self->link, frame, &error)) {
      /* ::closed follows, and fails what waits. Until then it is no fault: the other side may just be
       * closing its channel. */
      if (!g_error_matches (error, GENOS_ERROR, GENOS_ERROR_CLOSED))
        g_signal_emit (self, signals[SIGNAL_DROPPED], 0, error);
      break;
    }
    genos_outbox_pop (self->outbox);
  }
  self->flushing = FALSE;
}

void
genos_messenger_flush (GenosMessenger *self)
{
  flush (self, NULL);
}

/* Later, so that no progress is told before send() has returned. */
static void
flush_soon (GenosMessenger *self)
{
  if (self->flushing || self->closed || !genos_peer_link_is_open (self->link))
    return;
  self->flushing = TRUE;
  genos_home_post (self->home, flush, NULL, NULL);
}

guint64
genos_messenger_send (GenosMessenger *self, const GenosOutgoing *outgoing, GError **error)
{
  guint64 serial;

  g_return_val_if_fail (GENOS_IS_MESSENGER (self), 0);
  g_return_val_if_fail (outgoing->type != NULL && outgoing->payload != NULL, 0);

  if (self->closed || genos_peer_link_is_closed (self->link)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");
    if (outgoing->destroy != NULL)
      outgoing->destroy (outgoing->user_data);
    return 0;
  }
  serial = genos_outbox_send (self->outbox, outgoing, error);
  if (serial != 0)
    flush_soon (self);
  return serial;
}

gboolean
genos_messenger_cancel (GenosMessenger *self, guint64 serial)
{
  g_return_val_if_fail (GENOS_IS_MESSENGER (self), FALSE);
  return genos_outbox_cancel (self->outbox, serial);
}

gint64
genos_messenger_get_heard (GenosMessenger *self)
{
  return self->heard;
}

GenosOutbox *
genos_messenger_get_outbox (GenosMessenger *self)
{
  return self->outbox;
}

void
genos_messenger_set_extended (GenosMessenger *self, gboolean extended)
{
  self->extended = extended;
}

/* --- in */

static void
drop (GenosMessenger *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, error);
}

static void
take_message (GenosMessenger *self, GenosAssembledMessage *message)
{
  if (g_str_equal (message->type, TYPE_PONG)) {
    take_pong (self);
  } else if (g_str_equal (message->type, TYPE_PING)) {
    if (genos_outbox_get_n_urgent (self->outbox) < MAX_URGENT)
      send_empty (self, TYPE_PONG, NULL);
  } else {
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
  }
}

/* TRUE when the frame belongs to a message of more than one. */
static gboolean
note_unfinished (GenosMessenger *self, const GenosChannelFrame *frame, gboolean whole)
{
  g_autofree char *key = g_strdup_printf ("%s %u", frame->type, frame->nonce);

  if (whole)
    return g_hash_table_remove (self->unfinished, key);
  /* The assembler bounds what is unfinished; this only has to forget with it. */
  if (g_hash_table_size (self->unfinished) >= 2 * genos_assembler_default_limits.max_unfinished)
    g_hash_table_remove_all (self->unfinished);
  g_hash_table_add (self->unfinished, g_steal_pointer (&key));
  return TRUE;
}

static void
on_frame (GenosPeerLink *link, GBytes *bytes, GenosMessenger *self)
{
  g_autoptr (GenosMessenger) alive = g_object_ref (self);
  g_autoptr (GenosAssembledMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const char *metadata = NULL;
  GenosChannelFrame frame;
  const guint8 *data;
  gsize size;

  self->heard = g_get_monotonic_time ();
  if (self->silent) {
    self->silent = FALSE;
    g_signal_emit (self, signals[SIGNAL_REVIVED], 0);
    if (self->closed)
      return;
  }
  data = g_bytes_get_data (bytes, &size);
  if (!genos_channel_frame_parse (data, size, &frame, &error)) {
    drop (self, error);
    return;
  }
  /* Of a peer that does not know what it means, the bit means nothing. */
  if (!self->extended)
    frame.tag &= (guint8) ~GENOS_FRAME_EXTENDED;
  if (!genos_channel_assembler_push (self->assembler, &frame, &message, &metadata, &error)) {
    drop (self, error);
    return;
  }
  if (note_unfinished (self, &frame, message != NULL))
    g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, frame.type, frame.progress / 255.0,
        message != NULL ? message->metadata : metadata);
  if (message != NULL && !self->closed)
    take_message (self, message);
}

/* --- link */

static void
on_opened (GenosPeerLink *link, GenosMessenger *self)
{
  self->heard = g_get_monotonic_time ();
  if (self->heartbeat == NULL)
    beat (self);
  flush_soon (self);
}

static void
on_drained (GenosPeerLink *link, GenosMessenger *self)
{
  self->drained = g_get_monotonic_time ();
  flush_soon (self);
}

static void
stop (GenosMessenger *self, const GError *error)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  genos_home_cancel (&self->heartbeat);
  genos_home_leave (self->home);
  g_queue_clear_full (&self->pings, (GDestroyNotify) free_ping);
  genos_outbox_fail (self->outbox, error);
}

static void
on_closed (GenosPeerLink *link, const GError *error, GenosMessenger *self)
{
  g_object_ref (self);
  stop (self, error);
  g_object_unref (self);
}

/* --- object */

static void
genos_messenger_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosMessenger *self = GENOS_MESSENGER (object);

  switch (id) {
    case PROP_MAX_QUEUED:
      g_value_set_uint64 (value, genos_outbox_get_max_bytes (self->outbox));
      break;
    case PROP_HEARTBEAT_INTERVAL:
      g_value_set_uint (value, self->heartbeat_ms);
      break;
    case PROP_HEARTBEAT_TIMEOUT:
      g_value_set_uint (value, self->silence_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
restart_heartbeat (GenosMessenger *self)
{
  self->due = 0;
  if (self->heartbeat == NULL)
    return;
  genos_home_cancel (&self->heartbeat);
  beat (self);
}

static void
genos_messenger_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosMessenger *self = GENOS_MESSENGER (object);

  switch (id) {
    case PROP_MAX_QUEUED:
      genos_outbox_set_max_bytes (self->outbox, g_value_get_uint64 (value));
      break;
    case PROP_HEARTBEAT_INTERVAL:
      self->heartbeat_ms = g_value_get_uint (value);
      restart_heartbeat (self);
      break;
    case PROP_HEARTBEAT_TIMEOUT:
      self->silence_ms = g_value_get_uint (value);
      restart_heartbeat (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_messenger_dispose (GObject *object)
{
  GenosMessenger *self = GENOS_MESSENGER (object);
  g_autoptr (GError) error =
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");

  stop (self, error);
  if (self->link != NULL)
    g_signal_handlers_disconnect_by_data (self->link, self);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (genos_messenger_parent_class)->dispose (object);
}

static void
genos_messenger_finalize (GObject *object)
{
  GenosMessenger *self = GENOS_MESSENGER (object);

  g_clear_pointer (&self->home, genos_home_unref);
  g_clear_pointer (&self->assembler, genos_channel_assembler_free);
  g_clear_pointer (&self->outbox, genos_outbox_free);
  g_clear_pointer (&self->unfinished, g_hash_table_unref);
  G_OBJECT_CLASS (genos_messenger_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (g_intern_static_string (name), GENOS_TYPE_MESSENGER, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, n_params, first, second, third);
}

static void
genos_messenger_class_init (GenosMessengerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = genos_messenger_get_property;
  object_class->set_property = genos_messenger_set_property;
  object_class->dispose = genos_messenger_dispose;
  object_class->finalize = genos_messenger_finalize;

  properties[PROP_MAX_QUEUED] =
      g_param_spec_uint64 ("max-queued", NULL, NULL, 0, G_MAXSIZE, GENOS_OUTBOX_MAX_BYTES, flags);
  /* Milliseconds of quiet until a peer is asked for a sign of life, and that it has for it. */
  properties[PROP_HEARTBEAT_INTERVAL] =
      g_param_spec_uint ("heartbeat-interval", NULL, NULL, 10, G_MAXINT, HEARTBEAT_MS, flags);
  properties[PROP_HEARTBEAT_TIMEOUT] =
      g_param_spec_uint ("heartbeat-timeout", NULL, NULL, 10, G_MAXINT, SILENCE_MS, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_MESSAGE] = new_signal ("message", 1, G_TYPE_POINTER, 0, 0);
  signals[SIGNAL_PROGRESS] =
      new_signal ("progress", 3, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_STRING);
  signals[SIGNAL_DROPPED] = new_signal ("dropped", 1, G_TYPE_ERROR, 0, 0);
  signals[SIGNAL_SILENT] = new_signal ("silent", 0, 0, 0, 0);
  signals[SIGNAL_REVIVED] = new_signal ("revived", 0, 0, 0, 0);
}

static void
genos_messenger_init (GenosMessenger *self)
{
  self->home = genos_home_new (G_OBJECT (self));
  self->assembler = genos_channel_assembler_new (&genos_assembler_default_limits);
  self->unfinished = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->heartbeat_ms = HEARTBEAT_MS;
  self->silence_ms = SILENCE_MS;
  self->drained = G_MININT64 / 2;
  g_queue_init (&self->pings);
}

GenosMessenger *
genos_messenger_new (GenosPeerLink *link, const GenosDialect *dialect)
{
  GenosMessenger *self;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (link), NULL);
  g_return_val_if_fail (dialect != NULL, NULL);

  self = g_object_new (GENOS_TYPE_MESSENGER, NULL);
  self->link = g_object_ref (link);
  self->outbox = genos_outbox_new (dialect);
  g_signal_connect (link, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (link, "drained", G_CALLBACK (on_drained), self);
  g_signal_connect (link, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), self);
  if (genos_peer_link_is_open (link))
    on_opened (link, self);
  return self;
}
