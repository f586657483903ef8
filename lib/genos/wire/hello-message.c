/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/hello-message.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>
#include <genos/wire/json-text.h>
#include <genos/wire/signal-message.h>

void
genos_hello_message_free (GenosHelloMessage *message)
{
  if (message == NULL)
    return;
  g_strfreev (message->features);
  g_free (message->kind);
  g_free (message);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "identity: %s", what);
  return FALSE;
}

/* (transfer full) (nullable): holds an object */
static JsonNode *
read_object (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonNode) root = NULL;

  if (size > GENOS_HELLO_MAX_SIZE) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "identity: more than %d bytes",
        GENOS_HELLO_MAX_SIZE);
    return NULL;
  }
  root = genos_json_parse (text, (gssize) size, error);
  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    return g_steal_pointer (&root);
  fail (error, "not an object");
  return NULL;
}

static gboolean
is_feature (const char *name)
{
  gsize n = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return n > 0 && n <= GENOS_HELLO_MAX_FEATURE && name[n] == '\0';
}

static gboolean
read_features (GenosHelloMessage *message, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "features");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "no list of features");
  array = json_node_get_array (node);
  if (json_array_get_length (array) > GENOS_HELLO_MAX_FEATURES)
    return fail (error, "too many features");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    const char *name = genos_json_node_string (json_array_get_element (array, i));

    if (name != NULL && is_feature (name))
      g_strv_builder_add (builder, name);
  }
  message->features = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_box (GenosHelloMessage *message, JsonObject *object, GError **error)
{
  const char *box = genos_json_get_string (object, "box");

  if (json_object_get_member (object, "box") == NULL)
    return TRUE;
  message->has_box = box != NULL && genos_hex_decode (box, message->box32, sizeof message->box32);
  return message->has_box || fail (error, "no usable key to seal with");
}

/* One that is none is passed over, as in an announce. */
static void
read_kind (GenosHelloMessage *message, JsonObject *object)
{
  const char *kind = genos_json_get_string (object, "kind");

  if (kind != NULL && genos_peer_kind_is_valid (kind))
    message->kind = g_strdup (kind);
}

GenosHelloMessage *
genos_hello_message_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (JsonNode) root = read_object (text, size, error);
  g_autoptr (GenosHelloMessage) message = g_new0 (GenosHelloMessage, 1);
  JsonObject *object;
  const char *key, *nonce;
  gint64 version;

  if (root == NULL)
    return NULL;
  object = json_node_get_object (root);
  key = genos_json_get_string (object, "key");
  nonce = genos_json_get_string (object, "nonce");
  if (!genos_json_get_int (object, "v", 1, G_MAXINT32, &version)) {
    fail (error, "no version");
    return NULL;
  }
  if (key == NULL || !genos_hex_decode (key, message->key32, sizeof message->key32)) {
    fail (error, "no usable key");
    return NULL;
  }
  if (nonce == NULL || !genos_hex_decode (nonce, message->nonce32, sizeof message->nonce32)) {
    fail (error, "no usable nonce");
    return NULL;
  }
  if (!read_features (message, object, error) || !read_box (message, object, error))
    return NULL;
  read_kind (message, object);
  g_strlcpy (message->key, key, sizeof message->key);
  return g_steal_pointer (&message);
}

char *
genos_hello_message_build (const char *key, const guint8 nonce32[32], const guint8 *box32,
    const char *const *features, const char *kind)
{
  GString *out = g_string_new ("{\"v\":1,\"features\":[");
  char nonce[65];
  char box[65];

  for (guint i = 0; features[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    genos_json_append_string (out, features[i]);
  }
  genos_hex_encode (nonce32, 32, nonce);
  g_string_append_printf (out, "],\"key\":\"%s\",\"nonce\":\"%s\"", key, nonce);
  if (box32 != NULL) {
    genos_hex_encode (box32, 32, box);
    g_string_append_printf (out, ",\"box\":\"%s\"", box);
  }
  if (kind != NULL) {
    g_string_append (out, ",\"kind\":");
    genos_json_append_string (out, kind);
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

gboolean
genos_proof_message_parse (const char *text, gsize size, guint8 sig64[64], GError **error)
{
  g_autoptr (JsonNode) root = read_object (text, size, error);
  const char *sig;

  if (root == NULL)
    return FALSE;
  sig = genos_json_get_string (json_node_get_object (root), "sig");
  return (sig != NULL && genos_hex_decode (sig, sig64, 64)) || fail (error, "no usable signature");
}

char *
genos_proof_message_build (const guint8 sig64[64])
{
  char sig[129];

  genos_hex_encode (sig64, 64, sig);
  return g_strdup_printf ("{\"sig\":\"%s\"}", sig);
}
