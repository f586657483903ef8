/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Takes @packet (transfer full) and gives one (transfer full) with a header of its own: that sequence
 * number, that source unless @ssrc is 0, and room for two bytes of the header extension @extension (1 to
 * 14; 0: none). The rest is shared as before. What is no RTP packet stays as it is, and so does a packet
 * with extensions of another kind, but for the extension. */
GstBuffer *genos_rtp_own_header (GstBuffer *packet, guint32 ssrc, guint16 seqnum, guint extension);

G_END_DECLS
