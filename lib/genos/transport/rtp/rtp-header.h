/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The header of an RTP packet (RFC 3550, section 5.1) and its extensions (RFC 8285). Pure; the bytes
 * are a stranger's. */

/* So many bytes from the beginning hold every header that is looked into. */
#define GENOS_RTP_HEAD_SIZE 128

typedef struct {
  gboolean marker;
  guint8 payload_type;
  guint16 seqnum;
  guint32 timestamp;
  guint32 ssrc;
  gsize size;             /* of the whole header; may be more than there was to parse */
  guint16 profile;        /* of the extension; 0: there is none */
  const guint8 *elements; /* of the extension, as far as they were there to parse */
  gsize elements_size;
} GenosRtpHeader;

/* @data: the beginning of a packet. FALSE when it is none. */
gboolean genos_rtp_header_parse (GenosRtpHeader *self, const guint8 *data, gsize size);

/* (nullable): the value of the element @id (1 to 255), in either form of RFC 8285; @size bytes, which
 * may be none. */
const guint8 *genos_rtp_header_find_element (const GenosRtpHeader *self, guint id, gsize *size);

G_END_DECLS
