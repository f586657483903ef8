/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/exchange.h>

#include <genos/crypto/random.h>
#include <genos/room/transfer/request-book.h>

struct _GenosExchange {
  GObject parent_instance;

  GMainContext *context;
  GenosRequestBook *book;
  GHashTable *open; /* peer id → number of requests that are to be answered here */
  GSource *timer;   /* (nullable): the next one's time is over */
};

G_DEFINE_FINAL_TYPE (GenosExchange, genos_exchange, G_TYPE_OBJECT)

/* --- time --- */

static void plan (GenosExchange *self);

static gboolean
on_due (gpointer user_data)
{
  g_autoptr (GenosExchange) self = g_object_ref (user_data);
  GTask *task;

  while ((task = genos_request_book_expire (self->book, g_get_monotonic_time ())) != NULL) {
    g_task_return_new_error (
        task, GENOS_ERROR, GENOS_ERROR_TIMED_OUT, "the peer did not answer the request in time");
    g_object_unref (task);
  }
  plan (self);
  return G_SOURCE_REMOVE;
}

static void
plan (GenosExchange *self)
{
  gint64 next = genos_request_book_get_next (self->book);
  gint64 wait = (next - g_get_monotonic_time ()) / 1000 + 1;

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (next == G_MAXINT64)
    return;
  self->timer = g_timeout_source_new ((guint) CLAMP (wait, 0, G_MAXINT));
  g_source_set_static_name (self->timer, "[genos] requests");
  g_source_set_callback (self->timer, on_due, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* --- asking --- */

static void
forget (GenosExchange *self, GenosPeer *peer, guint64 id)
{
  g_autoptr (GTask) task = genos_request_book_take (self->book, genos_peer_get_id (peer), id);

  if (task != NULL)
    g_task_return_new_error (
        task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the request did not reach the peer");
}

typedef struct {
  GenosExchange *exchange;
  GenosPeer *peer;
  guint64 id;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_object_unref (self->exchange);
  g_object_unref (self->peer);
  g_free (self);
}

static void
on_question_sent (gdouble fraction, gboolean done, const GError *error, gpointer user_data)
{
  Question *self = user_data;

  if (done && error != NULL)
    forget (self->exchange, self->peer, self->id);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Question *self = user_data;
  g_autoptr (GTask) task =
      genos_request_book_take (self->exchange->book, genos_peer_get_id (self->peer), self->id);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static Question *
question_new (GenosExchange *self, GenosPeer *peer, guint64 id)
{
  Question *question = g_new (Question, 1);

  *question = (Question){ g_object_ref (self), g_object_ref (peer), id };
  return question;
}

/* The source goes with the task: whoever has an answer is not cancelled any more. */
static void
watch_cancellable (GTask *task, Question *question)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *source;

  if (cancellable == NULL) {
    question_free (question);
    return;
  }
  source = g_cancellable_source_new (cancellable);
  g_source_set_static_name (source, "[genos] cancel a request");
  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), question, question_free);
  g_source_attach (source, g_task_get_context (task));
  g_task_set_task_data (task, source, (GDestroyNotify) g_source_unref);
}

static void
destroy_source (gpointer task, GParamSpec *pspec, gpointer user_data)
{
  GSource *source = g_task_get_task_data (task);

  if (source != NULL)
    g_source_destroy (source);
}

void
genos_exchange_ask (GenosExchange *self, GenosPeer *peer, const GenosOutgoing *policy,
    GenosMessage *message, guint timeout_ms, GTask *task)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * G_TIME_SPAN_MILLISECOND;
  GenosOutgoing outgoing = *policy;
  GenosExtendedMessage extended;
  GError *error = NULL;
  guint64 id =
      genos_request_book_add (self->book, genos_peer_get_id (peer), deadline, task, &error);

  if (id == 0) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_signal_connect (task, "notify::completed", G_CALLBACK (destroy_source), NULL);
  watch_cancellable (task, question_new (self, peer, id));
  plan (self);

  genos_message_fill_extended (message, &extended);
  extended.role = GENOS_ROLE_REQUEST;
  extended.id = id;
  outgoing.progress = on_question_sent;
  outgoing.user_data = question_new (self, peer, id);
  outgoing.destroy = question_free;
  if (genos_peer_send (peer, &outgoing, &extended, &error) != 0)
    return;
  task = genos_request_book_take (self->book, genos_peer_get_id (peer), id);
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
genos_exchange_take_answer (GenosExchange *self, GenosPeer *peer,
    const GenosExtendedMessage *extended, GenosMessage *message)
{
  g_autoptr (GTask) task =
      genos_request_book_take (self->book, genos_peer_get_id (peer), extended->id);

  if (task == NULL)
    return;
  plan (self);
  if (extended->role == GENOS_ROLE_FAILURE)
    g_task_return_error (task, genos_request_read_failure (extended->payload));
  else
    g_task_return_pointer (task, genos_message_ref (message), (GDestroyNotify) genos_message_unref);
}

void
genos_exchange_drop_peer (GenosExchange *self, GenosPeer *peer, const GError *error)
{
  const char *peer_id = genos_peer_get_id (peer);
  GTask *task;

  g_hash_table_remove (self->open, peer_id);
  while ((task = genos_request_book_drop_peer (self->book, peer_id)) != NULL) {
    g_task_return_error (task, g_error_copy (error));
    g_object_unref (task);
  }
}

/* --- answering --- */

static gboolean
send_answer (
    GObject *target, const char *channel, const GenosExtendedMessage *answer, GError **error)
{
  const GenosOutgoing outgoing = { .type = channel, .priority = GENOS_PRIORITY_NORMAL };

  return genos_peer_send (GENOS_PEER (target), &outgoing, answer, error) != 0;
}

static guint
count_open (GenosExchange *self, const char *peer_id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->open, peer_id));
}

typedef struct {
  GenosExchange *exchange;
  char *peer_id;
} Open;

static void
on_request_gone (gpointer data, GObject *request)
{
  Open *open = data;
  guint n = count_open (open->exchange, open->peer_id);

  if (n > 0)
    g_hash_table_insert (
        open->exchange->open, g_steal_pointer (&open->peer_id), GUINT_TO_POINTER (n - 1));
  g_object_unref (open->exchange);
  g_free (open->peer_id);
  g_free (open);
}

GenosRequest *
genos_exchange_take_request (
    GenosExchange *self, GenosPeer *peer, const char *channel, guint64 id, GenosMessage *message)
{
  const char *peer_id = genos_peer_get_id (peer);
  GenosRequest *request =
      genos_request_new (channel, peer_id, id, message, send_answer, G_OBJECT (peer));
  guint n = count_open (self, peer_id);
  Open *open;

  if (n >= GENOS_EXCHANGE_MAX_OPEN) {
    genos_request_fail (request, GENOS_REMOTE_ERROR_FAILED, "too many requests are not answered");
    g_object_unref (request);
    return NULL;
  }
  g_hash_table_insert (self->open, g_strdup (peer_id), GUINT_TO_POINTER (n + 1));
  open = g_new (Open, 1);
  *open = (Open){ g_object_ref (self), g_strdup (peer_id) };
  g_object_weak_ref (G_OBJECT (request), on_request_gone, open);
  return request;
}

/* --- object --- */

static void
genos_exchange_dispose (GObject *object)
{
  GenosExchange *self = GENOS_EXCHANGE (object);
  GTask *task;

  while ((task = genos_request_book_drop_peer (self->book, NULL)) != NULL) {
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the room is gone");
    g_object_unref (task);
  }
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  G_OBJECT_CLASS (genos_exchange_parent_class)->dispose (object);
}

static void
genos_exchange_finalize (GObject *object)
{
  GenosExchange *self = GENOS_EXCHANGE (object);

  g_clear_pointer (&self->book, genos_request_book_free);
  g_hash_table_unref (self->open);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (genos_exchange_parent_class)->finalize (object);
}

static void
genos_exchange_class_init (GenosExchangeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = genos_exchange_dispose;
  G_OBJECT_CLASS (klass)->finalize = genos_exchange_finalize;
}

static void
genos_exchange_init (GenosExchange *self)
{
  guint64 first;

  genos_random_bytes ((guint8 *) &first, sizeof first);
  self->context = g_main_context_ref_thread_default ();
  self->book = genos_request_book_new (first);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GenosExchange *
genos_exchange_new (void)
{
  return g_object_new (GENOS_TYPE_EXCHANGE, NULL);
}

guint
genos_exchange_get_n_waiting (GenosExchange *self)
{
  return genos_request_book_get_n (self->book);
}
