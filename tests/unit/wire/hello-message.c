/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/hello-message.h>

#include <string.h>

#include <genos/base/error.h>

#define KEY "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define NONCE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define REST "\"key\":\"" KEY "\",\"nonce\":\"" NONCE "\""

static GenosHelloMessage *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GenosHelloMessage *message = genos_hello_message_parse (text, strlen (text), &error);

  g_assert_true ((message == NULL) == (error != NULL));
  return message;
}

/* What a later version adds is passed over. */
static void
test_extensible (void)
{
  g_autoptr (GenosHelloMessage) message = parse (
      "{\"v\":7,\"more\":{\"a\":[1]},\"features\":[\"identity\",\"Not One\",5,\"e2ee-1\"]," REST
      "}");

  g_assert_nonnull (message);
  g_assert_cmpstr (message->key, ==, KEY);
  g_assert_cmpuint (g_strv_length (message->features), ==, 2);
  g_assert_cmpstr (message->features[1], ==, "e2ee-1");
}

static void
test_kind (void)
{
  static const char *const names[] = { NULL };
  static const guint8 nonce32[32];
  g_autofree char *text = genos_hello_message_build (KEY, nonce32, NULL, names, "camera");
  g_autoptr (GenosHelloMessage) message = parse (text);
  g_autoptr (GenosHelloMessage) without = parse ("{\"v\":1,\"features\":[]," REST "}");
  g_autoptr (GenosHelloMessage) number = parse ("{\"v\":1,\"features\":[],\"kind\":5," REST "}");
  g_autoptr (GenosHelloMessage) words =
      parse ("{\"v\":1,\"features\":[],\"kind\":\"two words\"," REST "}");

  g_assert_cmpstr (message->kind, ==, "camera");
  g_assert_null (without->kind);
  g_assert_null (number->kind);
  g_assert_null (words->kind);
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "{}", "[]", "null", "{" REST "}", "{\"v\":1," REST "}",
    "{\"v\":0,\"features\":[]," REST "}", "{\"v\":\"1\",\"features\":[]," REST "}",
    "{\"v\":1,\"features\":{}," REST "}", "{\"v\":1,\"features\":[],\"key\":\"" KEY "\"}",
    "{\"v\":1,\"features\":[],\"nonce\":\"" NONCE "\"}",
    "{\"v\":1,\"features\":[],\"key\":\"79BE\",\"nonce\":\"" NONCE "\"}",
    "{\"v\":1,\"features\":[],\"key\":5,\"nonce\":\"" NONCE "\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GenosHelloMessage) message = parse (bad[i]);

    if (message != NULL)
      g_error ("accepted: %s", bad[i]);
  }
}

static void
test_bounds (void)
{
  g_autoptr (GString) text = g_string_new ("{\"v\":1,\"features\":[");
  g_autoptr (GenosHelloMessage) message = NULL;
  g_autofree char *padding = g_strnfill (GENOS_HELLO_MAX_SIZE, ' ');
  g_autofree char *large = g_strconcat ("{\"v\":1,\"features\":[]," REST "}", padding, NULL);
  g_autoptr (GError) error = NULL;
  guint8 sig64[64];

  for (guint i = 0; i <= GENOS_HELLO_MAX_FEATURES; i++)
    g_string_append_printf (text, "%s\"f%u\"", i == 0 ? "" : ",", i);
  g_string_append (text, "]," REST "}");
  message = parse (text->str);
  g_assert_null (message);
  g_assert_null (genos_hello_message_parse (large, strlen (large), &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (genos_proof_message_parse (large, strlen (large), sig64, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_mutations (void)
{
  static const char *const names[] = { "identity", NULL };
  static const guint8 nonce32[32];
  g_autofree char *text = genos_hello_message_build (KEY, nonce32, NULL, names, "native");
  g_autofree char *proof = genos_proof_message_build ((const guint8[64]){ 1 });
  gsize size = strlen (text);
  guint8 sig64[64];

  for (gsize n = 0; n < size; n++)
    g_assert_null (genos_hello_message_parse (text, n, NULL));
  for (gsize n = 0; n < strlen (proof); n++)
    g_assert_false (genos_proof_message_parse (proof, n, sig64, NULL));
  for (gsize i = 0; i < size * 8; i++) {
    g_autofree char *flipped = g_strdup (text);
    g_autoptr (GenosHelloMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    flipped[i / 8] ^= (char) (1 << i % 8);
    message = genos_hello_message_parse (flipped, size, &error);
    g_assert_true ((message == NULL) == (error != NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/hello-message/extensible", test_extensible);
  g_test_add_func ("/wire/hello-message/kind", test_kind);
  g_test_add_func ("/wire/hello-message/refused", test_refused);
  g_test_add_func ("/wire/hello-message/bounds", test_bounds);
  g_test_add_func ("/wire/hello-message/mutations", test_mutations);
  return g_test_run ();
}
