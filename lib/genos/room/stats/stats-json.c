/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/room.h>

#include <json-glib/json-glib.h>
#include <math.h>

/* Structures nest as deep as we make them; no stranger does. */
#define MAX_DEPTH 16

static JsonNode *node_from_value (const GValue *value, guint depth);

/* "bytes-sent" is "bytesSent" in W3C's webrtc-stats. */
static char *
camel_case (const char *name)
{
  GString *camel = g_string_sized_new (32);
  gboolean raise = FALSE;

  for (; *name != '\0'; name++) {
    if (*name == '-') {
      raise = TRUE;
      continue;
    }
    g_string_append_c (camel, raise ? g_ascii_toupper (*name) : *name);
    raise = FALSE;
  }
  return g_string_free (camel, FALSE);
}

typedef struct {
  JsonObject *object;
  guint depth;
} Fields;

static gboolean
add_field (GQuark field, const GValue *value, gpointer user_data)
{
  Fields *fields = user_data;
  g_autofree char *name = camel_case (g_quark_to_string (field));

  json_object_set_member (fields->object, name, node_from_value (value, fields->depth));
  return TRUE;
}

static JsonNode *
node_from_structure (const GstStructure *structure, guint depth)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  Fields fields = { json_object_new (), depth };

  gst_structure_foreach (structure, add_field, &fields);
  json_node_take_object (node, fields.object);
  return node;
}

static JsonNode *
node_from_list (const GValue *list, guint depth)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < gst_value_list_get_size (list); i++)
    json_array_add_element (array, node_from_value (gst_value_list_get_value (list, i), depth));
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
node_from_number (const GValue *value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  g_auto (GValue) number = G_VALUE_INIT;

  /* JSON has neither infinity nor "no number". */
  if (G_VALUE_HOLDS_DOUBLE (value) || G_VALUE_HOLDS_FLOAT (value)) {
    g_value_init (&number, G_TYPE_DOUBLE);
    g_value_transform (value, &number);
    if (!isfinite (g_value_get_double (&number)))
      g_value_set_double (&number, 0);
    json_node_set_double (node, g_value_get_double (&number));
  } else {
    g_value_init (&number, G_TYPE_INT64);
    g_value_transform (value, &number);
    json_node_set_int (node, g_value_get_int64 (&number));
  }
  return node;
}

static JsonNode *
node_from_text (const GValue *value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    text = g_value_dup_string (value);
  } else if (G_VALUE_HOLDS_ENUM (value)) {
    g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
    GEnumValue *known = g_enum_get_value (klass, g_value_get_enum (value));

    text = g_strdup (known != NULL ? known->value_nick : NULL);
  } else {
    text = gst_value_serialize (value);
  }
  if (text == NULL)
    return json_node_init_null (node);
  valid = g_utf8_make_valid (text, -1);
  json_node_set_string (node, valid);
  return node;
}

static JsonNode *
node_from_value (const GValue *value, guint depth)
{
  if (depth >= MAX_DEPTH)
    return json_node_new (JSON_NODE_NULL);
  if (GST_VALUE_HOLDS_STRUCTURE (value))
    return node_from_structure (gst_value_get_structure (value), depth + 1);
  if (GST_VALUE_HOLDS_LIST (value))
    return node_from_list (value, depth + 1);
  if (G_VALUE_HOLDS_BOOLEAN (value)) {
    JsonNode *node = json_node_new (JSON_NODE_VALUE);

    json_node_set_boolean (node, g_value_get_boolean (value));
    return node;
  }
  if (!G_VALUE_HOLDS_ENUM (value) && !G_VALUE_HOLDS_STRING (value)
      && g_value_type_transformable (G_VALUE_TYPE (value), G_TYPE_INT64))
    return node_from_number (value);
  return node_from_text (value);
}

/**
 * genos_stats_to_json:
 * @stats: what [method@Room.get_stats] gave, or a part of it
 *
 * Writes statistics as JSON. Members are named as in W3C's webrtc-stats: the
 * structure's `bytes-sent` is `bytesSent`.
 *
 * Returns: (transfer full): one line of JSON, an object
 */
char *
genos_stats_to_json (const GstStructure *stats)
{
  g_autoptr (JsonNode) node = NULL;

  g_return_val_if_fail (GST_IS_STRUCTURE (stats), NULL);

  node = node_from_structure (stats, 0);
  return json_to_string (node, FALSE);
}
