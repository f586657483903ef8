/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/file-name.h>

#include <string.h>

/* Longer endings are no endings. */
#define MAX_ENDING 16
#define NAMELESS "file"

static const char *
last_component (const char *name)
{
  const char *last = name;

  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '/' || *p == '\\')
      last = p + 1;
  }
  return last;
}

/* Format characters turn the order of reading round, so that an ending is not where it seems to be. */
static gboolean
is_harmless (gunichar c)
{
  switch (g_unichar_type (c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return c >= 0x80 || strchr ("<>:\"|?*", (int) c) == NULL;
  }
}

static GString *
replace_harmful (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (out, is_harmless (c) ? c : '_');
  }
  return out;
}

static void
strip_ends (GString *name)
{
  gsize lead = strspn (name->str, ". ");

  g_string_erase (name, 0, (gssize) lead);
  while (name->len > 0 && strchr (". ", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
}

/* Where the ending begins; the end when there is none. */
static gsize
find_ending (const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize length = strlen (name);

  if (dot == NULL || dot == name || (gsize) (name + length - dot) > MAX_ENDING)
    return length;
  return (gsize) (dot - name);
}

static void
shorten (GString *name)
{
  g_autofree char *ending = NULL;
  gsize keep;

  if (name->len <= GENOS_FILE_NAME_MAX)
    return;
  ending = g_strdup (name->str + find_ending (name->str));
  keep = GENOS_FILE_NAME_MAX - strlen (ending);
  while (keep > 0 && ((guchar) name->str[keep] & 0xc0) == 0x80)
    keep--;
  g_string_truncate (name, keep);
  g_string_append (name, ending);
}

/* Devices of another system, whatever their ending. */
static gboolean
is_device (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", NULL };
  g_autofree char *stem = g_ascii_strdown (name, (gssize) strcspn (name, "."));

  if (g_strv_contains (devices, stem))
    return TRUE;
  return strlen (stem) == 4 && g_ascii_isdigit (stem[3])
      && (g_str_has_prefix (stem, "com") || g_str_has_prefix (stem, "lpt"));
}

/* Ours, of files that are under way. */
static gboolean
is_part (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".part") || g_str_has_suffix (lower, ".part.json");
}

char *
genos_file_name_make_safe (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (last_component (name != NULL ? name : ""), -1);
  GString *out = replace_harmful (valid);

  strip_ends (out);
  shorten (out);
  strip_ends (out);
  /* What begins with a dash is an option to many a program. */
  if (out->len > 0 && (out->str[0] == '-' || out->str[0] == '~' || is_device (out->str)))
    g_string_prepend_c (out, '_');
  if (is_part (out->str))
    g_string_append_c (out, '_');
  if (out->len == 0)
    g_string_append (out, NAMELESS);
  return g_string_free (out, FALSE);
}

char *
genos_file_name_number (const char *name, guint number)
{
  gsize stem = find_ending (name);

  if (number <= 1)
    return g_strdup (name);
  return g_strdup_printf ("%.*s (%u)%s", (int) stem, name, number, name + stem);
}
