/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/json-text.h>

#include <string.h>

#include <genos/base/error.h>

typedef struct {
  const char *at;
  const char *end;
  gboolean wide_integer; /* one was seen that json-glib would wrap */
  guint n_values;
} Scanner;

static void
skip_space (Scanner *self)
{
  while (self->at < self->end && strchr (" \t\r\n", *self->at) != NULL)
    self->at++;
}

static gboolean
take (Scanner *self, char c)
{
  if (self->at >= self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

static gsize
take_digits (Scanner *self)
{
  const char *start = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
  return self->at - start;
}

static gboolean
take_word (Scanner *self, const char *word)
{
  gsize len = strlen (word);

  if ((gsize) (self->end - self->at) < len || memcmp (self->at, word, len) != 0)
    return FALSE;
  self->at += len;
  return TRUE;
}

static gboolean
take_code_unit (Scanner *self, guint *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++, self->at++) {
    if (self->at >= self->end || !g_ascii_isxdigit (*self->at))
      return FALSE;
    *unit = *unit << 4 | (guint) g_ascii_xdigit_value (*self->at);
  }
  return TRUE;
}

/* What follows "\u". */
static gboolean
take_unicode_escape (Scanner *self)
{
  guint high, low;

  if (!take_code_unit (self, &high) || high == 0)
    return FALSE;
  if (high < 0xd800 || high > 0xdfff)
    return TRUE;
  return high < 0xdc00 && take_word (self, "\\u") && take_code_unit (self, &low) && low >= 0xdc00
      && low <= 0xdfff;
}

static gboolean
take_string (Scanner *self)
{
  if (!take (self, '"'))
    return FALSE;
  while (self->at < self->end) {
    guchar c = (guchar) *self->at++;

    if (c == '"')
      return TRUE;
    if (c < 0x20)
      return FALSE;
    if (c != '\\')
      continue;
    if (self->at >= self->end)
      return FALSE;
    c = (guchar) *self->at++;
    if (c == 'u' ? !take_unicode_escape (self) : strchr ("\"\\/bfnrt", c) == NULL)
      return FALSE;
  }
  return FALSE;
}

static void
note_integer (Scanner *self, const char *digits, gsize n)
{
  static const char largest[] = "9223372036854775807";

  if (n > strlen (largest) || (n == strlen (largest) && memcmp (digits, largest, n) > 0))
    self->wide_integer = TRUE;
}

static gboolean
take_number (Scanner *self)
{
  const char *digits;
  gsize n;
  gboolean integer = TRUE;

  take (self, '-');
  digits = self->at;
  n = take_digits (self);
  if (n == 0 || (n > 1 && *digits == '0'))
    return FALSE;
  if (take (self, '.')) {
    integer = FALSE;
    if (take_digits (self) == 0)
      return FALSE;
  }
  if (take (self, 'e') || take (self, 'E')) {
    integer = FALSE;
    if (!take (self, '+'))
      take (self, '-');
    if (take_digits (self) == 0)
      return FALSE;
  }
  if (integer)
    note_integer (self, digits, n);
  return TRUE;
}

static gboolean
take_scalar (Scanner *self)
{
  if (self->at >= self->end)
    return FALSE;
  switch (*self->at) {
    case '"':
      return take_string (self);
    case 't':
      return take_word (self, "true");
    case 'f':
      return take_word (self, "false");
    case 'n':
      return take_word (self, "null");
    default:
      return take_number (self);
  }
}

static gboolean
take_key (Scanner *self)
{
  skip_space (self);
  if (!take_string (self))
    return FALSE;
  skip_space (self);
  return take (self, ':');
}

static gboolean
malformed (Scanner *self, const char *text, GError **error)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "malformed JSON at byte %" G_GSIZE_FORMAT,
      (gsize) (self->at - text));
  return FALSE;
}

/* After a value: closes what ends here, and stands before the next value on a comma.
 * FALSE: malformed. */
static gboolean
take_separators (Scanner *self, const char *closers, guint *depth)
{
  while (*depth > 0) {
    skip_space (self);
    if (take (self, closers[*depth - 1])) {
      (*depth)--;
      continue;
    }
    return take (self, ',') && (closers[*depth - 1] == ']' || take_key (self));
  }
  return TRUE;
}

static gboolean
count_value (Scanner *self, GError **error)
{
  if (self->n_values++ < GENOS_JSON_MAX_VALUES)
    return TRUE;
  g_set_error (
      error, GENOS_ERROR, GENOS_ERROR_LIMIT, "JSON of more than %d values", GENOS_JSON_MAX_VALUES);
  return FALSE;
}

static gboolean
scan (Scanner *self, const char *text, GError **error)
{
  char closers[GENOS_JSON_MAX_DEPTH];
  guint depth = 0;

  do {
    gboolean object;

    if (!count_value (self, error))
      return FALSE;
    skip_space (self);
    object = take (self, '{');
    if (object || take (self, '[')) {
      if (depth == GENOS_JSON_MAX_DEPTH) {
        g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "JSON nested deeper than %d levels",
            GENOS_JSON_MAX_DEPTH);
        return FALSE;
      }
      closers[depth] = object ? '}' : ']';
      skip_space (self);
      if (!take (self, closers[depth])) {
        depth++;
        if (object && !take_key (self))
          return malformed (self, text, error);
        continue;
      }
    } else if (!take_scalar (self)) {
      return malformed (self, text, error);
    }
    if (!take_separators (self, closers, &depth))
      return malformed (self, text, error);
  } while (depth > 0);

  skip_space (self);
  return self->at == self->end || malformed (self, text, error);
}

static gboolean
check (const char *text, gssize len, gboolean narrow_integers, GError **error)
{
  Scanner self = { text, text + (len < 0 ? strlen (text) : (gsize) len), FALSE, 0 };

  if (!g_utf8_validate_len (text, self.end - text, NULL)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "JSON is not UTF-8");
    return FALSE;
  }
  if (!scan (&self, text, error))
    return FALSE;
  if (narrow_integers && self.wide_integer) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "JSON holds an integer beyond 63 bits");
    return FALSE;
  }
  return TRUE;
}

gboolean
genos_json_check (const char *text, gssize len, GError **error)
{
  return check (text, len, FALSE, error);
}

JsonNode *
genos_json_parse (const char *text, gssize len, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) reason = NULL;

  if (!check (text, len, TRUE, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, len, &reason)) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL, "malformed JSON: %s", reason->message);
    return NULL;
  }
  return json_parser_steal_root (parser);
}

const char *
genos_json_node_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

const char *
genos_json_get_string (JsonObject *object, const char *name)
{
  return genos_json_node_string (json_object_get_member (object, name));
}

gboolean
genos_json_node_int (JsonNode *node, gint64 min, gint64 max, gint64 *value)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return *value >= min && *value <= max;
}

gboolean
genos_json_get_int (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value)
{
  return genos_json_node_int (json_object_get_member (object, name), min, max, value);
}

static const char *
short_escape (guchar c)
{
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    default:
      return NULL;
  }
}

void
genos_json_append_string (GString *out, const char *text)
{
  const char *run = text;

  g_string_append_c (out, '"');
  for (; *text != '\0'; text++) {
    guchar c = (guchar) *text;
    const char *escape;

    if (c >= 0x20 && c != '"' && c != '\\')
      continue;
    g_string_append_len (out, run, text - run);
    run = text + 1;
    escape = short_escape (c);
    if (escape != NULL)
      g_string_append (out, escape);
    else
      g_string_append_printf (out, "\\u%04x", c);
  }
  g_string_append_len (out, run, text - run);
  g_string_append_c (out, '"');
}
