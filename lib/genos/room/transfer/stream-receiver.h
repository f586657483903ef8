/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/content-hash.h>
#include <genos/wire/stream-frame.h>

G_BEGIN_DECLS

/* The receiving side of one stream: the peer's frames in, bytes and frames out. Grants the sender no
 * more than it has room for. Pure. */
typedef struct _GenosStreamReceiver GenosStreamReceiver;

typedef enum {
  GENOS_STREAM_RECEIVER_OFFERED, /* accept() or fail() has to be called */
  GENOS_STREAM_RECEIVER_ACCEPTED,
  GENOS_STREAM_RECEIVER_RECEIVING,
  GENOS_STREAM_RECEIVER_ENDED, /* all is here, and as it was sent */
  GENOS_STREAM_RECEIVER_DONE,  /* confirm() was called after that */
  GENOS_STREAM_RECEIVER_FAILED,
} GenosStreamReceiverState;

/* @size: what the sender said */
GenosStreamReceiver *genos_stream_receiver_new (guint64 size);
void genos_stream_receiver_free (GenosStreamReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosStreamReceiver, genos_stream_receiver_free)

GenosStreamReceiverState genos_stream_receiver_get_state (GenosStreamReceiver *self);
/* (transfer none) (nullable) once it failed */
const GError *genos_stream_receiver_get_error (GenosStreamReceiver *self);

/* What the peer says. Nonsense makes it fail. */
void genos_stream_receiver_take (GenosStreamReceiver *self, const GenosStreamFrame *frame);
/* There is another link: what was said last may be lost. */
void genos_stream_receiver_relink (GenosStreamReceiver *self);
/* Ends it, unless it ended; the peer is told. */
void genos_stream_receiver_fail (GenosStreamReceiver *self, const GError *error);

/* (transfer full) (nullable): the frame to be sent next; NULL for none until something happens. */
GBytes *genos_stream_receiver_next (GenosStreamReceiver *self);

/* Takes the stream; the content is here up to @offset, with the hash @prefix (transfer full)
 * (nullable). The sender may begin at 0 all the same. */
void
genos_stream_receiver_accept (GenosStreamReceiver *self, guint64 offset, GenosContentHash *prefix);
/* Where the sender begins, once it is receiving. */
guint64 genos_stream_receiver_get_begin (GenosStreamReceiver *self);

/* What can be read; 0 and ENDED is the end. */
gsize genos_stream_receiver_get_available (GenosStreamReceiver *self);
gsize genos_stream_receiver_read (GenosStreamReceiver *self, guint8 *data, gsize size);
/* The content is where it was to go. */
void genos_stream_receiver_confirm (GenosStreamReceiver *self);

guint64 genos_stream_receiver_get_received (GenosStreamReceiver *self);

G_END_DECLS
