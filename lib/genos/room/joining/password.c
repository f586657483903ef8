/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/password.h>

#include <genos/crypto/random.h>

#define BITS_PER_LETTER 5
#define LETTERS_PER_GROUP 5
#define MAX_BITS 1000

/**
 * genos_password_generate:
 * @bits: how many bits of randomness it has, at least; 1 to 1000, 0 for
 *   %GENOS_PASSWORD_BITS
 *
 * Makes a password for a room that nobody guesses: lowercase letters and digits
 * in groups of five, without those that look alike (Crockford's base 32). Five
 * bits a letter, drawn from the system's random generator.
 *
 * The protocol derives the key of offers and answers from a password without
 * slowing down whoever tries many, so a password that a person made up may be
 * found; see the chapter on security.
 *
 * Returns: (transfer full): the password; wipe it after use
 */
char *
genos_password_generate (guint bits)
{
  static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  GString *password = g_string_sized_new (256);
  guint n;

  g_return_val_if_fail (bits <= MAX_BITS, NULL);

  n = ((bits > 0 ? bits : GENOS_PASSWORD_BITS) + BITS_PER_LETTER - 1) / BITS_PER_LETTER;
  for (guint i = 0; i < n; i++) {
    if (i > 0 && i % LETTERS_PER_GROUP == 0)
      g_string_append_c (password, '-');
    g_string_append_c (password, alphabet[genos_random_uniform (sizeof alphabet - 1)]);
  }
  return g_string_free (password, FALSE);
}
