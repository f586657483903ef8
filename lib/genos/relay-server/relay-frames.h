/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Watches the frames of a WebSocket (RFC 6455, 5.2) go by, without taking them apart, and says when
 * a message gets too large. libsoup bounds a frame; what the fragments of one message add up to it
 * bounds from 3.8 on only.
 *
 *   byte 0       FIN 1 | RSV 3 | opcode 4
 *   byte 1       MASK 1 | length 7; 126: 2 bytes follow; 127: 8 bytes follow
 *   0, 2 or 8    extended length, big endian
 *   0 or 4       masking key
 *   length       payload
 *
 * Zeroed memory is the start of a stream. */
typedef struct {
  guint8 header[14];
  guint header_len;
  guint64 payload_left;
  guint64 message_len; /* of the fragments so far */
} GenosRelayFrames;

/* FALSE when the fragments of a message are over @max bytes. A single frame is libsoup's to refuse,
 * which tells the client so. */
gboolean genos_relay_frames_feed (
    GenosRelayFrames *self, const guint8 *data, gsize len, guint64 max) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
