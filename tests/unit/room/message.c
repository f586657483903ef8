/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include <genos/room/message-private.h>

static GenosMessage *
assembled (GenosPayloadKind kind, const char *payload, const char *metadata, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (payload, strlen (payload));
  GenosAssembledMessage message = {
    .type = "chat",
    .kind = kind,
    .payload = bytes,
    .metadata = (char *) metadata,
  };

  return genos_message_new_assembled (&message, error);
}

static void
test_string (void)
{
  g_autoptr (GenosMessage) message = genos_message_new_string ("grüße");

  g_assert_cmpint (genos_message_get_kind (message), ==, GENOS_MESSAGE_STRING);
  g_assert_cmpstr (genos_message_get_text (message), ==, "grüße");
  g_assert_null (genos_message_get_bytes (message));
  g_assert_null (genos_message_get_json (message));
  g_assert_cmpint (genos_message_get_payload_kind (message), ==, GENOS_PAYLOAD_STRING);
  g_assert_cmpuint (g_bytes_get_size (genos_message_get_payload (message)), ==, 7);
}

static void
test_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message = genos_message_new_json_text (" {\"a\": [1]} ", &error);
  g_autoptr (GenosMessage) junk = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (genos_message_get_text (message), ==, "{\"a\":[1]}");
  g_assert_true (JSON_NODE_HOLDS_OBJECT (genos_message_get_json (message)));

  junk = genos_message_new_json_text ("{\"a\":", &error);
  g_assert_null (junk);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);
  g_autoptr (JsonNode) metadata = json_from_string ("{\"n\":1}", NULL);
  g_autoptr (GenosMessage) message = genos_message_new_bytes (bytes, metadata);
  g_autoptr (GenosMessage) plain = genos_message_new_bytes (bytes, NULL);

  g_assert_null (genos_message_get_text (message));
  g_assert_true (g_bytes_equal (genos_message_get_bytes (message), bytes));
  g_assert_cmpstr (genos_message_get_metadata_text (message), ==, "{\"n\":1}");
  g_assert_null (genos_message_get_metadata (plain));
}

static void
test_received (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) empty = assembled (GENOS_PAYLOAD_STRING, "", NULL, &error);
  g_autoptr (GenosMessage) json = assembled (GENOS_PAYLOAD_JSON, "null", NULL, &error);
  g_autoptr (GenosMessage) bytes = assembled (GENOS_PAYLOAD_BINARY, "abc", "{\"k\":\"v\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (genos_message_get_text (empty), ==, "");
  g_assert_true (JSON_NODE_HOLDS_NULL (genos_message_get_json (json)));
  g_assert_cmpuint (g_bytes_get_size (genos_message_get_bytes (bytes)), ==, 3);
  g_assert_nonnull (genos_message_get_metadata (bytes));
}

static void
test_received_junk (void)
{
  static const struct {
    GenosPayloadKind kind;
    const char *payload, *metadata;
  } cases[] = {
    { GENOS_PAYLOAD_JSON, "", NULL },
    { GENOS_PAYLOAD_JSON, "{", NULL },
    { GENOS_PAYLOAD_JSON, "{} {}", NULL },
    { GENOS_PAYLOAD_JSON, "\"\\ud800\"", NULL },
    { GENOS_PAYLOAD_BINARY, "abc", "not json" },
  };
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) reason = NULL;

    g_assert_null (assembled (cases[i].kind, cases[i].payload, cases[i].metadata, &reason));
    g_assert_error (reason, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  }

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (assembled (GENOS_PAYLOAD_JSON, deep->str, NULL, &error));
  g_assert_nonnull (error);
}

static void
test_variant (void)
{
  g_autoptr (GenosMessage) message =
      genos_message_new_variant (g_variant_new_parsed ("{'a': <1>, 'b': <['x', 'y']>}"));

  g_assert_cmpint (genos_message_get_kind (message), ==, GENOS_MESSAGE_JSON);
  g_assert_cmpstr (genos_message_get_text (message), ==, "{\"a\":1,\"b\":[\"x\",\"y\"]}");
}

/* Between peers of this project metadata comes with anything. */
static void
test_extended (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("hi", 2);
  GenosExtendedMessage extended = { GENOS_PAYLOAD_STRING, GENOS_ROLE_MESSAGE, 0, 5,
    (char *) "{\"a\":1}", payload };
  GenosExtendedMessage junk = extended;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosMessage) message =
      genos_message_new_extended (&extended, GENOS_SEALING_GROUP, &error);
  g_autoptr (GenosMessage) none = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (genos_message_get_text (message), ==, "hi");
  g_assert_nonnull (genos_message_get_metadata (message));
  g_assert_true (genos_message_is_sealed (message));
  g_assert_cmpint (genos_message_get_sealing (message), ==, GENOS_SEALING_GROUP);
  g_assert_cmpuint (genos_message_get_ntp_time (message), ==, 5);

  junk.metadata = (char *) "{";
  none = genos_message_new_extended (&junk, GENOS_SEALING_NONE, &error);
  g_assert_null (none);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/message/string", test_string);
  g_test_add_func ("/room/message/json", test_json);
  g_test_add_func ("/room/message/bytes", test_bytes);
  g_test_add_func ("/room/message/variant", test_variant);
  g_test_add_func ("/room/message/extended", test_extended);
  g_test_add_func ("/room/message/received", test_received);
  g_test_add_func ("/room/message/received-junk", test_received_junk);
  return g_test_run ();
}
