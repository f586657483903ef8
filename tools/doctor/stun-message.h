/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The messages of STUN (RFC 8489) with which a machine learns its public address, and those with which it asks a TURN
 * server (RFC 8656) for one. Pure. */
#define STUN_HEADER_SIZE 20
#define STUN_TRANSACTION_SIZE 12
#define STUN_ALLOCATE_SIZE 28

/* A binding request, without attributes: the header alone. */
void stun_message_request (
    guint8 out[STUN_HEADER_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE]);

/* (transfer full) (nullable): the address that the answer to @transaction tells; NULL when @data is no
 * such answer. */
GSocketAddress *stun_message_read_response (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE]);

/* An allocation request for UDP, without credentials: a server refuses it with the code 401. */
void stun_message_allocate (
    guint8 out[STUN_ALLOCATE_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE]);

/* Whether @data is the answer to @transaction, and lends an address. */
gboolean stun_message_is_allocation (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE]);

/* The code (300 to 699) of the refusal of an allocation that answers @transaction; 0 when @data is none. */
guint stun_message_read_refusal (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE]);

G_END_DECLS
