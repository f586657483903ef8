/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/room/transfer/stream-port.h>
#include <genos/room/transfer/stream-receiver.h>

G_BEGIN_DECLS

/* The reading end of a peer's stream, as GInputStream: pollable. Its end is read when all that was sent
 * is there and its hash is right; the peer hears of that then. Dropped before, it stops the peer. Lives
 * on the room's context. */
#define GENOS_TYPE_STREAM_READER (genos_stream_reader_get_type ())
G_DECLARE_FINAL_TYPE (GenosStreamReader, genos_stream_reader, GENOS, STREAM_READER, GInputStream)

/* @port: referenced */
GenosStreamReader *genos_stream_reader_new (GenosStreamPort *port, guint64 size);

/* (transfer none): to look at, and to accept() with; update() after that. */
GenosStreamReceiver *genos_stream_reader_get_receiver (GenosStreamReader *self);
void genos_stream_reader_update (GenosStreamReader *self);
/* Ends it, unless it ended; the peer is told. */
void genos_stream_reader_fail (GenosStreamReader *self, const GError *error);

/* Whoever reads says itself when the content is where it was to go: confirm() and update(). */
void genos_stream_reader_set_manual (GenosStreamReader *self);

/* Signal: ::changed () whatever the receiver's state is may be another one */

G_END_DECLS
