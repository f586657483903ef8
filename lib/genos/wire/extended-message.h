/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/channel-splitter.h>

G_BEGIN_DECLS

/* A message as peers of this project send it to one another when a browser's forms cannot say it:
 * metadata with any kind, requests and their answers, streams, the time of the picture it belongs to.
 * It goes under the channel's name in frames with GENOS_FRAME_EXTENDED, sealed (crypto/sealed-message.h)
 * or plain:
 *
 *   0     1      2                6
 *  +-----+------+----------------+----------+-----------+-------------+---------+
 *  | 0   | kind | metadata size  | metadata | id if role | time if has | payload |
 *  +-----+------+----------------+----------+-----------+-------------+---------+
 *
 * kind: bits 0–3 GenosPayloadKind, bits 4–6 GenosMessageRole, bit 7 a time follows. Sizes, ids and
 * times are big endian; the time is NTP's (RFC 5905), 32.32 bits. */
typedef enum {
  GENOS_ROLE_MESSAGE,
  GENOS_ROLE_REQUEST,
  GENOS_ROLE_RESPONSE,
  GENOS_ROLE_FAILURE, /* JSON: {"code":n,"message":text} */
  GENOS_ROLE_STREAM,
  GENOS_N_ROLES,
} GenosMessageRole;

typedef struct {
  GenosPayloadKind kind;
  GenosMessageRole role;
  guint64 id;       /* of a request or stream; 0 for messages */
  guint64 ntp_time; /* 0: none */
  char *metadata;   /* (nullable) JSON text */
  GBytes *payload;  /* text is valid UTF-8 without NUL */
} GenosExtendedMessage;

void genos_extended_message_clear (GenosExtendedMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosExtendedMessage, genos_extended_message_clear)

/* The plain form. (transfer full) */
GBytes *genos_extended_message_build (const GenosExtendedMessage *message);
/* GENOS_ERROR_PROTOCOL for anything else. */
gboolean genos_extended_message_parse (
    GBytes *bytes, GenosExtendedMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its metadata, when no more than the beginning of it is here. (transfer full) (nullable): it is not in @beginning, is
 * no JSON, or that is none of the plain form */
char *genos_extended_message_peek_metadata (GBytes *beginning);

/* The parts of it that are sealed one by one: the byte of kind, and payload with what stands before
 * it. @message of read() takes @metadata over. */
guint8 genos_extended_message_get_kind_byte (const GenosExtendedMessage *message);
GBytes *genos_extended_message_dup_body (const GenosExtendedMessage *message);
gboolean genos_extended_message_read (GenosExtendedMessage *message, guint8 kind, char *metadata,
    GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
