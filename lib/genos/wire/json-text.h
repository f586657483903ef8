/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The gate between hostile JSON text and json-glib, whose parser recurses without a
 * bound, takes more than JSON (comments, "var x ="), asserts on lone surrogates and wraps
 * large integers. */

#define GENOS_JSON_MAX_DEPTH 64
/* Each costs json-glib a hundred bytes and more, so that two bytes of text must not buy one for ever. */
#define GENOS_JSON_MAX_VALUES (1 << 19)

/* RFC 8259 to the letter, in one pass without recursion: valid UTF-8 without NUL, nested at most
 * GENOS_JSON_MAX_DEPTH deep and of at most GENOS_JSON_MAX_VALUES values (GENOS_ERROR_LIMIT), strings
 * without \u0000 and lone surrogates. Everything else is GENOS_ERROR_PROTOCOL. @len may be -1. */
gboolean genos_json_check (const char *text, gssize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks as above, and that every integer fits into 63 bits, then lets json-glib parse.
 * (transfer full) */
JsonNode *genos_json_parse (const char *text, gssize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Typed access to objects of strangers: FALSE or NULL when the member is missing or of
 * another type. Strings are (transfer none). */
const char *genos_json_get_string (JsonObject *object, const char *name);
gboolean genos_json_get_int (JsonObject *object, const char *name, gint64 min, gint64 max,
    gint64 *value) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a node (nullable). */
const char *genos_json_node_string (JsonNode *node);
gboolean genos_json_node_int (JsonNode *node, gint64 min, gint64 max, gint64 *value)
    G_GNUC_WARN_UNUSED_RESULT;

/* Appends @text as a JSON string, escaping what JSON.stringify escapes and nothing else;
 * this is also the form that NIP-01 hashes. */
void genos_json_append_string (GString *out, const char *text);

G_END_DECLS
