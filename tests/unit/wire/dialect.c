/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/dialect.h>

static void
test_rows (void)
{
  const GenosDialect *genosrtc = genos_dialect_lookup ("genosrtc");
  const GenosDialect *trystero = genos_dialect_lookup ("trystero");

  g_assert_cmpstr (genosrtc->namespace_, ==, "GenosRTC");
  g_assert_cmpstr (genosrtc->room_prefix, ==, "app-sync-");
  g_assert_cmpuint (genosrtc->iv_size, ==, 12);
  g_assert_true (genosrtc->deflates_text && genosrtc->binary_has_json_bit);
  g_assert_cmpstr (trystero->namespace_, ==, "Trystero");
  g_assert_cmpstr (trystero->room_prefix, ==, "");
  g_assert_cmpuint (trystero->iv_size, ==, 16);
  g_assert_false (trystero->deflates_text || trystero->binary_has_json_bit);
}

static void
test_lookup (void)
{
  guint n = 0;

  for (const GenosDialect *const *row = genos_dialects (); *row != NULL; row++, n++)
    g_assert_true (genos_dialect_lookup ((*row)->nick) == *row);
  g_assert_cmpuint (n, ==, 2);
  g_assert_null (genos_dialect_lookup ("GenosRTC"));
  g_assert_null (genos_dialect_lookup (""));
  g_assert_null (genos_dialect_lookup (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/dialect/rows", test_rows);
  g_test_add_func ("/wire/dialect/lookup", test_lookup);
  return g_test_run ();
}
