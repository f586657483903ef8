/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosselection.h"

#include <string.h>

#define NOTHING "none"
#define META "meta."

typedef struct {
  char *key;
  GPatternSpec *pattern;
} Condition;

struct _GstGenosSelection {
  char *text;
  GPtrArray *rules; /* of GPtrArray of Condition; NULL: everything */
};

static void
condition_free (gpointer data)
{
  Condition *self = data;

  g_free (self->key);
  g_pattern_spec_free (self->pattern);
  g_free (self);
}

static gboolean
is_key (const char *key)
{
  static const char *const keys[] = { "peer", "stream", "track", "kind", NULL };

  return g_strv_contains (keys, key)
      || (g_str_has_prefix (key, META) && key[strlen (META)] != '\0');
}

/* (nullable) */
static Condition *
parse_condition (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  Condition *condition;

  if (g_strv_length (parts) != 2 || !is_key (g_strstrip (parts[0]))) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no condition: write peer=, stream=, track=, kind= or meta.NAME= and a pattern",
        text);
    return NULL;
  }
  condition = g_new0 (Condition, 1);
  condition->key = g_strdup (parts[0]);
  condition->pattern = g_pattern_spec_new (g_strstrip (parts[1]));
  return condition;
}

/* (nullable) */
static GPtrArray *
parse_rule (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GPtrArray) rule = g_ptr_array_new_with_free_func (condition_free);

  for (guint i = 0; parts[i] != NULL; i++) {
    Condition *condition;

    if (*g_strstrip (parts[i]) == '\0')
      continue;
    condition = parse_condition (parts[i], error);
    if (condition == NULL)
      return NULL;
    g_ptr_array_add (rule, condition);
  }
  return g_steal_pointer (&rule);
}

static gboolean
parse_rules (GstGenosSelection *self, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (self->text != NULL ? self->text : "", ";", -1);
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  if (parts[0] != NULL && parts[1] == NULL && g_str_equal (g_strstrip (parts[0]), NOTHING)) {
    self->rules = g_steal_pointer (&rules);
    return TRUE;
  }
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autoptr (GPtrArray) rule = parse_rule (parts[i], error);

    if (rule == NULL)
      return FALSE;
    if (rule->len > 0)
      g_ptr_array_add (rules, g_steal_pointer (&rule));
  }
  if (rules->len > 0)
    self->rules = g_steal_pointer (&rules);
  return TRUE;
}

GstGenosSelection *
gst_genos_selection_parse (const char *text, GError **error)
{
  g_autoptr (GstGenosSelection) self = g_atomic_rc_box_new0 (GstGenosSelection);

  self->text = g_strdup (text);
  return parse_rules (self, error) ? g_steal_pointer (&self) : NULL;
}

GstGenosSelection *
gst_genos_selection_ref (GstGenosSelection *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GstGenosSelection *self = data;

  g_free (self->text);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
}

void
gst_genos_selection_unref (GstGenosSelection *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

const char *
gst_genos_selection_get_text (GstGenosSelection *self)
{
  return self->text;
}

/* --- matching --- */

/* What a member of the metadata says, a number or a truth value as JSON writes it. (transfer full)
 * (nullable) */
static char *
dup_member (const char *metadata, const char *name)
{
  g_autoptr (GenosMessage) message =
      metadata != NULL ? genos_message_new_json_text (metadata, NULL) : NULL;
  JsonNode *json = message != NULL ? genos_message_get_json (message) : NULL;
  JsonNode *node = json != NULL && JSON_NODE_HOLDS_OBJECT (json)
      ? json_object_get_member (json_node_get_object (json), name)
      : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return json_to_string (node, FALSE);
}

/* (transfer full) (nullable) */
static char *
dup_value (const GstGenosTrackName *name, const char *key)
{
  if (g_str_equal (key, "peer"))
    return g_strdup (name->peer_id);
  if (g_str_equal (key, "stream"))
    return g_strdup (name->stream_id);
  if (g_str_equal (key, "track"))
    return g_strdup (name->track_id);
  if (g_str_equal (key, "kind"))
    return g_strdup (name->kind == GENOS_MEDIA_VIDEO ? "video" : "audio");
  return dup_member (name->metadata, key + strlen (META));
}

static gboolean
rule_holds (GPtrArray *rule, const GstGenosTrackName *name)
{
  for (guint i = 0; i < rule->len; i++) {
    Condition *condition = g_ptr_array_index (rule, i);
    g_autofree char *value = dup_value (name, condition->key);

    if (value == NULL || !g_pattern_spec_match_string (condition->pattern, value))
      return FALSE;
  }
  return TRUE;
}

gboolean
gst_genos_selection_matches (GstGenosSelection *self, const GstGenosTrackName *name)
{
  for (guint i = 0; self->rules != NULL && i < self->rules->len; i++) {
    if (rule_holds (g_ptr_array_index (self->rules, i), name))
      return TRUE;
  }
  return self->rules == NULL;
}
