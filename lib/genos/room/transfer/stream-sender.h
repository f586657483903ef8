/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/content-hash.h>
#include <genos/wire/stream-frame.h>

G_BEGIN_DECLS

/* The sending side of one stream: bytes and the peer's frames in, frames out. Keeps what the peer has
 * not confirmed, so that it can go on over another link. Pure: the time (monotonic, µs) is told. */
typedef struct _GenosStreamSender GenosStreamSender;

#define GENOS_STREAM_WINDOW (1024 * 1024)

typedef enum {
  GENOS_STREAM_SENDER_OPENING,
  GENOS_STREAM_SENDER_ACCEPTED, /* begin() has to be called */
  GENOS_STREAM_SENDER_SENDING,
  GENOS_STREAM_SENDER_DONE, /* the peer has all of it, as it was sent */
  GENOS_STREAM_SENDER_FAILED,
} GenosStreamSenderState;

/* @metadata (nullable): JSON text; @size: GENOS_STREAM_SIZE_UNKNOWN when it is not known. */
GenosStreamSender *genos_stream_sender_new (const char *metadata, guint64 size, gint64 now);
void genos_stream_sender_free (GenosStreamSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosStreamSender, genos_stream_sender_free)

GenosStreamSenderState genos_stream_sender_get_state (GenosStreamSender *self);
/* (transfer none) (nullable) once it failed */
const GError *genos_stream_sender_get_error (GenosStreamSender *self);

/* What the peer says. Nonsense makes it fail. */
void genos_stream_sender_take (GenosStreamSender *self, const GenosStreamFrame *frame, gint64 now);
/* There is another link: what was under way is lost. */
void genos_stream_sender_relink (GenosStreamSender *self, gint64 now);
/* Whether the peer is slower than it may be. */
void genos_stream_sender_tick (GenosStreamSender *self, gint64 now);
/* Ends it, unless it ended; the peer is told. */
void genos_stream_sender_fail (GenosStreamSender *self, const GError *error);

/* (transfer full) (nullable): the frame to be sent next; NULL for none until something happens. */
GBytes *genos_stream_sender_next (GenosStreamSender *self);

/* When accepted: how much the peer says it has, and the hash of that. */
guint64 genos_stream_sender_get_offer (GenosStreamSender *self, guint8 hash32[32]);
/* The content goes from @offset on, 0 or what was offered; @prefix (transfer full) (nullable): the hash
 * of what stands before. */
void genos_stream_sender_begin (GenosStreamSender *self, guint64 offset, GenosContentHash *prefix);

gsize genos_stream_sender_get_room (GenosStreamSender *self);
/* How many of @size bytes were taken. */
gsize genos_stream_sender_write (GenosStreamSender *self, const guint8 *data, gsize size);
/* That was all. */
void genos_stream_sender_finish (GenosStreamSender *self);

/* Up to where the peer has it. */
guint64 genos_stream_sender_get_confirmed (GenosStreamSender *self);

G_END_DECLS
