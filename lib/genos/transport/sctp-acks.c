/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sctp-acks.h>

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |     source port     |   destination port    |  RFC 9260, 3
 * |             verification tag                |
 * |                 checksum                    |
 * |  type   |   flags   |       length          |  chunk: its length counts this header, not the
 * |            TSN, or cumulative TSN ack       |  padding to four bytes
 * |                    …                        |                                               */
#define COMMON_HEADER 12
#define CHUNK_HEADER 4
#define DATA_HEADER 16
#define I_DATA_HEADER 20 /* RFC 8260 */

enum {
  CHUNK_DATA = 0,
  CHUNK_SACK = 3,
  CHUNK_I_DATA = 64,
};

/* usrsctp keeps 512 chunks of an association at once (sctp_max_chunks_on_queue). */
#define MAX_UNDER_WAY 4096

struct _GenosSctpAcks {
  gboolean started;
  gboolean lost;
  guint32 next;   /* the TSN that leaves next */
  guint32 oldest; /* the oldest TSN not acknowledged */
  guint64 sent;
  guint64 acked;
  guint64
      ends[MAX_UNDER_WAY]; /* of @oldest … @next − 1, by TSN: where in the data the chunk ends */
};

typedef struct {
  guint type;
  guint length; /* at least CHUNK_HEADER */
  guint32 tsn;  /* the first word; 0 when there is none */
} Chunk;

GenosSctpAcks *
genos_sctp_acks_new (void)
{
  return g_new0 (GenosSctpAcks, 1);
}

void
genos_sctp_acks_free (GenosSctpAcks *self)
{
  g_free (self);
}

static guint32
read_32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

/* FALSE at the end of what is usable. */
static gboolean
next_chunk (const guint8 *data, gsize size, gsize *at, Chunk *chunk)
{
  const guint8 *header = data + *at;

  if (*at > size || size - *at < CHUNK_HEADER)
    return FALSE;
  chunk->type = header[0];
  chunk->length = (guint) header[2] << 8 | header[3];
  if (chunk->length < CHUNK_HEADER || chunk->length > size - *at)
    return FALSE;
  chunk->tsn = chunk->length >= CHUNK_HEADER + 4 ? read_32 (header + CHUNK_HEADER) : 0;
  *at += (chunk->length + 3) & ~3u;
  return TRUE;
}

/* --- out */

static guint
get_payload (const Chunk *chunk)
{
  guint header = chunk->type == CHUNK_I_DATA ? I_DATA_HEADER : DATA_HEADER;

  if (chunk->type != CHUNK_DATA && chunk->type != CHUNK_I_DATA)
    return 0;
  return chunk->length > header ? chunk->length - header : 0;
}

static void
note_data (GenosSctpAcks *self, guint32 tsn, guint payload)
{
  if (!self->started) {
    self->started = TRUE;
    self->next = self->oldest = tsn;
  }
  /* One that left before is sent again. */
  if ((gint32) (tsn - self->next) < 0)
    return;
  if (tsn != self->next || self->next - self->oldest >= MAX_UNDER_WAY) {
    self->lost = TRUE;
    return;
  }
  self->sent += payload;
  self->ends[tsn % MAX_UNDER_WAY] = self->sent;
  self->next++;
}

void
genos_sctp_acks_sent (GenosSctpAcks *self, const guint8 *data, gsize size)
{
  gsize at = COMMON_HEADER;
  Chunk chunk;

  while (!self->lost && next_chunk (data, size, &at, &chunk)) {
    guint payload = get_payload (&chunk);

    if (payload > 0)
      note_data (self, chunk.tsn, payload);
  }
}

/* --- in */

static gboolean
note_ack (GenosSctpAcks *self, guint32 tsn)
{
  guint32 n_acked = tsn - self->oldest + 1;

  /* An old one, or one of what never left. */
  if (!self->started || n_acked == 0 || n_acked > self->next - self->oldest)
    return FALSE;
  self->acked = self->ends[tsn % MAX_UNDER_WAY];
  self->oldest = tsn + 1;
  return TRUE;
}

gboolean
genos_sctp_acks_received (GenosSctpAcks *self, const guint8 *data, gsize size)
{
  gsize at = COMMON_HEADER;
  gboolean changed = self->lost;
  Chunk chunk;

  while (!self->lost && next_chunk (data, size, &at, &chunk))
    if (chunk.type == CHUNK_SACK && chunk.length >= CHUNK_HEADER + 4)
      changed |= note_ack (self, chunk.tsn);
  return changed;
}

guint64
genos_sctp_acks_get_acked (GenosSctpAcks *self)
{
  return self->lost ? G_MAXUINT64 : self->acked;
}
