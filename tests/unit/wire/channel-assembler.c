/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-assembler.h>

#include <genos/base/error.h>
#include <genos/wire/deflate.h>
#include <genos/wire/json-text.h>

#include "frame-vectors.h"

#define LAST GENOS_FRAME_LAST
#define META GENOS_FRAME_META
#define BINARY (GENOS_FRAME_BINARY | GENOS_FRAME_JSON)
#define JSON GENOS_FRAME_JSON
#define DEFLATED GENOS_FRAME_DEFLATED

static const GenosAssemblerLimits small = {
  .max_message = 100,
  .max_buffered = 150,
  .max_unfinished = 4,
  .max_metadata = 10,
};

typedef struct {
  GenosChannelAssembler *assembler;
  GenosAssembledMessage *message;
  const char *metadata;
  GError *error;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  self->assembler = genos_channel_assembler_new (&small);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  genos_assembled_message_free (self->message);
  genos_channel_assembler_free (self->assembler);
  g_clear_error (&self->error);
}

static gboolean
push_bytes (Fixture *self, const char *type, guint8 nonce, guint tag, const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = genos_channel_frame_build (type, nonce, (guint8) tag, 77, data, size);
  GenosChannelFrame frame = vector_frame (bytes);
  gboolean ok;

  g_clear_pointer (&self->message, genos_assembled_message_free);
  g_clear_error (&self->error);
  ok = genos_channel_assembler_push (
      self->assembler, &frame, &self->message, &self->metadata, &self->error);
  g_assert_true (ok == (self->error == NULL));
  g_assert_cmpuint (genos_channel_assembler_get_buffered (self->assembler), <=, small.max_buffered);
  return ok;
}

static gboolean
push (Fixture *self, const char *type, guint8 nonce, guint tag, const char *text)
{
  return push_bytes (self, type, nonce, tag, text, strlen (text));
}

/* @size bytes of "a". */
static gboolean
push_filled (Fixture *self, const char *type, guint8 nonce, guint tag, gsize size)
{
  g_autofree char *text = g_strnfill (size, 'a');

  return push (self, type, nonce, tag, text);
}

static void
expect (Fixture *self, const char *text)
{
  g_assert_no_error (self->error);
  g_assert_nonnull (self->message);
  g_assert_cmpmem (g_bytes_get_data (self->message->payload, NULL),
      g_bytes_get_size (self->message->payload), text, strlen (text));
}

static void
expect_waiting (Fixture *self, gsize buffered)
{
  g_assert_no_error (self->error);
  g_assert_null (self->message);
  g_assert_cmpuint (genos_channel_assembler_get_buffered (self->assembler), ==, buffered);
}

static void
expect_error (Fixture *self, GenosError code, gsize buffered)
{
  g_assert_error (self->error, GENOS_ERROR, (gint) code);
  g_assert_null (self->message);
  g_assert_null (self->metadata);
  g_assert_cmpuint (genos_channel_assembler_get_buffered (self->assembler), ==, buffered);
}

static void
compare_json (const char *text, gssize size, JsonNode *expected)
{
  g_autoptr (JsonNode) node = genos_json_parse (text, size, NULL);

  g_assert_nonnull (node);
  g_assert_true (json_node_equal (node, expected));
}

static JsonNode *
squares (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "k");
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < 200; i++)
    json_builder_add_int_value (builder, i * i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
check_value (JsonObject *expected, GenosAssembledMessage *message)
{
  static const char *const kinds[] = { "string", "json", "binary" };
  g_autoptr (GBytes) value = vector_value (expected);
  gsize size;
  const char *data = g_bytes_get_data (message->payload, &size);

  g_assert_cmpstr (message->type, ==, json_object_get_string_member (expected, "channel"));
  g_assert_cmpstr (kinds[message->kind], ==, json_object_get_string_member (expected, "kind"));
  if (value != NULL) {
    g_assert_true (g_bytes_equal (message->payload, value));
  } else if (json_object_has_member (expected, "value")) {
    compare_json (data, (gssize) size, json_object_get_member (expected, "value"));
  } else {
    g_autoptr (JsonNode) formula = squares ();

    compare_json (data, (gssize) size, formula);
  }
  g_assert_true ((message->metadata != NULL) == json_object_has_member (expected, "meta"));
  if (message->metadata != NULL)
    compare_json (message->metadata, -1, json_object_get_member (expected, "meta"));
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("frames.json");
  JsonArray *cases = json_node_get_array (root);
  g_autoptr (GenosChannelAssembler) assembler =
      genos_channel_assembler_new (&genos_assembler_default_limits);

  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autoptr (GPtrArray) frames = vector_frames (json_object_get_array_member (item, "frames"));
    g_autoptr (GenosAssembledMessage) message = vector_assemble (assembler, frames);

    g_test_message ("%s", json_object_get_string_member (item, "name"));
    check_value (json_object_get_object_member (item, "expect"), message);
    g_assert_cmpuint (genos_channel_assembler_get_buffered (assembler), ==, 0);
  }
}

static void
check_signal (GenosAssembledMessage *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message->payload, &size);
  g_autoptr (JsonNode) node = genos_json_parse (data, (gssize) size, NULL);
  JsonObject *object = json_node_get_object (node);
  const char *type = genos_json_get_string (object, "type");

  g_assert_cmpint (message->kind, ==, GENOS_PAYLOAD_JSON);
  g_assert_true (g_str_equal (type, "offer") || g_str_equal (type, "answer"));
  g_assert_true (g_str_has_prefix (genos_json_get_string (object, "sdp"), "v=0\r\n"));
}

/* One browser's frames in the order it sent them, each a whole message here. */
static guint
check_session (JsonArray *hex)
{
  g_autoptr (GenosChannelAssembler) assembler =
      genos_channel_assembler_new (&genos_assembler_default_limits);
  g_autoptr (GPtrArray) frames = vector_frames (hex);
  guint signals = 0;

  for (guint i = 0; i < frames->len; i++) {
    GenosChannelFrame frame = vector_frame (g_ptr_array_index (frames, i));
    g_autoptr (GenosAssembledMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_channel_assembler_push (assembler, &frame, &message, NULL, &error));
    g_assert_no_error (error);
    g_assert_nonnull (message);
    g_assert_true (g_str_has_prefix (message->type, "@_"));
    if (!g_str_equal (message->type, "@_signal"))
      continue;
    check_signal (message);
    signals++;
  }
  return signals;
}

static guint
check_sessions (JsonNode *node)
{
  guint signals = 0;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return check_session (json_node_get_array (node));
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    g_autoptr (GList) members = json_object_get_values (json_node_get_object (node));

    for (GList *l = members; l != NULL; l = l->next)
      signals += check_sessions (l->data);
  }
  return signals;
}

static void
test_session_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("session-frames.json");

  g_assert_cmpuint (check_sessions (root), ==, 5);
}

static void
test_interleaved (Fixture *self, gconstpointer data)
{
  push (self, "a", 0, 0, "one ");
  push (self, "b", 0, JSON, "[1,");
  push (self, "a", 1, BINARY | META, "{}");
  expect_waiting (self, 9);
  g_assert_cmpstr (self->metadata, ==, "{}");
  push (self, "c", 9, LAST, "whole");
  expect (self, "whole");
  push (self, "a", 0, LAST, "two");
  expect (self, "one two");
  g_assert_cmpint (self->message->kind, ==, GENOS_PAYLOAD_STRING);
  push (self, "a", 1, BINARY, "x");
  g_assert_cmpstr (self->metadata, ==, "{}");
  push (self, "a", 1, BINARY | LAST, "y");
  expect (self, "xy");
  g_assert_cmpstr (self->message->metadata, ==, "{}");
  g_assert_cmpstr (self->metadata, ==, "{}");
  push (self, "b", 0, JSON | LAST, "2]");
  expect (self, "[1,2]");
  g_assert_cmpuint (genos_channel_assembler_get_buffered (self->assembler), ==, 0);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 3; i++) {
    push (self, "a", 7, LAST, "");
    expect (self, "");
  }
  push (self, "a", 7, BINARY, "");
  expect_waiting (self, 0);
  push (self, "a", 7, BINARY | LAST, "");
  expect (self, "");
}

static void
test_metadata (Fixture *self, gconstpointer data)
{
  g_assert_false (push (self, "a", 0, META, "{}"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  g_assert_false (push (self, "a", 1, BINARY | META, "{"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  g_assert_false (push (self, "a", 2, BINARY | META, "[123456789]"));
  expect_error (self, GENOS_ERROR_LIMIT, 0);
  push (self, "a", 3, BINARY | META, "{}");
  g_assert_false (push (self, "a", 3, BINARY | META, "{}"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  push (self, "a", 4, BINARY, "x");
  g_assert_false (push (self, "a", 4, BINARY | META, "{}"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
}

/* After an error the rest of that message is ignored, and nothing else is. */
static void
test_dropped (Fixture *self, gconstpointer data)
{
  push (self, "a", 0, 0, "text");
  g_assert_false (push (self, "a", 0, JSON, "kind"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  push (self, "a", 0, 0, "more");
  expect_waiting (self, 0);
  push (self, "a", 1, LAST, "other");
  expect (self, "other");
  push (self, "a", 0, LAST, "end");
  expect_waiting (self, 0);
  push (self, "a", 0, LAST, "nonce used again");
  expect (self, "nonce used again");
  push (self, "b", 0, DEFLATED, "x");
  g_assert_false (push (self, "b", 0, LAST, "y"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  push (self, "b", 0, LAST, "again");
  expect (self, "again");
}

static void
test_message_limit (Fixture *self, gconstpointer data)
{
  g_assert_true (push_filled (self, "a", 0, LAST, 100));
  g_assert_false (push_filled (self, "a", 0, LAST, 101));
  expect_error (self, GENOS_ERROR_LIMIT, 0);
  push_filled (self, "a", 1, 0, 60);
  push_filled (self, "a", 1, 0, 40);
  expect_waiting (self, 100);
  g_assert_false (push_filled (self, "a", 1, 0, 1));
  expect_error (self, GENOS_ERROR_LIMIT, 0);
  for (guint i = 0; i < 1000; i++)
    g_assert_true (push_filled (self, "a", 1, 0, 100));
  expect_waiting (self, 0);
}

static void
test_buffer_limit (Fixture *self, gconstpointer data)
{
  push_filled (self, "a", 0, 0, 100);
  push_filled (self, "b", 0, BINARY, 45);
  g_assert_false (push (self, "c", 0, BINARY | META, "[\"meta\"]"));
  expect_error (self, GENOS_ERROR_LIMIT, 145);
  g_assert_false (push_filled (self, "b", 0, BINARY, 6));
  expect_error (self, GENOS_ERROR_LIMIT, 100);
  /* What needs no place gets through, and what was there before is whole. */
  push_filled (self, "d", 0, LAST, 100);
  g_assert_nonnull (self->message);
  push (self, "a", 0, LAST, "");
  g_assert_cmpuint (g_bytes_get_size (self->message->payload), ==, 100);
  push (self, "b", 0, BINARY | LAST, "tail of the dropped one");
  expect_waiting (self, 0);
}

static void
test_unfinished_limit (Fixture *self, gconstpointer data)
{
  for (guint8 i = 0; i < 4; i++)
    g_assert_true (push (self, "a", i, 0, ""));
  g_assert_false (push (self, "a", 4, 0, "first"));
  expect_error (self, GENOS_ERROR_LIMIT, 0);
  push (self, "a", 5, LAST, "needs no place");
  expect (self, "needs no place");
  push (self, "a", 0, LAST, "makes a place");
  expect (self, "makes a place");
  push (self, "a", 4, LAST, "rest of the refused one");
  expect_waiting (self, 0);
  g_assert_true (push (self, "a", 4, 0, "one "));
  push (self, "a", 4, LAST, "more");
  expect (self, "one more");
}

static void
test_deflated (Fixture *self, gconstpointer data)
{
  static const guint8 zeros[101] = { 0 };
  g_autoptr (GBytes) text = genos_deflate ((const guint8 *) "deflated text", 13);
  g_autoptr (GBytes) most = genos_deflate (zeros, 100);
  g_autoptr (GBytes) bomb = genos_deflate (zeros, 101);
  gsize size;
  const guint8 *z = g_bytes_get_data (text, &size);

  push_bytes (self, "a", 0, DEFLATED, z, 5);
  push_bytes (self, "a", 0, DEFLATED | LAST, z + 5, size - 5);
  expect (self, "deflated text");
  z = g_bytes_get_data (most, &size);
  g_assert_true (push_bytes (self, "a", 1, BINARY | DEFLATED | LAST, z, size));
  g_assert_false (push_bytes (self, "a", 2, DEFLATED | LAST, z, size));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  z = g_bytes_get_data (bomb, &size);
  g_assert_false (push_bytes (self, "a", 3, BINARY | DEFLATED | LAST, z, size));
  expect_error (self, GENOS_ERROR_LIMIT, 0);
  g_assert_false (push (self, "a", 4, DEFLATED | LAST, ""));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  g_assert_false (push (self, "a", 5, DEFLATED | LAST, "junk"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
}

static void
test_text (Fixture *self, gconstpointer data)
{
  g_assert_false (push_bytes (self, "a", 0, LAST, "a\0b", 3));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  g_assert_false (push (self, "a", 0, JSON | LAST, "\"\xff\""));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
  push (self, "a", 0, 0, "\xe2\x98");
  push (self, "a", 0, LAST, "\x83");
  expect (self, "\xe2\x98\x83");
  push_bytes (self, "a", 0, BINARY | LAST, "a\0\xff", 3);
  g_assert_cmpuint (g_bytes_get_size (self->message->payload), ==, 3);
}

/* Spare bits are for extensions: they change nothing. */
static void
test_spare_bits (Fixture *self, gconstpointer data)
{
  push (self, "a", 0, 0x40, "x");
  push (self, "a", 0, 0xc0 | LAST, "y");
  expect (self, "xy");
}

/* Not text, whatever is in it, and the same all along. */
static void
test_extended (Fixture *self, gconstpointer data)
{
  push_bytes (self, "a", 0, GENOS_FRAME_EXTENDED | BINARY, "\0\xff", 2);
  push_bytes (self, "a", 0, GENOS_FRAME_EXTENDED | BINARY | LAST, "\0", 1);
  g_assert_cmpint (self->message->kind, ==, GENOS_PAYLOAD_EXTENDED);
  g_assert_cmpuint (g_bytes_get_size (self->message->payload), ==, 3);
  push_bytes (self, "b", 0, GENOS_FRAME_EXTENDED | BINARY, "x", 1);
  g_assert_false (push (self, "b", 0, BINARY | LAST, "y"));
  expect_error (self, GENOS_ERROR_PROTOCOL, 0);
}

/* A peer that sends what it likes never gets more than its bounds. */
static void
test_flood (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 200000; i++) {
    guint r = g_test_rand_int_range (0, G_MAXINT);
    char type[3] = { (char) ('a' + r % 7), (char) ('a' + i % 3), '\0' };

    push_filled (self, type, (guint8) (r >> 3), r >> 11 & 0xff, r >> 19 & 63);
  }
}

#define add(name, function)                                                                        \
  g_test_add ("/wire/channel-assembler/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/channel-assembler/vectors", test_vectors);
  g_test_add_func ("/wire/channel-assembler/session-vectors", test_session_vectors);
  add ("interleaved", test_interleaved);
  add ("empty", test_empty);
  add ("metadata", test_metadata);
  add ("dropped", test_dropped);
  add ("message-limit", test_message_limit);
  add ("buffer-limit", test_buffer_limit);
  add ("unfinished-limit", test_unfinished_limit);
  add ("deflated", test_deflated);
  add ("text", test_text);
  add ("spare-bits", test_spare_bits);
  add ("extended", test_extended);
  add ("flood", test_flood);
  return g_test_run ();
}
