/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-frames.h>

#define FIN 0x80
#define OPCODE 0x0f
#define CONTROL 0x08
#define MASK 0x80
#define LENGTH 0x7f

static guint
header_size (const GenosRelayFrames *self)
{
  guint size = 2;

  if (self->header_len < 2)
    return 2;
  if ((self->header[1] & LENGTH) == 126)
    size += 2;
  else if ((self->header[1] & LENGTH) == 127)
    size += 8;
  if (self->header[1] & MASK)
    size += 4;
  return size;
}

static guint64
payload_length (const GenosRelayFrames *self)
{
  guint64 length = self->header[1] & LENGTH;
  guint extended = length == 126 ? 2 : length == 127 ? 8 : 0;

  if (extended == 0)
    return length;
  length = 0;
  for (guint i = 0; i < extended; i++)
    length = length << 8 | self->header[2 + i];
  return length;
}

static gboolean
take_header (GenosRelayFrames *self, guint64 max)
{
  guint64 length = payload_length (self);

  self->header_len = 0;
  self->payload_left = length;
  if (self->header[0] & CONTROL)
    return TRUE;
  if ((self->header[0] & OPCODE) != 0)
    self->message_len = 0;
  else if (length > max || self->message_len > max - length)
    return FALSE;
  self->message_len = self->header[0] & FIN ? 0 : self->message_len + MIN (length, max);
  return TRUE;
}

gboolean
genos_relay_frames_feed (GenosRelayFrames *self, const guint8 *data, gsize len, guint64 max)
{
  while (len > 0) {
    gsize skip = MIN (len, self->payload_left);

    self->payload_left -= skip;
    data += skip;
    len -= skip;
    if (len == 0)
      break;
    self->header[self->header_len++] = *data++;
    len--;
    if (self->header_len == header_size (self) && !take_header (self, max))
      return FALSE;
  }
  return TRUE;
}
