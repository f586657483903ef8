/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroomproxy.h"

static GQuark
room_func_quark (void)
{
  return g_quark_from_static_string ("gst-genos-room-proxy-func");
}

static GstElement *
get_room (GstElement *bin)
{
  GstGenosRoomProxyFunc func;

  *(gpointer *) &func = g_type_get_qdata (G_OBJECT_TYPE (bin), room_func_quark ());
  return func (bin);
}

/* actions */

static guint
do_send (GstElement *bin, const char *channel, GstStructure *message, const char *const *targets)
{
  guint n = 0;

  g_signal_emit_by_name (get_room (bin), "send", channel, message, targets, &n);
  return n;
}

static guint
do_send_text (GstElement *bin, const char *channel, const char *text, const char *const *targets)
{
  guint n = 0;

  g_signal_emit_by_name (get_room (bin), "send-text", channel, text, targets, &n);
  return n;
}

static void
do_ping (GstElement *bin, const char *peer_id, GstPromise *promise)
{
  g_signal_emit_by_name (get_room (bin), "ping", peer_id, promise);
}

static void
do_kick (GstElement *bin, const char *peer_id, const char *reason)
{
  g_signal_emit_by_name (get_room (bin), "kick", peer_id, reason);
}

static void
do_admit (GstElement *bin, const char *peer_id)
{
  g_signal_emit_by_name (get_room (bin), "admit", peer_id);
}

static void
do_deny (GstElement *bin, const char *peer_id)
{
  g_signal_emit_by_name (get_room (bin), "deny", peer_id);
}

static void
do_request (GstElement *bin, const char *channel, GstStructure *message, const char *peer_id,
    guint timeout, GstPromise *promise)
{
  g_signal_emit_by_name (get_room (bin), "request", channel, message, peer_id, timeout, promise);
}

void
gst_genos_room_proxy_install (GType type, GstGenosRoomProxyFunc func)
{
  static const GstGenosRoomActions actions = { do_send, do_send_text, do_ping, do_kick, do_admit,
    do_deny, do_request };

  g_type_set_qdata (type, room_func_quark (), *(gpointer *) &func);
  gst_genos_room_signals_install (type, &actions);
}

/* signals */

/* The same signal, detail and arguments, of the bin that the closure is of. */
static void
emit_of_bin (GClosure *closure, GValue *result, guint n_values, const GValue *values, gpointer hint,
    gpointer data)
{
  GSignalInvocationHint *of_room = hint;
  guint id = g_signal_lookup (g_signal_name (of_room->signal_id), G_OBJECT_TYPE (closure->data));
  g_autofree GValue *own = g_memdup2 (values, n_values * sizeof *values);
  GValue instance = G_VALUE_INIT;

  g_value_init (&instance, G_OBJECT_TYPE (closure->data));
  g_value_set_object (&instance, closure->data);
  own[0] = instance;
  g_signal_emitv (own, id, of_room->detail, result);
  g_value_unset (&instance);
}

static gboolean
is_forwarded (const GSignalQuery *signal, GType type)
{
  return (signal->signal_flags & G_SIGNAL_ACTION) == 0
      && g_signal_lookup (signal->signal_name, type) != 0;
}

void
gst_genos_room_proxy_connect (GstElement *bin, GstElement *room)
{
  guint n;
  g_autofree guint *ids = g_signal_list_ids (G_OBJECT_TYPE (room), &n);

  for (guint i = 0; i < n; i++) {
    GSignalQuery signal;
    GClosure *closure;

    g_signal_query (ids[i], &signal);
    if (!is_forwarded (&signal, G_OBJECT_TYPE (bin)))
      continue;
    closure = g_closure_new_object (sizeof (GClosure), G_OBJECT (bin));
    g_closure_set_marshal (closure, emit_of_bin);
    g_signal_connect_closure_by_id (room, ids[i], 0, closure, FALSE);
  }
}

/* messages */

GstMessage *
gst_genos_room_proxy_take_message (GstElement *bin, GstElement *room, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT
      || GST_MESSAGE_SRC (message) != GST_OBJECT (room))
    return message;
  message = gst_message_make_writable (message);
  gst_object_replace (&GST_MESSAGE_SRC (message), GST_OBJECT (bin));
  return message;
}
