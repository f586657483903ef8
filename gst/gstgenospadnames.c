/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenospadnames.h"

#include <string.h>

static guint *
get_number (GstGenosPadNames *self, const char *format)
{
  if (g_str_has_prefix (format, "video"))
    return &self->video;
  if (g_str_has_prefix (format, "audio"))
    return &self->audio;
  return g_str_has_prefix (format, "data") ? &self->data : &self->any;
}

char *
gst_genos_pad_names_next (GstGenosPadNames *self, const char *format)
{
  guint *number = get_number (self, format);

  return g_strdup_printf ("%.*s%u", (int) strcspn (format, "%"), format, (*number)++);
}
