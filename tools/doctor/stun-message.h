/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The two messages of STUN (RFC 8489) with which a machine learns its public address. Pure. */
#define STUN_HEADER_SIZE 20
#define STUN_TRANSACTION_SIZE 12

/* A binding request, without attributes: the header alone. */
void stun_message_request (
    guint8 out[STUN_HEADER_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE]);

/* (transfer full) (nullable): the address that the answer to @transaction tells; NULL when @data is no
 * such answer. */
GSocketAddress *stun_message_read_response (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE]);

G_END_DECLS
