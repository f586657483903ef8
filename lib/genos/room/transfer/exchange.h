/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/channel.h>
#include <genos/room/peer-private.h>
#include <genos/room/transfer/request-private.h>

G_BEGIN_DECLS

/* Requests and their answers, of one room: who waits for what, and who is asked. Lives on the room's
 * context. */
#define GENOS_TYPE_EXCHANGE (genos_exchange_get_type ())
G_DECLARE_FINAL_TYPE (GenosExchange, genos_exchange, GENOS, EXCHANGE, GObject)

/* Requests of one peer that nobody here has answered yet; more fail at once. */
#define GENOS_EXCHANGE_MAX_OPEN 256

GenosExchange *genos_exchange_new (void);

/* Asks; ends @task (transfer full) with a GenosMessage or an error. */
void genos_exchange_ask (GenosExchange *self, GenosPeer *peer, const GenosOutgoing *outgoing,
    GenosMessage *message, guint timeout_ms, GTask *task);

/* (transfer full): somebody here may answer it. NULL when there are too many of that peer. */
GenosRequest *genos_exchange_take_request (
    GenosExchange *self, GenosPeer *peer, const char *channel, guint64 id, GenosMessage *message);

/* @extended is a response or a failure; one that nobody waits for is nothing. */
void genos_exchange_take_answer (GenosExchange *self, GenosPeer *peer,
    const GenosExtendedMessage *extended, GenosMessage *message);

/* Whoever waits for it waits no more. */
void genos_exchange_drop_peer (GenosExchange *self, GenosPeer *peer, const GError *error);

guint genos_exchange_get_n_waiting (GenosExchange *self);

G_END_DECLS
