/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the two sides of a stream say to each other: the payload of an extended message of the role
 * GENOS_ROLE_STREAM, whose id is the stream's. The opener of a stream sends it; ids are the opener's.
 *
 *   0      1
 *  +------+------------------------------------------------+
 *  | kind | fields, big endian                             |
 *  +------+------------------------------------------------+
 *
 *  of the sender                              of the receiver
 *   1 open    size 8, metadata (JSON text)     16 accept  offset 8, limit 8, hash 32
 *   2 begin   offset 8                         17 credit  received 8, limit 8
 *   3 data    offset 8, bytes                  18 done
 *   4 end     size 8, hash 32                  19 stop    code 1, text
 *   5 resume
 *   6 abort   code 1, text
 *
 * Offsets and sizes count bytes of the content, from its beginning, and are below 2^63; a size that
 * is not known has all bits set. Limits are offsets up to which the sender may send. Hashes are
 * BLAKE2b-256 of the content from its beginning. */
typedef enum {
  GENOS_STREAM_OPEN = 1,
  GENOS_STREAM_BEGIN = 2,
  GENOS_STREAM_DATA = 3,
  GENOS_STREAM_END = 4,
  GENOS_STREAM_RESUME = 5,
  GENOS_STREAM_ABORT = 6,
  GENOS_STREAM_ACCEPT = 16,
  GENOS_STREAM_CREDIT = 17,
  GENOS_STREAM_DONE = 18,
  GENOS_STREAM_STOP = 19,
} GenosStreamFrameKind;

/* Why a stream is aborted or stopped. Others are taken for FAILED. */
typedef enum {
  GENOS_STREAM_WHY_FAILED,
  GENOS_STREAM_WHY_CANCELLED,
  GENOS_STREAM_WHY_REFUSED,  /* the application there does not want it */
  GENOS_STREAM_WHY_UNWANTED, /* nobody there takes streams of this channel */
  GENOS_STREAM_WHY_UNKNOWN,  /* there is no such stream */
  GENOS_STREAM_WHY_PROTOCOL,
  GENOS_STREAM_WHY_LIMIT,
  GENOS_STREAM_WHY_HASH, /* what arrived is not what was sent */
  GENOS_STREAM_WHY_TIMED_OUT,
  GENOS_STREAM_N_WHY,
} GenosStreamWhy;

#define GENOS_STREAM_MAX_METADATA (16 * 1024)
#define GENOS_STREAM_MAX_TEXT 512
#define GENOS_STREAM_MAX_DATA (64 * 1024)
#define GENOS_STREAM_SIZE_UNKNOWN G_MAXUINT64
#define GENOS_STREAM_HASH_SIZE 32

typedef struct {
  GenosStreamFrameKind kind;
  guint64 offset;                        /* of accept, begin, data; what was received, of credit */
  guint64 limit;                         /* of accept and credit */
  guint64 size;                          /* of open and end */
  guint8 hash32[GENOS_STREAM_HASH_SIZE]; /* of accept and end */
  guint8 why;                            /* GenosStreamWhy, of abort and stop */
  char *text;                            /* metadata of open, text of abort and stop; valid UTF-8 */
  const guint8 *data;                    /* into what was parsed */
  gsize data_size;
} GenosStreamFrame;

void genos_stream_frame_clear (GenosStreamFrame *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosStreamFrame, genos_stream_frame_clear)

/* (transfer full) */
GBytes *genos_stream_frame_build (const GenosStreamFrame *frame);
/* GENOS_ERROR_PROTOCOL for anything else; @frame points into @bytes. */
gboolean genos_stream_frame_parse (
    GBytes *bytes, GenosStreamFrame *frame, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the opener of a stream says that. */
gboolean genos_stream_frame_is_of_sender (GenosStreamFrameKind kind);

G_END_DECLS
