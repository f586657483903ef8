/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdataformat.h"

#include "gstgenosmessage.h"

/* In the metadata of a message; the prefix is that of all names of the protocol. */
#define FORMAT_MEMBER "@_format"
#define DURATION_MEMBER "@_duration" /* ns */

#define MAX_DURATION (24 * 60 * 60 * GST_SECOND)

static const struct {
  const char *caps;
  const char *name; /* what is told of it; NULL: the kind of the message says it */
} formats[] = {
  [GST_GENOS_DATA_TEXT] = { "text/x-raw, format=(string)utf8", NULL },
  [GST_GENOS_DATA_MARKUP] = { "text/x-raw, format=(string)pango-markup", "pango-markup" },
  [GST_GENOS_DATA_JSON] = { "application/x-json", NULL },
  [GST_GENOS_DATA_KLV] = { "meta/x-klv, parsed=(boolean)true", "klv" },
  [GST_GENOS_DATA_BYTES] = { "application/octet-stream", NULL },
};

G_STATIC_ASSERT (G_N_ELEMENTS (formats) == GST_GENOS_N_DATA_FORMATS);

gboolean
gst_genos_data_format_from_caps (const GstCaps *caps, GstGenosDataFormat *format)
{
  const GstStructure *structure;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return FALSE;
  structure = gst_caps_get_structure (caps, 0);
  if (gst_structure_has_name (structure, "text/x-raw")) {
    const char *text = gst_structure_get_string (structure, "format");

    *format = g_strcmp0 (text, "pango-markup") == 0 ? GST_GENOS_DATA_MARKUP : GST_GENOS_DATA_TEXT;
  } else if (gst_structure_has_name (structure, "application/x-json")
      || gst_structure_has_name (structure, "application/json")) {
    *format = GST_GENOS_DATA_JSON;
  } else if (gst_structure_has_name (structure, "meta/x-klv")) {
    *format = GST_GENOS_DATA_KLV;
  } else if (gst_structure_has_name (structure, "application/octet-stream")) {
    *format = GST_GENOS_DATA_BYTES;
  } else {
    return FALSE;
  }
  return TRUE;
}

GstCaps *
gst_genos_data_format_make_caps (GstGenosDataFormat format)
{
  return gst_caps_from_string (formats[format].caps);
}

/* out */

static gboolean
invalid (GError **error, const char *text)
{
  g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

/* Some elements count the NUL behind their text. (transfer full) (nullable) */
static char *
dup_text (GstBuffer *buffer, GError **error)
{
  gsize size = gst_buffer_get_size (buffer);
  g_autofree char *text = g_malloc (size + 1);

  gst_buffer_extract (buffer, 0, text, size);
  text[size] = '\0';
  while (size > 0 && text[size - 1] == '\0')
    size--;
  if (!g_utf8_validate_len (text, size, NULL)) {
    invalid (error, "Text on a data pad is UTF-8 without NUL, a buffer of it is not");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static gboolean
parse_metadata (const char *text, JsonNode **node, GError **error)
{
  if (text == NULL)
    return TRUE;
  *node = json_from_string (text, NULL);
  return *node != NULL || invalid (error, "The metadata of a data pad is not JSON");
}

/* The metadata of the pad, and what is told beside it: unless that is no object, a number for instance,
 * and so has no place for it. (transfer full) (nullable) */
static JsonNode *
add_members (JsonNode *metadata, GstGenosDataFormat format, GstClockTime duration)
{
  const char *name = formats[format].name;
  JsonObject *object;

  if (name == NULL && !GST_CLOCK_TIME_IS_VALID (duration))
    return metadata;
  if (metadata == NULL) {
    metadata = json_node_alloc ();
    json_node_init (metadata, JSON_NODE_OBJECT);
    json_node_take_object (metadata, json_object_new ());
  }
  if (!JSON_NODE_HOLDS_OBJECT (metadata))
    return metadata;
  object = json_node_get_object (metadata);
  if (name != NULL)
    json_object_set_string_member (object, FORMAT_MEMBER, name);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    json_object_set_int_member (object, DURATION_MEMBER, (gint64) MIN (duration, MAX_DURATION));
  return metadata;
}

static GenosMessage *
make_plain (GstGenosDataFormat format, GstBuffer *buffer, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gpointer data;
  gsize size;

  if (format == GST_GENOS_DATA_KLV || format == GST_GENOS_DATA_BYTES) {
    gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
    bytes = g_bytes_new_take (data, size);
    return genos_message_new_bytes (bytes, NULL);
  }
  text = dup_text (buffer, error);
  if (text == NULL)
    return NULL;
  if (format == GST_GENOS_DATA_JSON)
    return genos_message_new_json_text (text, error);
  return genos_message_new_string (text);
}

GenosMessage *
gst_genos_data_format_make_message (
    GstGenosDataFormat format, GstBuffer *buffer, const char *metadata, GError **error)
{
  g_autoptr (GenosMessage) plain = make_plain (format, buffer, error);
  g_autoptr (JsonNode) node = NULL;

  if (plain == NULL || !parse_metadata (metadata, &node, error))
    return NULL;
  node = add_members (node, format, GST_BUFFER_DURATION (buffer));
  return node != NULL ? genos_message_new_with_metadata (plain, node) : g_steal_pointer (&plain);
}

/* in */

/* (nullable): what a peer tells beside its message, when it is of that type. */
static JsonNode *
get_member (GenosMessage *message, const char *name, GType type)
{
  JsonNode *metadata = genos_message_get_metadata (message);
  JsonNode *member;

  if (metadata == NULL || !JSON_NODE_HOLDS_OBJECT (metadata))
    return NULL;
  member = json_object_get_member (json_node_get_object (metadata), name);
  if (member == NULL || !JSON_NODE_HOLDS_VALUE (member)
      || json_node_get_value_type (member) != type)
    return NULL;
  return member;
}

static gboolean
is_called (GenosMessage *message, GstGenosDataFormat format)
{
  JsonNode *member = get_member (message, FORMAT_MEMBER, G_TYPE_STRING);

  return member != NULL && g_strcmp0 (json_node_get_string (member), formats[format].name) == 0;
}

GstGenosDataFormat
gst_genos_data_format_of_message (GenosMessage *message)
{
  switch (genos_message_get_kind (message)) {
    case GENOS_MESSAGE_STRING:
      return is_called (message, GST_GENOS_DATA_MARKUP) ? GST_GENOS_DATA_MARKUP
                                                        : GST_GENOS_DATA_TEXT;
    case GENOS_MESSAGE_JSON:
      return GST_GENOS_DATA_JSON;
    default:
      return is_called (message, GST_GENOS_DATA_KLV) ? GST_GENOS_DATA_KLV : GST_GENOS_DATA_BYTES;
  }
}

static GstBuffer *
wrap_payload (GenosMessage *message)
{
  const char *text = genos_message_get_text (message);
  gsize size;

  if (text == NULL)
    return gst_genos_message_wrap_bytes (message);
  size = strlen (text);
  if (size == 0)
    return gst_buffer_new ();
  return gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY, (gpointer) text, size, 0, size,
      genos_message_ref (message), (GDestroyNotify) genos_message_unref);
}

GstBuffer *
gst_genos_data_format_make_buffer (GenosMessage *message)
{
  GstBuffer *buffer = wrap_payload (message);
  JsonNode *duration = get_member (message, DURATION_MEMBER, G_TYPE_INT64);

  if (duration != NULL && json_node_get_int (duration) >= 0
      && json_node_get_int (duration) <= (gint64) MAX_DURATION)
    GST_BUFFER_DURATION (buffer) = (GstClockTime) json_node_get_int (duration);
  return buffer;
}
