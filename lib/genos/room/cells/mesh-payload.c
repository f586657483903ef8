/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/cells/mesh-payload.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/crypto/sealed-letter.h>
#include <genos/mesh/mesh-chunk.h>
#include <genos/mesh/mesh-frame.h>
#include <genos/wire/channel-frame.h>
#include <genos/wire/json-text.h>

/* What a frame has besides: ids, names. */
#define HEADROOM 1024
/* Six and more characters for each byte: beyond that a browser is told nothing. */
#define BROWSER_BYTES_MAX (64 * 1024)

/* --- building --- */

/* As a browser writes a Uint8Array. */
static void
append_bytes (GString *out, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_string_append_c (out, '{');
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (out, "%s\"%" G_GSIZE_FORMAT "\":%u", i > 0 ? "," : "", i, data[i]);
  g_string_append_c (out, '}');
}

static void
append_value (GString *out, const GenosExtendedMessage *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message->payload, &size);
  g_autofree char *text = NULL;

  switch (message->kind) {
    case GENOS_PAYLOAD_STRING:
      text = g_strndup (data, size);
      genos_json_append_string (out, text);
      break;
    case GENOS_PAYLOAD_JSON:
      g_string_append_len (out, data, size);
      break;
    default:
      append_bytes (out, message->payload);
      break;
  }
}

static GBytes *
build_extended (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  g_autoptr (GBytes) plain = genos_extended_message_build (message);
  const char *context[] = { address->channel != NULL ? address->channel : "", address->self_id,
    address->target != NULL ? address->target : "", NULL };

  if (address->group != NULL)
    return genos_group_key_seal (address->group, context, address->ms, plain);
  if (address->key == NULL)
    return g_steal_pointer (&plain);
  return genos_sealed_letter_seal (address->key, context, address->ms, plain);
}

static void
append_extended (GString *out, const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  g_autoptr (GBytes) bytes = build_extended (address, message);
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_base64_encode (data, size);

  g_string_append_printf (out, "\"_x\":\"%s\"", text);
}

static gboolean
is_to_be_sealed (const GenosMeshAddress *address)
{
  return address->key != NULL || address->group != NULL;
}

/* Whether a browser's form says all of it. */
static gboolean
is_simple (const GenosExtendedMessage *message)
{
  return message->role == GENOS_ROLE_MESSAGE && message->ntp_time == 0 && message->metadata == NULL
      && message->kind != GENOS_PAYLOAD_BINARY;
}

gboolean
genos_mesh_payload_suits_browsers (
    const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  if (is_to_be_sealed (address) || message->role != GENOS_ROLE_MESSAGE)
    return FALSE;
  return is_simple (message)
      || (address->browsers
          && (message->kind != GENOS_PAYLOAD_BINARY
              || g_bytes_get_size (message->payload) <= BROWSER_BYTES_MAX));
}

static char *
build (const GenosMeshAddress *address, const GenosExtendedMessage *message)
{
  GString *out = g_string_new ("{");
  gboolean plain = genos_mesh_payload_suits_browsers (address, message);
  gboolean extended = is_to_be_sealed (address) || !is_simple (message);

  if (address->channel != NULL) {
    g_string_append (out, "\"_ch\":");
    genos_json_append_string (out, address->channel);
    g_string_append_c (out, ',');
  }
  if (plain) {
    g_string_append (out, "\"_d\":");
    append_value (out, message);
  }
  if (plain && extended)
    g_string_append_c (out, ',');
  if (extended)
    append_extended (out, address, message);
  if (address->target != NULL)
    g_string_append_printf (out, ",\"_t\":\"%s\"", address->target);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

char *
genos_mesh_payload_build (
    const GenosMeshAddress *address, const GenosExtendedMessage *message, GError **error)
{
  g_autofree char *data = NULL;

  if (address->channel == NULL && address->target == NULL && !is_to_be_sealed (address)
      && is_simple (message)) {
    GString *out = g_string_new (NULL);

    append_value (out, message);
    data = g_string_free (out, FALSE);
  } else {
    data = build (address, message);
  }
  if (strlen (data) <= GENOS_MESH_FRAME_MAX - HEADROOM)
    return g_steal_pointer (&data);
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
      "a message of %" G_GSIZE_FORMAT
      " bytes is too large to be passed on from cell to cell: about "
      "one megabyte is the most",
      g_bytes_get_size (message->payload));
  return NULL;
}

/* --- parsing --- */

void
genos_mesh_payload_clear (GenosMeshPayload *self)
{
  g_clear_pointer (&self->channel, g_free);
  g_clear_pointer (&self->digest, g_free);
  genos_extended_message_clear (&self->message);
}

static gboolean
find (const char *data, const char *name, const char **value, gsize *size)
{
  return genos_mesh_frame_find_member (data, strlen (data), name, value, size);
}

/* (transfer full) (nullable): base64 of @data's "_x" decoded */
static GBytes *
dup_extended (const char *data)
{
  const char *value;
  gsize size, decoded_size;
  g_autofree char *text = NULL;
  guchar *decoded;

  if (!find (data, "_x", &value, &size) || size < 2 || value[0] != '"')
    return NULL;
  text = g_strndup (value + 1, size - 2);
  decoded = g_base64_decode (text, &decoded_size);
  return g_bytes_new_take (decoded, decoded_size);
}

gboolean
genos_mesh_payload_is_sealed (const char *data)
{
  g_autoptr (GBytes) bytes = dup_extended (data);

  return bytes != NULL && genos_sealed_letter_is (bytes);
}

gboolean
genos_mesh_payload_get_generation (const char *data, guint8 generation[GENOS_GROUP_GENERATION_SIZE])
{
  g_autoptr (GBytes) bytes = dup_extended (data);

  return bytes != NULL && genos_group_key_peek (bytes, generation);
}

static gboolean
read_value (GenosMeshPayload *self, const char *value, gsize size, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  const char *text;

  if (size == 0 || value[0] != '"') {
    self->message.kind = GENOS_PAYLOAD_JSON;
    self->message.payload = g_bytes_new (value, size);
    return TRUE;
  }
  node = genos_json_parse (value, size, error);
  text = node != NULL ? genos_json_node_string (node) : NULL;
  if (text == NULL)
    return FALSE;
  self->message.kind = GENOS_PAYLOAD_STRING;
  self->message.payload = g_bytes_new (text, strlen (text));
  return TRUE;
}

static gboolean
read_channel (GenosMeshPayload *self, const char *data, GError **error)
{
  const char *value;
  gsize size;
  g_autoptr (JsonNode) node = NULL;

  if (!find (data, "_ch", &value, &size))
    return TRUE;
  node = genos_json_parse (value, size, error);
  if (node == NULL)
    return FALSE;
  self->channel = g_strdup (genos_json_node_string (node));
  if (self->channel != NULL)
    return genos_channel_name_check (self->channel, error);
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "the name of a channel that is no text");
  return FALSE;
}

static gboolean
read_extended (GenosMeshPayload *self, GBytes *bytes, const char *origin, const char *target,
    GenosSecret *key, GError **error)
{
  const char *context[] = { self->channel != NULL ? self->channel : "", origin,
    target != NULL ? target : "", NULL };
  g_autoptr (GBytes) opened = NULL;

  self->sealed = genos_sealed_letter_is (bytes);
  if (!self->sealed)
    return genos_extended_message_parse (bytes, &self->message, error);
  if (key == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION,
        "it is sealed, and there is no key to open it with");
    return FALSE;
  }
  self->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  opened = genos_sealed_letter_open (key, context, bytes, &self->ms, error);
  return opened != NULL && genos_extended_message_parse (opened, &self->message, error);
}

static gboolean
read_all (GenosMeshPayload *self, const char *data, const char *origin, const char *target,
    GenosSecret *key, GError **error)
{
  g_autoptr (GBytes) extended = dup_extended (data);
  const char *value;
  gsize size;

  if (!read_channel (self, data, error))
    return FALSE;
  if (extended != NULL)
    return read_extended (self, extended, origin, target, key, error);
  if (self->channel == NULL && target == NULL)
    return read_value (self, data, strlen (data), error);
  if (find (data, "_d", &value, &size))
    return read_value (self, value, size, error);
  g_set_error_literal (
      error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "a message of a channel without anything in it");
  return FALSE;
}

static gboolean
open_group (GenosMeshPayload *self, GBytes *sealed, const char *origin, GenosGroupKey *group,
    GError **error)
{
  g_autoptr (GBytes) opened = NULL;

  self->sealed = TRUE;
  self->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, sealed);
  opened = genos_group_key_open (group,
      (const char *[]){ self->channel != NULL ? self->channel : "", origin, "", NULL }, sealed,
      &self->ms, error);
  return opened != NULL && genos_extended_message_parse (opened, &self->message, error);
}

static gboolean
read_group (GenosMeshPayload *self, const char *data, const char *origin, GenosGroupKey *group,
    GError **error)
{
  g_autoptr (GBytes) sealed = dup_extended (data);

  return read_channel (self, data, error) && open_group (self, sealed, origin, group, error);
}

gboolean
genos_mesh_payload_parse_group (GenosMeshPayload *self, const char *data, const char *origin,
    GenosGroupKey *group, GError **error)
{
  *self = (GenosMeshPayload){ 0 };
  if (read_group (self, data, origin, group, error))
    return TRUE;
  genos_mesh_payload_clear (self);
  return FALSE;
}

gboolean
genos_mesh_payload_parse (GenosMeshPayload *self, const char *data, const char *origin,
    const char *target, GenosSecret *key, GError **error)
{
  *self = (GenosMeshPayload){ 0 };
  if (read_all (self, data, origin, target, key, error))
    return TRUE;
  genos_mesh_payload_clear (self);
  return FALSE;
}

/* --- what goes in chunks --- */

GBytes *
genos_mesh_content_build (
    const GenosMeshAddress *address, const GenosExtendedMessage *message, GError **error)
{
  g_autoptr (GBytes) extended = build_extended (address, message);
  const char *channel = address->channel != NULL ? address->channel : "";
  guint8 length = MIN (strlen (channel), G_MAXUINT8);
  gsize size;
  gconstpointer data = g_bytes_get_data (extended, &size);
  GByteArray *content;

  if (1 + length + size > GENOS_MESH_CONTENT_MAX) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "a message of %" G_GSIZE_FORMAT " bytes is too large for a message: 16 MiB is the most; "
        "send it as a stream or a file",
        g_bytes_get_size (message->payload));
    return NULL;
  }
  content = g_byte_array_sized_new (1 + length + size);
  g_byte_array_append (content, &length, 1);
  g_byte_array_append (content, (const guint8 *) channel, length);
  g_byte_array_append (content, data, size);
  return g_byte_array_free_to_bytes (content);
}

/* @channel: (out) (transfer full) (nullable): it is for none */
static gboolean
split_content (GBytes *content, char **channel, GBytes **extended, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (content, &size);
  g_autofree char *name = NULL;

  if (size < 1 || (gsize) 1 + data[0] >= size) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "a message that is cut off");
    return FALSE;
  }
  if (data[0] > 0)
    name = g_strndup ((const char *) data + 1, data[0]);
  if (name != NULL && !genos_channel_name_check (name, error))
    return FALSE;
  *channel = g_steal_pointer (&name);
  *extended = g_bytes_new_from_bytes (content, 1 + data[0], size - 1 - data[0]);
  return TRUE;
}

gboolean
genos_mesh_content_parse (
    GenosMeshPayload *self, GBytes *content, const char *origin, GenosSecret *key, GError **error)
{
  g_autoptr (GBytes) extended = NULL;

  *self = (GenosMeshPayload){ 0 };
  if (split_content (content, &self->channel, &extended, error)
      && read_extended (self, extended, origin, NULL, key, error))
    return TRUE;
  genos_mesh_payload_clear (self);
  return FALSE;
}

gboolean
genos_mesh_content_parse_group (GenosMeshPayload *self, GBytes *content, const char *origin,
    GenosGroupKey *group, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;

  *self = (GenosMeshPayload){ 0 };
  if (split_content (content, &self->channel, &sealed, error)
      && open_group (self, sealed, origin, group, error))
    return TRUE;
  genos_mesh_payload_clear (self);
  return FALSE;
}

gboolean
genos_mesh_content_is_sealed (GBytes *content)
{
  g_autofree char *channel = NULL;
  g_autoptr (GBytes) extended = NULL;

  return split_content (content, &channel, &extended, NULL) && genos_sealed_letter_is (extended);
}

gboolean
genos_mesh_content_get_generation (GBytes *content, guint8 generation[GENOS_GROUP_GENERATION_SIZE])
{
  g_autofree char *channel = NULL;
  g_autoptr (GBytes) extended = NULL;

  return split_content (content, &channel, &extended, NULL)
      && genos_group_key_peek (extended, generation);
}

gboolean
genos_mesh_content_peek (GBytes *first, char **channel, char **metadata)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) extended = NULL;

  if (!split_content (first, &name, &extended, NULL) || name == NULL)
    return FALSE;
  *channel = g_steal_pointer (&name);
  *metadata = genos_extended_message_peek_metadata (extended);
  return TRUE;
}
