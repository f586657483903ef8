/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <genos/genos.h>

#define MAX_ATTEMPTS 10000
#define END ".json"

struct _GenosRecordManifest {
  char *directory;
  char *stem;
  char *name;
  char *room;
  char *peer_id;
  char *log;
  gint64 utc;
  GstClockTime monotonic;
  GstClockTime end;
  char *reason;
  GPtrArray *entries;
};

static gboolean
reserve (GenosRecordManifest *self, GError **error)
{
  int fd = -1, number = EEXIST;

  for (guint i = 1; i <= MAX_ATTEMPTS && fd < 0 && number == EEXIST; i++) {
    g_autofree char *stem = i == 1 ? g_strdup ("recording") : g_strdup_printf ("recording-%u", i);
    g_autofree char *name = g_strconcat (stem, END, NULL);
    g_autofree char *path = g_build_filename (self->directory, name, NULL);

    fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    number = errno;
    if (fd >= 0) {
      self->stem = g_steal_pointer (&stem);
      self->name = g_steal_pointer (&name);
    }
  }
  if (fd >= 0) {
    close (fd);
    return TRUE;
  }
  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (number),
      "nothing can be written into %s: %s", self->directory, g_strerror (number));
  return FALSE;
}

GenosRecordManifest *
genos_record_manifest_new (const char *directory, GError **error)
{
  GenosRecordManifest *self = g_new0 (GenosRecordManifest, 1);

  self->directory = g_strdup (directory);
  self->end = GST_CLOCK_TIME_NONE;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_record_entry_free);
  if (reserve (self, error))
    return self;
  genos_record_manifest_free (self);
  return NULL;
}

void
genos_record_manifest_free (GenosRecordManifest *self)
{
  g_free (self->directory);
  g_free (self->stem);
  g_free (self->name);
  g_free (self->room);
  g_free (self->peer_id);
  g_free (self->log);
  g_free (self->reason);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

const char *
genos_record_manifest_get_name (GenosRecordManifest *self)
{
  return self->name;
}

char *
genos_record_manifest_make_name (GenosRecordManifest *self, const char *end)
{
  return g_strconcat (self->stem, end, NULL);
}

void
genos_record_manifest_set_room (GenosRecordManifest *self, const char *room, const char *peer_id)
{
  g_free (self->room);
  self->room = g_strdup (room);
  g_free (self->peer_id);
  self->peer_id = g_strdup (peer_id);
}

void
genos_record_manifest_set_log (GenosRecordManifest *self, const char *name)
{
  g_free (self->log);
  self->log = g_strdup (name);
}

void
genos_record_manifest_set_start (GenosRecordManifest *self, gint64 utc, GstClockTime monotonic)
{
  self->utc = utc;
  self->monotonic = monotonic;
}

void
genos_record_manifest_set_end (GenosRecordManifest *self, GstClockTime time, const char *reason)
{
  self->end = time;
  g_free (self->reason);
  self->reason = g_strdup (reason);
}

gint64
genos_record_manifest_get_utc (GenosRecordManifest *self)
{
  return self->utc;
}

void
genos_record_manifest_add (GenosRecordManifest *self, GenosRecordEntry *entry)
{
  g_ptr_array_add (self->entries, entry);
}

GPtrArray *
genos_record_manifest_get_entries (GenosRecordManifest *self)
{
  return self->entries;
}

/* writing */

static void
add_string (JsonBuilder *builder, const char *member, const char *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, text);
}

static void
add_start (GenosRecordManifest *self, JsonBuilder *builder)
{
  g_autofree char *utc = genos_record_format_utc (self->utc);

  json_builder_set_member_name (builder, "start");
  json_builder_begin_object (builder);
  add_string (builder, "utc", utc);
  json_builder_set_member_name (builder, "utc-ns");
  json_builder_add_int_value (builder, self->utc * 1000);
  json_builder_set_member_name (builder, "monotonic-ns");
  json_builder_add_int_value (builder, (gint64) self->monotonic);
  json_builder_end_object (builder);
}

static void
add_end (GenosRecordManifest *self, JsonBuilder *builder)
{
  g_autofree char *utc =
      genos_record_format_utc (self->utc + (gint64) GST_TIME_AS_USECONDS (self->end));

  json_builder_set_member_name (builder, "end");
  json_builder_begin_object (builder);
  add_string (builder, "utc", utc);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, (gint64) self->end);
  add_string (builder, "reason", self->reason);
  json_builder_end_object (builder);
}

static JsonNode *
build (GenosRecordManifest *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, 1);
  add_string (builder, "application", "genosrooms " GENOS_VERSION_S);
  add_string (builder, "room", self->room);
  add_string (builder, "peer-id", self->peer_id);
  add_start (self, builder);
  if (GST_CLOCK_TIME_IS_VALID (self->end))
    add_end (self, builder);
  add_string (builder, "log", self->log);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->entries->len; i++)
    genos_record_entry_to_json (self->entries->pdata[i], self->utc, builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

gboolean
genos_record_manifest_write (GenosRecordManifest *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, self->name, NULL);
  g_autoptr (JsonNode) root = build (self);
  g_autofree char *text = json_to_string (root, TRUE);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}
