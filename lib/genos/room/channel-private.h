/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/channel.h>
#include <genos/room/transfer/exchange.h>
#include <genos/room/transfer/incoming-stream.h>
#include <genos/room/cells/mesh.h>
#include <genos/room/peer-private.h>

G_BEGIN_DECLS

/* Who is to get a message: (transfer container) (element-type GenosPeer) of those @targets (NULL: all)
 * that are linked; with @absent (element-type utf8) filled with those that are not. */
typedef GPtrArray *(*GenosChannelResolveFunc) (
    gpointer room, const char *const *targets, GPtrArray *absent);

/* @room is held weakly. */
GenosChannel *genos_channel_new (
    const char *name, GObject *room, GenosChannelResolveFunc resolve, GenosExchange *exchange);

/* How its messages are to be sent: name, priority and what happens to too many. */
void genos_channel_fill_outgoing (GenosChannel *self, GenosOutgoing *outgoing);

/* (transfer full) (nullable): NULL once it is gone */
GenosRoom *genos_channel_dup_room (GenosChannel *self);

/* Whom it has no link to is reached by way of it. */
void genos_channel_set_mesh (GenosChannel *self, GenosMesh *mesh);

void genos_channel_emit_message (GenosChannel *self, const char *peer_id, GenosMessage *message);
/* TRUE: somebody took it. */
gboolean genos_channel_emit_request (GenosChannel *self, GenosRequest *request);
void genos_channel_emit_progress (
    GenosChannel *self, const char *peer_id, gdouble fraction, const char *metadata);

/* Dropped by whoever called, and taken by nobody here, it turns itself away. */
void genos_channel_emit_stream (GenosChannel *self, GenosIncomingStream *stream);

G_END_DECLS
