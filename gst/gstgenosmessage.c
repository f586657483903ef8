/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmessage.h"

static GBytes *
dup_bytes (const GValue *value)
{
  GstBuffer *buffer;
  gpointer data;
  gsize size;

  if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    return g_value_dup_boxed (value);
  if (!G_VALUE_HOLDS (value, GST_TYPE_BUFFER) || (buffer = gst_value_get_buffer (value)) == NULL)
    return NULL;
  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  return g_bytes_new_take (data, size);
}

static GenosMessage *
message_from_bytes (const GValue *value, const char *metadata, GError **error)
{
  g_autoptr (GBytes) bytes = dup_bytes (value);
  g_autoptr (JsonNode) json = NULL;

  if (bytes == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "The field \"data\" of a message is a GstBuffer or GBytes");
    return NULL;
  }
  if (metadata != NULL && (json = json_from_string (metadata, error)) == NULL)
    return NULL;
  return genos_message_new_bytes (bytes, json);
}

GenosMessage *
gst_genos_message_from_structure (const GstStructure *structure, GError **error)
{
  const GValue *data = gst_structure_get_value (structure, "data");
  const char *text = gst_structure_get_string (structure, "text");
  const char *json = gst_structure_get_string (structure, "json");

  if (data != NULL)
    return message_from_bytes (data, gst_structure_get_string (structure, "metadata"), error);
  if (json != NULL)
    return genos_message_new_json_text (json, error);
  if (text != NULL)
    return genos_message_new_string (text);
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "A message has one of the fields \"text\", \"json\" and \"data\"");
  return NULL;
}

static void
set_json (GstStructure *structure, const char *field, JsonNode *json)
{
  if (json != NULL) {
    g_autofree char *text = json_to_string (json, FALSE);

    gst_structure_set (structure, field, G_TYPE_STRING, text, NULL);
  }
}

GstBuffer *
gst_genos_message_wrap_bytes (GenosMessage *message)
{
  GBytes *bytes = genos_message_get_bytes (message);

  /* There is no memory of no bytes. */
  if (g_bytes_get_size (bytes) == 0)
    return gst_buffer_new ();
  return gst_buffer_new_wrapped_bytes (bytes);
}

static void
set_bytes (GstStructure *structure, GenosMessage *message)
{
  g_autoptr (GstBuffer) buffer = gst_genos_message_wrap_bytes (message);

  gst_structure_set (structure, "data", GST_TYPE_BUFFER, buffer, NULL);
}

void
gst_genos_message_to_structure (GenosMessage *message, GstStructure *structure)
{
  gst_structure_set (structure, "sealed", G_TYPE_BOOLEAN, genos_message_is_sealed (message),
      "sealing", GENOS_TYPE_SEALING, genos_message_get_sealing (message), NULL);
  switch (genos_message_get_kind (message)) {
    case GENOS_MESSAGE_STRING:
      gst_structure_set (structure, "text", G_TYPE_STRING, genos_message_get_text (message), NULL);
      break;
    case GENOS_MESSAGE_JSON:
      set_json (structure, "json", genos_message_get_json (message));
      break;
    case GENOS_MESSAGE_BYTES:
      set_bytes (structure, message);
      break;
  }
  set_json (structure, "metadata", genos_message_get_metadata (message));
}

/* metadata */

static gboolean
add_member (GQuark field, const GValue *value, gpointer user_data)
{
  JsonBuilder *builder = user_data;

  json_builder_set_member_name (builder, g_quark_to_string (field));
  if (G_VALUE_HOLDS_STRING (value)) {
    json_builder_add_string_value (builder, g_value_get_string (value));
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    json_builder_add_boolean_value (builder, g_value_get_boolean (value));
  } else if (G_VALUE_HOLDS_INT (value)) {
    json_builder_add_int_value (builder, g_value_get_int (value));
  } else if (G_VALUE_HOLDS_DOUBLE (value)) {
    json_builder_add_double_value (builder, g_value_get_double (value));
  } else {
    g_autofree char *text = gst_value_serialize (value);

    json_builder_add_string_value (builder, text != NULL ? text : "");
  }
  return TRUE;
}

static char *
json_from_structure (const GstStructure *structure)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  gst_structure_foreach (structure, add_member, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

char *
gst_genos_metadata_to_json (const char *text, GError **error)
{
  g_autoptr (JsonNode) json = json_from_string (text, NULL);
  g_autoptr (GstStructure) structure = NULL;

  if (json != NULL)
    return g_strdup (text);
  structure = gst_structure_from_string (text, NULL);
  if (structure != NULL)
    return json_from_structure (structure);
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "Metadata is JSON, like {\"name\":\"door\"}, or a GstStructure, like meta,name=door");
  return NULL;
}
