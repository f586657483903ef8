/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/signal-message.h>

#include <string.h>

#include <genos/base/error.h>

#include "vectors.h"

static GenosSignalMessage *
parse (const char *content)
{
  g_autoptr (GError) error = NULL;
  GenosSignalMessage *message = genos_signal_message_parse (content, &error);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static GenosSignalType
type_of (const char *what)
{
  static const char *const names[] = { "announce", "offer", "answer", "bye" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_has_prefix (what, names[i]))
      return (GenosSignalType) i;
  }
  g_error ("vector of unknown kind: %s", what);
}

/* What the browser wrote is read, and written again byte for byte (but for the further
 * field "peer" of its offer). */
static char *
build (const GenosSignalMessage *message)
{
  switch (message->type) {
    case GENOS_SIGNAL_ANNOUNCE:
      return genos_signal_message_announce (message->peer_id, message->kind, FALSE);
    case GENOS_SIGNAL_OFFER:
      return genos_signal_message_offer (message->peer_id, message->sealed_sdp, FALSE);
    case GENOS_SIGNAL_ANSWER:
      return genos_signal_message_answer (message->peer_id, message->sealed_sdp, FALSE);
    default:
      return genos_signal_message_bye (message->peer_id);
  }
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("signalling.json");
  JsonArray *cases = json_node_get_array (root);
  guint seen[4] = { 0 };

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    JsonObject *event = json_object_get_object_member (item, "event");
    const char *content = json_object_get_string_member (event, "content");
    g_autoptr (GenosSignalMessage) message = parse (content);
    g_autofree char *again = build (message);

    g_assert_cmpint (message->type, ==, type_of (json_object_get_string_member (item, "what")));
    g_assert_cmpuint (strlen (message->peer_id), ==, 20);
    g_assert_true ((message->sealed_sdp != NULL) == json_object_has_member (item, "sdp"));
    if (message->type == GENOS_SIGNAL_OFFER)
      again[strlen (again) - 1] = '\0';
    g_assert_true (g_str_has_prefix (content, again));
    g_assert_true (message->type == GENOS_SIGNAL_OFFER || strlen (content) == strlen (again));
    seen[message->type]++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_cmpuint (seen[i], >, 0);
}

static void
test_kind (void)
{
  static const char *const unusable[] = { "1", "null", "{}", "\"\"", "\"two words\"", "\"\\n\"",
    "\"\xc3\xa9\"", "\"123456789012345678901234567890123\"" };
  g_autofree char *text = genos_signal_message_announce ("abc", "native", FALSE);
  g_autoptr (GenosSignalMessage) native = parse (text);

  g_assert_cmpstr (text, ==, "{\"peerId\":\"abc\",\"type\":\"native\"}");
  g_assert_cmpstr (native->kind, ==, "native");
  for (guint i = 0; i < G_N_ELEMENTS (unusable); i++) {
    g_autofree char *content = g_strdup_printf ("{\"peerId\":\"abc\",\"type\":%s}", unusable[i]);
    g_autoptr (GenosSignalMessage) message = parse (content);

    g_assert_cmpint (message->type, ==, GENOS_SIGNAL_ANNOUNCE);
    g_assert_null (message->kind);
  }
}

static void
check_extended (char *content, const char *expected)
{
  g_autofree char *text = content;
  g_autoptr (GenosSignalMessage) message = parse (text);

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (message->extended);
}

static void
test_extended (void)
{
  static const char *const not [] = { "{\"peerId\":\"a\"}", "{\"peerId\":\"a\",\"ext\":0}",
    "{\"peerId\":\"a\",\"ext\":\"1\"}", "{\"peerId\":\"a\",\"ext\":true}",
    "{\"peerId\":\"a\",\"ext\":1,\"bye\":1}", "{\"peerId\":\"a\",\"ext\":-1}" };
  g_autoptr (GenosSignalMessage) later = parse ("{\"peerId\":\"a\",\"ext\":2}");

  check_extended (genos_signal_message_announce ("a", "native", TRUE),
      "{\"peerId\":\"a\",\"type\":\"native\",\"ext\":1}");
  check_extended (genos_signal_message_offer ("a", "S", TRUE),
      "{\"peerId\":\"a\",\"offer\":{\"type\":\"offer\",\"sdp\":\"S\"},\"ext\":1}");
  check_extended (genos_signal_message_answer ("a", "S", TRUE),
      "{\"peerId\":\"a\",\"answer\":{\"type\":\"answer\",\"sdp\":\"S\"},\"ext\":1}");
  g_assert_true (later->extended);
  for (guint i = 0; i < G_N_ELEMENTS (not ); i++) {
    g_autoptr (GenosSignalMessage) message = parse (not [i]);

    g_assert_false (message->extended);
  }
}

static void
test_further_fields (void)
{
  g_autoptr (GenosSignalMessage) message =
      parse ("{\"x\":[1,{}],\"offer\":{\"sdp\":\"S\",\"type\":\"offer\",\"more\":1},\"peer\":{},"
             "\"peerId\":\"Z9\"}");

  g_assert_cmpint (message->type, ==, GENOS_SIGNAL_OFFER);
  g_assert_cmpstr (message->sealed_sdp, ==, "S");
  g_assert_cmpstr (message->peer_id, ==, "Z9");
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "x",
    "[]",
    "null",
    "\"peerId\"",
    "{}",
    "{\"peerId\":null}",
    "{\"peerId\":1}",
    "{\"peerId\":\"\"}",
    "{\"peerId\":\"a b\"}",
    "{\"peerId\":\"a-b\"}",
    "{\"peerId\":\"\xc3\xa9\"}",
    "{\"peerId\":\"a\\u0000\"}",
    "{\"peerid\":\"a\"}",
    "{\"peerId\":\"a\"} x",
    "{\"peerId\":\"12345678901234567890123456789012345678901234567890123456789012345\"}",
    "{\"peerId\":\"a\",\"offer\":null}",
    "{\"peerId\":\"a\",\"offer\":\"S\"}",
    "{\"peerId\":\"a\",\"offer\":{}}",
    "{\"peerId\":\"a\",\"offer\":{\"type\":\"offer\"}}",
    "{\"peerId\":\"a\",\"offer\":{\"sdp\":\"S\"}}",
    "{\"peerId\":\"a\",\"offer\":{\"type\":\"answer\",\"sdp\":\"S\"}}",
    "{\"peerId\":\"a\",\"offer\":{\"type\":\"offer\",\"sdp\":\"\"}}",
    "{\"peerId\":\"a\",\"offer\":{\"type\":\"offer\",\"sdp\":1}}",
    "{\"peerId\":\"a\",\"answer\":{\"type\":\"offer\",\"sdp\":\"S\"}}",
    "{\"peerId\":\"a\",\"answer\":[]}",
    "{\"peerId\":\"a\",\"bye\":0}",
    "{\"peerId\":\"a\",\"bye\":true}",
    "{\"peerId\":\"a\",\"bye\":\"1\"}",
    "{\"peerId\":\"a\",\"bye\":1,\"offer\":{\"type\":\"offer\",\"sdp\":\"S\"}}",
    "{\"peerId\":\"a\",\"n\":99999999999999999999}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSignalMessage) message = genos_signal_message_parse (bad[i], &error);

    if (message != NULL)
      g_error ("accepted: %s", bad[i]);
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
    g_assert_null (genos_signal_message_parse (bad[i], NULL));
  }
}

static void
test_too_deep (void)
{
  g_autofree char *open = g_strnfill (1000, '[');
  g_autofree char *close = g_strnfill (1000, ']');
  g_autofree char *content = g_strdup_printf ("{\"peerId\":\"a\",\"n\":%s%s}", open, close);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_signal_message_parse (content, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

static void
test_mutations (void)
{
  g_autofree char *text = genos_signal_message_offer ("0123456789abcdefghij", "1,2,3$QUJD", TRUE);
  gsize len = strlen (text);

  for (gsize n = 0; n < len; n++) {
    g_autofree char *cut = g_strndup (text, n);

    g_assert_null (genos_signal_message_parse (cut, NULL));
  }
  for (gsize i = 0; i < len * 8; i++) {
    g_autofree char *flipped = g_strdup (text);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosSignalMessage) message = NULL;

    flipped[i / 8] ^= (char) (1 << i % 8);
    message = genos_signal_message_parse (flipped, &error);
    g_assert_true ((message == NULL) == (error != NULL));
    g_assert_true (message == NULL || strlen (message->peer_id) <= GENOS_PEER_ID_MAX);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/signal-message/vectors", test_vectors);
  g_test_add_func ("/wire/signal-message/kind", test_kind);
  g_test_add_func ("/wire/signal-message/extended", test_extended);
  g_test_add_func ("/wire/signal-message/further-fields", test_further_fields);
  g_test_add_func ("/wire/signal-message/refused", test_refused);
  g_test_add_func ("/wire/signal-message/too-deep", test_too_deep);
  g_test_add_func ("/wire/signal-message/mutations", test_mutations);
  return g_test_run ();
}
