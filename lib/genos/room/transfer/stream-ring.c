/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/stream-ring.h>

#include <string.h>

struct _GenosStreamRing {
  guint8 *bytes;
  gsize capacity;
  gsize head; /* where the byte at start is */
  guint64 start, end;
};

GenosStreamRing *
genos_stream_ring_new (gsize capacity)
{
  GenosStreamRing *self = g_new0 (GenosStreamRing, 1);

  self->capacity = capacity;
  self->bytes = g_malloc (capacity);
  return self;
}

void
genos_stream_ring_free (GenosStreamRing *self)
{
  g_free (self->bytes);
  g_free (self);
}

void
genos_stream_ring_reset (GenosStreamRing *self, guint64 offset)
{
  self->head = 0;
  self->start = self->end = offset;
}

guint64
genos_stream_ring_get_start (GenosStreamRing *self)
{
  return self->start;
}

guint64
genos_stream_ring_get_end (GenosStreamRing *self)
{
  return self->end;
}

gsize
genos_stream_ring_get_room (GenosStreamRing *self)
{
  return self->capacity - (gsize) (self->end - self->start);
}

gsize
genos_stream_ring_add (GenosStreamRing *self, const guint8 *data, gsize size)
{
  gsize n = MIN (size, genos_stream_ring_get_room (self));
  gsize at = (self->head + (gsize) (self->end - self->start)) % self->capacity;
  gsize first = MIN (n, self->capacity - at);

  if (n == 0)
    return 0;
  memcpy (self->bytes + at, data, first);
  memcpy (self->bytes, data + first, n - first);
  self->end += n;
  return n;
}

gsize
genos_stream_ring_peek (GenosStreamRing *self, guint64 offset, guint8 *data, gsize size)
{
  gsize n, at, first;

  if (offset < self->start || offset >= self->end)
    return 0;
  n = (gsize) MIN ((guint64) size, self->end - offset);
  at = (self->head + (gsize) (offset - self->start)) % self->capacity;
  first = MIN (n, self->capacity - at);
  memcpy (data, self->bytes + at, first);
  memcpy (data + first, self->bytes, n - first);
  return n;
}

void
genos_stream_ring_drop (GenosStreamRing *self, guint64 offset)
{
  guint64 to = CLAMP (offset, self->start, self->end);

  self->head = (self->head + (gsize) (to - self->start)) % self->capacity;
  self->start = to;
}
