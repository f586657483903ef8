/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The parts of an RTP packet (RFC 3550, section 5.1), which may be a stranger's. */
typedef struct {
  const guint8 *header; /* with sources and extensions, … */
  gsize header_size;
  const guint8 *payload; /* … and without padding */
  gsize size;
  GstMapInfo map;
} GenosRtpParts;

/* FALSE: it is none, and is not mapped. */
gboolean genos_rtp_parts_map (GenosRtpParts *self, GstBuffer *packet);
void genos_rtp_parts_unmap (GenosRtpParts *self, GstBuffer *packet);

G_END_DECLS
