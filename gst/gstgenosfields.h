/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Where a struct keeps what a property says: each is named once, and not in one case for setting it and in another
 * for getting it. Text is an owned char *, a GUINT64 property a guint64, whatever else there is a 32-bit number. */
typedef struct {
  guint id;
  gsize offset;
} GstGenosField;

#define GST_GENOS_FIELD(id, Struct, member)                                                        \
  {                                                                                                \
    id, G_STRUCT_OFFSET (Struct, member)                                                           \
  }

/* @fields: up to one whose id is 0; @in: the struct that they are of. FALSE when @id is none of them. */
gboolean
gst_genos_fields_set (const GstGenosField *fields, gpointer in, guint id, const GValue *value);
gboolean
gst_genos_fields_get (const GstGenosField *fields, gconstpointer in, guint id, GValue *value);

G_END_DECLS
