/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixname.h"

#include <genos/genos.h>

#define MAX_CHARACTERS 32

/* What applications commonly write, the plainest first. */
static const char *const members[] = { "name", "displayName", "userName", "username", "label" };

static const char *
find_name (JsonNode *json)
{
  JsonObject *object;

  if (JSON_NODE_HOLDS_VALUE (json))
    return json_node_get_string (json);
  if (!JSON_NODE_HOLDS_OBJECT (json))
    return NULL;
  object = json_node_get_object (json);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (object, members[i]);
    const char *text = NULL;

    if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
      text = json_node_get_string (node);
    if (text != NULL && *text != '\0')
      return text;
  }
  return NULL;
}

/* Lines and the marks that turn the direction of writing would let a name pass for another. */
static gboolean
is_plain (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR
      && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_SURROGATE
      && type != G_UNICODE_UNASSIGNED && type != G_UNICODE_PRIVATE_USE;
}

static char *
make_plain (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *plain = g_string_new (NULL);
  guint n = 0;

  for (const char *c = valid; *c != '\0' && n < MAX_CHARACTERS; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (!is_plain (character))
      continue;
    g_string_append_unichar (plain, character);
    n++;
  }
  g_strstrip (plain->str);
  return g_string_free (plain, FALSE);
}

char *
gst_genos_mix_name_new (const char *metadata, const char *peer_id)
{
  /* The library's parser is bounded, and leaks nothing when the text is cut off. */
  g_autoptr (GenosMessage) message =
      metadata != NULL ? genos_message_new_json_text (metadata, NULL) : NULL;
  const char *name = message != NULL ? find_name (genos_message_get_json (message)) : NULL;
  g_autofree char *plain = name != NULL ? make_plain (name) : NULL;

  if (plain != NULL && *plain != '\0')
    return g_steal_pointer (&plain);
  return make_plain (peer_id);
}
