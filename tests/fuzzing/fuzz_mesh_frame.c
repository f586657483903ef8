/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-chunk.h>
#include <genos/mesh/mesh-frame.h>
#include <genos/room/cells/mesh-payload.h>

#include "fuzz.h"

/* What is passed on is what came. */
static void
check_passed_on (GenosMeshFrame *frame, guint ttl)
{
  g_autofree char *text = genos_mesh_frame_to_json (frame, ttl);
  guint again_ttl;
  g_autoptr (GenosMeshFrame) again = genos_mesh_frame_parse (text, strlen (text), &again_ttl, NULL);

  g_assert_nonnull (again);
  g_assert_cmpuint (again_ttl, ==, ttl);
  g_assert_cmpint (again->kind, ==, frame->kind);
  g_assert_cmpstr (again->id, ==, frame->id);
  g_assert_cmpstr (again->origin, ==, frame->origin);
  g_assert_cmpstr (again->target, ==, frame->target);
  g_assert_cmpstr (again->data, ==, frame->data);
}

/* Whatever it says of itself, a chunk has the length that its place in the whole has; its beginning is a message, or not. */
static void
check_chunk (GenosMeshFrame *frame)
{
  g_auto (GenosMeshChunk) chunk = { 0 };
  g_auto (GenosMeshPayload) payload = { 0 };
  g_autofree char *channel = NULL;
  g_autofree char *metadata = NULL;
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];

  if (!genos_mesh_chunk_parse (&chunk, frame->id, frame->data))
    return;
  g_assert_cmpuint (chunk.index, <, genos_mesh_chunk_count (chunk.size));
  g_assert_cmpuint (
      g_bytes_get_size (chunk.bytes), ==, genos_mesh_chunk_measure (chunk.size, chunk.index));
  if (genos_mesh_content_peek (chunk.bytes, &channel, &metadata))
    g_assert_nonnull (channel);
  genos_mesh_content_is_sealed (chunk.bytes);
  genos_mesh_content_get_generation (chunk.bytes, generation);
  if (genos_mesh_content_parse (&payload, chunk.bytes, frame->origin, NULL, NULL))
    g_assert_nonnull (payload.message.payload);
}

static void
check_ids (const char *const *ids)
{
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    g_autofree char *whole = NULL;
    g_autofree char *noted = NULL;
    guint index;
    gsize size;

    if (genos_mesh_chunk_parse_id (ids[i], &whole, &index))
      g_assert_cmpuint (index, <, GENOS_MESH_MAX_CHUNKS);
    if (genos_mesh_chunk_parse_notice (ids[i], &noted, &size))
      g_assert_cmpuint (size, <=, GENOS_MESH_CONTENT_MAX);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint ttl;
  g_autoptr (GenosMeshFrame) frame = genos_mesh_frame_parse ((const char *) data, size, &ttl, NULL);
  g_auto (GStrv) ids = NULL;
  g_auto (GenosMeshPayload) payload = { 0 };
  guint8 generation[GENOS_GROUP_GENERATION_SIZE];

  if (frame == NULL)
    return 0;
  g_assert_cmpuint (ttl, <=, 150);
  check_passed_on (frame, ttl);
  ids = genos_mesh_frame_parse_ids (frame->data, 64);
  check_ids ((const char *const *) ids);
  check_chunk (frame);
  genos_mesh_payload_get_generation (frame->data, generation);
  g_assert_true (ids == NULL || g_strv_length (ids) <= 64);
  if (genos_mesh_payload_parse (&payload, frame->data, frame->origin, frame->target, NULL, NULL))
    g_assert_nonnull (payload.message.payload);
  return 0;
}
