/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The bytes of a stream between two offsets, as many as there is room for. Pure. */
typedef struct _GenosStreamRing GenosStreamRing;

GenosStreamRing *genos_stream_ring_new (gsize capacity);
void genos_stream_ring_free (GenosStreamRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosStreamRing, genos_stream_ring_free)

/* Empties it: what is added next stands at @offset. */
void genos_stream_ring_reset (GenosStreamRing *self, guint64 offset);

/* The offsets of its first byte, and behind its last one. */
guint64 genos_stream_ring_get_start (GenosStreamRing *self);
guint64 genos_stream_ring_get_end (GenosStreamRing *self);
gsize genos_stream_ring_get_room (GenosStreamRing *self);

/* How many of @size were added. */
gsize genos_stream_ring_add (GenosStreamRing *self, const guint8 *data, gsize size);
/* Copies what is there of @size bytes from @offset on. */
gsize genos_stream_ring_peek (GenosStreamRing *self, guint64 offset, guint8 *data, gsize size);
/* What stands before @offset is not needed any more. */
void genos_stream_ring_drop (GenosStreamRing *self, guint64 offset);

G_END_DECLS
