/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "printable.h"

char *
genos_make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (out, g_unichar_isprint (c) || c == ' ' ? c : 0xfffd);
  }
  return g_string_free (out, FALSE);
}
