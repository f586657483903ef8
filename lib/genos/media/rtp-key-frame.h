/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/media-codec.h>

G_BEGIN_DECLS

/* Whether a key frame begins in this payload of an RTP packet, as far as the format tells without being
 * decoded; sound always does. Pure; the bytes are a stranger's.
 *
 * Sources: RFC 7741 (VP8), RFC 9628 (VP9), RFC 6184 (H.264), RFC 7798 (H.265), the RTP payload format of
 * AV1. */
gboolean genos_rtp_begins_key_frame (GenosCodecId codec, const guint8 *payload, gsize size);

/* Of a sealed payload nothing can be read but its first byte, which is in front of what is sealed and authenticated
 * with it: whoever passes it on has to know where viewers can start. The other bits are 0. */
#define GENOS_RTP_SEALED_KEY_FRAME 0x01
gboolean genos_rtp_sealed_begins_key_frame (const guint8 *payload, gsize size);

G_END_DECLS
