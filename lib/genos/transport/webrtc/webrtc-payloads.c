/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-payloads.h>
#include <genos/transport/webrtc/webrtc-probe.h>

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

  GstStructure *repairs[2]; /* (nullable) */
  GWeakRef repairers[2];    /* rtprtxreceive, rtprtxsend */
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
  for (guint i = 0; i < G_N_ELEMENTS (self->repairs); i++) {
    gst_clear_structure (&self->repairs[i]);
    g_weak_ref_clear (&self->repairers[i]);
  }
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
on_incoming (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return genos_webrtc_probe_packets (info, renumber_incoming, data);
}

static GstPadProbeReturn
on_outgoing (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return genos_webrtc_probe_packets (info, renumber_outgoing, data);
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

/* --- what repairs them */

static void
closure_unref (gpointer data, GClosure *closure)
{
  genos_webrtc_payloads_unref (data);
}

static gboolean
has_map (GstElement *element, const GstStructure *map)
{
  g_autoptr (GstStructure) current = NULL;

  g_object_get (element, "payload-type-map", &current, NULL);
  return current != NULL && gst_structure_is_equal (current, map);
}

/* Not with the lock held: the element may wait for its thread, which may wait for the lock. */
static void
tell_repairer (GenosWebrtcPayloads *self, GstElement *element, gboolean sent)
{
  g_autoptr (GstStructure) map = NULL;

  g_mutex_lock (&self->lock);
  if (self->repairs[sent] != NULL)
    map = gst_structure_copy (self->repairs[sent]);
  g_mutex_unlock (&self->lock);
  if (map != NULL && !has_map (element, map))
    g_object_set (element, "payload-type-map", map, NULL);
}

/* webrtcbin has told it, or we have. */
static void
on_map_of_sent (GstElement *element, GParamSpec *pspec, GenosWebrtcPayloads *self)
{
  tell_repairer (self, element, TRUE);
}

static void
on_map_of_received (GstElement *element, GParamSpec *pspec, GenosWebrtcPayloads *self)
{
  tell_repairer (self, element, FALSE);
}

static void
on_deep_element_added (GstBin *webrtc, GstBin *bin, GstElement *element, GenosWebrtcPayloads *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : NULL;
  gboolean sends = g_strcmp0 (name, "rtprtxsend") == 0;

  if (!sends && g_strcmp0 (name, "rtprtxreceive") != 0)
    return;
  g_weak_ref_set (&self->repairers[sends], element);
  g_signal_connect_data (element, "notify::payload-type-map",
      G_CALLBACK (sends ? on_map_of_sent : on_map_of_received), genos_webrtc_payloads_ref (self),
      closure_unref, 0);
}

/* The fields are numbers, and the elements read "96" and "096" alike: so one type can be repaired by several. */
static GstStructure *
new_repair_map (const GArray *repairs)
{
  GstStructure *map = gst_structure_new_empty ("application/x-rtp-pt-map");

  for (guint i = 0; i < repairs->len; i++) {
    const GenosRtpRepair *row = &g_array_index (repairs, GenosRtpRepair, i);
    g_autoptr (GString) field = g_string_new (NULL);

    g_string_append_printf (field, "%u", row->repaired);
    while (gst_structure_has_field (map, field->str))
      g_string_prepend_c (field, '0');
    gst_structure_set (map, field->str, G_TYPE_UINT, (guint) row->repair, NULL);
  }
  return map;
}

void
genos_webrtc_payloads_set_repairs (GenosWebrtcPayloads *self, gboolean sent, const GArray *repairs)
{
  g_autoptr (GstElement) element = g_weak_ref_get (&self->repairers[sent]);
  GstStructure *map;

  if (repairs->len == 0)
    return;
  map = new_repair_map (repairs);
  g_mutex_lock (&self->lock);
  gst_clear_structure (&self->repairs[sent]);
  self->repairs[sent] = map;
  g_mutex_unlock (&self->lock);
  if (element != NULL)
    tell_repairer (self, element, sent);
}

GenosWebrtcPayloads *
genos_webrtc_payloads_new (GstElement *webrtc)
{
  GenosWebrtcPayloads *self = g_atomic_rc_box_new0 (GenosWebrtcPayloads);

  g_mutex_init (&self->lock);
  self->routes[FALSE] = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  self->routes[TRUE] = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  self->watched = g_ptr_array_new_with_free_func ((GDestroyNotify) free_watched);
  for (guint i = 0; i < G_N_ELEMENTS (self->repairers); i++)
    g_weak_ref_init (&self->repairers[i], NULL);
  g_signal_connect_data (webrtc, "element-added", G_CALLBACK (on_element_added),
      genos_webrtc_payloads_ref (self), closure_unref, 0);
  g_signal_connect_data (webrtc, "deep-element-added", G_CALLBACK (on_deep_element_added),
      genos_webrtc_payloads_ref (self), closure_unref, 0);
  return self;
}
