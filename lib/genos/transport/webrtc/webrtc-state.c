/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-state.h>

#include <nice/agent.h>

/* One bundle: all goes through the one component of the first stream. */
#define STREAM 1
#define COMPONENT 1

static gboolean
has_property (GObject *object, const char *name)
{
  return object != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (object), name) != NULL;
}

/* (transfer full) (nullable) */
static GObject *
dup_child (GObject *object, const char *property)
{
  GObject *child = NULL;

  if (has_property (object, property))
    g_object_get (object, property, &child, NULL);
  return child;
}

static void
append_property (GString *text, const char *label, GObject *object, const char *property)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *string = NULL;

  if (!has_property (object, property))
    return;
  g_object_get_property (object, property, &value);
  string = gst_value_serialize (&value);
  g_string_append_printf (text, "%s %s, ", label, string != NULL ? string : "?");
}

static void
append_agent (GString *text, NiceAgent *agent)
{
  g_autofree char *ufrag = NULL;
  g_autofree char *password = NULL;
  NiceCandidate *local = NULL;
  NiceCandidate *remote = NULL;
  GSList *remotes = nice_agent_get_remote_candidates (agent, STREAM, COMPONENT);

  nice_agent_get_local_credentials (agent, STREAM, &ufrag, &password);
  g_string_append_printf (text, "candidates %s, %u remote, %s, ufrag %s",
      nice_component_state_to_string (nice_agent_get_component_state (agent, STREAM, COMPONENT)),
      g_slist_length (remotes),
      nice_agent_get_selected_pair (agent, STREAM, COMPONENT, &local, &remote) ? "a pair"
                                                                               : "no pair",
      ufrag != NULL ? ufrag : "none");
  g_slist_free_full (remotes, (GDestroyNotify) nice_candidate_free);
}

static gboolean
append_stopped_pad (GstElement *element, GstPad *pad, gpointer text)
{
  GstFlowReturn flow = gst_pad_get_last_flow_return (pad);

  if (flow != GST_FLOW_OK && flow != GST_FLOW_NOT_LINKED)
    g_string_append_printf (text, ", %s:%s %s", GST_DEBUG_PAD_NAME (pad), gst_flow_get_name (flow));
  return TRUE;
}

/* What carries packets and does not play, or stopped to. */
static void
append_stopped_element (const GValue *item, gpointer text)
{
  static const char *const carriers[] = { "nice", "dtls", "sctp", NULL };
  GstElement *element = g_value_get_object (item);
  GstState state = GST_STATE_NULL;
  gboolean carries = FALSE;

  for (guint i = 0; carriers[i] != NULL; i++)
    carries |= g_str_has_prefix (GST_OBJECT_NAME (element), carriers[i]);
  if (!carries)
    return;
  if (gst_element_get_state (element, &state, NULL, 0) == GST_STATE_CHANGE_FAILURE
      || state != GST_STATE_PLAYING)
    g_string_append_printf (
        text, ", %s is %s", GST_OBJECT_NAME (element), gst_element_state_get_name (state));
  gst_element_foreach_pad (element, append_stopped_pad, text);
}

char *
genos_webrtc_describe_state (GstElement *webrtc)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GObject) sctp = dup_child (G_OBJECT (webrtc), "sctp-transport");
  g_autoptr (GObject) dtls = dup_child (sctp, "transport");
  g_autoptr (GObject) ice = dup_child (dtls, "transport");
  g_autoptr (GObject) ice_agent = dup_child (G_OBJECT (webrtc), "ice-agent");
  g_autoptr (GObject) agent = dup_child (ice_agent, "agent");
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (webrtc));

  append_property (text, "signalling", G_OBJECT (webrtc), "signaling-state");
  append_property (text, "connection", G_OBJECT (webrtc), "connection-state");
  append_property (text, "ICE", ice, "state");
  append_property (text, "DTLS", dtls, "state");
  append_property (text, "SCTP", sctp, "state");
  if (NICE_IS_AGENT (agent))
    append_agent (text, NICE_AGENT (agent));
  gst_iterator_foreach (elements, append_stopped_element, text);
  return g_string_free (text, FALSE);
}
