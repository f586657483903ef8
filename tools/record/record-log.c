/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include <json-glib/json-glib.h>

#include "record-entry.h"

struct _GenosRecordLog {
  FILE *stream;
};

GenosRecordLog *
genos_record_log_new (const char *directory, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  GenosRecordLog *self;

  if (fd < 0) {
    g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (errno), "%s: %s", path,
        g_strerror (errno));
    return NULL;
  }
  self = g_new (GenosRecordLog, 1);
  self->stream = fdopen (fd, "a");
  return self;
}

void
genos_record_log_free (GenosRecordLog *self)
{
  fclose (self->stream);
  g_free (self);
}

static gboolean
add_field (GQuark field, const GValue *value, gpointer user_data)
{
  JsonBuilder *builder = user_data;
  const char *name = g_quark_to_string (field);

  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL) {
    g_autofree char *text = g_utf8_make_valid (g_value_get_string (value), -1);

    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, text);
  } else if (G_VALUE_HOLDS (value, GST_TYPE_BUFFER)) {
    json_builder_set_member_name (builder, "bytes");
    json_builder_add_int_value (
        builder, (gint64) gst_buffer_get_size (gst_value_get_buffer (value)));
  }
  return TRUE;
}

gboolean
genos_record_log_write (GenosRecordLog *self, GstClockTime time, gint64 utc, const char *event,
    const GstStructure *fields)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *when = genos_record_format_utc (utc);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, (gint64) time);
  json_builder_set_member_name (builder, "utc");
  json_builder_add_string_value (builder, when);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, event);
  if (fields != NULL)
    gst_structure_foreach (fields, add_field, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  return fprintf (self->stream, "%s\n", line) >= 0 && fflush (self->stream) == 0;
}
