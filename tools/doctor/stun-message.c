/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stun-message.h"

#include <string.h>

#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define ALLOCATE_REQUEST 0x0003
#define ALLOCATE_SUCCESS 0x0103
#define ALLOCATE_ERROR 0x0113
#define MAPPED_ADDRESS 0x0001
#define ERROR_CODE 0x0009
#define REQUESTED_TRANSPORT 0x0019
#define XOR_MAPPED_ADDRESS 0x0020
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2

static const guint8 magic_cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

static guint
read_16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

/* @length: of what follows */
static void
write_header (guint8 *out, guint8 type, guint8 length, const guint8 *transaction)
{
  memset (out, 0, STUN_HEADER_SIZE);
  out[1] = type;
  out[3] = length;
  memcpy (out + 4, magic_cookie, sizeof magic_cookie);
  memcpy (out + 8, transaction, STUN_TRANSACTION_SIZE);
}

void
stun_message_request (guint8 out[STUN_HEADER_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  write_header (out, BINDING_REQUEST, 0, transaction);
}

static gboolean
is_answer (guint type, const guint8 *data, gsize size, const guint8 *transaction)
{
  return size >= STUN_HEADER_SIZE && read_16 (data) == type
      && read_16 (data + 2) == size - STUN_HEADER_SIZE
      && memcmp (data + 4, magic_cookie, sizeof magic_cookie) == 0
      && memcmp (data + 8, transaction, STUN_TRANSACTION_SIZE) == 0;
}

typedef struct {
  guint type;
  const guint8 *value;
  gsize length;
} Attribute;

/* The attribute at @at, which is moved to the next one; FALSE at the end, and where one is cut short. */
static gboolean
next_attribute (const guint8 *data, gsize size, gsize *at, Attribute *attribute)
{
  gsize padded;

  if (size - *at < 4)
    return FALSE;
  attribute->type = read_16 (data + *at);
  attribute->length = read_16 (data + *at + 2);
  attribute->value = data + *at + 4;
  padded = (attribute->length + 3) & ~(gsize) 3;
  if (padded > size - *at - 4)
    return FALSE;
  *at += 4 + padded;
  return TRUE;
}

/* Section 14.2: port and address are masked with the cookie and the transaction. @mask: these 16
 * bytes, as they stand in the header; nullable. */
static GSocketAddress *
read_address (const guint8 *value, gsize size, const guint8 *mask)
{
  GSocketFamily family = G_SOCKET_FAMILY_IPV4;
  g_autoptr (GInetAddress) address = NULL;
  guint8 bytes[16];
  gsize length = 4;
  guint port;

  if (size >= 2 && value[1] == FAMILY_IPV6) {
    family = G_SOCKET_FAMILY_IPV6;
    length = 16;
  } else if (size < 2 || value[1] != FAMILY_IPV4) {
    return NULL;
  }
  if (size < 4 + length)
    return NULL;
  port = read_16 (value + 2);
  memcpy (bytes, value + 4, length);
  if (mask != NULL) {
    port ^= read_16 (mask);
    for (gsize i = 0; i < length; i++)
      bytes[i] ^= mask[i];
  }
  address = g_inet_address_new_from_bytes (bytes, family);
  return g_inet_socket_address_new (address, (guint16) port);
}

GSocketAddress *
stun_message_read_response (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  g_autoptr (GSocketAddress) plain = NULL;
  gsize at = STUN_HEADER_SIZE;
  Attribute attribute;

  if (!is_answer (BINDING_SUCCESS, data, size, transaction))
    return NULL;
  while (next_attribute (data, size, &at, &attribute)) {
    if (attribute.type == XOR_MAPPED_ADDRESS)
      return read_address (attribute.value, attribute.length, data + 4);
    /* What servers before RFC 5389 give. */
    if (attribute.type == MAPPED_ADDRESS && plain == NULL)
      plain = read_address (attribute.value, attribute.length, NULL);
  }
  /* What is cut short is no answer. */
  return at == size ? g_steal_pointer (&plain) : NULL;
}

void
stun_message_allocate (
    guint8 out[STUN_ALLOCATE_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  static const guint8 transport[] = { 0, REQUESTED_TRANSPORT, 0, 4, 17 /* UDP */, 0, 0, 0 };

  write_header (out, ALLOCATE_REQUEST, sizeof transport, transaction);
  memcpy (out + STUN_HEADER_SIZE, transport, sizeof transport);
}

gboolean
stun_message_is_allocation (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  return is_answer (ALLOCATE_SUCCESS, data, size, transaction);
}

/* Section 14.8: the class is the hundreds of the code, in three bits; the number is what is left. */
static guint
read_code (const Attribute *attribute)
{
  guint hundreds, rest;

  if (attribute->length < 4)
    return 0;
  hundreds = attribute->value[2] & 7;
  rest = attribute->value[3];
  return hundreds >= 3 && hundreds <= 6 && rest < 100 ? hundreds * 100 + rest : 0;
}

guint
stun_message_read_refusal (
    const guint8 *data, gsize size, const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  gsize at = STUN_HEADER_SIZE;
  Attribute attribute;

  if (!is_answer (ALLOCATE_ERROR, data, size, transaction))
    return 0;
  while (next_attribute (data, size, &at, &attribute)) {
    if (attribute.type == ERROR_CODE)
      return read_code (&attribute);
  }
  return 0;
}
