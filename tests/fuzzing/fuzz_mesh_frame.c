/* SPDX-License-Identifier: LGPL-2.1-or-later */

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
  genos_mesh_payload_get_generation (frame->data, generation);
  g_assert_true (ids == NULL || g_strv_length (ids) <= 64);
  if (genos_mesh_payload_parse (&payload, frame->data, frame->origin, frame->target, NULL, NULL))
    g_assert_nonnull (payload.message.payload);
  return 0;
}
