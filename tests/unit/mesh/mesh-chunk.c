/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-chunk.h>

#include <string.h>

#include <genos/mesh/mesh-frame.h>
#include <genos/wire/json-text.h>

#define SIZE (2 * GENOS_MESH_CHUNK_SIZE + 7)
#define WHOLE "alice:loyw3v28:17"

static GBytes *
make_bytes (gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = i * 7;
  return g_bytes_new_take (data, size);
}

static char *
build (gsize size, guint index)
{
  g_autoptr (GBytes) bytes = make_bytes (genos_mesh_chunk_measure (size, index));

  return genos_mesh_chunk_build_data (size, bytes);
}

static void
test_round_trip (void)
{
  g_assert_cmpuint (genos_mesh_chunk_count (SIZE), ==, 3);
  g_assert_cmpuint (genos_mesh_chunk_count (GENOS_MESH_CHUNK_SIZE), ==, 1);
  g_assert_cmpuint (genos_mesh_chunk_count (GENOS_MESH_CONTENT_MAX), ==, GENOS_MESH_MAX_CHUNKS);
  g_assert_cmpuint (genos_mesh_chunk_measure (SIZE, 2), ==, 7);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *data = build (SIZE, i);
    g_autofree char *id = genos_mesh_chunk_build_id (WHOLE, i);
    g_autoptr (GBytes) bytes = make_bytes (genos_mesh_chunk_measure (SIZE, i));
    g_auto (GenosMeshChunk) chunk = { 0 };

    g_assert_true (genos_json_check (data, -1, NULL));
    g_assert_true (genos_mesh_chunk_is (data));
    g_assert_true (genos_mesh_chunk_parse (&chunk, id, data));
    g_assert_cmpstr (chunk.whole, ==, WHOLE);
    g_assert_cmpuint (chunk.index, ==, i);
    g_assert_cmpuint (chunk.size, ==, SIZE);
    g_assert_true (g_bytes_equal (chunk.bytes, bytes));
  }
}

/* Each size, and each number, but the right one is refused. */
static void
test_lies (void)
{
  static const gsize sizes[] = { 0, SIZE - 1, SIZE + 1, GENOS_MESH_CONTENT_MAX + 1, G_MAXUINT32 };
  g_autoptr (GBytes) bytes = make_bytes (7);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *data = genos_mesh_chunk_build_data (sizes[i], bytes);
    g_auto (GenosMeshChunk) chunk = { 0 };

    g_assert_false (genos_mesh_chunk_parse (&chunk, WHOLE ".2", data));
    g_assert_null (chunk.whole);
  }
  for (guint index = 0; index < 5; index++) {
    g_autofree char *data = genos_mesh_chunk_build_data (SIZE, bytes);
    g_autofree char *id = genos_mesh_chunk_build_id (WHOLE, index);
    g_auto (GenosMeshChunk) chunk = { 0 };

    g_assert_cmpint (genos_mesh_chunk_parse (&chunk, id, data), ==, index == 2);
  }
}

static void
test_ids (void)
{
  static const char *const bad[] = { "", ".", ".1", "a.1", "a:b.1", "a:b:c", "a:b:c.", "a:b:c.01",
    "a:b:c.-1", "a:b:c.1x", "a:b:c.99999999999999999999", "a:b:c.1028", "a:b:.1", ":b:c.1",
    "a:b:c:d.1", "a:b:\"c.1", "a:b:c/1", "a:b c:d.1" };
  static const char *const bad_notices[] = { "", "/", "a:b:c/0", "a:b:c/01", "a:b:c/16842753",
    "a:b:c.1", "a:b/1", "a:b:c/1/2" };
  char *whole = NULL;
  guint index;
  gsize size;
  g_autofree char *notice = genos_mesh_chunk_build_notice (WHOLE, SIZE);
  g_autofree char *long_id = g_strnfill (GENOS_MESH_ID_MAX, 'a');
  g_autofree char *too_long = g_strconcat (long_id, ":b:c.1", NULL);

  g_assert_true (genos_mesh_chunk_parse_id (WHOLE ".1027", &whole, &index));
  g_assert_cmpstr (whole, ==, WHOLE);
  g_assert_cmpuint (index, ==, 1027);
  g_clear_pointer (&whole, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (genos_mesh_chunk_parse_id (bad[i], &whole, &index));
  g_assert_false (genos_mesh_chunk_parse_id (too_long, &whole, &index));
  g_assert_true (genos_mesh_chunk_parse_notice (notice, &whole, &size));
  g_assert_cmpstr (whole, ==, WHOLE);
  g_assert_cmpuint (size, ==, SIZE);
  g_clear_pointer (&whole, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (bad_notices); i++)
    g_assert_false (genos_mesh_chunk_parse_notice (bad_notices[i], &whole, &size));
  g_assert_null (whole);
}

/* Whatever becomes of it, it is a chunk of the right length or none. */
static void
test_broken (void)
{
  g_autofree char *data = build (20, 0);
  gsize size = strlen (data);

  for (gsize length = 0; length < size; length++) {
    g_autofree char *cut = g_strndup (data, length);
    g_auto (GenosMeshChunk) chunk = { 0 };

    if (genos_json_check (cut, -1, NULL))
      g_assert_false (genos_mesh_chunk_parse (&chunk, WHOLE ".0", cut));
  }
  for (gsize bit = 0; bit < 8 * size; bit++) {
    g_autofree char *flipped = g_strdup (data);
    g_auto (GenosMeshChunk) chunk = { 0 };

    flipped[bit / 8] ^= 1 << bit % 8;
    if (genos_json_check (flipped, strlen (flipped), NULL)
        && genos_mesh_chunk_parse (&chunk, WHOLE ".0", flipped))
      g_assert_cmpuint (g_bytes_get_size (chunk.bytes), ==, chunk.size);
  }
}

/* Other messages are none, whatever they have in them; on their way through others they stay what they are. */
static void
test_frames (void)
{
  static const char *const others[] = { "null", "[]", "\"@_chunk\"", "{\"_ch\":\"chat\",\"_d\":1}",
    "{\"_p\":\"AAAA\"}", "{\"_ch\":[\"@_chunk\"]}", "{\"_ch\":\"@_chunks\"}" };
  g_autofree char *data = build (SIZE, 1);
  g_autoptr (GenosMeshFrame) chunk =
      genos_mesh_frame_new_chunk (WHOLE ".1", "alice", 3, 1700000000000, data);
  g_autofree char *text = genos_mesh_frame_to_json (chunk, 5);
  g_autoptr (GenosMeshFrame) parsed = NULL;
  guint ttl;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (genos_mesh_chunk_is (others[i]));
  parsed = genos_mesh_frame_parse (text, strlen (text), &ttl, NULL);
  g_assert_nonnull (parsed);
  g_assert_cmpuint (ttl, ==, 5);
  g_assert_true (parsed->is_chunk);
  g_assert_true (parsed->bulk);
  g_assert_null (parsed->target);
  g_assert_cmpstr (parsed->id, ==, WHOLE ".1");
  g_assert_cmpstr (parsed->data, ==, data);
  g_assert_cmpuint (parsed->ms, ==, 1700000000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-chunk/round-trip", test_round_trip);
  g_test_add_func ("/mesh/mesh-chunk/lies", test_lies);
  g_test_add_func ("/mesh/mesh-chunk/ids", test_ids);
  g_test_add_func ("/mesh/mesh-chunk/broken", test_broken);
  g_test_add_func ("/mesh/mesh-chunk/frames", test_frames);
  return g_test_run ();
}
