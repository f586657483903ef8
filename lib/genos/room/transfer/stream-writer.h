/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/room/transfer/stream-port.h>
#include <genos/room/transfer/stream-sender.h>

G_BEGIN_DECLS

/* The writing end of a stream to a peer, as GOutputStream: pollable; closing it asynchronously is done
 * when the peer has it all. Dropped before that, it aborts. Lives on the room's context. */
#define GENOS_TYPE_STREAM_WRITER (genos_stream_writer_get_type ())
G_DECLARE_FINAL_TYPE (GenosStreamWriter, genos_stream_writer, GENOS, STREAM_WRITER, GOutputStream)

/* @port: referenced */
GenosStreamWriter *
genos_stream_writer_new (GenosStreamPort *port, const char *metadata, guint64 size);

/* (transfer none): to look at, and to begin() with; update() after that. */
GenosStreamSender *genos_stream_writer_get_sender (GenosStreamWriter *self);
void genos_stream_writer_update (GenosStreamWriter *self);
/* Ends it, unless it ended; the peer is told. */
void genos_stream_writer_fail (GenosStreamWriter *self, const GError *error);

/* Done when the peer has accepted: begin() has to be called then. Once. */
void genos_stream_writer_open_async (GenosStreamWriter *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gboolean
genos_stream_writer_open_finish (GenosStreamWriter *self, GAsyncResult *result, GError **error);

/* Signal: ::changed () whatever the sender's state is may be another one */

G_END_DECLS
