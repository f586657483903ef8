/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/random.h>

#include <string.h>

static void
test_bytes (void)
{
  guint8 one[32] = { 0 }, other[32] = { 0 }, guarded[3] = { 7, 7, 7 };

  genos_random_bytes (one, sizeof one);
  genos_random_bytes (other, sizeof other);
  g_assert_true (memcmp (one, other, sizeof one) != 0);
  genos_random_bytes (guarded + 1, 0);
  g_assert_cmpuint (guarded[1], ==, 7);
}

static void
test_id (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean letters[256] = { FALSE };
  guint distinct = 0;

  for (guint i = 0; i < 1000; i++) {
    char *id = genos_random_id (20);

    g_assert_cmpuint (strlen (id), ==, 20);
    for (const char *c = id; *c != '\0'; c++) {
      g_assert_true (g_ascii_isalnum (*c));
      letters[(guchar) *c] = TRUE;
    }
    g_assert_true (g_hash_table_add (seen, id));
  }
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    distinct += letters[i];
  g_assert_cmpuint (distinct, ==, 62);
}

static void
test_empty_id (void)
{
  g_autofree char *id = genos_random_id (0);

  g_assert_cmpstr (id, ==, "");
}

static void
test_uniform (void)
{
  guint counts[5] = { 0 };

  for (guint i = 0; i < 5000; i++) {
    guint32 value = genos_random_uniform (5);

    g_assert_cmpuint (value, <, 5);
    counts[value]++;
  }
  /* Seventeen standard deviations: only a broken generator gets there. */
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (counts[i], >, 500);
  g_assert_cmpuint (genos_random_uniform (1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/random/bytes", test_bytes);
  g_test_add_func ("/crypto/random/id", test_id);
  g_test_add_func ("/crypto/random/empty-id", test_empty_id);
  g_test_add_func ("/crypto/random/uniform", test_uniform);
  return g_test_run ();
}
