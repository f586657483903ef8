/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-path.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE (60 * G_TIME_SPAN_SECOND)

/* Two agents of libnice on the loopback interface. */
typedef struct {
  GObject *owner;
  GenosHome *home;
  NiceAgent *agent;
  guint stream;
} End;

static GstStructure *path; /* of the first end */

static void
on_path (gpointer object, gpointer data)
{
  gst_clear_structure (&path);
  path = gst_structure_copy (data);
}

static void
on_received (NiceAgent *agent, guint stream, guint component, guint n, char *data, gpointer unused)
{
}

static void
end_init (End *self, gboolean controlling)
{
  NiceAddress address;

  self->owner = g_object_new (G_TYPE_OBJECT, NULL);
  self->home = genos_home_new (self->owner);
  self->agent = nice_agent_new (g_main_context_default (), NICE_COMPATIBILITY_RFC5245);
  g_object_set (
      self->agent, "upnp", FALSE, "ice-tcp", FALSE, "controlling-mode", controlling, NULL);
  nice_address_init (&address);
  g_assert_true (nice_address_set_from_string (&address, "127.0.0.1"));
  nice_agent_add_local_address (self->agent, &address);
  self->stream = nice_agent_add_stream (self->agent, 1);
  nice_agent_attach_recv (
      self->agent, self->stream, 1, g_main_context_default (), on_received, NULL);
  if (controlling)
    genos_webrtc_path_watch (self->agent, self->home, on_path);
  g_assert_true (nice_agent_gather_candidates (self->agent, self->stream));
}

static void
end_clear (End *self)
{
  g_object_unref (self->agent);
  genos_home_unref (self->home);
  g_object_unref (self->owner);
}

static void
introduce (End *self, End *other)
{
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  GSList *candidates = nice_agent_get_local_candidates (other->agent, other->stream, 1);

  g_assert_true (nice_agent_get_local_credentials (other->agent, other->stream, &user, &password));
  g_assert_true (nice_agent_set_remote_credentials (self->agent, self->stream, user, password));
  g_assert_cmpint (
      nice_agent_set_remote_candidates (self->agent, self->stream, 1, candidates), >, 0);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
}

static gboolean
wake (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static void
connect_ends (End *one, End *two)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  guint source = g_timeout_add (50, wake, NULL);

  end_init (one, TRUE);
  end_init (two, FALSE);
  introduce (one, two);
  introduce (two, one);
  while (path == NULL && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  g_assert_nonnull (path);
}

static gint
get_buffer (GSocket *socket)
{
  gint size = 0;

  g_assert_true (g_socket_get_option (socket, SOL_SOCKET, SO_RCVBUF, &size, NULL));
  return size;
}

/* What the system gives whoever asks for nothing, and for all. */
static gint
get_system_buffer (gint wanted)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  g_assert_nonnull (socket);
  if (wanted > 0)
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, wanted, NULL);
  return get_buffer (socket);
}

static void
test_chosen (void)
{
  g_autoptr (GSocket) socket = NULL;
  End one, two;

  connect_ends (&one, &two);
  g_assert_cmpstr (gst_structure_get_string (path, "local-type"), ==, "host");
  g_assert_cmpstr (gst_structure_get_string (path, "remote-address"), ==, "127.0.0.1");
  g_assert_cmpstr (gst_structure_get_string (path, "protocol"), ==, "udp");

  /* Packets wait in it, and are not lost, while a thread is late. */
  socket = nice_agent_get_selected_socket (one.agent, one.stream, 1);
  g_assert_nonnull (socket);
  if (get_system_buffer (2 * 1024 * 1024) > get_system_buffer (0))
    g_assert_cmpint (get_buffer (socket), >, get_system_buffer (0));
  end_clear (&one);
  end_clear (&two);
  gst_clear_structure (&path);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/webrtc-path/chosen", test_chosen);
  return g_test_run ();
}
