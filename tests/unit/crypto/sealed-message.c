/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-message.h>

#include <string.h>

#include <sodium.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>

#include "../wire/vectors.h"

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static GBytes *
read_bytes (JsonObject *item, const char *name)
{
  const char *hex = json_object_get_string_member (item, name);
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (size + 1);

  if (size > 0)
    g_assert_true (genos_hex_decode (hex, data, size));
  return g_bytes_new_take (data, size);
}

static GenosSecret *
read_key (JsonObject *item)
{
  g_autoptr (GBytes) key = read_bytes (item, "key");

  return genos_secret_new (g_bytes_get_data (key, NULL));
}

static void
check_opens (GenosMessageOpener *opener, const char *channel, GBytes *sealed, const char *payload)
{
  g_auto (GenosOpenedMessage) message = { 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (genos_message_opener_open (opener, channel, sealed, &message, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (message.payload, NULL), g_bytes_get_size (message.payload),
      payload, strlen (payload));
}

static void
check_refused (GenosMessageOpener *opener, const char *channel, GBytes *sealed, GenosError code)
{
  g_auto (GenosOpenedMessage) message = { 0, NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_message_opener_open (opener, channel, sealed, &message, &error));
  g_assert_error (error, GENOS_ERROR, (gint) code);
  g_assert_null (message.payload);
}

/* Sealed by another implementation, opened here. */
static void
check_vector_opens (JsonObject *item)
{
  g_autoptr (GenosSecret) key = read_key (item);
  g_autoptr (GenosMessageOpener) opener = genos_message_opener_new (key);
  g_autoptr (GBytes) sealed = read_bytes (item, "sealed");
  g_autoptr (GBytes) payload = read_bytes (item, "payload");
  g_auto (GenosOpenedMessage) message = { 0, NULL, NULL };
  g_autoptr (GError) error = NULL;
  const char *metadata = json_object_get_null_member (item, "metadata")
      ? NULL
      : json_object_get_string_member (item, "metadata");

  g_assert_true (genos_message_opener_open (
      opener, json_object_get_string_member (item, "channel"), sealed, &message, &error));
  g_assert_no_error (error);
  g_assert_cmpint (message.kind, ==, json_object_get_int_member (item, "kind"));
  g_assert_cmpstr (message.metadata, ==, metadata);
  g_assert_true (g_bytes_equal (message.payload, payload));
  g_assert_cmpuint (genos_message_opener_get_n_missing (opener), ==,
      (guint64) json_object_get_int_member (item, "counter") - 1);
}

/* Sealed here: the same bytes, where the counter can be reached. */
static void
check_vector_seals (JsonObject *item)
{
  gint64 counter = json_object_get_int_member (item, "counter");
  g_autoptr (GenosSecret) key = read_key (item);
  g_autoptr (GenosMessageSealer) sealer = genos_message_sealer_new (key);
  g_autoptr (GBytes) expected = read_bytes (item, "sealed");
  g_autoptr (GBytes) payload = read_bytes (item, "payload");
  const char *metadata = json_object_get_null_member (item, "metadata")
      ? NULL
      : json_object_get_string_member (item, "metadata");
  g_autoptr (GBytes) sealed = NULL;

  if (counter > 10000)
    return;
  for (gint64 i = 0; i < counter; i++) {
    g_clear_pointer (&sealed, g_bytes_unref);
    sealed = genos_message_sealer_seal (sealer, json_object_get_string_member (item, "channel"),
        (guint8) json_object_get_int_member (item, "kind"), metadata, payload);
  }
  g_assert_true (g_bytes_equal (sealed, expected));
  g_assert_cmpuint (g_bytes_get_size (sealed), ==,
      genos_sealed_message_size (
          metadata != NULL ? strlen (metadata) : 0, g_bytes_get_size (payload)));
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "messages");

  g_assert_cmpuint (json_array_get_length (cases), ==, 13);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    check_vector_opens (json_array_get_object_element (cases, i));
    check_vector_seals (json_array_get_object_element (cases, i));
  }
}

typedef struct {
  GenosMessageSealer *sealer;
  GenosMessageOpener *opener;
} Pair;

static Pair
new_pair (void)
{
  g_autoptr (GenosSecret) key = genos_secret_new_random ();
  Pair pair = { genos_message_sealer_new (key), genos_message_opener_new (key) };

  return pair;
}

static void
free_pair (Pair *pair)
{
  genos_message_sealer_free (pair->sealer);
  genos_message_opener_free (pair->opener);
}

static GBytes *
seal (Pair *pair, const char *channel, const char *text)
{
  g_autoptr (GBytes) payload = bytes_of (text);

  return genos_message_sealer_seal (pair->sealer, channel, 0, NULL, payload);
}

/* A replayed message, and one that a later one of its channel overtook, are refused; those of other
 * channels may overtake. */
static void
test_order (void)
{
  Pair pair = new_pair ();
  g_autoptr (GBytes) first = seal (&pair, "chat", "1");
  g_autoptr (GBytes) file = seal (&pair, "file", "f");
  g_autoptr (GBytes) second = seal (&pair, "chat", "2");
  g_autoptr (GBytes) third = seal (&pair, "chat", "3");

  check_opens (pair.opener, "chat", first, "1");
  check_refused (pair.opener, "chat", first, GENOS_ERROR_AUTHENTICATION);
  check_opens (pair.opener, "chat", third, "3");
  check_refused (pair.opener, "chat", second, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (genos_message_opener_get_n_missing (pair.opener), ==, 1);
  check_opens (pair.opener, "file", file, "f");
  free_pair (&pair);
}

static void
test_other_channel (void)
{
  Pair pair = new_pair ();
  g_autoptr (GBytes) sealed = seal (&pair, "chat", "pay 1");

  check_refused (pair.opener, "control", sealed, GENOS_ERROR_AUTHENTICATION);
  check_opens (pair.opener, "chat", sealed, "pay 1");
  free_pair (&pair);
}

static void
test_other_key (void)
{
  Pair pair = new_pair ();
  Pair other = new_pair ();
  g_autoptr (GBytes) sealed = seal (&pair, "chat", "hello");

  check_refused (other.opener, "chat", sealed, GENOS_ERROR_AUTHENTICATION);
  free_pair (&pair);
  free_pair (&other);
}

/* Each bit of it counts, and a message that does not open leaves no trace. */
static void
test_changed (void)
{
  Pair pair = new_pair ();
  g_autoptr (GBytes) sealed = seal (&pair, "chat", "hello");
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  for (gsize bit = 0; bit < size * 8; bit++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GBytes) changed = NULL;

    copy[bit / 8] ^= (guint8) (1 << bit % 8);
    changed = g_bytes_new (copy, size);
    check_refused (
        pair.opener, "chat", changed, bit < 8 ? GENOS_ERROR_PROTOCOL : GENOS_ERROR_AUTHENTICATION);
  }
  check_opens (pair.opener, "chat", sealed, "hello");
  g_assert_cmpuint (genos_message_opener_get_n_missing (pair.opener), ==, 0);
  free_pair (&pair);
}

static void
test_truncated (void)
{
  Pair pair = new_pair ();
  g_autoptr (GBytes) sealed = seal (&pair, "chat", "hello");

  for (gsize size = 0; size < g_bytes_get_size (sealed); size++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (sealed, 0, size);

    check_refused (pair.opener, "chat", part, GENOS_ERROR_PROTOCOL);
  }
  free_pair (&pair);
}

static void
test_too_many_channels (void)
{
  Pair pair = new_pair ();
  g_autoptr (GBytes) once_more = NULL;
  g_autoptr (GBytes) known = NULL;

  for (guint i = 0; i < GENOS_SEALED_MAX_CHANNELS; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);
    g_autoptr (GBytes) sealed = seal (&pair, name, "x");

    check_opens (pair.opener, name, sealed, "x");
  }
  once_more = seal (&pair, "one more", "x");
  check_refused (pair.opener, "one more", once_more, GENOS_ERROR_LIMIT);
  known = seal (&pair, "7", "y");
  check_opens (pair.opener, "7", known, "y");
  free_pair (&pair);
}

/* Few lengths: what is said in one line looks the same. */
static void
test_padding (void)
{
  gsize last = 0;
  guint n_lengths = 0;

  for (gsize size = 0; size < 65536; size++) {
    gsize sealed = genos_sealed_message_size (0, size);

    g_assert_cmpuint (sealed, >=, size + GENOS_SEALED_MESSAGE_OVERHEAD);
    g_assert_cmpuint (sealed, >=, last);
    if (size > 64)
      g_assert_cmpuint (sealed - GENOS_SEALED_MESSAGE_OVERHEAD, <=, (size + 6) * 112 / 100 + 1);
    n_lengths += sealed != last;
    last = sealed;
  }
  g_assert_cmpuint (n_lengths, <, 150);
  g_assert_cmpuint (genos_sealed_message_size (0, 0), ==, genos_sealed_message_size (0, 58));
}

/* Header and channel are all that a nonce is made of: no two messages of one key have both the same,
 * whatever is said, how often, and on how many channels. */
static void
test_nonces (void)
{
  enum { N_CHANNELS = 100, N_MESSAGES = 1000 };
  g_autoptr (GHashTable) nonces =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  Pair pair = new_pair ();

  for (guint i = 0; i < N_CHANNELS * N_MESSAGES; i++) {
    g_autofree char *channel = g_strdup_printf ("%u", i % N_CHANNELS);
    g_autoptr (GBytes) sealed = seal (&pair, channel, "the same");
    g_autoptr (GByteArray) nonce = g_byte_array_new ();
    guint8 hash[16];

    crypto_generichash (hash, sizeof hash, (const guint8 *) channel, strlen (channel), NULL, 0);
    g_byte_array_append (nonce, hash, sizeof hash);
    g_byte_array_append (nonce, (const guint8 *) g_bytes_get_data (sealed, NULL) + 1, 8);
    g_assert_true (
        g_hash_table_add (nonces, g_byte_array_free_to_bytes (g_steal_pointer (&nonce))));
  }
  g_assert_cmpuint (g_hash_table_size (nonces), ==, N_CHANNELS * N_MESSAGES);
  free_pair (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/sealed-message/vectors", test_vectors);
  g_test_add_func ("/crypto/sealed-message/order", test_order);
  g_test_add_func ("/crypto/sealed-message/other-channel", test_other_channel);
  g_test_add_func ("/crypto/sealed-message/other-key", test_other_key);
  g_test_add_func ("/crypto/sealed-message/changed", test_changed);
  g_test_add_func ("/crypto/sealed-message/truncated", test_truncated);
  g_test_add_func ("/crypto/sealed-message/too-many-channels", test_too_many_channels);
  g_test_add_func ("/crypto/sealed-message/padding", test_padding);
  g_test_add_func ("/crypto/sealed-message/nonces", test_nonces);
  return g_test_run ();
}
