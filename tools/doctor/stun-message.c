/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stun-message.h"

#include <string.h>

#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define MAPPED_ADDRESS 0x0001
#define XOR_MAPPED_ADDRESS 0x0020
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2

static const guint8 magic_cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

static guint
read_16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

void
stun_message_request (guint8 out[STUN_HEADER_SIZE], const guint8 transaction[STUN_TRANSACTION_SIZE])
{
  memset (out, 0, STUN_HEADER_SIZE);
  out[1] = BINDING_REQUEST;
  memcpy (out + 4, magic_cookie, sizeof magic_cookie);
  memcpy (out + 8, transaction, STUN_TRANSACTION_SIZE);
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

  if (size < STUN_HEADER_SIZE || read_16 (data) != BINDING_SUCCESS
      || read_16 (data + 2) != size - STUN_HEADER_SIZE
      || memcmp (data + 4, magic_cookie, sizeof magic_cookie) != 0
      || memcmp (data + 8, transaction, STUN_TRANSACTION_SIZE) != 0)
    return NULL;
  while (size - at >= 4) {
    guint type = read_16 (data + at);
    gsize length = read_16 (data + at + 2);
    gsize padded = (length + 3) & ~(gsize) 3;

    at += 4;
    if (padded > size - at)
      return NULL;
    if (type == XOR_MAPPED_ADDRESS)
      return read_address (data + at, length, data + 4);
    /* What servers before RFC 5389 give. */
    if (type == MAPPED_ADDRESS && plain == NULL)
      plain = read_address (data + at, length, NULL);
    at += padded;
  }
  return g_steal_pointer (&plain);
}
