/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-pacer.h>

#include <genos/transport/rtp/packet-pacer.h>

/* The pad's probe keeps it as long as a packet is in it. */
struct _GenosWebrtcPacer {
  GstAppSrc *source; /* (unowned): its pad has the probe */
  GenosWebrtcRate *rate;
  GenosPacketPacer pacer; /* of the pad's thread */

  GMutex lock;
  GCond cond;
  gboolean stopped;
};

static void
clear (GenosWebrtcPacer *self)
{
  genos_webrtc_rate_unref (self->rate);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GenosWebrtcPacer *self = data;
  gint64 now = g_get_monotonic_time ();
  gsize size = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info)) + GENOS_AROUND_PACKET;
  gint64 due = genos_packet_pacer_take (&self->pacer, size,
      gst_app_src_get_current_level_bytes (self->source),
      genos_webrtc_rate_get_pace (self->rate, now), now);

  if (due <= now)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  while (!self->stopped && g_cond_wait_until (&self->cond, &self->lock, due))
    ;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

GenosWebrtcPacer *
genos_webrtc_pacer_new (GstAppSrc *source, GenosWebrtcRate *rate)
{
  GenosWebrtcPacer *self = g_atomic_rc_box_new0 (GenosWebrtcPacer);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (source), "src");

  self->source = source;
  self->rate = genos_webrtc_rate_ref (rate);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, g_atomic_rc_box_acquire (self), unref);
  return self;
}

void
genos_webrtc_pacer_free (GenosWebrtcPacer *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  unref (self);
}
