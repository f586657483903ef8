/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosnavigation.h"

#include <gst/video/navigation.h>
#include <gst/video/video.h>

#include <string.h>

#define NAVIGATION "application/x-gst-navigation"
#define MAX_NAME 64
#define MAX_TEXT 1024
#define MAX_FIELDS 32

gboolean
gst_genos_navigation_takes (GstEvent *event)
{
  const GstStructure *structure = gst_event_get_structure (event);

  if (structure == NULL || gst_video_event_is_force_key_unit (event))
    return FALSE;
  return GST_EVENT_TYPE (event) == GST_EVENT_NAVIGATION
      || GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_UPSTREAM;
}

/* --- to JSON --- */

static gboolean
add_field (GQuark id, const GValue *value, gpointer user_data)
{
  JsonObject *fields = user_data;
  const char *name = g_quark_to_string (id);

  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    json_object_set_string_member (fields, name, g_value_get_string (value));
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    json_object_set_boolean_member (fields, name, g_value_get_boolean (value));
  else if (G_VALUE_HOLDS_INT (value))
    json_object_set_int_member (fields, name, g_value_get_int (value));
  else if (G_VALUE_HOLDS_UINT (value))
    json_object_set_int_member (fields, name, g_value_get_uint (value));
  else if (G_VALUE_HOLDS_FLAGS (value))
    json_object_set_int_member (fields, name, g_value_get_flags (value));
  else if (G_VALUE_HOLDS_DOUBLE (value))
    json_object_set_double_member (fields, name, g_value_get_double (value));
  return TRUE;
}

GenosMessage *
gst_genos_navigation_pack (GstEvent *event, const char *stream_id, const char *track_id)
{
  const GstStructure *structure = gst_event_get_structure (event);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *fields = json_object_new ();

  json_object_set_string_member (object, "stream", stream_id);
  json_object_set_string_member (object, "track", track_id);
  json_object_set_string_member (object, "name", gst_structure_get_name (structure));
  gst_structure_foreach (structure, add_field, fields);
  json_object_set_object_member (object, "fields", fields);
  json_node_take_object (node, object);
  return genos_message_new_json (node);
}

/* --- from JSON, which anybody may have written --- */

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = node != NULL && JSON_NODE_HOLDS_VALUE (node)
          && json_node_get_value_type (node) == G_TYPE_STRING
      ? json_node_get_string (node)
      : NULL;

  return text != NULL && strlen (text) <= MAX_TEXT ? text : NULL;
}

/* What GstStructure takes without a complaint. */
static gboolean
is_name (const char *name)
{
  if (name == NULL || !g_ascii_isalpha (*name) || strlen (name) > MAX_NAME)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && strchr ("/-_.:+", *c) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_coordinate (const char *name)
{
  return g_str_has_prefix (name, "pointer_") || g_str_has_prefix (name, "delta_pointer_")
      || g_str_equal (name, "pressure");
}

/* A page has one type of number where GstNavigation has many. */
static void
take_number (GstStructure *structure, const char *name, JsonNode *node, gboolean navigation)
{
  gboolean whole = json_node_get_value_type (node) == G_TYPE_INT64;
  gint64 number = whole ? json_node_get_int (node) : 0;

  if (navigation && is_coordinate (name))
    gst_structure_set (structure, name, G_TYPE_DOUBLE, json_node_get_double (node), NULL);
  else if (whole && navigation && g_str_equal (name, "identifier"))
    gst_structure_set (structure, name, G_TYPE_UINT, (guint) number, NULL);
#if GST_CHECK_VERSION(1, 22, 0)
  else if (whole && navigation && g_str_equal (name, "state"))
    gst_structure_set (structure, name, GST_TYPE_NAVIGATION_MODIFIER_TYPE, (guint) number, NULL);
#endif
  else if (whole && number >= G_MININT && number <= G_MAXINT)
    gst_structure_set (structure, name, G_TYPE_INT, (int) number, NULL);
  else
    gst_structure_set (structure, name, G_TYPE_DOUBLE, json_node_get_double (node), NULL);
}

static void
take_field (JsonObject *fields, const char *name, JsonNode *node, gpointer structure)
{
  gboolean navigation = gst_structure_has_name (structure, NAVIGATION);
  const char *text;

  if (!is_name (name) || !JSON_NODE_HOLDS_VALUE (node)
      || gst_structure_n_fields (structure) >= MAX_FIELDS)
    return;
  switch (json_node_get_value_type (node)) {
    case G_TYPE_STRING:
      text = get_text (fields, name);
      if (text != NULL)
        gst_structure_set (structure, name, G_TYPE_STRING, text, NULL);
      break;
    case G_TYPE_BOOLEAN:
      gst_structure_set (structure, name, G_TYPE_BOOLEAN, json_node_get_boolean (node), NULL);
      break;
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      take_number (structure, name, node, navigation);
      break;
    default:
      break;
  }
}

GstEvent *
gst_genos_navigation_unpack (GenosMessage *message, char **stream_id, char **track_id)
{
  JsonNode *json = genos_message_get_json (message);
  JsonObject *object =
      json != NULL && JSON_NODE_HOLDS_OBJECT (json) ? json_node_get_object (json) : NULL;
  const char *name = object != NULL ? get_text (object, "name") : NULL;
  GstStructure *structure;
  JsonNode *fields;

  /* GStreamer's own, which is not for strangers to send. */
  if (!is_name (name) || g_str_has_prefix (name, "Gst"))
    return NULL;
  structure = gst_structure_new_empty (name);
  fields = json_object_get_member (object, "fields");
  if (fields != NULL && JSON_NODE_HOLDS_OBJECT (fields))
    json_object_foreach_member (json_node_get_object (fields), take_field, structure);
  *stream_id = g_strdup (get_text (object, "stream"));
  *track_id = g_strdup (get_text (object, "track"));
  return g_str_equal (name, NAVIGATION)
      ? gst_event_new_navigation (structure)
      : gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, structure);
}
