/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-ssrc-gate.h>
#include <genos/transport/webrtc/webrtc-probe.h>

#include <string.h>

#define RTP_SSRC_OFFSET 8
#define RTCP_SR 200
#define RTCP_HEADER 8 /* with the sender's SSRC */
/* What browsers' receive-only sessions call themselves, too. */
#define NOBODY 1

struct _GenosSsrcGate {
  GMutex lock;
  GArray *ssrcs;
  GenosStandIns *stand_ins;
  gint broken; /* atomic */
};

GenosSsrcGate *
genos_ssrc_gate_new (void)
{
  GenosSsrcGate *self = g_atomic_rc_box_new0 (GenosSsrcGate);

  g_mutex_init (&self->lock);
  self->ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->stand_ins = genos_stand_ins_new ();
  return self;
}

GenosSsrcGate *
genos_ssrc_gate_ref (GenosSsrcGate *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (GenosSsrcGate *self)
{
  g_mutex_clear (&self->lock);
  g_array_unref (self->ssrcs);
  genos_stand_ins_free (self->stand_ins);
}

void
genos_ssrc_gate_unref (GenosSsrcGate *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

void
genos_ssrc_gate_set (GenosSsrcGate *self, GArray *ssrcs)
{
  GArray *old;

  g_mutex_lock (&self->lock);
  old = self->ssrcs;
  self->ssrcs = ssrcs;
  g_mutex_unlock (&self->lock);
  g_array_unref (old);
}

void
genos_ssrc_gate_set_stand_ins (GenosSsrcGate *self, const GArray *rows)
{
  g_mutex_lock (&self->lock);
  genos_stand_ins_set (self->stand_ins, rows);
  g_mutex_unlock (&self->lock);
}

static int
compare_ssrcs (gconstpointer a, gconstpointer b)
{
  guint32 left = *(const guint32 *) a;
  guint32 right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

static gboolean
is_announced (GenosSsrcGate *self, guint32 ssrc)
{
  gboolean found;

  g_mutex_lock (&self->lock);
  found = g_array_binary_search (self->ssrcs, &ssrc, compare_ssrcs, NULL);
  g_mutex_unlock (&self->lock);
  return found;
}

/* What the source of a packet is called in here; 0: it belongs nowhere. */
static guint32
name_source (GenosSsrcGate *self, GstBuffer *buffer)
{
  guint8 head[GENOS_RTP_HEAD_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, head, sizeof head);
  GenosRtpHeader header;
  guint32 name;

  if (!genos_rtp_header_parse (&header, head, size))
    return 0;
  g_mutex_lock (&self->lock);
  name = genos_stand_ins_name (self->stand_ins, &header);
  g_mutex_unlock (&self->lock);
  return name;
}

gboolean
genos_ssrc_gate_check_rtp (GenosSsrcGate *self, GstBuffer **buffer)
{
  guint32 ssrc, name;

  if (gst_buffer_extract (*buffer, RTP_SSRC_OFFSET, &ssrc, sizeof ssrc) < sizeof ssrc)
    return FALSE;
  if (is_announced (self, GUINT32_FROM_BE (ssrc)))
    return TRUE;
  name = GUINT32_TO_BE (name_source (self, *buffer));
  if (name == 0)
    return FALSE;
  *buffer = gst_buffer_make_writable (*buffer);
  return gst_buffer_fill (*buffer, RTP_SSRC_OFFSET, &name, sizeof name) == sizeof name;
}

typedef enum {
  RTCP_PASS,
  RTCP_REWRITE,
  RTCP_DROP,
} RtcpVerdict;

/* Looks at each packet of a compound; with @rewrite, unannounced senders become nobody. Dropping
 * these packets instead would cost the key-frame requests of receivers that send nothing. */
static RtcpVerdict
walk_rtcp (GenosSsrcGate *self, guint8 *data, gsize size, gboolean rewrite)
{
  RtcpVerdict verdict = RTCP_PASS;

  for (gsize at = 0; at < size;) {
    gsize length;
    guint32 ssrc;

    if (size - at < 4)
      return RTCP_DROP;
    length = 4 * (1 + (((gsize) data[at + 2] << 8) | data[at + 3]));
    if (length > size - at)
      return RTCP_DROP;
    if (length >= RTCP_HEADER) {
      memcpy (&ssrc, data + at + 4, sizeof ssrc);
      if (!is_announced (self, GUINT32_FROM_BE (ssrc))) {
        if (data[at + 1] == RTCP_SR)
          return RTCP_DROP;
        verdict = RTCP_REWRITE;
        ssrc = GUINT32_TO_BE (NOBODY);
        if (rewrite)
          memcpy (data + at + 4, &ssrc, sizeof ssrc);
      }
    }
    at += length;
  }
  return verdict;
}

static void
rename_sources (GenosSsrcGate *self, GstBuffer **buffer, gboolean comes)
{
  gboolean any;
  GstMapInfo map;

  g_mutex_lock (&self->lock);
  any = genos_stand_ins_rename (self->stand_ins, NULL, 0, comes);
  g_mutex_unlock (&self->lock);
  if (!any)
    return;
  *buffer = gst_buffer_make_writable (*buffer);
  if (!gst_buffer_map (*buffer, &map, GST_MAP_READWRITE))
    return;
  g_mutex_lock (&self->lock);
  genos_stand_ins_rename (self->stand_ins, map.data, map.size, comes);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (*buffer, &map);
}

void
genos_ssrc_gate_rename_report (GenosSsrcGate *self, GstBuffer **buffer)
{
  rename_sources (self, buffer, FALSE);
}

gboolean
genos_ssrc_gate_check_rtcp (GenosSsrcGate *self, GstBuffer **buffer)
{
  RtcpVerdict verdict;
  GstMapInfo map;

  rename_sources (self, buffer, TRUE);
  if (!gst_buffer_map (*buffer, &map, GST_MAP_READ))
    return FALSE;
  verdict = walk_rtcp (self, map.data, map.size, FALSE);
  gst_buffer_unmap (*buffer, &map);
  if (verdict != RTCP_REWRITE)
    return verdict == RTCP_PASS;

  *buffer = gst_buffer_make_writable (*buffer);
  if (!gst_buffer_map (*buffer, &map, GST_MAP_READWRITE))
    return FALSE;
  walk_rtcp (self, map.data, map.size, TRUE);
  gst_buffer_unmap (*buffer, &map);
  return TRUE;
}

static gboolean
keep_rtp (GstBuffer **buffer, guint index, gpointer data)
{
  if (!genos_ssrc_gate_check_rtp (data, buffer))
    gst_clear_buffer (buffer);
  return TRUE;
}

static gboolean
keep_rtcp (GstBuffer **buffer, guint index, gpointer data)
{
  if (!genos_ssrc_gate_check_rtcp (data, buffer))
    gst_clear_buffer (buffer);
  return TRUE;
}

static gboolean
rename_report (GstBuffer **buffer, guint index, gpointer data)
{
  genos_ssrc_gate_rename_report (data, buffer);
  return TRUE;
}

static GstPadProbeReturn
on_rtp (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return genos_webrtc_probe_packets (info, keep_rtp, data);
}

static GstPadProbeReturn
on_rtcp (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return genos_webrtc_probe_packets (info, keep_rtcp, data);
}

static GstPadProbeReturn
on_report (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return genos_webrtc_probe_packets (info, rename_report, data);
}

static gboolean
guard (GenosSsrcGate *self, GstElement *element, const char *name, GstPadProbeCallback probe)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  if (pad == NULL)
    return FALSE;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, probe,
      genos_ssrc_gate_ref (self), (GDestroyNotify) genos_ssrc_gate_unref);
  return TRUE;
}

/* The names are internals of webrtcbin, the same in 1.22 and 1.26; where they are not found, the
 * gate counts as broken rather than as passed. */
static void
on_element_added (GstBin *webrtc, GstElement *element, GenosSsrcGate *self)
{
  /* Reports that keep the made-up name of a source only miss it. */
  if (g_str_has_prefix (GST_OBJECT_NAME (element), "transportsendbin"))
    guard (self, element, "rtcp_sink", on_report);
  if (!g_str_has_prefix (GST_OBJECT_NAME (element), "transportreceivebin"))
    return;
  if (!guard (self, element, "rtp_src", on_rtp) || !guard (self, element, "rtcp_src", on_rtcp))
    g_atomic_int_set (&self->broken, TRUE);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  genos_ssrc_gate_unref (data);
}

void
genos_ssrc_gate_watch (GenosSsrcGate *self, GstElement *webrtc)
{
  g_signal_connect_data (webrtc, "element-added", G_CALLBACK (on_element_added),
      genos_ssrc_gate_ref (self), closure_unref, 0);
}

gboolean
genos_ssrc_gate_is_broken (GenosSsrcGate *self)
{
  return g_atomic_int_get (&self->broken);
}
