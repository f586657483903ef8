/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <genos/base/encryption.h>
#include <genos/base/error.h>
#include <genos/base/types.h>

G_BEGIN_DECLS

/**
 * GenosMessageKind:
 * @GENOS_MESSAGE_STRING: a string
 * @GENOS_MESSAGE_JSON: a JSON value
 * @GENOS_MESSAGE_BYTES: bytes, with or without metadata
 *
 * What a message carries.
 */
typedef enum {
  GENOS_MESSAGE_STRING,
  GENOS_MESSAGE_JSON,
  GENOS_MESSAGE_BYTES,
} GenosMessageKind;

GENOS_API
GType genos_message_kind_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_MESSAGE_KIND (genos_message_kind_get_type ())

#define GENOS_TYPE_MESSAGE (genos_message_get_type ())
GENOS_API
GType genos_message_get_type (void) G_GNUC_CONST;

GENOS_API
GenosMessage *genos_message_new_string (const char *text);
GENOS_API
GenosMessage *genos_message_new_json (JsonNode *value);
GENOS_API
GenosMessage *genos_message_new_json_text (const char *text, GError **error);
GENOS_API
GenosMessage *genos_message_new_variant (GVariant *value);
GENOS_API
GenosMessage *genos_message_new_bytes (GBytes *bytes, JsonNode *metadata);
GENOS_API
GenosMessage *genos_message_new_timed (GenosMessage *message, guint64 ntp_time);
GENOS_API
GenosMessage *genos_message_new_with_metadata (GenosMessage *message, JsonNode *metadata);
GENOS_API
GenosMessage *genos_message_ref (GenosMessage *self);
GENOS_API
void genos_message_unref (GenosMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMessage, genos_message_unref)

GENOS_API
GenosMessageKind genos_message_get_kind (GenosMessage *self);
GENOS_API
const char *genos_message_get_text (GenosMessage *self);
GENOS_API
JsonNode *genos_message_get_json (GenosMessage *self);
GENOS_API
GBytes *genos_message_get_bytes (GenosMessage *self);
GENOS_API
JsonNode *genos_message_get_metadata (GenosMessage *self);
GENOS_API
gboolean genos_message_is_sealed (GenosMessage *self);
GENOS_API
GenosSealing genos_message_get_sealing (GenosMessage *self);
GENOS_API
guint64 genos_message_get_ntp_time (GenosMessage *self);

G_END_DECLS
