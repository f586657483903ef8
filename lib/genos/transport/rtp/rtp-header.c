/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-header.h>

#include <string.h>

#define FIXED_SIZE 12
#define EXTENSION_HEADER_SIZE 4
#define ONE_BYTE_PROFILE 0xbede
/* RFC 8285, section 4.3: the lower four bits are the application's. */
#define TWO_BYTE_PROFILE 0x1000
#define TWO_BYTE_MASK 0xfff0
/* RFC 8285, section 4.2: "If the ID value 15 is used, […] processing SHOULD terminate". */
#define ONE_BYTE_END 15

static guint16
read_uint16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static guint32
read_uint32 (const guint8 *data)
{
  return (guint32) read_uint16 (data) << 16 | read_uint16 (data + 2);
}

static void
parse_extension (GenosRtpHeader *self, const guint8 *data, gsize size)
{
  gsize length;

  if (size < self->size + EXTENSION_HEADER_SIZE)
    return;
  self->profile = read_uint16 (data + self->size);
  length = (gsize) 4 * read_uint16 (data + self->size + 2);
  self->size += EXTENSION_HEADER_SIZE;
  self->elements = data + self->size;
  self->elements_size = MIN (length, size - self->size);
  self->size += length;
}

gboolean
genos_rtp_header_parse (GenosRtpHeader *self, const guint8 *data, gsize size)
{
  memset (self, 0, sizeof *self);
  if (size < FIXED_SIZE || data[0] >> 6 != 2)
    return FALSE;
  self->marker = (data[1] & 0x80) != 0;
  self->payload_type = data[1] & 0x7f;
  self->seqnum = read_uint16 (data + 2);
  self->timestamp = read_uint32 (data + 4);
  self->ssrc = read_uint32 (data + 8);
  self->size = FIXED_SIZE + (gsize) 4 * (data[0] & 0x0f);
  if ((data[0] & 0x10) != 0)
    parse_extension (self, data, size);
  return TRUE;
}

static const guint8 *
find_one_byte (const GenosRtpHeader *self, guint id, gsize *size)
{
  const guint8 *data = self->elements;
  gsize left = self->elements_size;

  while (left > 0) {
    guint found = data[0] >> 4;
    gsize length = (gsize) (data[0] & 0x0f) + 1;

    if (found == ONE_BYTE_END)
      return NULL;
    /* Padding is a zero byte. */
    if (found == 0) {
      data++;
      left--;
      continue;
    }
    if (left < length + 1)
      return NULL;
    if (found == id) {
      *size = length;
      return data + 1;
    }
    data += length + 1;
    left -= length + 1;
  }
  return NULL;
}

static const guint8 *
find_two_bytes (const GenosRtpHeader *self, guint id, gsize *size)
{
  const guint8 *data = self->elements;
  gsize left = self->elements_size;

  while (left > 0) {
    gsize length;

    if (data[0] == 0) {
      data++;
      left--;
      continue;
    }
    if (left < 2)
      return NULL;
    length = data[1];
    if (left < length + 2)
      return NULL;
    if (data[0] == id) {
      *size = length;
      return data + 2;
    }
    data += length + 2;
    left -= length + 2;
  }
  return NULL;
}

const guint8 *
genos_rtp_header_find_element (const GenosRtpHeader *self, guint id, gsize *size)
{
  *size = 0;
  if (id == 0)
    return NULL;
  if (self->profile == ONE_BYTE_PROFILE)
    return find_one_byte (self, id, size);
  if ((self->profile & TWO_BYTE_MASK) == TWO_BYTE_PROFILE)
    return find_two_bytes (self, id, size);
  return NULL;
}
