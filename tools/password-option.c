/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "password-option.h"

#include <string.h>

static void
forget (char **secret)
{
  /* A plain memset() of what is about to be freed may be left out. */
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

gboolean
genos_password_option_read (GenosPasswordOption *self, const char *command)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;
  gsize length, line;

  if (self->file == NULL)
    return TRUE;
  if (!g_file_get_contents (self->file, &content, &length, &error)) {
    g_printerr ("genos %s: --password-file: %s\n", command, error->message);
    return FALSE;
  }
  line = strcspn (content, "\r\n");
  explicit_bzero (content + line, length - line);
  forget (&self->text);
  self->text = content;
  return TRUE;
}

void
genos_password_option_clear (GenosPasswordOption *self)
{
  forget (&self->text);
  g_clear_pointer (&self->file, g_free);
}
