/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-payloads.h>

#define RTP_HEADER_SIZE 12
#define PAYLOAD_OFFSET 1
#define MARKER 0x80

typedef struct {
  GWeakRef pad;
  gboolean to_wire;
  gboolean probed;
} Watched;

struct _GenosWebrtcPayloads {
  GMutex lock;
  GArray *routes[2];  /* GenosRtpRoute: of what comes, of what leaves */
  GPtrArray *watched; /* Watched */
};

static void
free_watched (Watched *watched)
{
  g_weak_ref_clear (&watched->pad);
  g_free (watched);
}

static void
clear (GenosWebrtcPayloads *self)
{
  g_mutex_clear (&self->lock);
  g_array_unref (self->routes[FALSE]);
  g_array_unref (self->routes[TRUE]);
  g_ptr_array_unref (self->watched);
}

GenosWebrtcPayloads *
genos_webrtc_payloads_ref (GenosWebrtcPayloads *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
genos_webrtc_payloads_unref (GenosWebrtcPayloads *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

/* --- packets */

void
genos_webrtc_payloads_renumber (GenosWebrtcPayloads *self, gboolean to_wire, GstBuffer **packet)
{
  guint8 head[RTP_HEADER_SIZE];
  guint8 byte;
  int payload;

  if (gst_buffer_extract (*packet, 0, head, sizeof head) < sizeof head)
    return;
  g_mutex_lock (&self->lock);
  payload = genos_rtp_routes_find (self->routes[to_wire], head, to_wire);
  g_mutex_unlock (&self->lock);
  if (payload < 0)
    return;
  byte = (head[PAYLOAD_OFFSET] & MARKER) | (guint8) payload;
  *packet = gst_buffer_make_writable (*packet);
  gst_buffer_fill (*packet, PAYLOAD_OFFSET, &byte, sizeof byte);
}

static gboolean
renumber_incoming (GstBuffer **packet, guint index, gpointer data)
{
  genos_webrtc_payloads_renumber (data, FALSE, packet);
  return TRUE;
}

static gboolean
renumber_outgoing (GstBuffer **packet, guint index, gpointer data)
{
  genos_webrtc_payloads_renumber (data, TRUE, packet);
  return TRUE;
}

static GstPadProbeReturn
renumber (GstPadProbeInfo *info, GstBufferListFunc func, GenosWebrtcPayloads *self)
{
  GstBuffer *packet;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = gst_buffer_list_make_writable (info->data);

    gst_buffer_list_foreach (list, func, self);
    info->data = list;
    return GST_PAD_PROBE_OK;
  }
  packet = info->data;
  func (&packet, 0, self);
  info->data = packet;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_incoming (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return renumber (info, renumber_incoming, data);
}

static GstPadProbeReturn
on_outgoing (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return renumber (info, renumber_outgoing, data);
}

/* --- where they pass */

/* Called with the lock held. */
static void
probe (GenosWebrtcPayloads *self, Watched *watched)
{
  g_autoptr (GstPad) pad = NULL;

  if (watched->probed || self->routes[watched->to_wire]->len == 0)
    return;
  watched->probed = TRUE;
  pad = g_weak_ref_get (&watched->pad);
  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
        watched->to_wire ? on_outgoing : on_incoming, genos_webrtc_payloads_ref (self),
        (GDestroyNotify) genos_webrtc_payloads_unref);
}

static void
watch (GenosWebrtcPayloads *self, GstElement *element, const char *name, gboolean to_wire)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);
  Watched *watched;

  if (pad == NULL)
    return;
  watched = g_new0 (Watched, 1);
  g_weak_ref_init (&watched->pad, pad);
  watched->to_wire = to_wire;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->watched, watched);
  probe (self, watched);
  g_mutex_unlock (&self->lock);
}

/* The names are internals of webrtcbin, the same in 1.22 and 1.26; the SSRC gate stops a link where they
 * are not found. */
static void
on_element_added (GstBin *webrtc, GstElement *element, GenosWebrtcPayloads *self)
{
  if (g_str_has_prefix (GST_OBJECT_NAME (element), "transportsendbin"))
    watch (self, element, "rtp_sink", TRUE);
  else if (g_str_has_prefix (GST_OBJECT_NAME (element), "transportreceivebin"))
    watch (self, element, "rtp_src", FALSE);
}

void
genos_webrtc_payloads_set (GenosWebrtcPayloads *self, gboolean to_wire, GArray *routes)
{
  GArray *old;

  g_mutex_lock (&self->lock);
  old = self->routes[to_wire];
  self->routes[to_wire] = routes;
  for (guint i = 0; i < self->watched->len; i++)
    probe (self, g_ptr_array_index (self->watched, i));
  g_mutex_unlock (&self->lock);
  g_array_unref (old);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  genos_webrtc_payloads_unref (data);
}

GenosWebrtcPayloads *
genos_webrtc_payloads_new (GstElement *webrtc)
{
  GenosWebrtcPayloads *self = g_atomic_rc_box_new0 (GenosWebrtcPayloads);

  g_mutex_init (&self->lock);
  self->routes[FALSE] = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  self->routes[TRUE] = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  self->watched = g_ptr_array_new_with_free_func ((GDestroyNotify) free_watched);
  g_signal_connect_data (webrtc, "element-added", G_CALLBACK (on_element_added),
      genos_webrtc_payloads_ref (self), closure_unref, 0);
  return self;
}
