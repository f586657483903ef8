/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-message.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

#include "vectors.h"

#define HEX64 "8403008a7aa20d0da4c9ef1aedd15ba24ce67dddb5a133ac301af4a826174624"
#define OTHER64 "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"

static GenosNip01Message *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GenosNip01Message *message = genos_nip01_message_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static void
refuse (const char *text, GenosError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosNip01Message) message = genos_nip01_message_parse (text, -1, &error);

  if (message != NULL)
    g_error ("accepted: %.200s", text);
  g_assert_error (error, GENOS_ERROR, (gint) code);
}

static GenosNip01Event *
first_event (void)
{
  g_autoptr (JsonNode) root = vectors_load ("events.json");
  JsonObject *item = json_array_get_object_element (json_node_get_array (root), 1);
  g_autoptr (GError) error = NULL;
  GenosNip01Event *event =
      genos_nip01_event_from_json (json_object_get_member (item, "event"), &error);

  g_assert_no_error (error);
  return event;
}

static void
check_event (char *text, GenosNip01Type type, const char *subscription)
{
  g_autofree char *owned = text;
  g_autoptr (GenosNip01Event) event = first_event ();
  g_autofree char *expected = genos_nip01_event_canonical (event);
  g_autoptr (GenosNip01Message) message = parse (owned);
  g_autofree char *canonical = genos_nip01_event_canonical (message->event);

  g_assert_cmpint (message->type, ==, type);
  g_assert_cmpstr (message->subscription, ==, subscription);
  g_assert_cmpstr (canonical, ==, expected);
  g_assert_cmpstr (message->event->sig, ==, event->sig);
}

static void
test_event (void)
{
  g_autoptr (GenosNip01Event) event = first_event ();

  check_event (genos_nip01_message_event (event), GENOS_NIP01_EVENT, NULL);
  check_event (genos_nip01_message_event_for ("s\"1", event), GENOS_NIP01_EVENT, "s\"1");
  check_event (genos_nip01_message_auth (event), GENOS_NIP01_AUTH, NULL);
}

static void
check_texts (char *text, GenosNip01Type type, const char *subscription, const char *said)
{
  g_autofree char *owned = text;
  g_autoptr (GenosNip01Message) message = parse (owned);

  g_assert_cmpint (message->type, ==, type);
  g_assert_cmpstr (message->subscription, ==, subscription);
  g_assert_cmpstr (message->text, ==, said);
  g_assert_null (message->event);
  g_assert_null (message->filters);
}

static void
test_texts (void)
{
  check_texts (genos_nip01_message_close ("sub"), GENOS_NIP01_CLOSE, "sub", NULL);
  check_texts (genos_nip01_message_eose ("sub"), GENOS_NIP01_EOSE, "sub", NULL);
  check_texts (genos_nip01_message_closed ("sub", "error: \"x\"\n"), GENOS_NIP01_CLOSED, "sub",
      "error: \"x\"\n");
  check_texts (genos_nip01_message_notice ("restricted: \xe2\x98\x83"), GENOS_NIP01_NOTICE, NULL,
      "restricted: \xe2\x98\x83");
  check_texts (g_strdup ("[\"AUTH\",\"challenge\"]"), GENOS_NIP01_AUTH, NULL, "challenge");
  check_texts (g_strdup ("[\"CLOSED\",\"sub\"]"), GENOS_NIP01_CLOSED, "sub", "");
}

static void
test_ok (void)
{
  g_autofree char *yes = genos_nip01_message_ok (HEX64, TRUE, "");
  g_autofree char *no = genos_nip01_message_ok (HEX64, FALSE, "pow: 28 bits needed");
  g_autoptr (GenosNip01Message) accepted = parse (yes);
  g_autoptr (GenosNip01Message) refused = parse (no);
  g_autoptr (GenosNip01Message) silent = parse ("[\"OK\",\"\",false]");

  g_assert_cmpstr (yes, ==, "[\"OK\",\"" HEX64 "\",true,\"\"]");
  g_assert_true (accepted->accepted);
  g_assert_cmpstr (accepted->event_id, ==, HEX64);
  g_assert_false (refused->accepted);
  g_assert_cmpstr (refused->text, ==, "pow: 28 bits needed");
  g_assert_cmpstr (silent->text, ==, "");
}

static GStrv
strings (const char *one)
{
  const char *values[] = { one, NULL };

  return g_strdupv ((GStrv) values);
}

static void
test_req (void)
{
  g_autoptr (GenosNip01Filter) filter = genos_nip01_filter_new ();
  g_autofree char *text = NULL;
  g_autofree char *plain = NULL;
  g_autoptr (GenosNip01Message) message = NULL;
  g_autoptr (GenosNip01Message) everything = NULL;
  GenosNip01Filter *read;
  guint kind = 22650;

  plain = genos_nip01_message_req ("all", filter);
  g_assert_cmpstr (plain, ==, "[\"REQ\",\"all\",{}]");
  everything = parse (plain);
  read = g_ptr_array_index (everything->filters, 0);
  g_assert_true (
      read->ids == NULL && read->authors == NULL && read->kinds == NULL && read->tags == NULL);
  g_assert_cmpint (read->since, ==, G_MININT64);
  g_assert_cmpint (read->until, ==, G_MAXINT64);
  g_assert_cmpint (read->limit, ==, -1);

  filter->kinds = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (filter->kinds, kind);
  filter->since = 1795372095;
  genos_nip01_filter_take_tag (filter, "x", strings ("topic"));
  text = genos_nip01_message_req ("sub", filter);
  g_assert_cmpstr (
      text, ==, "[\"REQ\",\"sub\",{\"kinds\":[22650],\"since\":1795372095,\"#x\":[\"topic\"]}]");
  message = parse (text);
  g_assert_cmpint (message->type, ==, GENOS_NIP01_REQ);
  g_assert_cmpuint (message->filters->len, ==, 1);
  read = g_ptr_array_index (message->filters, 0);
  g_assert_cmpuint (g_array_index (read->kinds, guint, 0), ==, kind);
  g_assert_cmpint (read->since, ==, 1795372095);
  g_assert_cmpstr (((GStrv) g_hash_table_lookup (read->tags, "x"))[0], ==, "topic");
}

static void
test_req_whole (void)
{
  const char *text = "[\"REQ\",\"s\",{},{\"ids\":[\"" HEX64 "\"],\"authors\":[\"" OTHER64 "\"],"
                     "\"kinds\":[1,65535],\"since\":1,\"until\":2,\"limit\":9999999999,\"#e\":[],"
                     "\"#E\":[\"a\",\"b\"],\"search\":\"ignored\"}]";
  g_autoptr (GenosNip01Message) message = parse (text);
  GenosNip01Filter *filter;
  g_autofree char *again = NULL;
  g_autoptr (GenosNip01Message) back = NULL;

  g_assert_cmpuint (message->filters->len, ==, 2);
  filter = g_ptr_array_index (message->filters, 1);
  again = genos_nip01_message_req ("s", filter);
  back = parse (again);
  filter = g_ptr_array_index (back->filters, 0);
  g_assert_cmpstr (filter->ids[0], ==, HEX64);
  g_assert_cmpstr (filter->authors[0], ==, OTHER64);
  g_assert_cmpuint (filter->kinds->len, ==, 2);
  g_assert_cmpint (filter->since, ==, 1);
  g_assert_cmpint (filter->until, ==, 2);
  g_assert_cmpint (filter->limit, ==, G_MAXINT);
  g_assert_cmpuint (g_strv_length (g_hash_table_lookup (filter->tags, "e")), ==, 0);
  g_assert_cmpuint (g_strv_length (g_hash_table_lookup (filter->tags, "E")), ==, 2);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "x",
    "null",
    "{}",
    "\"EVENT\"",
    "[]",
    "[1]",
    "[null]",
    "[\"event\"]",
    "[\"X\",1]",
    "[[\"EVENT\"]]",
    "[\"EVENT\"]",
    "[\"EVENT\",null]",
    "[\"EVENT\",\"s\"]",
    "[\"EVENT\",\"s\",null]",
    "[\"EVENT\",{}]",
    "[\"EVENT\",\"\",{}]",
    "[\"EVENT\",1,{}]",
    "[\"REQ\"]",
    "[\"REQ\",\"s\"]",
    "[\"REQ\",1,{}]",
    "[\"REQ\",\"\",{}]",
    "[\"REQ\",\"s\",null]",
    "[\"REQ\",\"s\",[]]",
    "[\"REQ\",\"s\",{\"ids\":null}]",
    "[\"REQ\",\"s\",{\"ids\":[1]}]",
    "[\"REQ\",\"s\",{\"ids\":[\"abc\"]}]",
    "[\"REQ\",\"s\",{\"authors\":\"x\"}]",
    "[\"REQ\",\"s\",{\"kinds\":[-1]}]",
    "[\"REQ\",\"s\",{\"kinds\":[65536]}]",
    "[\"REQ\",\"s\",{\"kinds\":[1.0]}]",
    "[\"REQ\",\"s\",{\"kinds\":1}]",
    "[\"REQ\",\"s\",{\"since\":\"1\"}]",
    "[\"REQ\",\"s\",{\"until\":-1}]",
    "[\"REQ\",\"s\",{\"limit\":-1}]",
    "[\"REQ\",\"s\",{\"limit\":1.5}]",
    "[\"REQ\",\"s\",{\"#xy\":[\"a\"]}]",
    "[\"REQ\",\"s\",{\"#\":[\"a\"]}]",
    "[\"REQ\",\"s\",{\"#1\":[\"a\"]}]",
    "[\"REQ\",\"s\",{\"#x\":\"a\"}]",
    "[\"REQ\",\"s\",{\"#x\":[null]}]",
    "[\"CLOSE\"]",
    "[\"CLOSE\",1]",
    "[\"OK\"]",
    "[\"OK\",1,true,\"\"]",
    "[\"OK\",\"a\"]",
    "[\"OK\",\"a\",1,\"\"]",
    "[\"OK\",\"a\",null,\"\"]",
    "[\"OK\",\"a\",true,1]",
    "[\"OK\",\"" HEX64 "0\",true,\"\"]",
    "[\"EOSE\"]",
    "[\"EOSE\",{}]",
    "[\"CLOSED\"]",
    "[\"CLOSED\",\"s\",{}]",
    "[\"NOTICE\"]",
    "[\"NOTICE\",{}]",
    "[\"AUTH\"]",
    "[\"AUTH\",1]",
    "[\"AUTH\",{}]",
  };
  g_autofree char *long_id = g_strnfill (GENOS_NIP01_MAX_SUBSCRIPTION_ID + 1, 's');
  g_autofree char *long_close = genos_nip01_message_close (long_id);
  g_autofree char *deep = g_strnfill (100000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse (bad[i], GENOS_ERROR_PROTOCOL);
  refuse (long_close, GENOS_ERROR_LIMIT);
  refuse (deep, GENOS_ERROR_LIMIT);
}

static void
check_many (const char *before, const char *item, guint most, const char *after)
{
  for (guint n = most; n <= most + 1; n++) {
    g_autoptr (GString) text = g_string_new (before);

    for (guint i = 0; i < n; i++)
      g_string_append_printf (text, i > 0 ? ",%s" : "%s", item);
    g_string_append (text, after);
    if (n == most)
      genos_nip01_message_free (parse (text->str));
    else
      refuse (text->str, GENOS_ERROR_LIMIT);
  }
}

static void
test_bounds (void)
{
  check_many ("[\"REQ\",\"s\",", "{}", GENOS_NIP01_MAX_FILTERS, "]");
  check_many ("[\"REQ\",\"s\",{\"kinds\":[", "1", GENOS_NIP01_MAX_FILTER_VALUES, "]}]");
  check_many ("[\"REQ\",\"s\",{\"#x\":[", "\"t\"", GENOS_NIP01_MAX_FILTER_VALUES, "]}]");
  check_many ("[\"REQ\",\"s\",{\"ids\":[", "\"" HEX64 "\"", GENOS_NIP01_MAX_FILTER_VALUES, "]}]");
}

/* Whatever is cut off or turned over, the parser says yes or no and nothing else. */
static void
test_mutations (void)
{
  g_autoptr (GenosNip01Event) event = first_event ();
  g_autofree char *text = genos_nip01_message_event_for ("sub", event);
  gsize len = strlen (text);

  for (gsize n = 0; n < len; n++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (genos_nip01_message_parse (text, (gssize) n, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  }
  for (gsize i = 0; i < len * 8; i++) {
    g_autofree char *flipped = g_strdup (text);
    g_autoptr (GError) error = NULL;
    g_autoptr (GenosNip01Message) message = NULL;

    flipped[i / 8] ^= (char) (1 << i % 8);
    message = genos_nip01_message_parse (flipped, (gssize) len, &error);
    g_assert_true ((message == NULL) == (error != NULL));
  }
}

static gboolean
matches (const char *filter_text, const GenosNip01Event *event)
{
  g_autofree char *text = g_strdup_printf ("[\"REQ\",\"s\",%s]", filter_text);
  g_autoptr (GenosNip01Message) message = parse (text);

  return genos_nip01_filter_matches (g_ptr_array_index (message->filters, 0), event);
}

static void
test_matches (void)
{
  static const char *const yes[] = { "{}", "{\"ids\":[\"" OTHER64 "\",\"" HEX64 "\"]}",
    "{\"authors\":[\"" OTHER64 "\"]}", "{\"kinds\":[1,7]}", "{\"since\":100}", "{\"until\":100}",
    "{\"#x\":[\"a\"]}", "{\"#x\":[\"c\",\"b\"]}", "{\"#x\":[\"a\"],\"#y\":[\"z\"]}",
    "{\"limit\":0}", "{\"kinds\":[7],\"since\":99,\"until\":101,\"#x\":[\"a\"]}" };
  static const char *const no[] = { "{\"ids\":[]}", "{\"ids\":[\"" OTHER64 "\"]}",
    "{\"authors\":[]}", "{\"authors\":[\"" HEX64 "\"]}", "{\"kinds\":[]}", "{\"kinds\":[1]}",
    "{\"since\":101}", "{\"until\":99}", "{\"#x\":[]}", "{\"#x\":[\"second\"]}",
    "{\"#x\":[\"a\"],\"#y\":[\"a\"]}", "{\"#w\":[\"\"]}", "{\"kinds\":[7],\"since\":101}" };
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (7, 100, "");

  g_strlcpy (event->id, HEX64, sizeof event->id);
  g_strlcpy (event->pubkey, OTHER64, sizeof event->pubkey);
  genos_nip01_event_add_tag (event, "x", "a", "second", NULL);
  genos_nip01_event_add_tag (event, "x", "b", NULL);
  genos_nip01_event_add_tag (event, "y", "z", NULL);
  genos_nip01_event_add_tag (event, "w", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (matches (yes[i], event));
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (matches (no[i], event));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/nip01-message/event", test_event);
  g_test_add_func ("/wire/nip01-message/texts", test_texts);
  g_test_add_func ("/wire/nip01-message/ok", test_ok);
  g_test_add_func ("/wire/nip01-message/req", test_req);
  g_test_add_func ("/wire/nip01-message/req-whole", test_req_whole);
  g_test_add_func ("/wire/nip01-message/refused", test_refused);
  g_test_add_func ("/wire/nip01-message/bounds", test_bounds);
  g_test_add_func ("/wire/nip01-message/mutations", test_mutations);
  g_test_add_func ("/wire/nip01-message/matches", test_matches);
  return g_test_run ();
}
