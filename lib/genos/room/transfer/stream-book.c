/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-book.h>

#include <string.h>

#include <genos/crypto/random.h>
#include <genos/base/reason-private.h>
#include <genos/room/transfer/stream-error.h>

/* Streams that went well and whose sender may not know it yet. */
#define MAX_FINISHED 64
#define TICK_MS 1000

struct _GenosStreamBook {
  GObject parent_instance;

  GenosRoster *roster;
  GenosRoster *far; /* (nullable) */
  GenosStreamBookWay other_way;
  gpointer other_way_data;
  GHashTable *ports; /* GenosStreamPort, by its peer, direction and id */
  GQueue finished;   /* char*, names of those that came in whole */
  GSource *tick;
  guint64 next_id;
};

G_DEFINE_FINAL_TYPE (GenosStreamBook, genos_stream_book, G_TYPE_OBJECT)

static char *
dup_name (GenosPeer *peer, gboolean incoming, guint64 id)
{
  return g_strdup_printf (
      "%s %c %" G_GUINT64_FORMAT, genos_peer_get_id (peer), incoming ? '<' : '>', id);
}

static GPtrArray *
dup_ports (GenosStreamBook *self)
{
  GPtrArray *ports = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_stream_port_unref);
  GHashTableIter iter;
  gpointer port;

  g_hash_table_iter_init (&iter, self->ports);
  while (g_hash_table_iter_next (&iter, NULL, &port))
    g_ptr_array_add (ports, genos_stream_port_ref (port));
  return ports;
}

/* --- time */

static gboolean
on_tick (gpointer data)
{
  g_autoptr (GenosStreamBook) self = g_object_ref (data);
  g_autoptr (GPtrArray) ports = dup_ports (self);
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < ports->len; i++)
    genos_stream_port_tick (g_ptr_array_index (ports, i), now);
  return G_SOURCE_CONTINUE;
}

static void
stop_ticking (GenosStreamBook *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
}

static void
start_ticking (GenosStreamBook *self)
{
  if (self->tick != NULL)
    return;
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_static_name (self->tick, "[genos] streams");
  g_source_set_callback (self->tick, on_tick, self, NULL);
  g_source_attach (self->tick, g_main_context_get_thread_default ());
}

/* --- ports */

static void
remember (GenosStreamBook *self, char *name)
{
  g_queue_push_tail (&self->finished, name);
  if (g_queue_get_length (&self->finished) > MAX_FINISHED)
    g_free (g_queue_pop_head (&self->finished));
}

static void
forget_port (GenosStreamBook *self, GenosStreamPort *port)
{
  g_autofree char *name = dup_name (genos_stream_port_get_peer (port),
      genos_stream_port_is_incoming (port), genos_stream_port_get_id (port));

  genos_stream_port_set_closed_func (port, NULL, NULL);
  g_hash_table_remove (self->ports, name);
  if (g_hash_table_size (self->ports) == 0)
    stop_ticking (self);
}

static void
on_port_closed (GenosStreamPort *port, gboolean finished, gpointer user_data)
{
  GenosStreamBook *self = user_data;

  if (finished && genos_stream_port_is_incoming (port))
    remember (
        self, dup_name (genos_stream_port_get_peer (port), TRUE, genos_stream_port_get_id (port)));
  forget_port (self, port);
}

/* (transfer none) */
static GenosStreamPort *
add_port (
    GenosStreamBook *self, GenosPeer *peer, const char *channel, guint64 id, gboolean incoming)
{
  GenosStreamPort *port = genos_stream_port_new (peer, channel, id, incoming);

  genos_stream_port_set_closed_func (port, on_port_closed, self);
  g_hash_table_insert (self->ports, dup_name (peer, incoming, id), port);
  start_ticking (self);
  return port;
}

static guint
count (GenosStreamBook *self, GenosPeer *peer, gboolean incoming)
{
  GHashTableIter iter;
  gpointer port;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->ports);
  while (g_hash_table_iter_next (&iter, NULL, &port)) {
    if (genos_stream_port_is_incoming (port) == incoming
        && (peer == NULL || genos_stream_port_get_peer (port) == peer))
      n++;
  }
  return n;
}

guint
genos_stream_book_get_n (GenosStreamBook *self)
{
  return g_hash_table_size (self->ports);
}

/* --- opening */

GenosStreamWriter *
genos_stream_book_open (GenosStreamBook *self, GenosPeer *peer, const char *channel,
    const char *metadata, guint64 size, GError **error)
{
  GenosStreamPort *port;

  if (!genos_peer_is_extended (peer)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "peer %s is a browser, or an older program: it knows no streams", genos_peer_get_id (peer));
    return NULL;
  }
  if (count (self, peer, FALSE) >= GENOS_STREAM_MAX_PER_PEER) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "%d streams go to peer %s already: end one first", GENOS_STREAM_MAX_PER_PEER,
        genos_peer_get_id (peer));
    return NULL;
  }
  if (metadata != NULL && strlen (metadata) > GENOS_STREAM_MAX_METADATA) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "metadata of %" G_GSIZE_FORMAT " bytes: at most %d go with a stream", strlen (metadata),
        GENOS_STREAM_MAX_METADATA);
    return NULL;
  }
  port = add_port (self, peer, channel, self->next_id++, FALSE);
  return genos_stream_writer_new (port, metadata, size);
}

/* --- what peers say */

/* To somebody who asks for a stream that is not there. */
static void
answer (GenosPeer *peer, const char *channel, guint64 id, const GenosStreamFrame *frame)
{
  const GenosOutgoing outgoing = { .type = channel, .priority = GENOS_PRIORITY_LOW };
  g_autoptr (GBytes) payload = genos_stream_frame_build (frame);
  const GenosExtendedMessage message = {
    .kind = GENOS_PAYLOAD_BINARY, .role = GENOS_ROLE_STREAM, .id = id, .payload = payload
  };

  genos_peer_send (peer, &outgoing, &message, NULL);
}

static void
refuse (GenosPeer *peer, const char *channel, guint64 id, GenosStreamWhy why)
{
  const GenosStreamFrame stop = { .kind = GENOS_STREAM_STOP, .why = (guint8) why };

  answer (peer, channel, id, &stop);
}

static GenosIncomingStream *
take_open (GenosStreamBook *self, GenosPeer *peer, const char *channel, guint64 id,
    const GenosStreamFrame *frame)
{
  if (count (self, peer, TRUE) >= GENOS_STREAM_MAX_PER_PEER
      || count (self, NULL, TRUE) >= GENOS_STREAM_MAX_INCOMING) {
    refuse (peer, channel, id, GENOS_STREAM_WHY_LIMIT);
    return NULL;
  }
  return genos_incoming_stream_new (
      add_port (self, peer, channel, id, TRUE), frame->text, frame->size);
}

/* (transfer full) (nullable) */
static GenosIncomingStream *
take_unknown (GenosStreamBook *self, GenosPeer *peer, const char *channel, guint64 id,
    const GenosStreamFrame *frame)
{
  static const GenosStreamFrame done = { .kind = GENOS_STREAM_DONE };
  g_autofree char *name = dup_name (peer, TRUE, id);

  if (!genos_stream_frame_is_of_sender (frame->kind) || frame->kind == GENOS_STREAM_ABORT)
    return NULL;
  if (g_queue_find_custom (&self->finished, name, (GCompareFunc) g_strcmp0) != NULL)
    answer (peer, channel, id, &done);
  else if (frame->kind == GENOS_STREAM_OPEN)
    return take_open (self, peer, channel, id, frame);
  else if (frame->kind == GENOS_STREAM_RESUME)
    refuse (peer, channel, id, GENOS_STREAM_WHY_UNKNOWN);
  return NULL;
}

/* The sender has found another way before we knew that the one before is over: what still comes over that is not
 * counted any more, for it is sent again. */
static gboolean
follow_way (GenosStreamPort *port, GenosPeer *peer, const GenosStreamFrame *frame)
{
  if (genos_stream_port_get_peer (port) == peer)
    return TRUE;
  if (frame->kind != GENOS_STREAM_RESUME && frame->kind != GENOS_STREAM_OPEN)
    return FALSE;
  genos_stream_port_set_peer (port, peer);
  return TRUE;
}

GenosIncomingStream *
genos_stream_book_take (GenosStreamBook *self, GenosPeer *peer, const char *channel,
    const GenosExtendedMessage *message)
{
  g_auto (GenosStreamFrame) frame = { 0 };
  g_autofree char *name = NULL;
  GenosStreamPort *port;

  if (!genos_stream_frame_parse (message->payload, &frame, NULL)) {
    refuse (peer, channel, message->id, GENOS_STREAM_WHY_PROTOCOL);
    return NULL;
  }
  name = dup_name (peer, genos_stream_frame_is_of_sender (frame.kind), message->id);
  port = g_hash_table_lookup (self->ports, name);
  if (port == NULL)
    return take_unknown (self, peer, channel, message->id, &frame);
  if (!follow_way (port, peer, &frame))
    return NULL;
  if (g_str_equal (genos_stream_port_get_channel (port), channel)) {
    g_autoptr (GenosStreamPort) alive = genos_stream_port_ref (port);

    genos_stream_port_take (port, &frame);
  }
  return NULL;
}

/* --- who comes and goes */

static void
on_healed (GenosRoster *roster, GenosPeer *peer, gboolean replaced, GenosStreamBook *self)
{
  g_autoptr (GPtrArray) ports = dup_ports (self);

  for (guint i = 0; i < ports->len; i++) {
    GenosStreamPort *port = g_ptr_array_index (ports, i);

    if (genos_stream_port_get_peer (port) == peer)
      genos_stream_port_pump (port);
  }
}

/* @peer NULL: everybody */
static void
drop_ports (GenosStreamBook *self, GenosPeer *peer, const GError *error)
{
  g_autoptr (GPtrArray) ports = dup_ports (self);

  for (guint i = 0; i < ports->len; i++) {
    GenosStreamPort *port = g_ptr_array_index (ports, i);

    if (peer != NULL && genos_stream_port_get_peer (port) != peer)
      continue;
    forget_port (self, port);
    genos_stream_port_drop (port, error);
  }
}

/* A link that is of no use in a new layout of a room in cells, or that broke, is not the only way. The other
 * side sees it leave all the same; whether it is still in the room is seen then. */
static gboolean
may_go_on (const GError *error)
{
  GenosReason reason = genos_reason_from_error (error);

  return reason == GENOS_REASON_UNKNOWN || reason == GENOS_REASON_LEFT
      || reason == GENOS_REASON_LOST;
}

static gboolean
has_ports (GenosStreamBook *self, GenosPeer *peer)
{
  return count (self, peer, FALSE) + count (self, peer, TRUE) > 0;
}

static void
move_ports (GenosStreamBook *self, GenosPeer *from, GenosPeer *to)
{
  g_autoptr (GPtrArray) ports = dup_ports (self);

  for (guint i = 0; i < ports->len; i++) {
    GenosStreamPort *port = g_ptr_array_index (ports, i);

    if (genos_stream_port_get_peer (port) != from)
      continue;
    genos_stream_port_set_peer (port, to);
    genos_stream_port_pump (port);
  }
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosStreamBook *self)
{
  g_autoptr (GenosStreamBook) alive = g_object_ref (self);
  GenosPeer *other = NULL;

  if (self->other_way != NULL && has_ports (self, peer) && may_go_on (error))
    other = self->other_way (genos_peer_get_id (peer), self->other_way_data);
  if (other != NULL && other != peer)
    move_ports (self, peer, other);
  drop_ports (self, peer, error);
}

/* --- object */

static void
genos_stream_book_dispose (GObject *object)
{
  GenosStreamBook *self = GENOS_STREAM_BOOK (object);
  g_autoptr (GError) error =
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "the room of this stream is gone");

  if (self->roster != NULL)
    g_signal_handlers_disconnect_by_data (self->roster, self);
  if (self->far != NULL)
    g_signal_handlers_disconnect_by_data (self->far, self);
  g_clear_object (&self->roster);
  g_clear_object (&self->far);
  self->other_way = NULL;
  drop_ports (self, NULL, error);
  stop_ticking (self);

  G_OBJECT_CLASS (genos_stream_book_parent_class)->dispose (object);
}

static void
genos_stream_book_finalize (GObject *object)
{
  GenosStreamBook *self = GENOS_STREAM_BOOK (object);

  g_hash_table_unref (self->ports);
  g_queue_clear_full (&self->finished, g_free);

  G_OBJECT_CLASS (genos_stream_book_parent_class)->finalize (object);
}

static void
genos_stream_book_class_init (GenosStreamBookClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = genos_stream_book_dispose;
  G_OBJECT_CLASS (klass)->finalize = genos_stream_book_finalize;
}

static void
genos_stream_book_init (GenosStreamBook *self)
{
  self->ports = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) genos_stream_port_unref);
  /* A process that came back under the same id must not be taken for the one before. */
  genos_random_bytes ((guint8 *) &self->next_id, sizeof self->next_id);
}

GenosStreamBook *
genos_stream_book_new (GenosRoster *roster)
{
  GenosStreamBook *self = g_object_new (GENOS_TYPE_STREAM_BOOK, NULL);

  self->roster = g_object_ref (roster);
  g_signal_connect (roster, "healed", G_CALLBACK (on_healed), self);
  g_signal_connect (roster, "left", G_CALLBACK (on_left), self);
  return self;
}

void
genos_stream_book_watch (
    GenosStreamBook *self, GenosRoster *far, GenosStreamBookWay other_way, gpointer user_data)
{
  self->far = g_object_ref (far);
  self->other_way = other_way;
  self->other_way_data = user_data;
  g_signal_connect (far, "healed", G_CALLBACK (on_healed), self);
  g_signal_connect (far, "left", G_CALLBACK (on_left), self);
}
