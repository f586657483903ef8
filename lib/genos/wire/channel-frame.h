/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One frame of the data channel (protocol.md, "Data-channel frames"):
 *
 *   0          11 12     13    14        15 …
 *  +-------------+-------+-----+----------+---------+
 *  | type        | nonce | tag | progress | payload |
 *  +-------------+-------+-----+----------+---------+
 */
#define GENOS_FRAME_HEADER 15
#define GENOS_FRAME_TYPE_SIZE 12
#define GENOS_FRAME_SIZE 16384
#define GENOS_FRAME_PAYLOAD (GENOS_FRAME_SIZE - GENOS_FRAME_HEADER)
#define GENOS_MESSAGE_MAX_CHUNKS 100    /* what a browser peer takes; metadata counts as one */
#define GENOS_EXTENDED_MAX_CHUNKS 1025  /* 16 MiB: what a peer of this project takes */

typedef enum {
  GENOS_FRAME_LAST = 1 << 0,
  GENOS_FRAME_META = 1 << 1,
  GENOS_FRAME_BINARY = 1 << 2,
  GENOS_FRAME_JSON = 1 << 3,
  GENOS_FRAME_DEFLATED = 1 << 4,
  GENOS_FRAME_EXTENDED = 1 << 5,        /* only to peers that said they know it */
} GenosFrameTag;

typedef struct {
  char type[GENOS_FRAME_TYPE_SIZE + 1]; /* UTF-8, NUL-terminated here */
  guint8 nonce;
  guint8 tag;                           /* GenosFrameTag; unknown bits kept */
  guint8 progress;
  const guint8 *payload;                /* into the frame that was parsed */
  gsize payload_size;
} GenosChannelFrame;

/* Shorter than the header, longer than 64 KiB, a type that is empty, not UTF-8 or has
 * bytes after its first NUL: FALSE with GENOS_ERROR_PROTOCOL. */
gboolean genos_channel_frame_parse (const guint8 *data, gsize size, GenosChannelFrame *frame,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) */
GBytes *genos_channel_frame_build (const char *type, guint8 nonce, guint8 tag, guint8 progress,
    const guint8 *payload, gsize payload_size);

/* A channel name a user may use: 1 to 12 bytes of UTF-8, not starting with "@_". */
gboolean genos_channel_name_check (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
