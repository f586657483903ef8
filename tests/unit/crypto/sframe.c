/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe.h>

#include <string.h>

#include <genos/wire/hex.h>

#include "../wire/vectors.h"

#define MAX_SIZE 256

typedef struct {
  guint8 data[MAX_SIZE];
  gsize size;
} Bytes;

static Bytes
read_bytes (JsonObject *object, const char *name)
{
  const char *text = json_object_get_string_member (object, name);
  Bytes bytes = { .size = strlen (text) / 2 };

  g_assert_cmpuint (bytes.size, <=, MAX_SIZE);
  g_assert_true (bytes.size == 0 || genos_hex_decode (text, bytes.data, bytes.size));
  return bytes;
}

static guint64
read_number (JsonObject *object, const char *name)
{
  return g_ascii_strtoull (json_object_get_string_member (object, name), NULL, 10);
}

/* --- vectors --- */

static void
check_header (JsonObject *object, guint64 kid, guint64 ctr)
{
  Bytes expected = read_bytes (object, "header");
  GenosSframeHeader header = { kid, ctr }, parsed;
  guint8 bytes[GENOS_SFRAME_MAX_HEADER];
  gsize size = genos_sframe_header_build (&header, bytes);

  g_assert_cmpmem (bytes, size, expected.data, expected.size);
  g_assert_cmpuint (genos_sframe_header_parse (&parsed, bytes, size), ==, size);
  g_assert_cmpuint (parsed.kid, ==, kid);
  g_assert_cmpuint (parsed.ctr, ==, ctr);
  for (gsize n = 0; n < size; n++)
    g_assert_cmpuint (genos_sframe_header_parse (&parsed, bytes, n), ==, 0);
}

static void
check_vector (JsonArray *array, guint index, JsonNode *node, gpointer unused)
{
  JsonObject *object = json_node_get_object (node);
  guint64 kid = read_number (object, "kid"), ctr = read_number (object, "ctr");
  Bytes base = read_bytes (object, "base"), metadata = read_bytes (object, "metadata"),
        plain = read_bytes (object, "plain"), expected = read_bytes (object, "sealed");
  g_autoptr (GenosSframeKey) key = genos_sframe_key_new (
      (GenosSframeSuite) json_object_get_int_member (object, "suite"), kid, base.data, base.size);
  guint8 sealed[MAX_SIZE], opened[MAX_SIZE];
  gsize size;

  size = genos_sframe_seal (key, ctr, metadata.data, metadata.size, plain.data, plain.size, sealed);
  g_assert_cmpmem (sealed, size, expected.data, expected.size);
  g_assert_true (genos_sframe_open (
      key, metadata.data, metadata.size, expected.data, expected.size, opened, &size));
  g_assert_cmpmem (opened, size, plain.data, plain.size);
  if (json_object_has_member (object, "header"))
    check_header (object, kid, ctr);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sframe.json");
  JsonObject *object = json_node_get_object (root);

  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "printed")), ==, 2);
  json_array_foreach_element (json_object_get_array_member (object, "printed"), check_vector, NULL);
  json_array_foreach_element (json_object_get_array_member (object, "sealed"), check_vector, NULL);
}

/* --- what does not open --- */

static const guint8 base[GENOS_SECRET_SIZE] = "nobody else knows this, 32 bytes";
static const guint8 metadata[] = { 1 };
static const guint8 plain[] = "a picture of the gate";

static GenosSframeKey *
make_key (guint64 kid)
{
  return genos_sframe_key_new (GENOS_SFRAME_AES_256_GCM_SHA512_128, kid, base, GENOS_SECRET_SIZE);
}

static gsize
seal (const GenosSframeKey *key, guint8 sealed[MAX_SIZE])
{
  return genos_sframe_seal (key, 300, metadata, sizeof metadata, plain, sizeof plain, sealed);
}

/* In memory of its own, so that a sanitizer sees whatever is read beyond it. */
static gboolean
opens (const GenosSframeKey *key, const guint8 *sealed, gsize size, const guint8 *with)
{
  g_autofree guint8 *copy = g_memdup2 (sealed, size);
  g_autofree guint8 *opened = g_malloc (MAX (size, 1));
  gsize n = 77;

  if (!genos_sframe_open (key, with, sizeof metadata, copy, size, opened, &n))
    return FALSE;
  g_assert_cmpmem (opened, n, plain, sizeof plain);
  return TRUE;
}

static void
test_changed (void)
{
  g_autoptr (GenosSframeKey) key = make_key (9);
  guint8 sealed[MAX_SIZE];
  gsize size = seal (key, sealed);

  g_assert_true (opens (key, sealed, size, metadata));
  for (gsize n = 0; n < size; n++)
    g_assert_false (opens (key, sealed, n, metadata));
  for (gsize bit = 0; bit < size * 8; bit++) {
    sealed[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_false (opens (key, sealed, size, metadata));
    sealed[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  sealed[size] = 0;
  g_assert_false (opens (key, sealed, size + 1, metadata));
  g_assert_false (opens (key, sealed, size, (const guint8[]){ 0 }));
}

static void
test_other_key (void)
{
  g_autoptr (GenosSframeKey) key = make_key (9);
  g_autoptr (GenosSframeKey) other_kid = make_key (10);
  g_autoptr (GenosSframeKey) other_base =
      genos_sframe_key_new (GENOS_SFRAME_AES_256_GCM_SHA512_128, 9, base, GENOS_SECRET_SIZE - 1);
  g_autoptr (GenosSframeKey) other_suite =
      genos_sframe_key_new (GENOS_SFRAME_AES_128_GCM_SHA256_128, 9, base, GENOS_SECRET_SIZE);
  guint8 sealed[MAX_SIZE];
  gsize size = seal (key, sealed);

  g_assert_cmpuint (genos_sframe_key_get_kid (other_kid), ==, 10);
  g_assert_false (opens (other_kid, sealed, size, metadata));
  g_assert_false (opens (other_base, sealed, size, metadata));
  g_assert_false (opens (other_suite, sealed, size, metadata));
}

/* What is sealed twice looks like something else each time, and nothing of it is seen. */
static void
test_numbers_matter (void)
{
  g_autoptr (GenosSframeKey) key = make_key (9);
  static const guint8 zeros[64] = { 0 };
  guint8 one[MAX_SIZE], two[MAX_SIZE];

  for (guint64 ctr = 0; ctr < 300; ctr++) {
    gsize size = genos_sframe_seal (key, ctr, NULL, 0, zeros, sizeof zeros, one);
    gsize header = size - sizeof zeros - GENOS_SFRAME_TAG_SIZE;

    g_assert_cmpuint (size, <=, sizeof zeros + GENOS_SFRAME_OVERHEAD);
    if (ctr > 0)
      g_assert_true (memcmp (one + header, two, sizeof zeros) != 0);
    g_assert_true (memcmp (one + header, zeros, sizeof zeros) != 0);
    memcpy (two, one + header, sizeof zeros);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/sframe/vectors", test_vectors);
  g_test_add_func ("/crypto/sframe/changed", test_changed);
  g_test_add_func ("/crypto/sframe/other-key", test_other_key);
  g_test_add_func ("/crypto/sframe/numbers-matter", test_numbers_matter);
  return g_test_run ();
}
