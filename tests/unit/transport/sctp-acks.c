/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/sctp-acks.h>

#include <string.h>

#define DATA 0
#define SACK 3
#define HEARTBEAT 4
#define I_DATA 64

static void
put_32 (GByteArray *packet, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (packet, (const guint8 *) &value, 4);
}

static GByteArray *
new_packet (void)
{
  static const guint8 header[12] = { 0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4 };
  GByteArray *packet = g_byte_array_new ();

  return g_byte_array_append (packet, header, sizeof header);
}

/* With @n further bytes behind the TSN. */
static void
add_chunk (GByteArray *packet, guint type, guint32 tsn, guint n)
{
  static const guint8 zeros[2048];

  put_32 (packet, (guint32) type << 24 | (8 + n));
  put_32 (packet, tsn);
  g_byte_array_append (packet, zeros, (n + 3) & ~3u);
}

static void
add_data (GByteArray *packet, guint32 tsn, guint payload)
{
  add_chunk (packet, DATA, tsn, 8 + payload);
}

static void
sent (GenosSctpAcks *acks, guint32 tsn, guint payload)
{
  g_autoptr (GByteArray) packet = new_packet ();

  add_data (packet, tsn, payload);
  genos_sctp_acks_sent (acks, packet->data, packet->len);
}

static gboolean
acked (GenosSctpAcks *acks, guint32 tsn)
{
  g_autoptr (GByteArray) packet = new_packet ();

  add_chunk (packet, SACK, tsn, 8);
  return genos_sctp_acks_received (acks, packet->data, packet->len);
}

static void
test_counts (void)
{
  g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();

  g_assert_false (acked (acks, 99));
  sent (acks, 100, 1000);
  sent (acks, 101, 7);
  sent (acks, 102, 500);
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 0);
  g_assert_true (acked (acks, 101));
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 1007);
  /* Again, an old one, and one of what never left. */
  g_assert_false (acked (acks, 101));
  g_assert_false (acked (acks, 99));
  g_assert_false (acked (acks, 103));
  g_assert_false (acked (acks, 101 + (1u << 31)));
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 1007);
  g_assert_true (acked (acks, 102));
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 1507);
}

static void
test_sent_again (void)
{
  g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();

  sent (acks, 5, 10);
  sent (acks, 6, 10);
  sent (acks, 5, 10);
  sent (acks, 4, 10);
  sent (acks, 7, 10);
  g_assert_true (acked (acks, 7));
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 30);
}

static void
test_wraps (void)
{
  g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();
  guint32 tsn = G_MAXUINT32 - 2000;

  for (guint i = 0; i < 5000; i++, tsn++) {
    sent (acks, tsn, 3);
    if (i % 500 == 499)
      g_assert_true (acked (acks, tsn));
  }
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 15000);
}

/* Several in one packet, among others, with padding; I-DATA has a longer header. */
static void
test_bundles (void)
{
  g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();
  g_autoptr (GByteArray) out = new_packet ();
  g_autoptr (GByteArray) in = new_packet ();

  add_chunk (out, SACK, 77, 8);
  add_data (out, 1, 3);
  add_data (out, 2, 5);
  add_chunk (out, I_DATA, 3, 12 + 9);
  genos_sctp_acks_sent (acks, out->data, out->len);
  add_chunk (in, HEARTBEAT, 3, 5);
  add_chunk (in, SACK, 2, 8);
  add_data (in, 3, 100);
  add_chunk (in, SACK, 3, 8);
  g_assert_true (genos_sctp_acks_received (acks, in->data, in->len));
  g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, 17);
}

/* Whoever cannot follow must not keep anybody waiting. */
static void
test_loses_count (void)
{
  g_autoptr (GenosSctpAcks) gap = genos_sctp_acks_new ();
  g_autoptr (GenosSctpAcks) many = genos_sctp_acks_new ();

  sent (gap, 1, 10);
  sent (gap, 3, 10);
  g_assert_cmpuint (genos_sctp_acks_get_acked (gap), ==, G_MAXUINT64);
  g_assert_true (acked (gap, 1));

  for (guint i = 0; i < 10000; i++)
    sent (many, i, 1);
  g_assert_cmpuint (genos_sctp_acks_get_acked (many), ==, G_MAXUINT64);
}

/* Cut anywhere, and with each bit turned: nothing is read beyond, nothing counts that did not leave. */
static void
test_hostile (void)
{
  g_autoptr (GByteArray) packet = new_packet ();

  add_chunk (packet, HEARTBEAT, 0, 5);
  add_chunk (packet, SACK, 2, 8);
  for (gsize size = 0; size <= packet->len; size++) {
    g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();
    g_autofree guint8 *cut = g_memdup2 (packet->data, size);

    sent (acks, 1, 10);
    sent (acks, 2, 10);
    genos_sctp_acks_received (acks, cut, size);
    genos_sctp_acks_sent (acks, cut, size);
    g_assert_cmpuint (genos_sctp_acks_get_acked (acks), ==, size == packet->len ? 20 : 0);
  }
  for (gsize bit = 0; bit < packet->len * 8; bit++) {
    g_autoptr (GenosSctpAcks) acks = genos_sctp_acks_new ();
    g_autofree guint8 *turned = g_memdup2 (packet->data, packet->len);

    turned[bit / 8] ^= 1 << (bit % 8);
    sent (acks, 1, 10);
    sent (acks, 2, 10);
    genos_sctp_acks_received (acks, turned, packet->len);
    g_assert_cmpuint (genos_sctp_acks_get_acked (acks), <=, 20);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/sctp-acks/counts", test_counts);
  g_test_add_func ("/transport/sctp-acks/sent-again", test_sent_again);
  g_test_add_func ("/transport/sctp-acks/wraps", test_wraps);
  g_test_add_func ("/transport/sctp-acks/bundles", test_bundles);
  g_test_add_func ("/transport/sctp-acks/loses-count", test_loses_count);
  g_test_add_func ("/transport/sctp-acks/hostile", test_hostile);
  return g_test_run ();
}
