/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-header.h>

#include <string.h>

/* One CSRC, and an extension of one-byte elements: 1 = 85, padding, 3 = 0102 (RFC 8285, 4.2). */
static const guint8 one_byte[] = { 0x91, 0xef, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0x00, 0x00, 0x00,
  0x2a, 0x00, 0x00, 0x00, 0x07, 0xbe, 0xde, 0x00, 0x02, 0x10, 0x85, 0x00, 0x31, 0x01, 0x02, 0x00,
  0x00, 0x55 };

/* Elements 1 = 85, 2 of no bytes, 200 = 0102 (4.3). */
static const guint8 two_bytes[] = { 0x90, 0x6f, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0x00, 0x00,
  0x00, 0x2a, 0x10, 0x00, 0x00, 0x03, 0x01, 0x01, 0x85, 0x02, 0x00, 0xc8, 0x02, 0x01, 0x02, 0x00,
  0x00, 0x00 };

static void
assert_element (const GenosRtpHeader *header, guint id, const char *expected, gsize expected_size)
{
  gsize size;
  const guint8 *value = genos_rtp_header_find_element (header, id, &size);

  g_assert_nonnull (value);
  g_assert_cmpmem (value, size, expected, expected_size);
}

static void
test_one_byte (void)
{
  GenosRtpHeader header;
  gsize size;

  g_assert_true (genos_rtp_header_parse (&header, one_byte, sizeof one_byte));
  g_assert_true (header.marker);
  g_assert_cmpuint (header.payload_type, ==, 111);
  g_assert_cmphex (header.seqnum, ==, 0x1234);
  g_assert_cmphex (header.timestamp, ==, 0xdeadbeef);
  g_assert_cmpuint (header.ssrc, ==, 42);
  g_assert_cmpuint (header.size, ==, sizeof one_byte - 1);
  assert_element (&header, 1, "\x85", 1);
  assert_element (&header, 3, "\x01\x02", 2);
  g_assert_null (genos_rtp_header_find_element (&header, 2, &size));
  g_assert_null (genos_rtp_header_find_element (&header, 0, &size));
}

static void
test_two_bytes (void)
{
  GenosRtpHeader header;
  gsize size;

  g_assert_true (genos_rtp_header_parse (&header, two_bytes, sizeof two_bytes));
  g_assert_false (header.marker);
  assert_element (&header, 1, "\x85", 1);
  assert_element (&header, 2, "", 0);
  assert_element (&header, 200, "\x01\x02", 2);
  g_assert_null (genos_rtp_header_find_element (&header, 3, &size));
}

static void
test_no_extension (void)
{
  static const guint8 plain[12] = { 0x80, 0x60 };
  GenosRtpHeader header;
  gsize size;

  g_assert_true (genos_rtp_header_parse (&header, plain, sizeof plain));
  g_assert_cmpuint (header.size, ==, 12);
  g_assert_null (genos_rtp_header_find_element (&header, 1, &size));
}

/* What is there is read, and nothing beyond it: valgrind and the sanitizers watch. */
static void
test_truncated (void)
{
  for (gsize n = 0; n <= sizeof one_byte; n++) {
    g_autofree guint8 *copy = g_memdup2 (one_byte, MAX (n, 1));
    GenosRtpHeader header;
    gsize size;

    g_assert_true (genos_rtp_header_parse (&header, copy, n) == (n >= 12));
    if (n < 12)
      continue;
    for (guint id = 0; id < 256; id++)
      genos_rtp_header_find_element (&header, id, &size);
  }
}

static void
test_noise (void)
{
  for (guint i = 0; i < 20000; i++) {
    gsize n = (gsize) g_test_rand_int_range (12, 64);
    g_autofree guint8 *data = g_malloc (n);
    GenosRtpHeader header;
    gsize size;

    for (gsize j = 0; j < n; j++)
      data[j] = (guint8) g_test_rand_int ();
    data[0] = 0x90 | (data[0] & 0x0f);
    if (n > 16 && i % 2 == 0) {
      data[0] = 0x90;
      memcpy (data + 12, i % 4 == 0 ? "\xbe\xde" : "\x10\x00", 2);
    }
    g_assert_true (genos_rtp_header_parse (&header, data, n));
    for (guint id = 0; id < 16; id++) {
      const guint8 *value = genos_rtp_header_find_element (&header, id, &size);

      if (value != NULL)
        g_assert_true (value >= data && value + size <= data + n);
    }
  }
}

static void
test_not_rtp (void)
{
  static const guint8 stun[20] = { 0x00, 0x01 };
  GenosRtpHeader header;

  g_assert_false (genos_rtp_header_parse (&header, stun, sizeof stun));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-header/one-byte", test_one_byte);
  g_test_add_func ("/transport/rtp-header/two-bytes", test_two_bytes);
  g_test_add_func ("/transport/rtp-header/no-extension", test_no_extension);
  g_test_add_func ("/transport/rtp-header/truncated", test_truncated);
  g_test_add_func ("/transport/rtp-header/noise", test_noise);
  g_test_add_func ("/transport/rtp-header/not-rtp", test_not_rtp);
  return g_test_run ();
}
