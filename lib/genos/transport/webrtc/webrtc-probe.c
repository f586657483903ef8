/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-probe.h>

static GstPadProbeReturn
probe_list (GstPadProbeInfo *info, GstBufferListFunc func, gpointer data)
{
  GstBufferList *list = gst_buffer_list_make_writable (info->data);

  gst_buffer_list_foreach (list, func, data);
  info->data = list;
  if (gst_buffer_list_length (list) > 0)
    return GST_PAD_PROBE_OK;
  gst_buffer_list_unref (list);
  info->data = NULL;
  return GST_PAD_PROBE_HANDLED;
}

GstPadProbeReturn
genos_webrtc_probe_packets (GstPadProbeInfo *info, GstBufferListFunc func, gpointer data)
{
  GstBuffer *packet;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return probe_list (info, func, data);
  packet = info->data;
  func (&packet, 0, data);
  info->data = packet;
  return packet != NULL ? GST_PAD_PROBE_OK : GST_PAD_PROBE_HANDLED;
}
