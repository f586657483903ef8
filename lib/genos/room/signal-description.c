/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/signal-description.h>

#include <string.h>

char *
genos_signal_description_build (GenosSdpKind kind, const char *sdp)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, kind == GENOS_SDP_OFFER ? "offer" : "answer");
  json_builder_set_member_name (builder, "sdp");
  json_builder_add_string_value (builder, sdp);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static const char *
string_member (JsonNode *node, const char *name)
{
  JsonNode *member;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  member = json_object_get_member (json_node_get_object (node), name);
  if (member == NULL || json_node_get_value_type (member) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (member);
}

gboolean
genos_signal_description_parse (JsonNode *node, GenosSdpKind *kind, char **sdp, GError **error)
{
  const char *type = string_member (node, "type");
  const char *text = string_member (node, "sdp");

  if (type == NULL || text == NULL
      || (strcmp (type, "offer") != 0 && strcmp (type, "answer") != 0)) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "an @_signal message without type and sdp");
    return FALSE;
  }

  *kind = strcmp (type, "offer") == 0 ? GENOS_SDP_OFFER : GENOS_SDP_ANSWER;
  *sdp = g_strdup (text);
  return TRUE;
}
