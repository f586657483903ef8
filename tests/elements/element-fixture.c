/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#include "../common/webrtcbin-warning.h"

#define STATE_TIMEOUT (10 * GST_SECOND)

/* relay */

struct _TestRelay {
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  guint port; /* 0: any */
  char *url;
  GMutex lock;
  GCond cond;
};

static gpointer
run_relay (gpointer data)
{
  TestRelay *self = data;
  g_autoptr (GenosRelayServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  server = genos_relay_server_new ();
  genos_relay_server_listen (server, "127.0.0.1", self->port, &error);
  g_assert_no_error (error);
  g_mutex_lock (&self->lock);
  self->url = genos_relay_server_dup_url (server);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_main_loop_run (self->loop);
  genos_relay_server_stop (server);
  g_clear_object (&server);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static TestRelay *
relay_new (guint port)
{
  TestRelay *self = g_new0 (TestRelay, 1);

  self->port = port;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("relay", run_relay, self);
  g_mutex_lock (&self->lock);
  while (self->url == NULL)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

TestRelay *
test_relay_new (void)
{
  return relay_new (0);
}

TestRelay *
test_relay_new_at (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return relay_new ((guint) g_uri_get_port (uri));
}

const char *
test_relay_get_url (TestRelay *self)
{
  return self->url;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
test_relay_free (TestRelay *self)
{
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->url);
  g_free (self);
}

/* elements */

GstElement *
test_make (const char *factory, const char *room, const char *relays)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  g_assert_nonnull (element);
  gst_object_ref_sink (element);
  g_object_set (element, "room", room, "relays", relays, "stun-server", "", NULL);
  return element;
}

GstElement *
test_launch (const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  GstElement *pipeline;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  g_assert_nonnull (pipeline);
  return gst_object_ref_sink (pipeline);
}

/* waiting */

GstMessage *
test_wait (GstElement *pipeline, GstMessageType types, guint ms)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message =
      gst_bus_timed_pop_filtered (bus, ms * GST_MSECOND, types | GST_MESSAGE_ERROR);

  if (message == NULL)
    g_error ("no %s within %u ms", gst_message_type_get_name (types), ms);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && (types & GST_MESSAGE_ERROR) == 0) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("error instead of %s: %s", gst_message_type_get_name (types), error->message);
  }
  return message;
}

static gboolean
is_wanted (GstMessage *message, const char *name, const char *field, const char *value)
{
  const GstStructure *structure = gst_message_get_structure (message);

  return gst_message_has_name (message, name)
      && (field == NULL || g_strcmp0 (gst_structure_get_string (structure, field), value) == 0);
}

GstMessage *
test_wait_element (
    GstElement *pipeline, const char *name, const char *field, const char *value, guint ms)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gint64 deadline = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  GstMessage *message = NULL;

  do {
    gint64 left = MAX (deadline - g_get_monotonic_time (), 0);

    gst_clear_message (&message);
    message = gst_bus_timed_pop_filtered (bus, left * GST_USECOND, GST_MESSAGE_ELEMENT);
    if (message == NULL)
      g_error ("no message %s with %s %s", name, field, value);
  } while (!is_wanted (message, name, field, value));
  return message;
}

void
test_reach (GstElement *element, GstState state)
{
  GstStateChangeReturn result = gst_element_set_state (element, state);

  g_assert_cmpint (result, !=, GST_STATE_CHANGE_FAILURE);
  result = gst_element_get_state (element, NULL, NULL, STATE_TIMEOUT);
  g_assert_true (result == GST_STATE_CHANGE_SUCCESS || result == GST_STATE_CHANGE_NO_PREROLL);
}

void
test_stop (GstElement *element)
{
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
}
