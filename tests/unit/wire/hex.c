/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/hex.h>

static void
test_round_trip (void)
{
  guint8 bytes[256], back[256];
  char text[513];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  genos_hex_encode (bytes, sizeof bytes, text);
  g_assert_true (g_str_has_prefix (text, "000102030405060708090a0b0c0d0e0f10"));
  g_assert_true (g_str_has_suffix (text, "fdfeff"));
  g_assert_true (genos_hex_decode (text, back, sizeof back));
  g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "0", "00", "000", "00000", "000000", "0g00", "g000",
    "00 0", "00A0", "0x00", "-100", "00\n0" };
  guint8 out[2];

  g_assert_true (genos_hex_decode ("00ff", out, 2));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (genos_hex_decode (bad[i], out, 2));
}

static void
test_empty (void)
{
  char text[1] = { 'x' };

  genos_hex_encode (NULL, 0, text);
  g_assert_cmpstr (text, ==, "");
  g_assert_true (genos_hex_decode ("", NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/hex/round-trip", test_round_trip);
  g_test_add_func ("/wire/hex/refused", test_refused);
  g_test_add_func ("/wire/hex/empty", test_empty);
  return g_test_run ();
}
