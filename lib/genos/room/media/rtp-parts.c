/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/rtp-parts.h>

#include <genos/transport/rtp/rtp-header.h>

#define PADDING_BIT 0x20

static gboolean
find (GenosRtpParts *self)
{
  GenosRtpHeader header;
  const guint8 *data = self->map.data;
  gsize padding;

  if (!genos_rtp_header_parse (&header, data, self->map.size) || header.size > self->map.size)
    return FALSE;
  padding = (data[0] & PADDING_BIT) != 0 ? data[self->map.size - 1] : 0;
  if (padding > self->map.size - header.size)
    return FALSE;
  self->header = data;
  self->header_size = header.size;
  self->payload = data + header.size;
  self->size = self->map.size - header.size - padding;
  return TRUE;
}

gboolean
genos_rtp_parts_map (GenosRtpParts *self, GstBuffer *packet)
{
  if (!gst_buffer_map (packet, &self->map, GST_MAP_READ))
    return FALSE;
  if (find (self))
    return TRUE;
  gst_buffer_unmap (packet, &self->map);
  return FALSE;
}

void
genos_rtp_parts_unmap (GenosRtpParts *self, GstBuffer *packet)
{
  gst_buffer_unmap (packet, &self->map);
}
