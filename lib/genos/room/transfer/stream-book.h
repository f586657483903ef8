/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/transfer/incoming-stream-private.h>
#include <genos/room/roster.h>
#include <genos/room/transfer/stream-writer.h>

G_BEGIN_DECLS

/* The streams of one room: whose is what, and how many there may be. Lives on the room's context. */
#define GENOS_TYPE_STREAM_BOOK (genos_stream_book_get_type ())
G_DECLARE_FINAL_TYPE (GenosStreamBook, genos_stream_book, GENOS, STREAM_BOOK, GObject)

/* Streams that come from one peer, from all of them, and that go to one; each takes up to 1 MiB. */
#define GENOS_STREAM_MAX_PER_PEER 16
#define GENOS_STREAM_MAX_INCOMING 64

GenosStreamBook *genos_stream_book_new (GenosRoster *roster);

/* Peers of a second roster as well, those that are reached by way of others. @other_way: (transfer none)
 * (nullable) the peer of that id, in whichever roster, over which a stream goes on whose peer has left. */
typedef GenosPeer *(*GenosStreamBookWay) (const char *peer_id, gpointer user_data);
void genos_stream_book_watch (
    GenosStreamBook *self, GenosRoster *far, GenosStreamBookWay other_way, gpointer user_data);

/* (transfer full): begins to open a stream. @metadata (nullable): JSON text. */
GenosStreamWriter *genos_stream_book_open (GenosStreamBook *self, GenosPeer *peer,
    const char *channel, const char *metadata, guint64 size, GError **error);

/* What a peer says of a stream. (transfer full) (nullable): a new one, for somebody here to decide. */
GenosIncomingStream *genos_stream_book_take (GenosStreamBook *self, GenosPeer *peer,
    const char *channel, const GenosExtendedMessage *message);

/* All streams there are. */
guint genos_stream_book_get_n (GenosStreamBook *self);

G_END_DECLS
