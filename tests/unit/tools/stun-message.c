/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stun-message.h"

#include <string.h>

/* RFC 5769, sections 2.2 and 2.3: sample responses. */
static const guint8 transaction[STUN_TRANSACTION_SIZE] = { 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6,
  0x86, 0xfa, 0x87, 0xdf, 0xae };
static const guint8 ipv4_response[] = { 0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7,
  0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65,
  0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01,
  0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e,
  0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28,
  0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96 };
static const guint8 ipv6_response[] = { 0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7,
  0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65,
  0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02,
  0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2,
  0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14, 0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84,
  0xc9, 0x7c, 0x82, 0x92, 0xc2, 0x75, 0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb,
  0x0b, 0x4c };

static void
assert_address (const guint8 *data, gsize size, const char *expected)
{
  g_autoptr (GSocketAddress) address = stun_message_read_response (data, size, transaction);
  g_autofree char *text = NULL;

  g_assert_nonnull (address);
  text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_vectors (void)
{
  assert_address (ipv4_response, sizeof ipv4_response, "192.0.2.1:32853");
  assert_address (
      ipv6_response, sizeof ipv6_response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void
test_request (void)
{
  static const guint8 head[] = { 0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42 };
  guint8 request[STUN_HEADER_SIZE];

  stun_message_request (request, transaction);
  g_assert_cmpmem (request, sizeof head, head, sizeof head);
  g_assert_cmpmem (request + sizeof head, 12, transaction, sizeof transaction);
}

/* From before RFC 5389: the address as it is. */
static void
test_plain (void)
{
  guint8 response[STUN_HEADER_SIZE + 12] = { 0x01, 0x01, 0x00, 0x0c, 0x21, 0x12, 0xa4, 0x42 };
  static const guint8 attribute[] = { 0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x04, 0xd2, 10, 0, 0, 1 };

  memcpy (response + 8, transaction, sizeof transaction);
  memcpy (response + STUN_HEADER_SIZE, attribute, sizeof attribute);
  assert_address (response, sizeof response, "10.0.0.1:1234");
}

static void
test_strangers (void)
{
  static const guint8 other[STUN_TRANSACTION_SIZE] = { 1 };
  g_autofree guint8 *copy = g_memdup2 (ipv4_response, sizeof ipv4_response);

  g_assert_null (stun_message_read_response (ipv4_response, sizeof ipv4_response, other));
  copy[1] = 0x11; /* an error response */
  g_assert_null (stun_message_read_response (copy, sizeof ipv4_response, transaction));
}

static void
test_truncated (void)
{
  for (gsize size = 0; size < sizeof ipv4_response; size++) {
    g_autofree guint8 *copy = g_memdup2 (ipv4_response, size);

    g_assert_null (stun_message_read_response (copy, size, transaction));
  }
  /* with a header that agrees, nothing is read beyond the end */
  for (gsize size = STUN_HEADER_SIZE; size < sizeof ipv6_response; size++) {
    g_autofree guint8 *copy = g_memdup2 (ipv6_response, size);
    g_autoptr (GSocketAddress) address = NULL;

    copy[3] = (guint8) (size - STUN_HEADER_SIZE);
    address = stun_message_read_response (copy, size, transaction);
    g_assert_true ((address != NULL) == (size >= 60));
  }
}

static void
test_flipped (void)
{
  for (gsize bit = 0; bit < 8 * sizeof ipv6_response; bit++) {
    g_autofree guint8 *copy = g_memdup2 (ipv6_response, sizeof ipv6_response);
    g_autoptr (GSocketAddress) address = NULL;

    copy[bit / 8] ^= 1 << bit % 8;
    address = stun_message_read_response (copy, sizeof ipv6_response, transaction);
    g_assert_true (bit >= 8 * STUN_HEADER_SIZE || address == NULL);
  }
}

/* --- allocations */

static void
test_allocate (void)
{
  static const guint8 head[] = { 0x00, 0x03, 0x00, 0x08, 0x21, 0x12, 0xa4, 0x42 };
  /* RFC 8656, section 18.7: the protocol's number, and three bytes that are zero */
  static const guint8 transport[] = { 0x00, 0x19, 0x00, 0x04, 17, 0, 0, 0 };
  guint8 request[STUN_ALLOCATE_SIZE];

  stun_message_allocate (request, transaction);
  g_assert_cmpmem (request, sizeof head, head, sizeof head);
  g_assert_cmpmem (request + sizeof head, 12, transaction, sizeof transaction);
  g_assert_cmpmem (request + STUN_HEADER_SIZE, 8, transport, sizeof transport);
}

/* As coturn 4.6 refuses who gives no user: SOFTWARE or REALM may stand before the code. */
static const guint8 refusal[] = { 0x01, 0x13, 0x00, 0x14, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7,
  0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x00, 0x14, 0x00, 0x04, 't', 'e', 's', 't',
  0x00, 0x09, 0x00, 0x08, 0x00, 0x00, 0x04, 0x01, 'n', 'o', 'p', 'e' };

static void
test_refusal (void)
{
  static const guint8 other[STUN_TRANSACTION_SIZE] = { 1 };
  g_autofree guint8 *copy = g_memdup2 (refusal, sizeof refusal);

  g_assert_cmpuint (stun_message_read_refusal (refusal, sizeof refusal, transaction), ==, 401);
  g_assert_cmpuint (stun_message_read_refusal (refusal, sizeof refusal, other), ==, 0);
  g_assert_false (stun_message_is_allocation (refusal, sizeof refusal, transaction));
  copy[34] = 7; /* no such class */
  g_assert_cmpuint (stun_message_read_refusal (copy, sizeof refusal, transaction), ==, 0);
  copy[34] = 4;
  copy[35] = 100; /* no such number */
  g_assert_cmpuint (stun_message_read_refusal (copy, sizeof refusal, transaction), ==, 0);
  copy[1] = 0x03;
  g_assert_true (stun_message_is_allocation (copy, sizeof refusal, transaction));
}

static void
test_refusal_cut (void)
{
  for (gsize size = 0; size < sizeof refusal; size++) {
    g_autofree guint8 *copy = g_memdup2 (refusal, size);

    g_assert_cmpuint (stun_message_read_refusal (copy, size, transaction), ==, 0);
    if (size < STUN_HEADER_SIZE)
      continue;
    copy[3] = (guint8) (size - STUN_HEADER_SIZE);
    g_assert_cmpuint (stun_message_read_refusal (copy, size, transaction), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/stun-message/vectors", test_vectors);
  g_test_add_func ("/tools/stun-message/request", test_request);
  g_test_add_func ("/tools/stun-message/plain", test_plain);
  g_test_add_func ("/tools/stun-message/strangers", test_strangers);
  g_test_add_func ("/tools/stun-message/truncated", test_truncated);
  g_test_add_func ("/tools/stun-message/flipped", test_flipped);
  g_test_add_func ("/tools/stun-message/allocate", test_allocate);
  g_test_add_func ("/tools/stun-message/refusal", test_refusal);
  g_test_add_func ("/tools/stun-message/refusal-cut", test_refusal_cut);
  return g_test_run ();
}
