/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/genos.h>

#include <string.h>

#include <genos/crypto/sealed-letter.h>
#include <genos/room/heard-book.h>
#include <genos/room/cells/mesh-payload.h>
#include <genos/wire/json-text.h>

static GenosExtendedMessage
make (GenosPayloadKind kind, const char *text, const char *metadata)
{
  return (GenosExtendedMessage){
    .kind = kind, .metadata = g_strdup (metadata), .payload = g_bytes_new (text, strlen (text))
  };
}

static char *
build (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  g_autoptr (GError) error = NULL;
  char *data = genos_mesh_payload_build (address, message, &error);

  g_assert_no_error (error);
  /* Whatever is in it, it is JSON. */
  g_assert_true (genos_json_check (data, -1, NULL));
  return data;
}

/* As it comes out at the other end. */
static void
check (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  g_autofree char *data = build (address, message);
  g_auto (GenosMeshPayload) payload = { 0 };
  g_autoptr (GError) error = NULL;

  if (!genos_mesh_payload_parse (
          &payload, data, address->self_id, address->target, address->key, &error))
    g_error ("%s", error->message);
  g_assert_cmpstr (payload.channel, ==, address->channel);
  g_assert_cmpint (payload.message.kind, ==, message->kind);
  g_assert_cmpint (payload.message.role, ==, message->role);
  g_assert_cmpuint (payload.message.ntp_time, ==, message->ntp_time);
  g_assert_cmpstr (payload.message.metadata, ==, message->metadata);
  g_assert_true (g_bytes_equal (payload.message.payload, message->payload));
  g_assert_cmpint (payload.sealed, ==, address->key != NULL);
  g_assert_cmpint (genos_mesh_payload_is_sealed (data), ==, payload.sealed);
}

static void
test_round_trips (void)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { 3 };
  g_autoptr (GenosSecret) key = genos_secret_new (bytes);
  g_auto (GenosExtendedMessage) string = make (GENOS_PAYLOAD_STRING, "a \"b\" ä\n", NULL);
  g_auto (GenosExtendedMessage) json = make (GENOS_PAYLOAD_JSON, "{\"_x\":1,\"n\":1e300}", NULL);
  g_auto (GenosExtendedMessage) binary = make (GENOS_PAYLOAD_BINARY, "\1\2\377", "{\"k\":1}");
  g_auto (GenosExtendedMessage) titled = make (GENOS_PAYLOAD_STRING, "text", "{\"k\":1}");
  const GenosExtendedMessage *messages[] = { &string, &json, &binary, &titled };

  titled.ntp_time = 5;
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    for (guint form = 0; form < 8; form++) {
      GenosMeshAddress address = { .channel = "chat",
        .target = form & 1 ? "bob" : NULL,
        .self_id = "alice",
        .browsers = (form & 2) != 0,
        .key = form & 4 ? key : NULL,
        .ms = 1700000000000 };

      check (&address, messages[i]);
    }
  }
}

static void
test_browsers (void)
{
  g_auto (GenosExtendedMessage) string = make (GENOS_PAYLOAD_STRING, "hi", NULL);
  g_auto (GenosExtendedMessage) json = make (GENOS_PAYLOAD_JSON, "[1]", NULL);
  g_auto (GenosExtendedMessage) binary = make (GENOS_PAYLOAD_BINARY, "\1\2\377", "{\"k\":1}");
  GenosMeshAddress address = { .channel = "chat", .self_id = "alice" };
  g_autofree char *broadcast = build (&address, &string);
  g_autofree char *directed = NULL, *bytes = NULL, *plain = NULL;

  g_assert_cmpstr (broadcast, ==, "{\"_ch\":\"chat\",\"_d\":\"hi\"}");
  address.target = "bob";
  directed = build (&address, &json);
  g_assert_cmpstr (directed, ==, "{\"_ch\":\"chat\",\"_d\":[1],\"_t\":\"bob\"}");
  address.target = NULL;
  address.browsers = TRUE;
  bytes = build (&address, &binary);
  g_assert_true (
      g_str_has_prefix (bytes, "{\"_ch\":\"chat\",\"_d\":{\"0\":1,\"1\":2,\"2\":255},\"_x\":\""));
  address.channel = NULL;
  plain = build (&address, &json);
  g_assert_cmpstr (plain, ==, "[1]");
}

/* What browsers say. */
static void
test_from_browsers (void)
{
  static const struct {
    const char *data, *channel, *text;
    GenosPayloadKind kind;
  } cases[] = {
    { "{\"_ch\":\"chat\",\"_d\":\"\\u00e4\"}", "chat", "ä", GENOS_PAYLOAD_STRING },
    { "{\"_d\":{\"0\":1},\"_ch\":\"chat\"}", "chat", "{\"0\":1}", GENOS_PAYLOAD_JSON },
    { "\"hello\"", NULL, "hello", GENOS_PAYLOAD_STRING },
    { "{\"x\":[]}", NULL, "{\"x\":[]}", GENOS_PAYLOAD_JSON },
    { "null", NULL, "null", GENOS_PAYLOAD_JSON },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GenosMeshPayload) payload = { 0 };
    g_autofree char *text = NULL;

    g_assert_true (genos_mesh_payload_parse (&payload, cases[i].data, "a", NULL, NULL, NULL));
    text = g_strndup (g_bytes_get_data (payload.message.payload, NULL),
        g_bytes_get_size (payload.message.payload));
    g_assert_cmpstr (payload.channel, ==, cases[i].channel);
    g_assert_cmpint (payload.message.kind, ==, cases[i].kind);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "{\"_ch\":\"chat\"}",
    "{\"_ch\":7,\"_d\":1}",
    "{\"_ch\":\"\",\"_d\":1}",
    "{\"_ch\":\"@_leave\",\"_d\":1}",
    "{\"_ch\":\"much too long a name\",\"_d\":1}",
    "{\"_ch\":\"chat\",\"_x\":\"\"}",
    "{\"_ch\":\"chat\",\"_x\":\"AAAA\"}",
    "{\"_ch\":\"chat\",\"_x\":\"no base64 !\"}",
    "{\"_ch\":\"chat\",\"_x\":"
    "\"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (GenosMeshPayload) payload = { 0 };
    g_autoptr (GError) error = NULL;

    if (genos_mesh_payload_parse (&payload, bad[i], "a", NULL, NULL, &error))
      g_error ("taken: %s", bad[i]);
    g_assert_nonnull (error);
  }
}

static void
test_too_large (void)
{
  g_autofree char *text = g_strnfill (2 * 1024 * 1024, 'a');
  g_auto (GenosExtendedMessage) message = make (GENOS_PAYLOAD_STRING, text, NULL);
  const GenosMeshAddress address = { .channel = "chat", .self_id = "alice" };
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_mesh_payload_build (&address, &message, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
test_heard_book (void)
{
  g_autoptr (GenosHeardBook) book = genos_heard_book_new ();
  const GenosSignalOrigin ours = { .key = "aa", .extended = TRUE };
  const GenosSignalOrigin forged = { .key = "bb", .extended = TRUE };
  const GenosSignalOrigin browser = { .key = "cc" };

  genos_heard_book_note (book, "a", "one", &ours);
  genos_heard_book_note (book, "a", "two", &ours);
  g_assert_cmpstr (genos_heard_book_find (book, "a")->via, ==, "two");
  genos_heard_book_note (book, "a", "three", &forged);
  g_assert_cmpstr (genos_heard_book_find (book, "a")->key, ==, "aa");
  g_assert_cmpstr (genos_heard_book_find (book, "a")->via, ==, "two");
  genos_heard_book_note (book, "b", "one", &browser);
  g_assert_cmpuint (genos_heard_book_get_n_browsers (book), ==, 1);
  genos_heard_book_remove (book, "b");
  genos_heard_book_remove (book, "b");
  g_assert_cmpuint (genos_heard_book_get_n_browsers (book), ==, 0);
  g_assert_null (genos_heard_book_find (book, "b"));
}

static void
test_property (void)
{
  static const char *const bad[] = { "few", "-1", "1001", "10 ", "1.5" };
  g_autoptr (GenosRoom) room = genos_room_new ("cells");
  GenosMesh *mesh = genos_room_get_mesh (room);
  g_autoptr (GError) none = NULL;
  g_auto (GStrv) roster = genos_mesh_get_roster (mesh);
  g_autoptr (GenosMessage) message = genos_message_new_string ("hello");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_object_set (room, "cells", bad[i], NULL);
    g_assert_false (genos_room_join (room, &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "auto"));
  }
  /* There without cells too, and empty. */
  g_assert_cmpuint (genos_mesh_get_cell_size (mesh), ==, 0);
  g_assert_cmpint (genos_mesh_get_cell (mesh), ==, -1);
  g_assert_cmpuint (g_strv_length (roster), ==, 0);
  g_assert_null (genos_mesh_get_peer_info (mesh, "anybody"));
  g_assert_false (genos_mesh_send (mesh, message, NULL, &none));
  g_assert_error (none, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

/* --- what goes in chunks --- */

static void
check_content (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = genos_mesh_content_build (address, message, &error);
  g_auto (GenosMeshPayload) payload = { 0 };
  g_autofree char *channel = NULL;
  g_autofree char *metadata = NULL;

  g_assert_no_error (error);
  if (!genos_mesh_content_parse (&payload, content, address->self_id, address->key, &error))
    g_error ("%s", error->message);
  g_assert_cmpstr (payload.channel, ==, address->channel);
  g_assert_cmpint (payload.message.kind, ==, message->kind);
  g_assert_cmpstr (payload.message.metadata, ==, message->metadata);
  g_assert_true (g_bytes_equal (payload.message.payload, message->payload));
  g_assert_cmpint (payload.sealed, ==, address->key != NULL);
  g_assert_cmpint (genos_mesh_content_is_sealed (content), ==, payload.sealed);
  g_assert_cmpint (
      genos_mesh_content_peek (content, &channel, &metadata), ==, address->channel != NULL);
  g_assert_cmpstr (channel, ==, address->channel);
  if (address->channel != NULL)
    g_assert_cmpstr (metadata, ==, address->key == NULL ? message->metadata : NULL);
}

static void
test_content (void)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { 3 };
  g_autoptr (GenosSecret) key = genos_secret_new (bytes);
  g_auto (GenosExtendedMessage) string = make (GENOS_PAYLOAD_STRING, "text", NULL);
  g_auto (GenosExtendedMessage) binary = make (GENOS_PAYLOAD_BINARY, "\1\2\377", "{\"k\":1}");

  for (guint form = 0; form < 4; form++) {
    GenosMeshAddress address = { .channel = form & 1 ? "chat" : NULL,
      .self_id = "alice",
      .key = form & 2 ? key : NULL,
      .ms = 1700000000000 };

    check_content (&address, &string);
    check_content (&address, &binary);
  }
}

static void
test_content_group (void)
{
  const guint8 bytes[GENOS_SECRET_SIZE] = { 4 };
  g_autoptr (GenosSecret) room_key = genos_secret_new (bytes);
  g_autoptr (GenosGroupKey) group = genos_group_key_draw (room_key);
  g_auto (GenosExtendedMessage) message = make (GENOS_PAYLOAD_BINARY, "secret", NULL);
  GenosMeshAddress address = {
    .channel = "chat", .self_id = "alice", .group = group, .ms = 1700000000000
  };
  g_autoptr (GBytes) content = genos_mesh_content_build (&address, &message, NULL);
  g_auto (GenosMeshPayload) payload = { 0 };
  g_auto (GenosMeshPayload) other = { 0 };
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];

  g_assert_true (genos_mesh_content_get_generation (content, generation));
  g_assert_cmpmem (generation, sizeof generation, genos_group_key_get_generation (group),
      GENOS_GROUP_GENERATION_SIZE);
  g_assert_true (genos_mesh_content_parse_group (&payload, content, "alice", group, NULL));
  g_assert_true (g_bytes_equal (payload.message.payload, message.payload));
  g_assert_cmpuint (payload.ms, ==, 1700000000000);
  /* Nobody else said it. */
  g_assert_false (genos_mesh_content_parse_group (&other, content, "bob", group, NULL));
}

/* Nonsense, other channels' names, and what is cut off. */
static void
test_content_broken (void)
{
  static const char *const texts[] = { "", "\4chat", "\2@_\0\2\0\0\0\0", "\377chat", "\4ch\377t\0",
    "\15aaaaaaaaaaaaa\0\0\0\0\0\0" };
  static const gsize sizes[] = { 0, 5, 9, 5, 6, 20 };
  g_auto (GenosExtendedMessage) message = make (GENOS_PAYLOAD_BINARY, "\1\2", "{\"k\":1}");
  GenosMeshAddress address = { .channel = "chat", .self_id = "alice" };
  g_autoptr (GBytes) content = genos_mesh_content_build (&address, &message, NULL);
  g_auto (GenosExtendedMessage) huge = { .kind = GENOS_PAYLOAD_BINARY };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (texts[i], sizes[i]);
    g_auto (GenosMeshPayload) payload = { 0 };

    g_assert_false (genos_mesh_content_parse (&payload, bytes, "alice", NULL, NULL));
    g_assert_false (genos_mesh_content_is_sealed (bytes));
  }
  for (gsize size = 0; size < 1 + 4 + 6 + 7; size++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (content, 0, size);
    g_auto (GenosMeshPayload) payload = { 0 };
    g_autofree char *channel = NULL;
    g_autofree char *metadata = NULL;

    g_assert_false (genos_mesh_content_parse (&payload, cut, "alice", NULL, NULL));
    if (genos_mesh_content_peek (cut, &channel, &metadata))
      g_assert_cmpstr (channel, ==, "chat");
    g_assert_null (metadata);
  }
  huge.payload = g_bytes_new_take (g_malloc0 (17 * 1024 * 1024), 17 * 1024 * 1024);
  g_assert_null (genos_mesh_content_build (&address, &huge, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/mesh/round-trips", test_round_trips);
  g_test_add_func ("/room/mesh/browsers", test_browsers);
  g_test_add_func ("/room/mesh/from-browsers", test_from_browsers);
  g_test_add_func ("/room/mesh/bad", test_bad);
  g_test_add_func ("/room/mesh/too-large", test_too_large);
  g_test_add_func ("/room/mesh/heard-book", test_heard_book);
  g_test_add_func ("/room/mesh/property", test_property);
  g_test_add_func ("/room/mesh/content", test_content);
  g_test_add_func ("/room/mesh/content-group", test_content_group);
  g_test_add_func ("/room/mesh/content-broken", test_content_broken);
  return g_test_run ();
}
