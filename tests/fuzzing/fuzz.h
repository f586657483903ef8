/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* The entry that libFuzzer calls, and driver.c where libFuzzer is absent. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The input as a string; a NUL in it ends the string. (transfer full) */
static inline char *
fuzz_text (const guint8 *data, gsize size) {
  char *text = g_malloc (size + 1);

  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  return text;
}
