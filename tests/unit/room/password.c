/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/password.h>

#include <string.h>

static void
test_form (void)
{
  g_autofree char *password = genos_password_generate (0);

  g_assert_cmpuint (strlen (password), ==, 25 + 4);
  for (guint i = 0; password[i] != '\0'; i++) {
    if (i % 6 == 5)
      g_assert_cmpint (password[i], ==, '-');
    else
      g_assert_nonnull (strchr ("0123456789abcdefghjkmnpqrstvwxyz", password[i]));
  }
}

static void
test_bits (void)
{
  static const struct {
    guint bits;
    gsize length;
  } cases[] = { { 1, 1 }, { 5, 1 }, { 6, 2 }, { 25, 5 }, { 26, 7 }, { 1000, 239 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *password = genos_password_generate (cases[i].bits);

    g_assert_cmpuint (strlen (password), ==, cases[i].length);
  }
}

/* Every letter is drawn, and no password twice. */
static void
test_random (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) letters = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 200; i++) {
    char *password = genos_password_generate (0);

    for (const char *c = password; *c != '\0'; c++)
      g_hash_table_add (letters, GINT_TO_POINTER ((int) *c));
    g_assert_true (g_hash_table_add (seen, password));
  }
  g_assert_cmpuint (g_hash_table_size (letters), ==, 33);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/password/form", test_form);
  g_test_add_func ("/room/password/bits", test_bits);
  g_test_add_func ("/room/password/random", test_random);
  return g_test_run ();
}
