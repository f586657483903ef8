/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/deflate.h>

#include <string.h>

#include <genos/base/error.h>

static void
check_round_trip (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) deflated = genos_deflate (data, size);
  g_autoptr (GError) error = NULL;
  gsize n;
  const guint8 *z = g_bytes_get_data (deflated, &n);
  g_autoptr (GBytes) exact = genos_inflate (z, n, size, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (exact, NULL), g_bytes_get_size (exact), data, size);
  g_assert_cmpuint (z[0], ==, 0x78);
  if (size == 0)
    return;
  g_assert_null (genos_inflate (z, n, size - 1, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_round_trip (void)
{
  g_autofree guint8 *data = g_malloc (100000);

  for (guint i = 0; i < 100000; i++)
    data[i] = (guint8) (i * i >> 3);
  check_round_trip (data, 0);
  check_round_trip (data, 1);
  check_round_trip (data, 16384);
  check_round_trip (data, 100000);
}

static void
test_bomb (void)
{
  g_autofree guint8 *zeros = g_malloc0 (64 * 1024 * 1024);
  g_autoptr (GBytes) bomb = genos_deflate (zeros, 64 * 1024 * 1024);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (bomb), <, 128 * 1024);
  g_assert_null (
      genos_inflate (g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb), 65536, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
check_malformed (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = genos_inflate (data, size, 4096, &error);

  g_assert_null (bytes);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

static void
test_malformed (void)
{
  static const guint8 data[] = "zlib format, and nothing else, not even a byte more";
  g_autoptr (GBytes) deflated = genos_deflate (data, sizeof data);
  gsize size;
  const guint8 *z = g_bytes_get_data (deflated, &size);
  g_autofree guint8 *longer = g_malloc0 (size + 1);

  for (gsize n = 0; n < size; n++)
    check_malformed (z, n);
  memcpy (longer, z, size);
  check_malformed (longer, size + 1);
  check_malformed ((const guint8 *) "\x78\xbb\x01\x02\x03\x04\x00", 7);
  check_malformed (data, sizeof data);
  /* The checksum at its end finds every flipped bit, or the format does. */
  for (gsize i = 0; i < size * 8; i++) {
    g_autoptr (GBytes) inflated = NULL;

    memcpy (longer, z, size);
    longer[i / 8] ^= (guint8) (1 << i % 8);
    inflated = genos_inflate (longer, size, 4096, NULL);
    g_assert_true (inflated == NULL || i < 16);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/deflate/round-trip", test_round_trip);
  g_test_add_func ("/wire/deflate/bomb", test_bomb);
  g_test_add_func ("/wire/deflate/malformed", test_malformed);
  return g_test_run ();
}
