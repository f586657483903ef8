/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-event.h>

#include <genos/base/error.h>

static JsonParser *
load_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "events.json", NULL);
  JsonParser *parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = load_vectors ();
  JsonArray *rows = json_node_get_array (json_parser_get_root (parser));

  g_assert_cmpuint (json_array_get_length (rows), >, 3);
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonObject *row = json_array_get_object_element (rows, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosNip01Event) event =
        genos_nip01_event_from_json (json_object_get_member (row, "event"), &error);
    gboolean valid = event != NULL && genos_nostr_event_verify (event, &error);

    g_test_message ("%s", json_object_get_string_member (row, "name"));
    g_assert_true (valid == json_object_get_boolean_member (row, "valid"));
    g_assert_true (valid == (error == NULL));
  }
}

static GenosNip01Event *
make_event (void)
{
  g_autoptr (GenosSchnorrKey) key = genos_schnorr_key_new ();
  GenosNip01Event *event = genos_nip01_event_new (22650, 1795372095, "{\"peerId\":\"x\"}");

  genos_nip01_event_add_tag (event, "x", "topic", NULL);
  genos_nostr_event_sign (event, key);
  return event;
}

static void
test_sign_then_verify (void)
{
  g_autoptr (GenosNip01Event) event = make_event ();
  g_autoptr (GError) error = NULL;

  g_assert_true (genos_nostr_event_verify (event, &error));
  g_assert_no_error (error);
}

static void
assert_refused (const GenosNip01Event *event)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_nostr_event_verify (event, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
}

static void
flip (char *digit)
{
  *digit = *digit == '0' ? '1' : '0';
}

static void
test_any_change_is_refused (void)
{
  g_autoptr (GenosNip01Event) event = make_event ();
  char *const fields[] = { event->id, event->pubkey, event->sig };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    for (guint j = 0; fields[i][j] != '\0'; j++) {
      char before = fields[i][j];

      flip (&fields[i][j]);
      assert_refused (event);
      fields[i][j] = before;
    }
  }
  event->kind++;
  assert_refused (event);
  event->kind--;
  event->created_at++;
  assert_refused (event);
  event->created_at--;
  genos_nip01_event_add_tag (event, "y", NULL);
  assert_refused (event);
}

static void
test_not_hex (void)
{
  g_autoptr (GenosNip01Event) event = make_event ();

  event->sig[3] = 'G';
  assert_refused (event);
  event->sig[0] = '\0';
  assert_refused (event);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nostr/nostr-event/vectors", test_vectors);
  g_test_add_func ("/nostr/nostr-event/sign-then-verify", test_sign_then_verify);
  g_test_add_func ("/nostr/nostr-event/any-change-is-refused", test_any_change_is_refused);
  g_test_add_func ("/nostr/nostr-event/not-hex", test_not_hex);
  return g_test_run ();
}
