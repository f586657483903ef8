/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosfields.h"

/* (nullable) */
static gpointer
find (const GstGenosField *fields, gconstpointer in, guint id)
{
  for (; fields->id != 0; fields++) {
    if (fields->id == id)
      return G_STRUCT_MEMBER_P (in, fields->offset);
  }
  return NULL;
}

gboolean
gst_genos_fields_set (const GstGenosField *fields, gpointer in, guint id, const GValue *value)
{
  gpointer field = find (fields, in, id);

  if (field == NULL)
    return FALSE;
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
    case G_TYPE_STRING:
      g_free (*(char **) field);
      *(char **) field = g_value_dup_string (value);
      return TRUE;
    case G_TYPE_UINT:
      *(guint *) field = g_value_get_uint (value);
      return TRUE;
    case G_TYPE_UINT64:
      *(guint64 *) field = g_value_get_uint64 (value);
      return TRUE;
    case G_TYPE_BOOLEAN:
      *(gboolean *) field = g_value_get_boolean (value);
      return TRUE;
    case G_TYPE_ENUM:
      *(int *) field = g_value_get_enum (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
gst_genos_fields_get (const GstGenosField *fields, gconstpointer in, guint id, GValue *value)
{
  gconstpointer field = find (fields, in, id);

  if (field == NULL)
    return FALSE;
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value))) {
    case G_TYPE_STRING:
      g_value_set_string (value, *(char *const *) field);
      return TRUE;
    case G_TYPE_UINT:
      g_value_set_uint (value, *(const guint *) field);
      return TRUE;
    case G_TYPE_UINT64:
      g_value_set_uint64 (value, *(const guint64 *) field);
      return TRUE;
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, *(const gboolean *) field);
      return TRUE;
    case G_TYPE_ENUM:
      g_value_set_enum (value, *(const int *) field);
      return TRUE;
    default:
      return FALSE;
  }
}
