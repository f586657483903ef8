/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/extended-message.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/json-text.h>

#define PLAIN 0
#define HEADER_SIZE (1 + 1 + 4)
#define HAS_TIME 0x80
#define ROLE_SHIFT 4
#define ROLE_MASK 0x07
#define KIND_MASK 0x0f

void
genos_extended_message_clear (GenosExtendedMessage *self)
{
  g_clear_pointer (&self->metadata, g_free);
  g_clear_pointer (&self->payload, g_bytes_unref);
}

/* --- building */

guint8
genos_extended_message_get_kind_byte (const GenosExtendedMessage *message)
{
  return (guint8) (message->kind | message->role << ROLE_SHIFT
      | (message->ntp_time != 0 ? HAS_TIME : 0));
}

static void
append_number (GByteArray *array, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);

  g_byte_array_append (array, (const guint8 *) &big, sizeof big);
}

static void
append_body (GByteArray *array, const GenosExtendedMessage *message)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (message->payload, &size);

  if (message->role != GENOS_ROLE_MESSAGE)
    append_number (array, message->id);
  if (message->ntp_time != 0)
    append_number (array, message->ntp_time);
  if (size > 0)
    g_byte_array_append (array, data, (guint) size);
}

GBytes *
genos_extended_message_dup_body (const GenosExtendedMessage *message)
{
  GByteArray *array;

  if (message->role == GENOS_ROLE_MESSAGE && message->ntp_time == 0)
    return g_bytes_ref (message->payload);
  array = g_byte_array_sized_new ((guint) g_bytes_get_size (message->payload) + 16);
  append_body (array, message);
  return g_byte_array_free_to_bytes (array);
}

GBytes *
genos_extended_message_build (const GenosExtendedMessage *message)
{
  gsize metadata_size = message->metadata != NULL ? strlen (message->metadata) : 0;
  gsize size = HEADER_SIZE + metadata_size + 16 + g_bytes_get_size (message->payload);
  GByteArray *array = g_byte_array_sized_new ((guint) size);
  const guint8 head[] = { PLAIN, genos_extended_message_get_kind_byte (message) };
  guint32 big = GUINT32_TO_BE ((guint32) metadata_size);

  g_byte_array_append (array, head, sizeof head);
  g_byte_array_append (array, (const guint8 *) &big, sizeof big);
  if (metadata_size > 0)
    g_byte_array_append (array, (const guint8 *) message->metadata, (guint) metadata_size);
  append_body (array, message);
  return g_byte_array_free_to_bytes (array);
}

/* --- reading */

static gboolean
malformed (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "extended message: %s", what);
  return FALSE;
}

/* Takes a number from the front of what is left of @body. */
static gboolean
take_number (GBytes *body, gsize *at, guint64 *value)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  guint64 big;

  if (size - *at < sizeof big)
    return FALSE;
  memcpy (&big, data + *at, sizeof big);
  *value = GUINT64_FROM_BE (big);
  *at += sizeof big;
  return TRUE;
}

static gboolean
is_text (GBytes *payload)
{
  gsize size;
  const char *data = g_bytes_get_data (payload, &size);

  return size == 0 || g_utf8_validate_len (data, size, NULL);
}

gboolean
genos_extended_message_read (
    GenosExtendedMessage *message, guint8 kind, char *metadata, GBytes *body, GError **error)
{
  GenosExtendedMessage read = { kind & KIND_MASK, kind >> ROLE_SHIFT & ROLE_MASK, 0, 0, NULL,
    NULL };
  g_autofree char *owned_metadata = metadata;
  g_autoptr (GBytes) payload = NULL;
  gsize at = 0;

  if ((kind & KIND_MASK) > GENOS_PAYLOAD_BINARY)
    return malformed (error, "a kind not known here");
  if (read.role >= GENOS_N_ROLES)
    return malformed (error, "a role not known here");
  if ((read.role != GENOS_ROLE_MESSAGE && !take_number (body, &at, &read.id))
      || ((kind & HAS_TIME) != 0 && !take_number (body, &at, &read.ntp_time)))
    return malformed (error, "cut off");

  payload = g_bytes_new_from_bytes (body, at, g_bytes_get_size (body) - at);
  if (read.kind != GENOS_PAYLOAD_BINARY && !is_text (payload))
    return malformed (error, "text that is not UTF-8");
  read.payload = g_steal_pointer (&payload);
  read.metadata = g_steal_pointer (&owned_metadata);
  *message = read;
  return TRUE;
}

char *
genos_extended_message_peek_metadata (GBytes *beginning)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (beginning, &size);
  guint32 big;

  if (size < HEADER_SIZE || data[0] != PLAIN)
    return NULL;
  memcpy (&big, data + 2, sizeof big);
  if (big == 0 || GUINT32_FROM_BE (big) > size - HEADER_SIZE
      || !genos_json_check ((const char *) data + HEADER_SIZE, GUINT32_FROM_BE (big), NULL))
    return NULL;
  return g_strndup ((const char *) data + HEADER_SIZE, GUINT32_FROM_BE (big));
}

gboolean
genos_extended_message_parse (GBytes *bytes, GenosExtendedMessage *message, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GBytes) body = NULL;
  char *metadata = NULL;
  guint32 metadata_size;

  if (size < HEADER_SIZE || data[0] != PLAIN)
    return malformed (error, "too short, or of a form not known here");
  memcpy (&metadata_size, data + 2, sizeof metadata_size);
  metadata_size = GUINT32_FROM_BE (metadata_size);
  if (metadata_size > size - HEADER_SIZE)
    return malformed (error, "metadata longer than the message");
  if (metadata_size > 0) {
    if (!g_utf8_validate_len ((const char *) data + HEADER_SIZE, metadata_size, NULL))
      return malformed (error, "metadata that is not UTF-8");
    metadata = g_strndup ((const char *) data + HEADER_SIZE, metadata_size);
  }
  body = g_bytes_new_from_bytes (
      bytes, HEADER_SIZE + metadata_size, size - HEADER_SIZE - metadata_size);
  return genos_extended_message_read (message, data[1], metadata, body, error);
}
