/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/schnorr.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>
#include <genos/wire/nip01-event.h>

#include "../wire/vectors.h"

#define KEY_1 "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659"
#define MESSAGE_1 "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89"
#define R_5 "6cff5c3ba86c69ea4b7376f31a9bcb4f74c1976089b2d9963da2e5543e177769"
#define S_5 "69e89b4c5564d00349106b8497785dd7d1d713a8ae82b32fa79d5f7fc407d39b"
#define FIELD_SIZE "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
#define FIELD_SIZE_1 "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30"
#define ORDER "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"

/* From BIP-340's test-vectors.csv, by their index there. */
typedef struct {
  guint index;
  const char *secret, *pubkey, *aux, *message, *signature;
  gboolean valid;
} Vector;

static const Vector vectors[] = {
  { 0, "0000000000000000000000000000000000000000000000000000000000000003",
      "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
      "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0",
      TRUE },
  { 1, "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef", KEY_1,
      "0000000000000000000000000000000000000000000000000000000000000001", MESSAGE_1,
      "6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341"
      "8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a",
      TRUE },
  { 2, "c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b14e5c9",
      "dd308afec5777e13121fa72b9cc1b7cc0139715309b086c960e18fd969774eb8",
      "c87aa53824b4d7ae2eb035a2b5bbbccc080e76cdc6d1692c4b0b62d798e6d906",
      "7e2d58d8b3bcdf1abadec7829054f90dda9805aab56c77333024b9d0a508b75c",
      "5831aaeed7b44bb74e5eab94ba9d4294c49bcf2a60728d8b4c200f50dd313c1b"
      "ab745879a5ad954a72c45a91c3a51d3c7adea98d82f8481e0e1e03674a6f3fb7",
      TRUE },
  { 3, "0b432b2677937381aef05bb02a66ecd012773062cf3fa2549e44f58ed2401710",
      "25d1dff95105f5253c4022f628a996ad3a0d95fbf21d468a1b33f8c160d8f517",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "7eb0509757e246f19449885651611cb965ecc1a187dd51b64fda1edc9637d5ec"
      "97582b9cb13db3933705b32ba982af5af25fd78881ebb32771fc5922efc66ea3",
      TRUE },
  { 4, NULL, "d69c3509bb99e412e68b0fe8544e72837dfa30746d8be2aa65975f29d22dc7b9", NULL,
      "4df3c3f68fcc83b27e9d42c90431a72499f17875c81a599b566c9889b9696703",
      "00000000000000000000003b78ce563f89a0ed9414f5aa28ad0d96d6795f9c63"
      "76afb1548af603b3eb45c9f8207dee1060cb71c04e80f593060b07d28308d7f4",
      TRUE },
  /* The public key is not on the curve. */
  { 5, NULL, "eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34", NULL, MESSAGE_1,
      R_5 S_5, FALSE },
  /* R is the field size; s is the order of the curve; the key is over the field size. */
  { 12, NULL, KEY_1, NULL, MESSAGE_1, FIELD_SIZE S_5, FALSE },
  { 13, NULL, KEY_1, NULL, MESSAGE_1, R_5 ORDER, FALSE },
  { 14, NULL, FIELD_SIZE_1, NULL, MESSAGE_1, R_5 S_5, FALSE },
};

static void
decode (const char *hex, guint8 *out, gsize len)
{
  g_assert_true (genos_hex_decode (hex, out, len));
}

static void
test_bip340_verify (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    guint8 pubkey[32], message[32], signature[64];

    decode (vectors[i].pubkey, pubkey, 32);
    decode (vectors[i].message, message, 32);
    decode (vectors[i].signature, signature, 64);
    g_test_message ("index %u", vectors[i].index);
    g_assert_true (genos_schnorr_verify (pubkey, message, signature) == vectors[i].valid);
  }
}

static void
test_bip340_sign (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors) && vectors[i].secret != NULL; i++) {
    guint8 secret[32], aux[32], message[32], signature[64];
    char text[129];
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSchnorrKey) key = NULL;

    decode (vectors[i].secret, secret, 32);
    decode (vectors[i].aux, aux, 32);
    decode (vectors[i].message, message, 32);
    key = genos_schnorr_key_new_from_secret (secret, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (genos_schnorr_key_get_pubkey (key), ==, vectors[i].pubkey);
    genos_schnorr_key_sign (key, message, aux, signature);
    genos_hex_encode (signature, 64, text);
    g_assert_cmpstr (text, ==, vectors[i].signature);
  }
}

/* Vectors 5, 13 and 14 spoil this good signature. */
static void
test_spoilt_signature_is_good (void)
{
  guint8 pubkey[32], message[32], signature[64];

  decode (KEY_1, pubkey, 32);
  decode (MESSAGE_1, message, 32);
  decode (R_5 S_5, signature, 64);
  g_assert_true (genos_schnorr_verify (pubkey, message, signature));
}

static void
test_bad_secrets (void)
{
  static const char *const bad[] = {
    "0000000000000000000000000000000000000000000000000000000000000000", ORDER,
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    guint8 secret[32];
    g_autoptr (GError) error = NULL;

    decode (bad[i], secret, 32);
    g_assert_null (genos_schnorr_key_new_from_secret (secret, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
  }
}

static void
test_fresh_keys (void)
{
  g_autoptr (GenosSchnorrKey) one = genos_schnorr_key_new ();
  g_autoptr (GenosSchnorrKey) other = genos_schnorr_key_new ();
  guint8 pubkey[32], message[32] = "any thirty-two bytes of a digest", first[64], second[64];

  g_assert_cmpstr (genos_schnorr_key_get_pubkey (one), !=, genos_schnorr_key_get_pubkey (other));
  decode (genos_schnorr_key_get_pubkey (one), pubkey, 32);
  genos_schnorr_key_sign (one, message, NULL, first);
  genos_schnorr_key_sign (one, message, NULL, second);
  g_assert_true (memcmp (first, second, sizeof first) != 0);
  g_assert_true (genos_schnorr_verify (pubkey, message, first));
  g_assert_true (genos_schnorr_verify (pubkey, message, second));
  genos_schnorr_key_sign (other, message, NULL, second);
  g_assert_false (genos_schnorr_verify (pubkey, message, second));
}

static void
test_bit_flips (void)
{
  g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();
  guint8 pubkey[32], message[32] = { 1 }, signature[64];

  decode (genos_schnorr_key_get_pubkey (key), pubkey, 32);
  genos_schnorr_key_sign (key, message, NULL, signature);
  for (guint i = 0; i < 512; i++) {
    signature[i / 8] ^= 1 << i % 8;
    g_assert_false (genos_schnorr_verify (pubkey, message, signature));
    signature[i / 8] ^= 1 << i % 8;
  }
  for (guint i = 0; i < 256; i++) {
    message[i / 8] ^= 1 << i % 8;
    g_assert_false (genos_schnorr_verify (pubkey, message, signature));
    message[i / 8] ^= 1 << i % 8;
    pubkey[i / 8] ^= 1 << i % 8;
    g_assert_false (genos_schnorr_verify (pubkey, message, signature));
    pubkey[i / 8] ^= 1 << i % 8;
  }
  g_assert_true (genos_schnorr_verify (pubkey, message, signature));
}

static gboolean
event_is_good (JsonNode *node)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_from_json (node, NULL);
  guint8 hash[32], id[32], pubkey[32], signature[64];

  if (event == NULL)
    return FALSE;
  genos_nip01_event_hash (event, hash);
  decode (event->id, id, 32);
  decode (event->pubkey, pubkey, 32);
  decode (event->sig, signature, 64);
  return memcmp (hash, id, 32) == 0 && genos_schnorr_verify (pubkey, id, signature);
}

static void
test_event_vectors (void)
{
  g_autoptr (JsonNode) events = vectors_load ("events.json");
  g_autoptr (JsonNode) signalling = vectors_load ("signalling.json");
  JsonArray *cases = json_node_get_array (events);

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);

    g_assert_true (event_is_good (json_object_get_member (item, "event"))
        == json_object_get_boolean_member (item, "valid"));
  }
  cases = json_node_get_array (signalling);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);

    g_assert_true (event_is_good (json_object_get_member (item, "event"))
        == json_object_get_boolean_member (item, "validSignature"));
  }
}

static gpointer
use_key (gpointer data)
{
  GenosSchnorrKey *key = data;
  guint8 pubkey[32], message[32] = { 9 }, signature[64];

  decode (genos_schnorr_key_get_pubkey (key), pubkey, 32);
  for (guint i = 0; i < 50; i++) {
    genos_schnorr_key_sign (key, message, NULL, signature);
    g_assert_true (genos_schnorr_verify (pubkey, message, signature));
  }
  genos_schnorr_key_unref (key);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sign", use_key, genos_schnorr_key_ref (key));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* First, so that the threads race for the once-only start. */
  g_test_add_func ("/crypto/schnorr/threads", test_threads);
  g_test_add_func ("/crypto/schnorr/bip340-verify", test_bip340_verify);
  g_test_add_func ("/crypto/schnorr/bip340-sign", test_bip340_sign);
  g_test_add_func ("/crypto/schnorr/spoilt-signature-is-good", test_spoilt_signature_is_good);
  g_test_add_func ("/crypto/schnorr/bad-secrets", test_bad_secrets);
  g_test_add_func ("/crypto/schnorr/fresh-keys", test_fresh_keys);
  g_test_add_func ("/crypto/schnorr/bit-flips", test_bit_flips);
  g_test_add_func ("/crypto/schnorr/event-vectors", test_event_vectors);
  return g_test_run ();
}
