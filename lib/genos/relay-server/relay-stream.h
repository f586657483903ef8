/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The stream between libsoup's WebSocket and the network. It is there for three reasons: what waits
 * for a slow client is known and bounded (libsoup's own queue is neither), fragmented messages are
 * bounded, and a burst of small messages costs one system call instead of one each. */
#define GENOS_TYPE_RELAY_STREAM (genos_relay_stream_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayStream, genos_relay_stream, GENOS, RELAY_STREAM, GIOStream)

/* @max_message: bytes of one incoming message; more is a read error. @account: the bytes that wait in
 * all streams that share it. */
GenosRelayStream *genos_relay_stream_new (GIOStream *base, guint64 max_message, gsize *account);

/* The account is about to go away. */
void genos_relay_stream_forget_account (GenosRelayStream *self);

/* Bytes that were written into the stream and that the network has not taken yet. */
gsize genos_relay_stream_get_pending (GenosRelayStream *self);

G_END_DECLS
