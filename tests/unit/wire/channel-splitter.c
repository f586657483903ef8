/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-splitter.h>

#include <genos/base/error.h>

#include "frame-vectors.h"

static const GenosDialect *
genosrtc (void)
{
  return genos_dialect_lookup ("genosrtc");
}

static void
compare_frames (GPtrArray *ours, GPtrArray *theirs)
{
  g_assert_cmpuint (ours->len, ==, theirs->len);
  for (guint i = 0; i < ours->len; i++) {
    GBytes *one = g_ptr_array_index (ours, i), *other = g_ptr_array_index (theirs, i);

    g_assert_cmpmem (g_bytes_get_data (one, NULL), g_bytes_get_size (one),
        g_bytes_get_data (other, NULL), g_bytes_get_size (other));
  }
}

/* Deflated bytes may differ from one zlib to another; the header of the first frame and
 * what comes out at the end may not. */
static void
compare_deflated (GPtrArray *ours, GPtrArray *theirs, GBytes *payload)
{
  g_autoptr (GenosChannelAssembler) assembler =
      genos_channel_assembler_new (&genos_assembler_default_limits);
  g_autoptr (GenosAssembledMessage) message = vector_assemble (assembler, ours);

  g_assert_cmpuint (ours->len, ==, theirs->len);
  g_assert_cmpmem (g_bytes_get_data (g_ptr_array_index (ours, 0), NULL), GENOS_FRAME_HEADER,
      g_bytes_get_data (g_ptr_array_index (theirs, 0), NULL), GENOS_FRAME_HEADER);
  g_assert_true (g_bytes_equal (message->payload, payload));
}

/* Each of the browser's messages, split by us, gives the browser's frames. */
static void
check_case (JsonObject *item)
{
  JsonObject *expect = json_object_get_object_member (item, "expect");
  g_autoptr (GPtrArray) theirs = vector_frames (json_object_get_array_member (item, "frames"));
  GenosChannelFrame first = vector_frame (g_ptr_array_index (theirs, 0));
  g_autoptr (GenosChannelAssembler) assembler =
      genos_channel_assembler_new (&genos_assembler_default_limits);
  g_autoptr (GenosAssembledMessage) message = vector_assemble (assembler, theirs);
  g_autoptr (GBytes) value = vector_value (expect);
  GBytes *payload = value != NULL ? value : message->payload;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ours =
      genos_channel_split (genosrtc (), json_object_get_string_member (expect, "channel"),
          first.nonce, message->kind, payload, message->metadata, &error);

  g_test_message ("%s", json_object_get_string_member (item, "name"));
  g_assert_no_error (error);
  if (first.tag & GENOS_FRAME_DEFLATED)
    compare_deflated (ours, theirs, payload);
  else
    compare_frames (ours, theirs);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("frames.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), ==, 14);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i));
}

static GPtrArray *
split_filled (
    const char *nick, GenosPayloadKind kind, gsize size, const char *metadata, GError **error)
{
  guint8 *data = g_malloc (size + 1);
  g_autoptr (GBytes) payload = NULL;

  memset (data, 'a', size + 1);
  payload = g_bytes_new_take (data, size);
  return genos_channel_split (
      genos_dialect_lookup (nick), "c", 255, kind, payload, metadata, error);
}

static void
test_trystero (void)
{
  g_autoptr (GPtrArray) text = split_filled ("trystero", GENOS_PAYLOAD_STRING, 512, NULL, NULL);
  g_autoptr (GPtrArray) binary = split_filled ("trystero", GENOS_PAYLOAD_BINARY, 1, "{}", NULL);
  GenosChannelFrame frame = vector_frame (g_ptr_array_index (text, 0));

  g_assert_cmpuint (frame.tag, ==, GENOS_FRAME_LAST);
  g_assert_cmpuint (frame.nonce, ==, 255);
  g_assert_cmpuint (frame.payload_size, ==, 512);
  frame = vector_frame (g_ptr_array_index (binary, 0));
  g_assert_cmpuint (frame.tag, ==, GENOS_FRAME_BINARY | GENOS_FRAME_META);
  frame = vector_frame (g_ptr_array_index (binary, 1));
  g_assert_cmpuint (frame.tag, ==, GENOS_FRAME_BINARY | GENOS_FRAME_LAST);
}

static void
check_sizes (gsize size, const char *metadata, guint frames)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) split =
      split_filled ("genosrtc", GENOS_PAYLOAD_BINARY, size, metadata, &error);
  gsize total = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (split->len, ==, frames);
  for (guint i = 0; i < split->len; i++) {
    GenosChannelFrame frame = vector_frame (g_ptr_array_index (split, i));

    g_assert_cmpuint (frame.payload_size, <=, GENOS_FRAME_PAYLOAD);
    g_assert_cmpuint (!!(frame.tag & GENOS_FRAME_LAST), ==, i + 1 == split->len);
    g_assert_cmpuint (!!(frame.tag & GENOS_FRAME_META), ==, i == 0 && metadata != NULL);
    total += frame.tag & GENOS_FRAME_META ? 0 : frame.payload_size;
  }
  g_assert_cmpuint (total, ==, size);
}

static void
check_error (GenosPayloadKind kind, gsize size, const char *metadata, GenosError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (split_filled ("genosrtc", kind, size, metadata, &error));
  g_assert_error (error, GENOS_ERROR, (gint) code);
}

static void
test_sizes (void)
{
  check_sizes (0, NULL, 1);
  check_sizes (0, "null", 2);
  check_sizes (GENOS_FRAME_PAYLOAD, NULL, 1);
  check_sizes (GENOS_FRAME_PAYLOAD + 1, NULL, 2);
  check_sizes (100 * GENOS_FRAME_PAYLOAD, NULL, 100);
  check_sizes (99 * GENOS_FRAME_PAYLOAD, "{}", 100);
  check_error (GENOS_PAYLOAD_BINARY, 100 * GENOS_FRAME_PAYLOAD + 1, NULL, GENOS_ERROR_LIMIT);
  check_error (GENOS_PAYLOAD_BINARY, 99 * GENOS_FRAME_PAYLOAD + 1, "{}", GENOS_ERROR_LIMIT);
}

static void
test_long_text_deflates_into_few (void)
{
  g_autoptr (GPtrArray) split =
      split_filled ("genosrtc", GENOS_PAYLOAD_STRING, 200 * GENOS_FRAME_PAYLOAD, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (split->len, ==, 1);
  g_assert_null (
      split_filled ("trystero", GENOS_PAYLOAD_STRING, 200 * GENOS_FRAME_PAYLOAD, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

static void
refuse_payload (GenosPayloadKind kind, const char *data, gsize size)
{
  g_autoptr (GBytes) payload = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (genos_channel_split (genosrtc (), "c", 0, kind, payload, NULL, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
}

static void
test_arguments (void)
{
  g_autofree char *long_metadata = g_strnfill (GENOS_FRAME_PAYLOAD + 1, ' ');

  refuse_payload (GENOS_PAYLOAD_STRING, "\xff", 1);
  refuse_payload (GENOS_PAYLOAD_STRING, "a\0b", 3);
  refuse_payload (GENOS_PAYLOAD_JSON, "", 0);
  refuse_payload (GENOS_PAYLOAD_JSON, "{", 1);
  check_error (GENOS_PAYLOAD_STRING, 1, "{}", GENOS_ERROR_INVALID_ARGUMENT);
  check_error (GENOS_PAYLOAD_BINARY, 1, "", GENOS_ERROR_INVALID_ARGUMENT);
  check_error (GENOS_PAYLOAD_BINARY, 1, "{", GENOS_ERROR_INVALID_ARGUMENT);
  check_error (GENOS_PAYLOAD_BINARY, 1, long_metadata, GENOS_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/channel-splitter/vectors", test_vectors);
  g_test_add_func ("/wire/channel-splitter/trystero", test_trystero);
  g_test_add_func ("/wire/channel-splitter/sizes", test_sizes);
  g_test_add_func (
      "/wire/channel-splitter/long-text-deflates-into-few", test_long_text_deflates_into_few);
  g_test_add_func ("/wire/channel-splitter/arguments", test_arguments);
  return g_test_run ();
}
