/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-sdp.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/signal-message.h>

#include "../wire/vectors.h"

static GenosSealingKey *
key_of (JsonObject *room)
{
  return genos_sealing_key_new (json_object_get_string_member (room, "password"),
      json_object_get_string_member (room, "appId"),
      json_object_get_string_member (room, "roomId"));
}

static gsize
read_iv (const char *sealed, guint8 *iv)
{
  g_auto (GStrv) halves = g_strsplit (sealed, "$", 2);
  g_auto (GStrv) bytes = g_strsplit (halves[0], ",", -1);
  gsize n = g_strv_length (bytes);

  g_assert_true (n == 12 || n == 16);
  for (gsize i = 0; i < n; i++)
    iv[i] = (guint8) g_ascii_strtoull (bytes[i], NULL, 10);
  return n;
}

static void
check_open (GenosSealingKey *key, const char *sealed, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = genos_sealing_key_open (key, sealed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
check_refused (GenosSealingKey *key, const char *sealed, GenosError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = genos_sealing_key_open (key, sealed, &error);

  g_assert_null (text);
  g_assert_error (error, GENOS_ERROR, (gint) code);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("sealed-sdp.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), ==, 4);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autoptr (GenosSealingKey) key = key_of (item);
    const char *text = json_object_get_string_member (item, "plaintext");
    const char *sealed = json_object_get_string_member (item, "sealed");
    guint8 iv[16];
    gsize iv_size = read_iv (sealed, iv);
    g_autofree char *again = genos_sealing_key_seal (key, text, iv, iv_size);

    check_open (key, sealed, text);
    g_assert_cmpstr (again, ==, sealed);
  }
}

/* Whole browser SDPs, as they came out of a relay. */
static void
test_signalling_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("signalling.json");
  JsonArray *cases = json_node_get_array (root);
  guint opened = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    JsonObject *event = json_object_get_object_member (item, "event");
    g_autoptr (GenosSealingKey) key = key_of (json_object_get_object_member (item, "room"));
    g_autoptr (GenosSignalMessage) message =
        genos_signal_message_parse (json_object_get_string_member (event, "content"), NULL);

    if (message->sealed_sdp == NULL)
      continue;
    check_open (key, message->sealed_sdp, json_object_get_string_member (item, "sdp"));
    opened++;
  }
  g_assert_cmpuint (opened, >=, 2);
}

static void
test_fresh_iv (void)
{
  g_autoptr (GenosSealingKey) key = genos_sealing_key_new (NULL, "1234", "r");
  g_autoptr (GenosSealingKey) empty = genos_sealing_key_new ("", "1234", "r");

  for (gsize iv_size = 12; iv_size <= 16; iv_size += 4) {
    g_autofree char *one = genos_sealing_key_seal (key, "v=0\r\n\xc3\xa9", NULL, iv_size);
    g_autofree char *other = genos_sealing_key_seal (key, "v=0\r\n\xc3\xa9", NULL, iv_size);

    g_assert_cmpstr (one, !=, other);
    check_open (key, one, "v=0\r\n\xc3\xa9");
    check_open (empty, other, "v=0\r\n\xc3\xa9");
  }
}

static void
test_wrong_key (void)
{
  static const char *const others[][3] = { { "b", "1234", "r" }, { NULL, "1234", "r" },
    { "a", "1235", "r" }, { "a", "1234", "R" }, { "a:1234", "r", "" } };
  g_autoptr (GenosSealingKey) key = genos_sealing_key_new ("a", "1234", "r");
  g_autofree char *sealed = genos_sealing_key_seal (key, "text", NULL, 12);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GenosSealingKey) other =
        genos_sealing_key_new (others[i][0], others[i][1], others[i][2]);

    check_refused (other, sealed, GENOS_ERROR_AUTHENTICATION);
  }
}

static void
test_malformed (void)
{
  static const char *const bad[] = {
    "",
    "$",
    "1,2,3$AAAA",
    "1,2,3,4,5,6,7,8,9,10,11,12",
    "1,2,3,4,5,6,7,8,9,10,11,12$",
    "1,2,3,4,5,6,7,8,9,10,11,12$AAAA",
    "1,2,3,4,5,6,7,8,9,10,11,12,$AAAAAAAAAAAAAAAAAAAAAA==",
    "1,2,3,4,5,6,7,8,9,10,11,12,13$AAAAAAAAAAAAAAAAAAAAAA==",
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17$AAAAAAAAAAAAAAAAAAAAAA==",
    "1,2,3,4,5,6,7,8,9,10,11,256$AAAAAAAAAAAAAAAAAAAAAA==",
    "1,2,3,4,5,6,7,8,9,10,11,1000$AAAAAAAAAAAAAAAAAAAAAA==",
    "-1,2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAAAA==",
    "1, 2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAAAA==",
    ",2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAAAA==",
    "1,2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAAA===",
    "1,2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAAAA",
    "1,2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAA=A==",
    "1,2,3,4,5,6,7,8,9,10,11,12$AAAAAAAAAAAAAAAAAAAA-_==",
    "1,2,3,4,5,6,7,8,9,10,11,12$$AAAAAAAAAAAAAAAAAAAAA==",
  };
  g_autoptr (GenosSealingKey) key = genos_sealing_key_new ("a", "1234", "r");
  g_autofree char *filler = g_strnfill (GENOS_SEALED_MAX, 'A');
  g_autofree char *huge = g_strconcat ("1,2,3,4,5,6,7,8,9,10,11,12$", filler, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    check_refused (key, bad[i], GENOS_ERROR_PROTOCOL);
  check_refused (key, huge, GENOS_ERROR_PROTOCOL);
}

/* Sealed with the right key, but no UTF-8 inside. */
static void
test_not_text (void)
{
  g_autoptr (GenosSealingKey) key = genos_sealing_key_new ("a", "1234", "r");
  guint8 iv[12] = { 0 };
  g_autofree char *sealed = genos_sealing_key_seal (key, "caf\xe9", iv, sizeof iv);

  check_refused (key, sealed, GENOS_ERROR_PROTOCOL);
}

static void
test_mutations (void)
{
  g_autoptr (GenosSealingKey) key = genos_sealing_key_new ("a", "1234", "r");
  /* With the tag a multiple of three: no bit of the base64 is spare. */
  g_autofree char *sealed = genos_sealing_key_seal (key, "seventeen letters", NULL, 12);
  gsize len = strlen (sealed);

  for (gsize n = 0; n < len; n++) {
    g_autofree char *cut = g_strndup (sealed, n);

    g_assert_null (genos_sealing_key_open (key, cut, NULL));
  }
  for (gsize i = 0; i < len * 8; i++) {
    g_autofree char *flipped = g_strdup (sealed);
    g_autoptr (GError) error = NULL;

    flipped[i / 8] ^= (char) (1 << i % 8);
    g_assert_null (genos_sealing_key_open (key, flipped, &error));
    g_assert_true (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL)
        || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/sealed-sdp/vectors", test_vectors);
  g_test_add_func ("/crypto/sealed-sdp/signalling-vectors", test_signalling_vectors);
  g_test_add_func ("/crypto/sealed-sdp/fresh-iv", test_fresh_iv);
  g_test_add_func ("/crypto/sealed-sdp/wrong-key", test_wrong_key);
  g_test_add_func ("/crypto/sealed-sdp/malformed", test_malformed);
  g_test_add_func ("/crypto/sealed-sdp/not-text", test_not_text);
  g_test_add_func ("/crypto/sealed-sdp/mutations", test_mutations);
  return g_test_run ();
}
