/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/secret.h>

#include <string.h>

#include <genos/wire/hex.h>

#include "../wire/vectors.h"

static void
check_hex (const GenosSecret *secret, const char *expected)
{
  char hex[2 * GENOS_SECRET_SIZE + 1];

  genos_hex_encode (genos_secret_get_bytes (secret), GENOS_SECRET_SIZE, hex);
  g_assert_cmpstr (hex, ==, expected);
}

static void
test_from_password (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "roomKeys");

  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSecret) key =
        genos_secret_new_from_password (json_object_get_string_member (item, "password"),
            json_object_get_string_member (item, "roomPath"), &error);

    g_assert_no_error (error);
    check_hex (key, json_object_get_string_member (item, "key"));
  }
}

static void
test_derive (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-messages.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "derived");

  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    guint8 bytes[GENOS_SECRET_SIZE];
    g_autoptr (GenosSecret) key = NULL;
    g_autoptr (GenosSecret) derived = NULL;

    g_assert_true (genos_hex_decode (json_object_get_string_member (item, "key"), bytes, 32));
    key = genos_secret_new (bytes);
    derived = genos_secret_derive (key, json_object_get_string_member (item, "context"),
        (guint64) json_object_get_int_member (item, "id"));
    check_hex (derived, json_object_get_string_member (item, "derived"));
  }
}

static void
test_random (void)
{
  g_autoptr (GenosSecret) a = genos_secret_new_random ();
  g_autoptr (GenosSecret) b = genos_secret_new_random ();

  g_assert_cmpint (
      memcmp (genos_secret_get_bytes (a), genos_secret_get_bytes (b), GENOS_SECRET_SIZE), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/secret/from-password", test_from_password);
  g_test_add_func ("/crypto/secret/derive", test_derive);
  g_test_add_func ("/crypto/secret/random", test_random);
  return g_test_run ();
}
