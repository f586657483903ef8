/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The password of a room as commands take it: in a file, or where everybody on the machine can read it, as a word
 * of the command line. */
typedef struct {
  char *text; /* (nullable) */
  char *file; /* (nullable) */
} GenosPasswordOption;

#define GENOS_PASSWORD_OPTIONS(option)                                                             \
  { "password", 'p', 0, G_OPTION_ARG_STRING, &(option)->text, "password of the room", "TEXT" },    \
  {                                                                                                \
    "password-file", 'f', 0, G_OPTION_ARG_FILENAME, &(option)->file,                               \
        "file whose first line is the password", "FILE"                                            \
  }

/* Puts the first line of the file, if there is one, into the text. FALSE after saying on stderr why it cannot be
 * read. @command: who says it. */
gboolean genos_password_option_read (GenosPasswordOption *self, const char *command);

/* The text does not stay in memory. */
void genos_password_option_clear (GenosPasswordOption *self);

G_END_DECLS
