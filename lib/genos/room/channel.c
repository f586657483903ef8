/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/channel-private.h>

#include <string.h>

#include <genos/room/cells/mesh-private.h>
#include <genos/room/transfer/send-operation.h>

/**
 * GenosChannel:
 *
 * A named channel of a room: what one peer sends, the others hear.
 *
 * Messages of one channel from one peer arrive in the order they were sent, but
 * for large ones in rooms with cells, see [method@Channel.send_async]. A
 * channel exists by its name alone: whoever opens `chat` hears everybody else's
 * `chat`. Made by [method@Room.open_channel]; lives on the room's main context.
 */
struct _GenosChannel {
  GObject parent_instance;

  char *name;
  GWeakRef room;
  GenosChannelResolveFunc resolve;
  GenosExchange *exchange;
  GenosMesh *mesh;
  GenosPriority priority;
  GenosOverflow overflow;
  guint64 max_queued;
};

G_DEFINE_FINAL_TYPE (GenosChannel, genos_channel, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_NAME,
  PROP_PRIORITY,
  PROP_OVERFLOW,
  PROP_MAX_QUEUED,
  N_PROPS,
};

enum {
  MESSAGE,
  PROGRESS,
  SEND_PROGRESS,
  REQUEST,
  STREAM,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
genos_channel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosChannel *self = GENOS_CHANNEL (object);

  switch (id) {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PRIORITY:
      g_value_set_enum (value, self->priority);
      break;
    case PROP_OVERFLOW:
      g_value_set_enum (value, self->overflow);
      break;
    case PROP_MAX_QUEUED:
      g_value_set_uint64 (value, self->max_queued);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_channel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosChannel *self = GENOS_CHANNEL (object);

  switch (id) {
    case PROP_PRIORITY:
      self->priority = g_value_get_enum (value);
      break;
    case PROP_OVERFLOW:
      self->overflow = g_value_get_enum (value);
      break;
    case PROP_MAX_QUEUED:
      self->max_queued = g_value_get_uint64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_channel_finalize (GObject *object)
{
  GenosChannel *self = GENOS_CHANNEL (object);

  g_weak_ref_clear (&self->room);
  g_clear_object (&self->exchange);
  g_clear_object (&self->mesh);
  g_free (self->name);

  G_OBJECT_CLASS (genos_channel_parent_class)->finalize (object);
}

static void
genos_channel_class_init (GenosChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = genos_channel_get_property;
  object_class->set_property = genos_channel_set_property;
  object_class->finalize = genos_channel_finalize;

  /**
   * GenosChannel:name:
   *
   * The channel's name: 1 to 12 bytes of UTF-8, not starting with `@_`.
   */
  properties[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosChannel:priority:
   *
   * Whether the messages sent here overtake those of other channels, or let them
   * overtake. Counts from the next message on for which none of this channel
   * waits: the messages of one channel never overtake one another.
   */
  properties[PROP_PRIORITY] =
      g_param_spec_enum ("priority", NULL, NULL, GENOS_TYPE_PRIORITY, GENOS_PRIORITY_NORMAL, flags);

  /**
   * GenosChannel:overflow:
   *
   * What happens to a message that is sent here when too much of this channel
   * waits for a peer already.
   */
  properties[PROP_OVERFLOW] =
      g_param_spec_enum ("overflow", NULL, NULL, GENOS_TYPE_OVERFLOW, GENOS_OVERFLOW_FAIL, flags);

  /**
   * GenosChannel:max-queued:
   *
   * How much of this channel may wait for one peer, in bytes; 0: whatever all
   * channels together may, 64 MiB. One message may wait, whatever its size.
   */
  properties[PROP_MAX_QUEUED] =
      g_param_spec_uint64 ("max-queued", NULL, NULL, 0, 64 * 1024 * 1024, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GenosChannel::message:
   * @self: the channel
   * @peer_id: who sent it
   * @message: the message
   *
   * A message is whole. Emitted once per message, on the room's main context.
   */
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, GENOS_TYPE_MESSAGE);

  /**
   * GenosChannel::progress:
   * @self: the channel
   * @peer_id: who sends it
   * @fraction: how much of it is here, above 0 and at most 1
   * @metadata: (nullable): its metadata as JSON text, as far as it is known
   *
   * A message of more than one frame is coming in. Emitted for each of its
   * frames, the last time just before [signal@Channel::message].
   */
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_STRING);

  /**
   * GenosChannel::send-progress:
   * @self: the channel
   * @peer_id: to whom
   * @fraction: how much of it has left, above 0 and at most 1
   *
   * A message given to [method@Channel.send_async] is going out. Emitted at most
   * once per frame and peer. In a room with cells, what everybody is to have goes to
   * the neighbours, who pass it on: they are told of, and only when it is more than
   * 32 KiB, which goes in parts.
   */
  signals[SEND_PROGRESS] = g_signal_new ("send-progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_DOUBLE);

  /**
   * GenosChannel::request:
   * @self: the channel
   * @request: what is asked
   *
   * A peer asks something and waits for the answer. A handler that answers, now or
   * later, returns %TRUE; what no handler takes is answered with
   * %GENOS_REMOTE_ERROR_UNANSWERED. Emitted once per request, on the room's main
   * context. Browsers cannot ask.
   *
   * Returns: %TRUE when the request is taken
   */
  signals[REQUEST] = g_signal_new ("request", type, G_SIGNAL_RUN_LAST, 0,
      g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, GENOS_TYPE_REQUEST);

  /**
   * GenosChannel::stream:
   * @self: the channel
   * @stream: what is offered
   *
   * A peer wants to send something larger than a message. What no handler takes,
   * now or later, is turned away. Emitted once per stream, on the room's main
   * context. Browsers send no streams.
   */
  signals[STREAM] = g_signal_new ("stream", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GENOS_TYPE_INCOMING_STREAM);
}

static void
genos_channel_init (GenosChannel *self)
{
  g_weak_ref_init (&self->room, NULL);
  self->priority = GENOS_PRIORITY_NORMAL;
}

GenosChannel *
genos_channel_new (
    const char *name, GObject *room, GenosChannelResolveFunc resolve, GenosExchange *exchange)
{
  GenosChannel *self = g_object_new (GENOS_TYPE_CHANNEL, NULL);

  self->name = g_strdup (name);
  self->resolve = resolve;
  self->exchange = g_object_ref (exchange);
  g_weak_ref_set (&self->room, room);
  return self;
}

/**
 * genos_channel_get_name:
 * @self: a channel
 *
 * Gets the channel's name.
 *
 * Returns: (transfer none): the name
 */
const char *
genos_channel_get_name (GenosChannel *self)
{
  g_return_val_if_fail (GENOS_IS_CHANNEL (self), NULL);
  return self->name;
}

static gboolean
check_metadata (GenosMessage *message, GError **error)
{
  /* Bounded here so that no frame has to be split twice; browsers have the same limit. */
  const char *metadata = genos_message_get_metadata_text (message);

  if (metadata == NULL || strlen (metadata) <= GENOS_FRAME_PAYLOAD)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
      "metadata of %" G_GSIZE_FORMAT " bytes: at most %d go with a message", strlen (metadata),
      GENOS_FRAME_PAYLOAD);
  return FALSE;
}

void
genos_channel_set_mesh (GenosChannel *self, GenosMesh *mesh)
{
  g_set_object (&self->mesh, mesh);
}

static GPtrArray *
resolve (GenosChannel *self, const char *const *targets, GPtrArray *absent, GError **error)
{
  g_autoptr (GObject) room = g_weak_ref_get (&self->room);

  if (room != NULL)
    return self->resolve (room, targets, absent);
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the room of this channel is gone");
  return NULL;
}

/* By way of the mesh: to everybody when there are no @targets, else to those of @absent that it knows, who
 * move to @far then. Everybody is the roster without ourselves. FALSE: nothing can be sent at all. @large_id: (out)
 * (optional): see genos_mesh_say(). */
static gboolean
send_far (GenosChannel *self, GenosMessage *message, const char *const *targets, GPtrArray *absent,
    GPtrArray *far, char **large_id, GError **error)
{
  if (!genos_mesh_is_active (self->mesh))
    return TRUE;
  if (targets == NULL) {
    g_auto (GStrv) roster = genos_mesh_get_roster (self->mesh);

    for (guint i = 0; roster[i] != NULL; i++)
      if (!genos_mesh_is_self (self->mesh, roster[i]))
        g_ptr_array_add (far, g_strdup (roster[i]));
    return genos_mesh_say (self->mesh, self->name, message, NULL, large_id, error);
  }
  for (guint i = absent->len; i > 0; i--) {
    const char *id = g_ptr_array_index (absent, i - 1);

    if (!genos_mesh_knows (self->mesh, id)
        || !genos_mesh_say (self->mesh, self->name, message, id, NULL, NULL))
      continue;
    g_ptr_array_add (far, g_strdup (id));
    g_ptr_array_remove_index (absent, i - 1);
  }
  return TRUE;
}

/* With a mesh, what everybody is to hear takes one way to each. */
static GPtrArray *
resolve_near (GenosChannel *self, const char *const *targets, GPtrArray *absent, GError **error)
{
  static const char *const nobody[] = { NULL };

  if (targets == NULL && genos_mesh_is_active (self->mesh))
    targets = nobody;
  return resolve (self, targets, absent, error);
}

void
genos_channel_fill_outgoing (GenosChannel *self, GenosOutgoing *outgoing)
{
  *outgoing = (GenosOutgoing){
    .type = self->name,
    .priority = self->priority,
    .overflow = self->overflow,
    .max_queued = self->max_queued,
  };
}

static void
on_leaving (const char *peer_id, gdouble fraction, gpointer data)
{
  GTask *task = data;

  if (peer_id != NULL)
    g_signal_emit (g_task_get_source_object (task), signals[SEND_PROGRESS], 0, peer_id, fraction);
  else
    genos_send_operation_went (task);
}

/**
 * genos_channel_send_async:
 * @self: a channel
 * @message: what to send
 * @targets: (nullable) (array zero-terminated=1): ids of the peers that are to
 *   have it; %NULL for everybody
 * @cancellable: (nullable): takes back what has not begun to leave
 * @callback: (scope async): called when it is done
 * @user_data: user data for @callback
 *
 * Sends a message; done when it has left this process for each of the targets,
 * or cannot.
 *
 * A browser takes at most 1 636 900 bytes in one message (after deflating), a
 * peer of this project 16 MiB; more is refused with %GENOS_ERROR_LIMIT. What happens when too much waits for a
 * peer already is up to [property@Channel:overflow].
 *
 * In a room with cells, what everybody is to have and is larger than 32 KiB goes in parts, between which
 * smaller messages pass, those that were sent later too; it is done when the
 * neighbours have it. %GENOS_ERROR_LIMIT when 36 MiB of that are on their way already.
 * As long as a browser is in the room, what one can read goes as one, up to about a megabyte.
 */
void
genos_channel_send_async (GenosChannel *self, GenosMessage *message, const char *const *targets,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) absent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) far = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) peers = NULL;
  g_autofree char *large_id = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GENOS_IS_CHANNEL (self));
  g_return_if_fail (message != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_channel_send_async);
  /* The list of who got it is wanted even when it was cancelled half-way. */
  g_task_set_check_cancellable (task, FALSE);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (check_metadata (message, &error))
    peers = resolve_near (self, targets, absent, &error);
  if (peers == NULL || !send_far (self, message, targets, absent, far, &large_id, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (large_id != NULL)
    genos_mesh_watch_leaving (self->mesh, large_id, on_leaving, task);
  genos_send_operation_run (
      g_steal_pointer (&task), self, message, peers, far, absent, large_id != NULL);
}

/**
 * genos_channel_send_finish:
 * @self: a channel
 * @result: what the callback got
 * @sent_to: (out) (optional) (transfer full) (array zero-terminated=1): ids of the
 *   peers it left for
 * @failed: (out) (optional) (transfer full) (array zero-terminated=1): ids of the
 *   peers it did not leave for
 * @error: return location for an error
 *
 * Finishes [method@Channel.send_async].
 *
 * Fails with %GENOS_ERROR_CLOSED when a target is not here, or left meanwhile, with %GENOS_ERROR_LIMIT when
 * message or metadata are too large or were dropped for others, and with %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when it left for at least one peer, or there was nobody to send
 *   to; %FALSE with the reason of the first failure otherwise
 */
gboolean
genos_channel_send_finish (
    GenosChannel *self, GAsyncResult *result, char ***sent_to, char ***failed, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  genos_send_operation_get_result (G_TASK (result), sent_to, failed);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * genos_channel_send:
 * @self: a channel
 * @message: what to send
 * @targets: (nullable) (array zero-terminated=1): ids of the peers that are to
 *   have it; %NULL for everybody
 * @error: return location for an error
 *
 * Queues a message and forgets about it. Never waits: with %GENOS_OVERFLOW_WAIT it is refused where
 * too much waits already.
 *
 * Fails with %GENOS_ERROR_CLOSED when none of @targets is here, and with %GENOS_ERROR_LIMIT when message
 * or metadata are too large, or too much waits.
 *
 * Returns: for how many peers it was queued; 0 with @error set when it could be
 *   queued for none of those there are
 */
guint
genos_channel_send (
    GenosChannel *self, GenosMessage *message, const char *const *targets, GError **error)
{
  g_autoptr (GPtrArray) absent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) far = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) peers = NULL;
  g_autoptr (GError) first = NULL;
  GenosExtendedMessage extended;
  GenosOutgoing outgoing;
  guint n = 0;

  g_return_val_if_fail (GENOS_IS_CHANNEL (self), 0);
  g_return_val_if_fail (message != NULL, 0);

  if (!check_metadata (message, error))
    return 0;
  peers = resolve_near (self, targets, absent, error);
  if (peers == NULL || !send_far (self, message, targets, absent, far, NULL, error))
    return 0;

  genos_channel_fill_outgoing (self, &outgoing);
  genos_message_fill_extended (message, &extended);
  /* There is nobody here who could wait. */
  if (outgoing.overflow == GENOS_OVERFLOW_WAIT)
    outgoing.overflow = GENOS_OVERFLOW_FAIL;
  for (guint i = 0; i < peers->len; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);

    if (genos_peer_send (peer, &outgoing, &extended, first == NULL ? &first : NULL) != 0)
      n++;
  }

  n += far->len;
  if (n == 0 && first != NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  else if (n == 0 && absent->len > 0)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here",
        (const char *) g_ptr_array_index (absent, 0));
  return n;
}

/**
 * genos_channel_request_async:
 * @self: a channel
 * @message: what to ask
 * @peer_id: whom; not a browser
 * @timeout_ms: how long to wait for the answer, in milliseconds, 1 and up
 * @cancellable: (nullable): stops waiting
 * @callback: (scope async): called when the answer is here, or none comes
 * @user_data: user data for @callback
 *
 * Asks a peer something; there [signal@Channel::request] is emitted.
 */
void
genos_channel_request_async (GenosChannel *self, GenosMessage *message, const char *peer_id,
    guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const char *const targets[] = { peer_id, NULL };
  g_autoptr (GPtrArray) absent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) peers = NULL;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  GenosOutgoing outgoing;

  g_return_if_fail (GENOS_IS_CHANNEL (self));
  g_return_if_fail (message != NULL && peer_id != NULL);
  g_return_if_fail (timeout_ms > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, genos_channel_request_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (check_metadata (message, &error))
    peers = resolve (self, targets, absent, &error);
  if (peers != NULL && peers->len == 0)
    g_set_error (&error, GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here", peer_id);
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  genos_channel_fill_outgoing (self, &outgoing);
  genos_exchange_ask (self->exchange, g_ptr_array_index (peers, 0), &outgoing, message, timeout_ms,
      g_steal_pointer (&task));
}

/**
 * genos_channel_request_finish:
 * @self: a channel
 * @result: what the callback got
 * @error: return location for an error
 *
 * Finishes [method@Channel.request_async].
 *
 * Fails with %GENOS_ERROR_TIMED_OUT when no answer came in time, with
 * %GENOS_ERROR_CLOSED when the peer is not here or left, with
 * %GENOS_ERROR_UNSUPPORTED when it is a browser, and with an error of the domain
 * %GENOS_REMOTE_ERROR when it answered that it cannot.
 *
 * Returns: (transfer full): the answer
 */
GenosMessage *
genos_channel_request_finish (GenosChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
genos_channel_emit_request (GenosChannel *self, GenosRequest *request)
{
  gboolean taken = FALSE;

  g_signal_emit (self, signals[REQUEST], 0, request, &taken);
  return taken;
}

void
genos_channel_emit_stream (GenosChannel *self, GenosIncomingStream *stream)
{
  g_signal_emit (self, signals[STREAM], 0, stream);
}

GenosRoom *
genos_channel_dup_room (GenosChannel *self)
{
  return g_weak_ref_get (&self->room);
}

void
genos_channel_emit_message (GenosChannel *self, const char *peer_id, GenosMessage *message)
{
  g_signal_emit (self, signals[MESSAGE], 0, peer_id, message);
}

void
genos_channel_emit_progress (
    GenosChannel *self, const char *peer_id, gdouble fraction, const char *metadata)
{
  g_signal_emit (self, signals[PROGRESS], 0, peer_id, fraction, metadata);
}
