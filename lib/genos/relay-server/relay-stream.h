/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The stream between libsoup's WebSocket and the network. It is there for three reasons: what waits
 * for a slow client is known and bounded (libsoup's own queue is neither), fragmented messages are
 * bounded, and a burst of small messages costs one system call instead of one each. */
#define GENOS_TYPE_RELAY_STREAM (genos_relay_stream_get_type ())
G_DECLARE_FINAL_TYPE (GenosRelayStream, genos_relay_stream, GENOS, RELAY_STREAM, GIOStream)

/* @max_message: bytes of one incoming message; more is a read error. */
GenosRelayStream *genos_relay_stream_new (GIOStream *base, guint64 max_message);

/* Bytes that were written into the stream and that the network has not taken yet. */
gsize genos_relay_stream_get_pending (GenosRelayStream *self);

G_END_DECLS
