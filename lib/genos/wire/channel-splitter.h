/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/channel-frame.h>
#include <genos/wire/dialect.h>

G_BEGIN_DECLS

/* Kinds of a message's payload on the wire. */
typedef enum {
  GENOS_PAYLOAD_STRING,
  GENOS_PAYLOAD_JSON,           /* the payload is the JSON text */
  GENOS_PAYLOAD_BINARY,
  GENOS_PAYLOAD_EXTENDED,       /* between our own peers: extended-message.h, plain or sealed */
} GenosPayloadKind;

/* Message → frames. @metadata (nullable) is JSON text and goes with binary only
 * (GENOS_ERROR_INVALID_ARGUMENT otherwise). More than GENOS_MESSAGE_MAX_CHUNKS chunks after deflating
 * (GENOS_EXTENDED_MAX_CHUNKS when extended): GENOS_ERROR_LIMIT. Returns (element-type GBytes)
 * (transfer full), at least one. */
GPtrArray *genos_channel_split (const GenosDialect *dialect, const char *type, guint8 nonce,
    GenosPayloadKind kind, GBytes *payload, const char *metadata, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
