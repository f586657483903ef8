/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/transfer/request.h>
#include <genos/wire/extended-message.h>

G_BEGIN_DECLS

/* Sends an answer back; @target is alive. GENOS_ERROR_CLOSED when the peer is gone. */
typedef gboolean (*GenosRequestAnswerFunc) (
    GObject *target, const char *channel, const GenosExtendedMessage *answer, GError **error);

/* @target is held weakly. */
GenosRequest *genos_request_new (const char *channel, const char *peer_id, guint64 id,
    GenosMessage *message, GenosRequestAnswerFunc answer, GObject *target);

/* Whatever somebody else answered: (transfer full). */
GError *genos_request_read_failure (GBytes *payload);

G_END_DECLS
