/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/message-private.h>

#include <string.h>

#include <genos/wire/json-text.h>

/**
 * GenosMessage:
 *
 * One message of a channel: a string, a JSON value, or bytes with or without
 * metadata. Immutable; may be passed between threads.
 */
struct _GenosMessage {
  gatomicrefcount ref_count;
  GenosMessageKind kind;
  GBytes *payload; /* text is followed by a NUL that is not counted */
  JsonNode *json;
  JsonNode *metadata;
  char *metadata_text;
  guint64 ntp_time;
  GenosSealing sealing;
};

G_DEFINE_BOXED_TYPE (GenosMessage, genos_message, genos_message_ref, genos_message_unref)

G_DEFINE_ENUM_TYPE (GenosMessageKind, genos_message_kind,
    G_DEFINE_ENUM_VALUE (GENOS_MESSAGE_STRING, "string"),
    G_DEFINE_ENUM_VALUE (GENOS_MESSAGE_JSON, "json"),
    G_DEFINE_ENUM_VALUE (GENOS_MESSAGE_BYTES, "bytes"))

static GenosMessage *
message_new (GenosMessageKind kind)
{
  GenosMessage *self = g_new0 (GenosMessage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  return self;
}

/* The NUL behind the text makes it a C string without another copy. */
static GBytes *
bytes_take_text (char *text)
{
  return g_bytes_new_with_free_func (text, strlen (text), g_free, text);
}

static GenosMessage *
message_take_json (JsonNode *value)
{
  GenosMessage *self = message_new (GENOS_MESSAGE_JSON);

  self->json = value;
  self->payload = bytes_take_text (json_to_string (value, FALSE));
  return self;
}

/**
 * genos_message_new_string:
 * @text: UTF-8, at most what [method@Channel.send] allows
 *
 * Makes a message that carries a string.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_string (const char *text)
{
  GenosMessage *self;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (g_utf8_validate (text, -1, NULL), NULL);

  self = message_new (GENOS_MESSAGE_STRING);
  self->payload = bytes_take_text (g_strdup (text));
  return self;
}

/**
 * genos_message_new_json:
 * @value: the JSON value; it is copied
 *
 * Makes a message that carries a JSON value.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_json (JsonNode *value)
{
  g_return_val_if_fail (value != NULL, NULL);

  return message_take_json (json_node_copy (value));
}

/**
 * genos_message_new_json_text:
 * @text: a JSON value as text
 * @error: return location for an error
 *
 * Makes a message that carries the JSON value written in @text.
 *
 * Fails with %GENOS_ERROR_INVALID_ARGUMENT when @text is not JSON.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_json_text (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) inner = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  node = genos_json_parse (text, -1, &inner);
  if (node == NULL) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "not JSON: %s", inner->message);
    return NULL;
  }
  return genos_message_new_json (node);
}

/**
 * genos_message_new_variant:
 * @value: a variant; a floating reference is taken
 *
 * Makes a message that carries @value as JSON, in the way of json-glib's
 * json_gvariant_serialize().
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_variant (GVariant *value)
{
  g_autoptr (GVariant) owned = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  owned = g_variant_ref_sink (value);
  return message_take_json (json_gvariant_serialize (owned));
}

/**
 * genos_message_new_bytes:
 * @bytes: the bytes
 * @metadata: (nullable): a JSON value that travels with them, of at most 16 369 bytes as text; it is copied
 *
 * Makes a message that carries bytes.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_bytes (GBytes *bytes, JsonNode *metadata)
{
  GenosMessage *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = message_new (GENOS_MESSAGE_BYTES);
  self->payload = g_bytes_ref (bytes);
  if (metadata != NULL) {
    self->metadata = json_node_copy (metadata);
    self->metadata_text = json_to_string (metadata, FALSE);
  }
  return self;
}

static gboolean
take_remote_json (const char *text, JsonNode **node, GError **error)
{
  g_autoptr (GError) inner = NULL;

  *node = genos_json_parse (text, -1, &inner);
  if (*node != NULL)
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "unusable JSON: %s", inner->message);
  return FALSE;
}

static char *
dup_payload_text (GBytes *payload)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (payload, &size);

  return size > 0 ? g_strndup (data, size) : g_strdup ("");
}

static GenosMessage *
new_remote (GenosPayloadKind kind, GBytes *payload, const char *metadata, GError **error)
{
  g_autoptr (GenosMessage) self = NULL;

  switch (kind) {
    case GENOS_PAYLOAD_STRING:
      self = message_new (GENOS_MESSAGE_STRING);
      self->payload = bytes_take_text (dup_payload_text (payload));
      break;
    case GENOS_PAYLOAD_JSON:
      self = message_new (GENOS_MESSAGE_JSON);
      self->payload = bytes_take_text (dup_payload_text (payload));
      if (!take_remote_json (g_bytes_get_data (self->payload, NULL), &self->json, error))
        return NULL;
      break;
    case GENOS_PAYLOAD_BINARY:
    case GENOS_PAYLOAD_EXTENDED:
      self = message_new (GENOS_MESSAGE_BYTES);
      self->payload = g_bytes_ref (payload);
      break;
  }
  if (metadata != NULL) {
    self->metadata_text = g_strdup (metadata);
    if (!take_remote_json (metadata, &self->metadata, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

GenosMessage *
genos_message_new_assembled (const GenosAssembledMessage *assembled, GError **error)
{
  return new_remote (assembled->kind, assembled->payload, assembled->metadata, error);
}

GenosMessage *
genos_message_new_extended (
    const GenosExtendedMessage *extended, GenosSealing sealing, GError **error)
{
  GenosMessage *self = new_remote (extended->kind, extended->payload, extended->metadata, error);

  if (self != NULL) {
    self->sealing = sealing;
    self->ntp_time = extended->ntp_time;
  }
  return self;
}

/**
 * genos_message_ref:
 * @self: a message
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
GenosMessage *
genos_message_ref (GenosMessage *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * genos_message_unref:
 * @self: (transfer full): a message
 *
 * Gives a reference back.
 */
void
genos_message_unref (GenosMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->json, json_node_unref);
  g_clear_pointer (&self->metadata, json_node_unref);
  g_free (self->metadata_text);
  g_free (self);
}

/**
 * genos_message_get_kind:
 * @self: a message
 *
 * Gets what the message carries.
 *
 * Returns: its kind
 */
GenosMessageKind
genos_message_get_kind (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, GENOS_MESSAGE_STRING);
  return self->kind;
}

/**
 * genos_message_get_text:
 * @self: a message
 *
 * Gets the string, or the text of the JSON value.
 *
 * Returns: (transfer none) (nullable): UTF-8; %NULL when the message carries bytes
 */
const char *
genos_message_get_text (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind == GENOS_MESSAGE_BYTES)
    return NULL;
  return g_bytes_get_data (self->payload, NULL) != NULL ? g_bytes_get_data (self->payload, NULL)
                                                        : "";
}

/**
 * genos_message_get_json:
 * @self: a message
 *
 * Gets the JSON value.
 *
 * Returns: (transfer none) (nullable): the value; %NULL when the message carries
 *   something else
 */
JsonNode *
genos_message_get_json (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->json;
}

/**
 * genos_message_get_bytes:
 * @self: a message
 *
 * Gets the bytes.
 *
 * Returns: (transfer none) (nullable): the bytes; %NULL when the message carries
 *   something else
 */
GBytes *
genos_message_get_bytes (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->kind == GENOS_MESSAGE_BYTES ? self->payload : NULL;
}

/**
 * genos_message_get_metadata:
 * @self: a message
 *
 * Gets what came with the bytes.
 *
 * Returns: (transfer none) (nullable): a JSON value, or %NULL when there is none
 */
JsonNode *
genos_message_get_metadata (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->metadata;
}

/**
 * genos_message_is_sealed:
 * @self: a message
 *
 * Gets whether a message that came in was sealed end to end; with what,
 * [method@Message.get_sealing] tells.
 *
 * Returns: %TRUE when it was; %FALSE for those of browsers and of rooms without
 *   password
 */
gboolean
genos_message_is_sealed (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->sealing != GENOS_SEALING_NONE;
}

/**
 * genos_message_get_sealing:
 * @self: a message
 *
 * Gets what a message that came in was sealed with. In a room in cells
 * ([property@Room:cells]) what is said to everybody has %GENOS_SEALING_GROUP, or
 * %GENOS_SEALING_ROOM when there are more than 256 peers; whatever comes over a
 * link or is for one peer has %GENOS_SEALING_PEER.
 *
 * Returns: what it was; %GENOS_SEALING_NONE for a message that was made here
 */
GenosSealing
genos_message_get_sealing (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, GENOS_SEALING_NONE);
  return self->sealing;
}

/**
 * genos_message_get_ntp_time:
 * @self: a message
 *
 * Gets the time of what the message belongs to, on the sender's wall clock: that in which the
 * sender reports of its tracks (RTCP) are, so that a message can be put beside a picture. The
 * packets of a [class@RemoteTrack] have theirs in a [struct@Gst.ReferenceTimestampMeta] of
 * `timestamp/x-ntp`, once the first report is here.
 *
 * Returns: NTP's 32.32 bits (RFC 5905, chapter 6); 0: the sender did not say, as browsers never do
 */
guint64
genos_message_get_ntp_time (GenosMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->ntp_time;
}

static GenosMessage *
copy_payload (GenosMessage *message)
{
  GenosMessage *self = message_new (message->kind);

  self->payload = g_bytes_ref (message->payload);
  if (message->json != NULL)
    self->json = json_node_copy (message->json);
  return self;
}

/**
 * genos_message_new_timed:
 * @message: a message
 * @ntp_time: when what it belongs to happened, on the wall clock, as NTP's 32.32 bits; 0: no time
 *
 * Makes a message like @message that tells its receivers what time it belongs to. Browsers are not
 * told.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_timed (GenosMessage *message, guint64 ntp_time)
{
  GenosMessage *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = copy_payload (message);
  if (message->metadata != NULL)
    self->metadata = json_node_copy (message->metadata);
  self->metadata_text = g_strdup (message->metadata_text);
  self->ntp_time = ntp_time;
  return self;
}

/**
 * genos_message_new_with_metadata:
 * @message: a message
 * @metadata: (nullable): a JSON value that travels with it, of at most 16 369 bytes as text; it is copied
 *
 * Makes a message like @message with @metadata in the place of what it had. Browsers get the metadata
 * of bytes only: strings and JSON values come to them without.
 *
 * Returns: (transfer full): the message
 */
GenosMessage *
genos_message_new_with_metadata (GenosMessage *message, JsonNode *metadata)
{
  GenosMessage *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = copy_payload (message);
  if (metadata != NULL) {
    self->metadata = json_node_copy (metadata);
    self->metadata_text = json_to_string (metadata, FALSE);
  }
  self->ntp_time = message->ntp_time;
  return self;
}

void
genos_message_set_sealing (GenosMessage *self, GenosSealing sealing)
{
  self->sealing = sealing;
}

void
genos_message_set_ntp_time (GenosMessage *self, guint64 ntp_time)
{
  self->ntp_time = ntp_time;
}

void
genos_message_fill_extended (GenosMessage *self, GenosExtendedMessage *extended)
{
  *extended = (GenosExtendedMessage){
    .kind = genos_message_get_payload_kind (self),
    .ntp_time = self->ntp_time,
    .metadata = self->metadata_text,
    .payload = self->payload,
  };
}

GenosPayloadKind
genos_message_get_payload_kind (GenosMessage *self)
{
  static const GenosPayloadKind kinds[] = {
    [GENOS_MESSAGE_STRING] = GENOS_PAYLOAD_STRING,
    [GENOS_MESSAGE_JSON] = GENOS_PAYLOAD_JSON,
    [GENOS_MESSAGE_BYTES] = GENOS_PAYLOAD_BINARY,
  };

  return kinds[self->kind];
}

GBytes *
genos_message_get_payload (GenosMessage *self)
{
  return self->payload;
}

const char *
genos_message_get_metadata_text (GenosMessage *self)
{
  return self->metadata_text;
}
