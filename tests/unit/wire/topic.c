/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/topic.h>

#include <string.h>

#include "vectors.h"

static const GenosDialect *
dialect_of (const char *namespace_)
{
  for (const GenosDialect *const *row = genos_dialects (); *row != NULL; row++) {
    if (g_str_equal ((*row)->namespace_, namespace_))
      return *row;
  }
  g_assert_not_reached ();
}

static void
check (const char *path, JsonObject *item, const char *topic_name, const char *kind_name)
{
  g_autofree char *topic = genos_topic_from_path (path);

  g_assert_cmpstr (topic, ==, json_object_get_string_member (item, topic_name));
  g_assert_cmpint (genos_topic_kind (topic), ==, json_object_get_int_member (item, kind_name));
}

/* The path of a room id that did not come from db.room has no prefix to add. */
static char *
path_of (JsonObject *item, const char *peer_id)
{
  GenosDialect dialect = *dialect_of (json_object_get_string_member (item, "namespace"));
  const char *room_id = json_object_get_string_member (item, "roomId");

  if (g_str_has_prefix (room_id, dialect.room_prefix))
    room_id += strlen (dialect.room_prefix);
  else
    dialect.room_prefix = "";
  return genos_topic_path (
      &dialect, json_object_get_string_member (item, "appId"), room_id, peer_id);
}

static void
test_vectors (void)
{
  g_autoptr (JsonNode) root = vectors_load ("topics.json");
  JsonArray *cases = json_node_get_array (root);

  g_assert_cmpuint (json_array_get_length (cases), ==, 5);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    JsonObject *item = json_array_get_object_element (cases, i);
    g_autofree char *root_path = path_of (item, NULL);
    g_autofree char *self_path = path_of (item, json_object_get_string_member (item, "peerId"));

    check (root_path, item, "rootTopic", "rootKind");
    check (self_path, item, "selfTopic", "selfKind");
  }
}

static void
test_path (void)
{
  g_autofree char *root = genos_topic_path (genos_dialect_lookup ("genosrtc"), "1234", "r", NULL);
  g_autofree char *self = genos_topic_path (genos_dialect_lookup ("trystero"), "app", "r", "me");

  g_assert_cmpstr (root, ==, "GenosRTC@1234@app-sync-r");
  g_assert_cmpstr (self, ==, "Trystero@app@r@me");
}

static void
test_kind (void)
{
  g_autofree char *heavy = g_strnfill (200, 'z');

  g_assert_cmpuint (genos_topic_kind (""), ==, 20000);
  g_assert_cmpuint (genos_topic_kind ("01"), ==, 20097);
  g_assert_cmpuint (genos_topic_kind (heavy), ==, 20000 + 200 * 'z' % 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/topic/vectors", test_vectors);
  g_test_add_func ("/wire/topic/path", test_path);
  g_test_add_func ("/wire/topic/kind", test_kind);
  return g_test_run ();
}
