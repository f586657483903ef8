/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/channel-frame.h>

#include <genos/base/error.h>

#include "frame-vectors.h"

static void
check_round_trip (GBytes *bytes)
{
  GenosChannelFrame frame = vector_frame (bytes);
  g_autoptr (GBytes) again = genos_channel_frame_build (
      frame.type, frame.nonce, frame.tag, frame.progress, frame.payload, frame.payload_size);

  g_assert_true (g_bytes_equal (bytes, again));
}

static guint
check_frames (JsonArray *hex)
{
  g_autoptr (GPtrArray) frames = vector_frames (hex);

  for (guint i = 0; i < frames->len; i++)
    check_round_trip (g_ptr_array_index (frames, i));
  return frames->len;
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("frames.json");
  JsonArray *cases = json_node_get_array (root);
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    n += check_frames (
        json_object_get_array_member (json_array_get_object_element (cases, i), "frames"));
  g_assert_cmpuint (n, ==, 18);
}

static void
test_fields (void)
{
  g_autoptr (GBytes) bytes = vector_bytes ("405f7369676e616c0000000002b980aabb");
  GenosChannelFrame frame = vector_frame (bytes);

  g_assert_cmpstr (frame.type, ==, "@_signal");
  g_assert_cmpuint (frame.nonce, ==, 2);
  g_assert_cmpuint (frame.tag, ==, 0xb9);
  g_assert_cmpuint (frame.progress, ==, 0x80);
  g_assert_cmpmem (frame.payload, frame.payload_size, "\xaa\xbb", 2);
}

static void
refuse (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  GenosChannelFrame frame;

  g_assert_false (genos_channel_frame_parse (data, size, &frame, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
}

static void
test_refused (void)
{
  static const char *const types[] = { "", "\0a", "a\0b", "a\0\0\0\0\0\0\0\0\0\0b", "\xff", "\xc3",
    "abcdefghijk\xc3", "\xed\xa0\x80" };
  static const gsize sizes[] = { 0, 2, 3, 12, 1, 1, 12, 3 };
  guint8 good[GENOS_FRAME_HEADER] = "chat";
  g_autofree guint8 *huge = g_malloc0 (65537);
  GenosChannelFrame frame;

  for (gsize n = 0; n < sizeof good; n++)
    refuse (good, n);
  g_assert_true (genos_channel_frame_parse (good, sizeof good, &frame, NULL));
  g_assert_cmpuint (frame.payload_size, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    guint8 data[GENOS_FRAME_HEADER] = { 0 };

    memcpy (data, types[i], sizes[i]);
    refuse (data, sizeof data);
  }
  huge[0] = 'a';
  g_assert_true (genos_channel_frame_parse (huge, 65536, &frame, NULL));
  refuse (huge, 65537);
}

static void
test_names (void)
{
  static const char *const good[] = { "a", "chat", "abcdefghijkl", "@", "_", "@a_",
    "\xe2\x98\x83" };
  static const char *const bad[] = { "", "abcdefghijklm", "@_", "@_ping", "\xff",
    "\xe2\x98\x83\xe2\x98\x83\xe2\x98\x83\xe2\x98\x83x" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (genos_channel_name_check (good[i], &error));
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (genos_channel_name_check (bad[i], &error));
    g_assert_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT);
    g_clear_error (&error);
  }
  g_assert_false (genos_channel_name_check (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/channel-frame/vectors", test_vectors);
  g_test_add_func ("/wire/channel-frame/fields", test_fields);
  g_test_add_func ("/wire/channel-frame/refused", test_refused);
  g_test_add_func ("/wire/channel-frame/names", test_names);
  return g_test_run ();
}
