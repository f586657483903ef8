/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-input.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/relay-server/relay-frames.h>

/* libsoup moves what is left of its own buffer after each message: a larger fill costs more there
 * than it saves here. */
#define FILL 8192

struct _GenosRelayInput {
  GFilterInputStream parent_instance;

  guint8 buffer[FILL];
  gsize start;
  gsize end;
  gboolean drained; /* a fill was read to its end: others have their turn first */
  guint64 max_message;
  GenosRelayFrames frames;
};

static void pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GenosRelayInput, genos_relay_input, G_TYPE_FILTER_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_init))

static GPollableInputStream *
get_base (GenosRelayInput *self)
{
  return G_POLLABLE_INPUT_STREAM (
      g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self)));
}

static gssize
fill (GenosRelayInput *self, GError **error)
{
  gssize got =
      g_pollable_input_stream_read_nonblocking (get_base (self), self->buffer, FILL, NULL, error);

  if (got <= 0)
    return got;
  if (!genos_relay_frames_feed (&self->frames, self->buffer, got, self->max_message)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "message too large");
    return -1;
  }
  self->start = 0;
  self->end = got;
  return got;
}

static gssize
genos_relay_input_read_nonblocking (
    GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  GenosRelayInput *self = GENOS_RELAY_INPUT (stream);

  if (self->start == self->end) {
    gssize got;

    if (self->drained) {
      self->drained = FALSE;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "later");
      return -1;
    }
    got = fill (self, error);
    if (got <= 0)
      return got;
  }
  count = MIN (count, self->end - self->start);
  memcpy (buffer, self->buffer + self->start, count);
  self->start += count;
  self->drained = self->start == self->end;
  return count;
}

static gboolean
genos_relay_input_is_readable (GPollableInputStream *stream)
{
  GenosRelayInput *self = GENOS_RELAY_INPUT (stream);

  return self->start < self->end || g_pollable_input_stream_is_readable (get_base (self));
}

static GSource *
genos_relay_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  GenosRelayInput *self = GENOS_RELAY_INPUT (stream);
  g_autoptr (GSource) base = NULL;

  if (self->start < self->end)
    base = g_timeout_source_new (0);
  else
    base = g_pollable_input_stream_create_source (get_base (self), NULL);
  return g_pollable_source_new_full (self, base, cancellable);
}

static void
pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = genos_relay_input_is_readable;
  iface->create_source = genos_relay_input_create_source;
  iface->read_nonblocking = genos_relay_input_read_nonblocking;
}

static void
genos_relay_input_class_init (GenosRelayInputClass *klass)
{
}

static void
genos_relay_input_init (GenosRelayInput *self)
{
}

GInputStream *
genos_relay_input_new (GInputStream *base, guint64 max_message)
{
  GenosRelayInput *self =
      g_object_new (GENOS_TYPE_RELAY_INPUT, "base-stream", base, "close-base-stream", FALSE, NULL);

  self->max_message = max_message;
  return G_INPUT_STREAM (self);
}
