/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-output.h>

/* That much is passed on at once; less waits for the end of the loop's turn. */
#define FLUSH_AT (64 * 1024)

/* The front of the buffer is given back when that much of it has gone out. */
#define TRIM_AT (256 * 1024)

struct _GenosRelayOutput {
  GFilterOutputStream parent_instance;

  GByteArray *buffer;
  gsize sent; /* bytes of the buffer that are out */
  gsize *account;
  gsize booked; /* what of the account is ours */
  GSource *source;
  GError *failure; /* of the network; told at the next write */
  gboolean finished;
};

static void pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GenosRelayOutput, genos_relay_output, G_TYPE_FILTER_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, pollable_init))

static GPollableOutputStream *
get_base (GenosRelayOutput *self)
{
  return G_POLLABLE_OUTPUT_STREAM (
      g_filter_output_stream_get_base_stream (G_FILTER_OUTPUT_STREAM (self)));
}

static void
clear_source (GenosRelayOutput *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
book (GenosRelayOutput *self, gsize pending)
{
  if (self->account != NULL)
    *self->account = *self->account - self->booked + pending;
  self->booked = pending;
}

static void
trim (GenosRelayOutput *self)
{
  if (self->sent == self->buffer->len) {
    g_byte_array_set_size (self->buffer, 0);
    self->sent = 0;
  } else if (self->sent >= TRIM_AT) {
    g_byte_array_remove_range (self->buffer, 0, self->sent);
    self->sent = 0;
  }
}

/* FALSE when the network is full, or broken. */
static gboolean
flush (GenosRelayOutput *self)
{
  while (self->failure == NULL && self->sent < self->buffer->len) {
    gssize put = g_pollable_output_stream_write_nonblocking (get_base (self),
        self->buffer->data + self->sent, self->buffer->len - self->sent, NULL, &self->failure);

    if (put > 0)
      self->sent += put;
  }
  trim (self);
  book (self, genos_relay_output_get_pending (self));
  if (g_error_matches (self->failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    g_clear_error (&self->failure);
    return FALSE;
  }
  return self->failure == NULL;
}

static gboolean on_writable (GObject *base, gpointer user_data);

static void
wait_for_room (GenosRelayOutput *self)
{
  clear_source (self);
  self->source = g_pollable_output_stream_create_source (get_base (self), NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
flush_or_wait (GenosRelayOutput *self)
{
  clear_source (self);
  if (!flush (self) && self->failure == NULL)
    wait_for_room (self);
}

static gboolean
on_writable (GObject *base, gpointer user_data)
{
  flush_or_wait (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_turn_over (gpointer user_data)
{
  flush_or_wait (user_data);
  return G_SOURCE_REMOVE;
}

static void
flush_at_end_of_turn (GenosRelayOutput *self)
{
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT + 1);
  g_source_set_callback (self->source, on_turn_over, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static gssize
genos_relay_output_write_nonblocking (
    GPollableOutputStream *stream, const void *buffer, gsize count, GError **error)
{
  GenosRelayOutput *self = GENOS_RELAY_OUTPUT (stream);

  if (self->failure != NULL) {
    g_propagate_error (error, g_error_copy (self->failure));
    return -1;
  }
  if (self->finished) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "closed");
    return -1;
  }
  g_byte_array_append (self->buffer, buffer, count);
  book (self, genos_relay_output_get_pending (self));
  if (self->source == NULL)
    flush_at_end_of_turn (self);
  else if (self->buffer->len - self->sent - count < FLUSH_AT
      && self->buffer->len - self->sent >= FLUSH_AT)
    flush_or_wait (self);
  return count;
}

static gboolean
genos_relay_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static GSource *
genos_relay_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) now = g_timeout_source_new (0);

  return g_pollable_source_new_full (stream, now, cancellable);
}

static void
pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = genos_relay_output_is_writable;
  iface->create_source = genos_relay_output_create_source;
  iface->write_nonblocking = genos_relay_output_write_nonblocking;
}

static void
genos_relay_output_dispose (GObject *object)
{
  GenosRelayOutput *self = GENOS_RELAY_OUTPUT (object);

  clear_source (self);
  self->finished = TRUE;
  genos_relay_output_forget_account (self);

  G_OBJECT_CLASS (genos_relay_output_parent_class)->dispose (object);
}

static void
genos_relay_output_finalize (GObject *object)
{
  GenosRelayOutput *self = GENOS_RELAY_OUTPUT (object);

  g_byte_array_unref (self->buffer);
  g_clear_error (&self->failure);

  G_OBJECT_CLASS (genos_relay_output_parent_class)->finalize (object);
}

static void
genos_relay_output_class_init (GenosRelayOutputClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_relay_output_dispose;
  object_class->finalize = genos_relay_output_finalize;
}

static void
genos_relay_output_init (GenosRelayOutput *self)
{
  self->buffer = g_byte_array_new ();
}

GOutputStream *
genos_relay_output_new (GOutputStream *base, gsize *account)
{
  GenosRelayOutput *self =
      g_object_new (GENOS_TYPE_RELAY_OUTPUT, "base-stream", base, "close-base-stream", FALSE, NULL);

  self->account = account;
  return G_OUTPUT_STREAM (self);
}

void
genos_relay_output_forget_account (GenosRelayOutput *self)
{
  book (self, 0);
  self->account = NULL;
}

gsize
genos_relay_output_get_pending (GenosRelayOutput *self)
{
  return self->buffer->len - self->sent;
}

void
genos_relay_output_finish (GenosRelayOutput *self)
{
  clear_source (self);
  if (!self->finished)
    flush (self);
  self->finished = TRUE;
}
