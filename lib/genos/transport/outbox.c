/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/outbox.h>

/* Types that are counted each for itself; an application that makes up names has the rest in one. */
#define MAX_COUNTED 256
#define OTHERS "(others)"

/* Waits for room: nothing of it is copied but the metadata. */
typedef struct {
  guint64 serial;
  char *type;
  char *metadata;
  GenosOutgoing outgoing;
} Waiting;

/* What is told when a message of that type leaves. */
typedef struct {
  GenosOutbox *outbox;
  GenosOutboxCounters *counters;
  GenosSendDoneFunc progress;
  gpointer user_data;
  GDestroyNotify destroy;
} Leaving;

struct _GenosOutbox {
  const GenosDialect *dialect;
  GenosSendQueue *queue;
  GQueue waiting;       /* Waiting, in the order they came */
  GHashTable *nonces;   /* type → next nonce */
  GHashTable *counters; /* type → GenosOutboxCounters */
  gsize max_bytes;
  guint64 serial;
};

static gboolean
is_internal (const char *type)
{
  return g_str_has_prefix (type, "@_");
}

static GenosOutboxCounters *
get_counters (GenosOutbox *self, const char *type)
{
  GenosOutboxCounters *counters = g_hash_table_lookup (self->counters, type);

  if (counters != NULL)
    return counters;
  if (g_hash_table_size (self->counters) >= MAX_COUNTED && !g_str_equal (type, OTHERS))
    return get_counters (self, OTHERS);
  counters = g_new0 (GenosOutboxCounters, 1);
  g_hash_table_insert (self->counters, g_strdup (type), counters);
  return counters;
}

GenosOutbox *
genos_outbox_new (const GenosDialect *dialect)
{
  GenosOutbox *self = g_new0 (GenosOutbox, 1);

  self->dialect = dialect;
  self->queue = genos_send_queue_new ();
  self->nonces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->max_bytes = GENOS_OUTBOX_MAX_BYTES;
  return self;
}

static void
free_waiting (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->outgoing.destroy != NULL)
    waiting->outgoing.destroy (waiting->outgoing.user_data);
  g_bytes_unref (waiting->outgoing.payload);
  g_free (waiting->type);
  g_free (waiting->metadata);
  g_free (waiting);
}

void
genos_outbox_free (GenosOutbox *self)
{
  g_queue_clear_full (&self->waiting, free_waiting);
  genos_send_queue_free (self->queue);
  g_hash_table_unref (self->nonces);
  g_hash_table_unref (self->counters);
  g_free (self);
}

void
genos_outbox_set_max_bytes (GenosOutbox *self, gsize bytes)
{
  self->max_bytes = bytes;
}

gsize
genos_outbox_get_max_bytes (GenosOutbox *self)
{
  return self->max_bytes;
}

/* --- frames */

static guint8
next_nonce (GenosOutbox *self, const char *type)
{
  guint nonce = GPOINTER_TO_UINT (g_hash_table_lookup (self->nonces, type));

  g_hash_table_insert (self->nonces, g_strdup (type), GUINT_TO_POINTER ((nonce + 1) & 0xff));
  return (guint8) nonce;
}

static gsize
total_size (GPtrArray *frames)
{
  gsize size = 0;

  for (guint i = 0; i < frames->len; i++)
    size += g_bytes_get_size (g_ptr_array_index (frames, i));
  return size;
}

static GPtrArray *
split (GenosOutbox *self, const GenosOutgoing *outgoing, GError **error)
{
  return genos_channel_split (self->dialect, outgoing->type, next_nonce (self, outgoing->type),
      outgoing->kind, outgoing->payload, outgoing->metadata, error);
}

static gsize
type_limit (GenosOutbox *self, const GenosOutgoing *outgoing)
{
  return outgoing->max_queued > 0 ? MIN (outgoing->max_queued, self->max_bytes) : self->max_bytes;
}

static gboolean
has_room (GenosOutbox *self, const GenosOutgoing *outgoing, gsize size)
{
  gsize of_type = genos_send_queue_get_type_bytes (self->queue, outgoing->type);
  gsize of_all = genos_send_queue_get_bytes (self->queue);

  /* Whatever may be sent at all has room in an empty queue. */
  if (of_type > 0 && of_type + size > type_limit (self, outgoing))
    return FALSE;
  return of_all == 0 || of_all + size <= self->max_bytes;
}

/* --- adding */

static void
on_leaving (gdouble fraction, gboolean done, const GError *error, gpointer user_data)
{
  Leaving *leaving = user_data;

  if (done && error == NULL)
    leaving->counters->messages++;
  if (leaving->progress != NULL)
    leaving->progress (fraction, done, error, leaving->user_data);
}

static void
free_leaving (gpointer data)
{
  Leaving *leaving = data;

  if (leaving->destroy != NULL)
    leaving->destroy (leaving->user_data);
  g_free (leaving);
}

/* (transfer full) @frames; takes over the outgoing's destroy. */
static void
add (GenosOutbox *self, guint64 serial, const GenosOutgoing *outgoing, GPtrArray *frames)
{
  Leaving *leaving = g_new (Leaving, 1);

  *leaving = (Leaving){ self, get_counters (self, outgoing->type), outgoing->progress,
    outgoing->user_data, outgoing->destroy };
  genos_send_queue_add (self->queue, serial, outgoing->type, outgoing->priority, frames, on_leaving,
      leaving, free_leaving);
}

static void
drop_oldest (GenosOutbox *self, const GenosOutgoing *outgoing, gsize size)
{
  GenosOutboxCounters *counters = get_counters (self, outgoing->type);
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_LIMIT,
      "dropped for a newer message: too much of this channel is waiting");

  while (!has_room (self, outgoing, size)
      && genos_send_queue_drop_oldest (self->queue, outgoing->type, error))
    counters->dropped++;
}

static gboolean
must_wait (GenosOutbox *self, const GenosOutgoing *outgoing, gsize size)
{
  if (outgoing->overflow != GENOS_OVERFLOW_WAIT)
    return FALSE;
  /* Nobody overtakes the one that waits. */
  for (GList *l = self->waiting.head; l != NULL; l = l->next) {
    Waiting *waiting = l->data;

    if (g_str_equal (waiting->type, outgoing->type))
      return TRUE;
  }
  return !has_room (self, outgoing, size);
}

static void
wait_for_room (GenosOutbox *self, guint64 serial, const GenosOutgoing *outgoing)
{
  Waiting *waiting = g_new (Waiting, 1);

  waiting->serial = serial;
  waiting->type = g_strdup (outgoing->type);
  waiting->metadata = g_strdup (outgoing->metadata);
  waiting->outgoing = *outgoing;
  waiting->outgoing.type = waiting->type;
  waiting->outgoing.metadata = waiting->metadata;
  g_bytes_ref (waiting->outgoing.payload);
  g_queue_push_tail (&self->waiting, waiting);
}

static guint64
refuse (GenosOutbox *self, const GenosOutgoing *outgoing)
{
  get_counters (self, outgoing->type)->refused++;
  if (outgoing->destroy != NULL)
    outgoing->destroy (outgoing->user_data);
  return 0;
}

static guint64
refuse_for_room (GenosOutbox *self, const GenosOutgoing *outgoing, GError **error)
{
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_LIMIT, "too much is waiting to be sent to this peer");
  return refuse (self, outgoing);
}

guint64
genos_outbox_send (GenosOutbox *self, const GenosOutgoing *outgoing, GError **error)
{
  gsize size = g_bytes_get_size (outgoing->payload);
  g_autoptr (GPtrArray) frames = NULL;

  if (must_wait (self, outgoing, size)) {
    if (g_queue_get_length (&self->waiting) >= GENOS_OUTBOX_MAX_WAITING)
      return refuse_for_room (self, outgoing, error);
    wait_for_room (self, ++self->serial, outgoing);
    return self->serial;
  }

  frames = split (self, outgoing, error);
  if (frames == NULL)
    return refuse (self, outgoing);
  if (!is_internal (outgoing->type)) {
    size = total_size (frames);
    if (outgoing->overflow == GENOS_OVERFLOW_DROP_OLDEST)
      drop_oldest (self, outgoing, size);
    if (outgoing->overflow != GENOS_OVERFLOW_WAIT && !has_room (self, outgoing, size))
      return refuse_for_room (self, outgoing, error);
  }
  add (self, ++self->serial, outgoing, g_steal_pointer (&frames));
  return self->serial;
}

/* --- those that wait */

static void
fail_waiting (Waiting *waiting, const GError *error)
{
  if (waiting->outgoing.progress != NULL)
    waiting->outgoing.progress (0, TRUE, error, waiting->outgoing.user_data);
  free_waiting (waiting);
}

static void
admit (GenosOutbox *self, Waiting *waiting)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *frames = split (self, &waiting->outgoing, &error);

  if (frames == NULL) {
    get_counters (self, waiting->type)->refused++;
    fail_waiting (waiting, error);
    return;
  }
  add (self, waiting->serial, &waiting->outgoing, frames);
  waiting->outgoing.destroy = NULL;
  free_waiting (waiting);
}

/* Whoever came first of a type goes first; another type with room may pass. */
static Waiting *
take_admissible (GenosOutbox *self)
{
  g_autoptr (GHashTable) stuck = g_hash_table_new (g_str_hash, g_str_equal);

  for (GList *l = self->waiting.head; l != NULL; l = l->next) {
    Waiting *waiting = l->data;

    if (g_hash_table_contains (stuck, waiting->type))
      continue;
    if (has_room (self, &waiting->outgoing, g_bytes_get_size (waiting->outgoing.payload))) {
      g_queue_delete_link (&self->waiting, l);
      return waiting;
    }
    g_hash_table_add (stuck, waiting->type);
  }
  return NULL;
}

static void
admit_waiting (GenosOutbox *self)
{
  Waiting *waiting;

  while (!g_queue_is_empty (&self->waiting) && (waiting = take_admissible (self)) != NULL)
    admit (self, waiting);
}

gboolean
genos_outbox_cancel (GenosOutbox *self, guint64 serial)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next) {
    Waiting *waiting = l->data;

    if (waiting->serial != serial)
      continue;
    g_queue_delete_link (&self->waiting, l);
    free_waiting (waiting);
    return TRUE;
  }
  return genos_send_queue_cancel (self->queue, serial);
}

/* --- leaving */

GBytes *
genos_outbox_peek (GenosOutbox *self)
{
  return genos_send_queue_peek (self->queue);
}

static void
count_frame (GenosOutbox *self, GBytes *frame)
{
  GenosChannelFrame parsed;
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  if (genos_channel_frame_parse (data, size, &parsed, NULL))
    get_counters (self, parsed.type)->bytes += size;
}

void
genos_outbox_pop (GenosOutbox *self)
{
  count_frame (self, genos_send_queue_peek (self->queue));
  genos_send_queue_pop (self->queue);
  admit_waiting (self);
}

void
genos_outbox_fail (GenosOutbox *self, const GError *error)
{
  Waiting *waiting;

  genos_send_queue_fail (self->queue, error);
  while ((waiting = g_queue_pop_head (&self->waiting)) != NULL)
    fail_waiting (waiting, error);
}

/* --- measures */

gsize
genos_outbox_get_bytes (GenosOutbox *self)
{
  return genos_send_queue_get_bytes (self->queue);
}

guint
genos_outbox_get_n_waiting (GenosOutbox *self)
{
  return g_queue_get_length (&self->waiting);
}

guint
genos_outbox_get_n_urgent (GenosOutbox *self)
{
  return genos_send_queue_get_n_urgent (self->queue);
}

void
genos_outbox_foreach (GenosOutbox *self, GenosOutboxFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer type, counters;

  g_hash_table_iter_init (&iter, self->counters);
  while (g_hash_table_iter_next (&iter, &type, &counters))
    func (type, counters, user_data);
}
