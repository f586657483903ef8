/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../wire/vectors.h"

#include <genos/crypto/identity-statement.h>
#include <genos/crypto/schnorr.h>
#include <genos/wire/hello-message.h>
#include <genos/wire/hex.h>

#include <string.h>

typedef struct {
  GenosIdentitySide side;
  guint8 certificate[32];
  guint8 secret[32];
} Side;

static void
read_bytes (JsonObject *object, const char *name, guint8 *out, gsize size)
{
  g_assert_true (genos_hex_decode (json_object_get_string_member (object, name), out, size));
}

/* A hello is made again from its parts, byte for byte. */
static void
check_hello (JsonObject *object)
{
  JsonArray *array = json_object_get_array_member (object, "features");
  const char *text = json_object_get_string_member (object, "hello");
  const char *key = json_object_get_string_member (object, "key");
  g_autoptr (GStrvBuilder) features = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *made = NULL;
  g_autoptr (GenosHelloMessage) parsed = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[32];

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (features, json_array_get_string_element (array, i));
  names = g_strv_builder_end (features);
  read_bytes (object, "nonce", nonce, sizeof nonce);
  made = genos_hello_message_build (key, nonce, NULL, (const char *const *) names, NULL);
  g_assert_cmpstr (made, ==, text);

  parsed = genos_hello_message_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (parsed->key, ==, key);
  g_assert_cmpmem (parsed->nonce32, 32, nonce, sizeof nonce);
  g_assert_cmpuint (g_strv_length (parsed->features), ==, g_strv_length (names));
}

static void
read_side (JsonObject *object, const char *name, Side *side)
{
  JsonObject *member = json_object_get_object_member (object, name);

  check_hello (member);
  read_bytes (member, "certificate", side->certificate, sizeof side->certificate);
  read_bytes (member, "secret", side->secret, sizeof side->secret);
  side->side.peer_id = json_object_get_string_member (member, "peerId");
  side->side.certificate32 = side->certificate;
  side->side.hello = json_object_get_string_member (member, "hello");
  side->side.hello_size = strlen (side->side.hello);
}

static void
check_case (JsonObject *object)
{
  const char *path = json_object_get_string_member (object, "path");
  const char *proof = json_object_get_string_member (object, "proof");
  g_autofree char *made = NULL;
  g_autoptr (GenosSchnorrKey) key = NULL;
  guint8 expected[32], digest[32], aux[32], sig[64], parsed[64];
  Side prover, verifier;

  read_side (object, "prover", &prover);
  read_side (object, "verifier", &verifier);
  read_bytes (object, "statement", expected, sizeof expected);
  read_bytes (object, "aux", aux, sizeof aux);
  g_assert_true (genos_identity_statement (path, &prover.side, &verifier.side, digest));
  g_assert_cmpmem (digest, 32, expected, 32);

  key = genos_schnorr_key_new_from_secret (prover.secret, NULL);
  genos_schnorr_key_sign (key, digest, aux, sig);
  made = genos_proof_message_build (sig);
  g_assert_cmpstr (made, ==, proof);
  g_assert_true (genos_proof_message_parse (proof, strlen (proof), parsed, NULL));
  g_assert_cmpmem (parsed, 64, sig, 64);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("identity.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), >=, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i));
}

static const guint8 certificates[2][32] = { { 1 }, { 2 } };

/* No byte can be moved from one field to the next. */
static void
test_fields (void)
{
  GenosIdentitySide sides[] = { { "ab", certificates[0], "h1", 2 },
    { "c", certificates[1], "h2", 2 } };
  GenosIdentitySide moved[] = { { "a", certificates[0], "h1", 2 },
    { "bc", certificates[1], "h2", 2 } };
  guint8 digest[32], other[32];

  g_assert_true (genos_identity_statement ("p", &sides[0], &sides[1], digest));
  g_assert_true (genos_identity_statement ("p", &moved[0], &moved[1], other));
  g_assert_true (memcmp (digest, other, 32) != 0);
  g_assert_true (genos_identity_statement ("q", &sides[0], &sides[1], other));
  g_assert_true (memcmp (digest, other, 32) != 0);
  g_assert_true (genos_identity_statement ("p", &sides[1], &sides[0], other));
  g_assert_true (memcmp (digest, other, 32) != 0);
}

static void
test_bounds (void)
{
  g_autofree char *longest = g_strnfill (GENOS_IDENTITY_MAX_ID, 'x');
  g_autofree char *longer = g_strnfill (GENOS_IDENTITY_MAX_ID + 1, 'x');
  GenosIdentitySide one = { longest, certificates[0], "", 0 };
  GenosIdentitySide two = { "b", certificates[1], "", 0 };
  guint8 digest[32];

  g_assert_true (genos_identity_statement ("", &one, &two, digest));
  one.peer_id = longer;
  g_assert_false (genos_identity_statement ("", &one, &two, digest));
  one.peer_id = "";
  g_assert_false (genos_identity_statement ("", &one, &two, digest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/identity-statement/vectors", test_vectors);
  g_test_add_func ("/crypto/identity-statement/fields", test_fields);
  g_test_add_func ("/crypto/identity-statement/bounds", test_bounds);
  return g_test_run ();
}
