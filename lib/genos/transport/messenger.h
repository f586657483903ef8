/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/outbox.h>
#include <genos/transport/peer-link.h>
#include <genos/wire/channel-assembler.h>

G_BEGIN_DECLS

/* Messages over the frames of one link: splits, queues with back-pressure, assembles, answers
 * heartbeats. Internal types (@_ping, @_pong, @_signal …) and users' channels go the same way;
 * heartbeats and signalling overtake. Same context as its link. */
#define GENOS_TYPE_MESSENGER (genos_messenger_get_type ())
G_DECLARE_FINAL_TYPE (GenosMessenger, genos_messenger, GENOS, MESSENGER, GObject)

/* Property "max-queued" (bytes, default 64 MiB): what may wait to be sent to this peer. */
GenosMessenger *genos_messenger_new (GenosPeerLink *link, const GenosDialect *dialect);

/* Returns a serial to cancel with, 0 on error: GENOS_ERROR_CLOSED, or what genos_outbox_send() says.
 * What @outgoing's progress is told, is told on the context, never before this has returned; with
 * @done at most once. A message of which frames have left already is not cancelled. */
guint64 genos_messenger_send (GenosMessenger *self, const GenosOutgoing *outgoing, GError **error);
gboolean genos_messenger_cancel (GenosMessenger *self, guint64 serial);

/* Whether frames with GENOS_FRAME_EXTENDED are what they say; FALSE at first: spare bits mean nothing. */
void genos_messenger_set_extended (GenosMessenger *self, gboolean extended);

/* µs, monotonic: when the last frame came, or the link opened. */
gint64 genos_messenger_get_heard (GenosMessenger *self);

/* (transfer none) for statistics */
GenosOutbox *genos_messenger_get_outbox (GenosMessenger *self);

/* Hands what waits to the link at once, as far as back-pressure allows, instead of with the next turn
 * of the context: for a farewell. */
void genos_messenger_flush (GenosMessenger *self);

/* Round trip of one @_ping, in microseconds. GENOS_ERROR_TIMED_OUT after @timeout_ms. */
void genos_messenger_ping_async (GenosMessenger *self, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
gint64 genos_messenger_ping_finish (GenosMessenger *self, GAsyncResult *result, GError **error);

/* Signals:
 * ::message (GenosAssembledMessage*)        G_TYPE_POINTER, valid for the call; all types but @_ping, @_pong
 * ::progress (type, fraction, metadata)     each frame of a message of more than one
 * ::dropped (GError)                        a frame or message was not usable; counted
 * ::silent ()                               no frame for the heartbeat's time and its @_ping unanswered
 * ::revived ()                              a frame after that
 */

G_END_DECLS
