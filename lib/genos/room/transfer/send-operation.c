/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/send-operation.h>

#include <genos/room/channel-private.h>

typedef struct {
  GTask *task;
  char *peer_id;
  GenosMessenger *messenger;
  guint64 serial;
  gboolean done;
} Leg;

struct _GenosSendOperation {
  GenosChannel *channel;
  GPtrArray *legs; /* of Leg */
  GPtrArray *sent; /* of char* */
  GPtrArray *failed;
  GError *error; /* why the first of them failed */
  guint n_under_way;
  GSource *cancelled_source;
};

static void
leg_free (gpointer data)
{
  Leg *leg = data;

  g_free (leg->peer_id);
  g_clear_object (&leg->messenger);
  g_free (leg);
}

static void
operation_free (gpointer data)
{
  GenosSendOperation *self = data;

  g_clear_pointer (&self->legs, g_ptr_array_unref);
  g_ptr_array_unref (self->sent);
  g_ptr_array_unref (self->failed);
  g_clear_error (&self->error);
  g_object_unref (self->channel);
  g_free (self);
}

static void
finish_if_done (GTask *task)
{
  GenosSendOperation *self = g_task_get_task_data (task);

  if (self->n_under_way > 0)
    return;

  if (self->cancelled_source != NULL)
    g_source_destroy (self->cancelled_source);
  g_clear_pointer (&self->cancelled_source, g_source_unref);
  if (self->sent->len == 0 && self->failed->len > 0 && self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
end_leg (Leg *leg, const GError *error)
{
  GenosSendOperation *self = g_task_get_task_data (leg->task);

  if (leg->done)
    return;
  leg->done = TRUE;
  g_ptr_array_add (error == NULL ? self->sent : self->failed, g_strdup (leg->peer_id));
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  self->n_under_way--;
}

static void
on_progress (gdouble fraction, gboolean done, const GError *error, gpointer user_data)
{
  Leg *leg = user_data;
  GTask *task = leg->task;
  GenosSendOperation *self = g_task_get_task_data (task);

  if (leg->done)
    return;
  if (error == NULL)
    g_signal_emit_by_name (self->channel, "send-progress", leg->peer_id, fraction);
  if (done) {
    end_leg (leg, error);
    finish_if_done (task);
  }
}

static void
begin_leg (GTask *task, GenosMessage *message, GenosPeer *peer)
{
  GenosSendOperation *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  Leg *leg = g_new0 (Leg, 1);
  GenosExtendedMessage extended;
  GenosOutgoing outgoing;

  leg->task = task;
  leg->peer_id = g_strdup (genos_peer_get_id (peer));
  leg->messenger = g_object_ref (genos_peer_get_messenger (peer));
  g_ptr_array_add (self->legs, leg);
  self->n_under_way++;

  genos_channel_fill_outgoing (self->channel, &outgoing);
  genos_message_fill_extended (message, &extended);
  outgoing.progress = on_progress;
  outgoing.user_data = leg;
  leg->serial = genos_peer_send (peer, &outgoing, &extended, &error);
  if (leg->serial == 0)
    end_leg (leg, error);
}

/* What is half on its way goes on, so that the other side is not left with a torso; what has not
 * begun is taken back. */
static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  GenosSendOperation *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "sending was cancelled");
  self->n_under_way++;
  for (guint i = 0; i < self->legs->len; i++) {
    Leg *leg = g_ptr_array_index (self->legs, i);

    if (!leg->done && genos_messenger_cancel (leg->messenger, leg->serial))
      end_leg (leg, error);
  }
  self->n_under_way--;
  finish_if_done (task);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (GTask *task)
{
  GenosSendOperation *self = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL)
    return;
  self->cancelled_source = g_cancellable_source_new (cancellable);
  g_source_set_static_name (self->cancelled_source, "[genos] cancel sending");
  g_source_set_callback (self->cancelled_source, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (self->cancelled_source, g_task_get_context (task));
}

void
genos_send_operation_went (GTask *task)
{
  GenosSendOperation *self = g_task_get_task_data (task);

  self->n_under_way--;
  finish_if_done (task);
}

void
genos_send_operation_run (GTask *task, GenosChannel *channel, GenosMessage *message,
    GPtrArray *peers, GPtrArray *far, GPtrArray *absent, gboolean goes_on)
{
  GenosSendOperation *self = g_new0 (GenosSendOperation, 1);

  self->channel = g_object_ref (channel);
  self->legs = g_ptr_array_new_with_free_func (leg_free);
  self->sent = g_ptr_array_new_with_free_func (g_free);
  self->failed = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, self, operation_free);

  for (guint i = 0; i < far->len; i++)
    g_ptr_array_add (self->sent, g_strdup (g_ptr_array_index (far, i)));
  for (guint i = 0; i < absent->len; i++) {
    g_ptr_array_add (self->failed, g_strdup (g_ptr_array_index (absent, i)));
    if (self->error == NULL)
      self->error = g_error_new (GENOS_ERROR, GENOS_ERROR_CLOSED, "peer %s is not here",
          (const char *) g_ptr_array_index (absent, i));
  }

  self->n_under_way = 1 + goes_on; /* so that legs that end at once do not end the whole */
  for (guint i = 0; i < peers->len; i++)
    begin_leg (task, message, g_ptr_array_index (peers, i));
  self->n_under_way--;

  if (self->n_under_way > 0)
    watch_cancellable (task);
  finish_if_done (task);
}

static char **
dup_list (GPtrArray *list)
{
  char **copy = g_new0 (char *, list->len + 1);

  for (guint i = 0; i < list->len; i++)
    copy[i] = g_strdup (g_ptr_array_index (list, i));
  return copy;
}

void
genos_send_operation_get_result (GTask *task, char ***sent_to, char ***failed)
{
  GenosSendOperation *self = g_task_get_task_data (task);

  /* There is no operation when the message was refused before it began. */
  if (sent_to != NULL)
    *sent_to = self != NULL ? dup_list (self->sent) : g_new0 (char *, 1);
  if (failed != NULL)
    *failed = self != NULL ? dup_list (self->failed) : g_new0 (char *, 1);
}
