/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-window.h>

#include <genos/transport/sctp-acks.h>
#include <genos/transport/send-window.h>

struct _GenosWebrtcWindow {
  GenosHome *home;
  GenosWebrtcRoomFunc on_room;

  GMutex lock; /* of all that follows; nothing is called with it held */
  GenosSctpAcks *acks;
  GenosSendWindow *window;
  gboolean seen_sent;
  gboolean seen;   /* packets pass here, in both directions */
  gboolean waited; /* somebody wants to be told of room */
};

static GenosWebrtcWindow *
window_ref (GenosWebrtcWindow *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (GenosWebrtcWindow *self)
{
  genos_home_unref (self->home);
  genos_sctp_acks_free (self->acks);
  genos_send_window_free (self->window);
  g_mutex_clear (&self->lock);
}

void
genos_webrtc_window_unref (GenosWebrtcWindow *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

/* --- packets */

static GstPadProbeReturn
on_packet_sent (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GenosWebrtcWindow *self = data;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  self->seen_sent = TRUE;
  genos_sctp_acks_sent (self->acks, map.data, map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

/* TRUE when somebody waited for this. */
static gboolean
take_packet (GenosWebrtcWindow *self, const guint8 *data, gsize size)
{
  gboolean wanted;

  self->seen = self->seen_sent;
  if (!genos_sctp_acks_received (self->acks, data, size))
    return FALSE;
  genos_send_window_ack (
      self->window, genos_sctp_acks_get_acked (self->acks), g_get_monotonic_time ());
  wanted = self->waited && genos_send_window_has_much_room (self->window);
  if (wanted)
    self->waited = FALSE;
  return wanted;
}

static void
tell_room (gpointer object, gpointer data)
{
  GenosWebrtcWindow *self = data;

  self->on_room (object);
}

static GstPadProbeReturn
on_packet_received (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GenosWebrtcWindow *self = data;
  gboolean wanted;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  wanted = take_packet (self, map.data, map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  if (wanted)
    genos_home_post (
        self->home, tell_room, window_ref (self), (GDestroyNotify) genos_webrtc_window_unref);
  return GST_PAD_PROBE_OK;
}

/* --- where they pass */

static void
watch_pad (
    GenosWebrtcWindow *self, GstElement *element, const char *name, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, window_ref (self),
        (GDestroyNotify) genos_webrtc_window_unref);
}

static void
on_element_added (GstBin *webrtc, GstElement *element, GenosWebrtcWindow *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : NULL;

  if (g_strcmp0 (name, "sctpenc") == 0)
    watch_pad (self, element, "src", on_packet_sent);
  else if (g_strcmp0 (name, "sctpdec") == 0)
    watch_pad (self, element, "sink", on_packet_received);
}

static void
release (gpointer self, GClosure *closure)
{
  genos_webrtc_window_unref (self);
}

GenosWebrtcWindow *
genos_webrtc_window_new (GstElement *webrtc, GenosHome *home, GenosWebrtcRoomFunc on_room)
{
  GenosWebrtcWindow *self = g_atomic_rc_box_new0 (GenosWebrtcWindow);

  self->home = genos_home_ref (home);
  self->on_room = on_room;
  self->acks = genos_sctp_acks_new ();
  self->window = genos_send_window_new ();
  g_mutex_init (&self->lock);
  g_signal_connect_data (
      webrtc, "element-added", G_CALLBACK (on_element_added), window_ref (self), release, 0);
  return self;
}

/* --- at home */

void
genos_webrtc_window_add (GenosWebrtcWindow *self, gsize size)
{
  g_mutex_lock (&self->lock);
  if (self->seen)
    genos_send_window_add (self->window, size, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
}

gboolean
genos_webrtc_window_has_room (GenosWebrtcWindow *self)
{
  gboolean room;

  g_mutex_lock (&self->lock);
  room = genos_send_window_has_room (self->window);
  if (!room)
    self->waited = TRUE;
  g_mutex_unlock (&self->lock);
  return room;
}

gsize
genos_webrtc_window_get_under_way (GenosWebrtcWindow *self)
{
  gsize under_way;

  g_mutex_lock (&self->lock);
  under_way = genos_send_window_get_under_way (self->window);
  g_mutex_unlock (&self->lock);
  return under_way;
}
