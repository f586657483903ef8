/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-path.h>

#include <sys/socket.h>

/* The most significant byte of a candidate's priority is its type's preference (RFC 8445, section
 * 5.1.2.1). libnice prefers relays that it speaks UDP to, and tells in no other way which they are. */
#define RELAYED_OVER_UDP 30

static void
describe_side (GstStructure *path, const char *side, const NiceCandidate *candidate)
{
  g_autofree char *type = g_strconcat (side, "-type", NULL);
  g_autofree char *address = g_strconcat (side, "-address", NULL);
  g_autofree char *port = g_strconcat (side, "-port", NULL);
  char text[NICE_ADDRESS_STRING_LEN] = "";

  nice_address_to_string (&candidate->addr, text);
  gst_structure_set (path, type, G_TYPE_STRING, nice_candidate_type_to_string (candidate->type),
      address, G_TYPE_STRING, text, port, G_TYPE_UINT, nice_address_get_port (&candidate->addr),
      NULL);
}

static void
describe_relay (GstStructure *path, const NiceCandidate *candidate)
{
  gboolean udp = candidate->priority >> 24 == RELAYED_OVER_UDP;
  char text[NICE_ADDRESS_STRING_LEN] = "";
  NiceAddress server;

  nice_candidate_relay_address (candidate, &server);
  nice_address_to_string (&server, text);
  gst_structure_set (path, "relay-protocol", G_TYPE_STRING, udp ? "udp" : "tcp", "relay-address",
      G_TYPE_STRING, text, "relay-port", G_TYPE_UINT, nice_address_get_port (&server), NULL);
}

GstStructure *
genos_webrtc_path_describe (const NiceCandidate *local, const NiceCandidate *remote)
{
  gboolean udp = local->transport == NICE_CANDIDATE_TRANSPORT_UDP;
  GstStructure *path =
      gst_structure_new ("path", "protocol", G_TYPE_STRING, udp ? "udp" : "tcp", NULL);

  describe_side (path, "local", local);
  describe_side (path, "remote", remote);
  if (local->type == NICE_CANDIDATE_TYPE_RELAYED)
    describe_relay (path, local);
  return path;
}

typedef struct {
  GenosHome *home;
  GenosHomeFunc func;
} Watch;

static void
free_watch (gpointer data, GClosure *closure)
{
  Watch *watch = data;

  genos_home_unref (watch->home);
  g_free (watch);
}

/* What may wait for a thread that is late, in bytes as the kernel counts them: twice those of packets.
 * The default holds some ninety packets, which is a millisecond of a file at full speed. What does not
 * fit is lost, and SCTP, told of a whole window that is gone, says nothing for the second that is its
 * shortest timeout (RFC 9260, section 16): neither files nor chat. The system may allow less
 * (net.core.rmem_max); it takes memory only while something waits. */
#define RECEIVE_BUFFER (2 * 1024 * 1024)

static void
widen_buffer (NiceAgent *agent, guint stream_id, guint component_id)
{
  g_autoptr (GSocket) socket = nice_agent_get_selected_socket (agent, stream_id, component_id);
  gint now = 0;

  if (socket != NULL && g_socket_get_option (socket, SOL_SOCKET, SO_RCVBUF, &now, NULL)
      && now < RECEIVE_BUFFER)
    g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER, NULL);
}

/* On the agent's thread. The candidates that the signal brings are copies that have forgotten their
 * TURN server; those of the agent stay as long as it does, and it lives while it emits. */
static void
on_selected_pair (NiceAgent *agent, guint stream_id, guint component_id, NiceCandidate *copy,
    NiceCandidate *remote_copy, Watch *watch)
{
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;

  widen_buffer (agent, stream_id, component_id);
  if (nice_agent_get_selected_pair (agent, stream_id, component_id, &local, &remote))
    genos_home_post (watch->home, watch->func, genos_webrtc_path_describe (local, remote),
        (GDestroyNotify) gst_structure_free);
}

void
genos_webrtc_path_watch (NiceAgent *agent, GenosHome *home, GenosHomeFunc func)
{
  Watch *watch = g_new (Watch, 1);

  watch->home = genos_home_ref (home);
  watch->func = func;
  g_signal_connect_data (
      agent, "new-selected-pair-full", G_CALLBACK (on_selected_pair), watch, free_watch, 0);
}
