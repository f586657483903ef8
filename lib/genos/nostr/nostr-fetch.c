/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-fetch.h>

#include <string.h>

#include <genos/nostr/nostr-session.h>
#include <genos/nostr/nostr-url.h>

#define CHUNK 16384

typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  gsize max_bytes;
  GCancellable *cancellable; /* ours: the end of the time and the caller's pull it */
  GCancellable *outer;
  gulong outer_handler;
  GSource *timeout;
  gboolean timed_out;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  g_cancellable_disconnect (self->outer, self->outer_handler);
  g_clear_object (&self->outer);
  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_byte_array_unref (self->body);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Fetch *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, GCancellable *inner)
{
  g_cancellable_cancel (inner);
}

/* Ends the waiting at once: what libsoup still has to tidy up is no matter of the caller's. */
static void
finish (GTask *task, GError *error)
{
  Fetch *self = g_task_get_task_data (task);

  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  if (error == NULL)
    g_task_return_pointer (
        task, g_bytes_new (self->body->data, self->body->len), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
fail (GTask *task, const GError *reason)
{
  Fetch *self = g_task_get_task_data (task);
  GenosNostrSession *session = g_task_get_source_object (task);

  if (self->timed_out)
    finish (task,
        g_error_new_literal (
            GENOS_ERROR, GENOS_ERROR_TIMED_OUT, "the server did not answer in time"));
  else
    finish (task, genos_nostr_session_explain (session, self->message, reason));
}

static void read_more (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize size;
  const guint8 *data;

  if (bytes == NULL) {
    fail (task, error);
    return;
  }
  data = g_bytes_get_data (bytes, &size);
  if (size == 0) {
    finish (task, NULL);
    return;
  }
  if (self->body->len + size > self->max_bytes) {
    finish (task,
        g_error_new (GENOS_ERROR, GENOS_ERROR_LIMIT,
            "the document is larger than %" G_GSIZE_FORMAT " bytes", self->max_bytes));
    return;
  }
  g_byte_array_append (self->body, data, size);
  read_more (g_steal_pointer (&task));
}

static void
read_more (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (
      self->stream, CHUNK, G_PRIORITY_DEFAULT, self->cancellable, on_read, task);
}

static GError *
judge_status (SoupMessage *message)
{
  guint status = soup_message_get_status (message);
  const char *sent =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autofree char *location =
      g_utf8_make_valid (sent != NULL ? sent : "?", sent != NULL ? strnlen (sent, 256) : -1);

  if (status == SOUP_STATUS_OK)
    return NULL;
  if (SOUP_STATUS_IS_REDIRECTION (status))
    return g_error_new (GENOS_ERROR, GENOS_ERROR_PROTOCOL,
        "the server answered %u: it is at %s now", status, location);
  return g_error_new (GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the server answered %u %s", status,
      soup_status_get_phrase (status));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GError *refusal;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL) {
    fail (task, error);
    return;
  }
  refusal = judge_status (self->message);
  if (refusal != NULL)
    finish (task, refusal);
  else
    read_more (g_steal_pointer (&task));
}

static Fetch *
fetch_new (SoupMessage *message, gsize max_bytes, guint timeout_ms, GCancellable *cancellable)
{
  Fetch *self = g_new0 (Fetch, 1);

  self->message = message;
  self->max_bytes = max_bytes;
  self->body = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_source_new (timeout_ms);
  g_source_set_static_name (self->timeout, "[genos] fetch");
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  if (cancellable != NULL) {
    self->outer = g_object_ref (cancellable);
    self->outer_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
        g_object_ref (self->cancellable), g_object_unref);
  }
  return self;
}

void
genos_nostr_fetch_async (GenosNostrSession *session, const char *url, const char *accept,
    gsize max_bytes, guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autofree char *http_url = genos_nostr_url_normalize_http (url);
  SoupMessage *message =
      http_url != NULL ? genos_nostr_session_new_message (session, http_url) : NULL;
  Fetch *self;

  g_task_set_source_tag (task, genos_nostr_fetch_async);
  if (message == NULL) {
    g_task_return_new_error (
        task, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "“%.256s” is no URL of a server", url);
    return;
  }
  if (accept != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Accept", accept);
  self = fetch_new (message, max_bytes, timeout_ms, cancellable);
  g_task_set_task_data (task, self, fetch_free);
  soup_session_send_async (genos_nostr_session_get_soup (session), message, G_PRIORITY_DEFAULT,
      self->cancellable, on_sent, g_steal_pointer (&task));
}

GBytes *
genos_nostr_fetch_finish (GenosNostrSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* RFC 9110, 6.6.1: "the Date header field represents the date and time at which the message was
 * originated". */
gint64
genos_nostr_fetch_get_server_time (GAsyncResult *result)
{
  Fetch *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GDateTime) date = NULL;
  const char *text;

  if (self == NULL)
    return 0;
  text = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Date");
  if (text != NULL)
    date = soup_date_time_new_from_http_string (text);
  return date != NULL ? MAX (g_date_time_to_unix (date), 0) : 0;
}
