/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-entry.h"

G_BEGIN_DECLS

/* `recording.json`: what was recorded, and where on the common time line. Each write replaces the
 * file as a whole. */
typedef struct _GenosRecordManifest GenosRecordManifest;

/* Reserves a name in @directory: `recording.json`, or the first of `recording-2.json` … that is
 * not taken. NULL and @error when nothing can be written there. */
GenosRecordManifest *genos_record_manifest_new (const char *directory, GError **error);
void genos_record_manifest_free (GenosRecordManifest *self);

const char *genos_record_manifest_get_name (GenosRecordManifest *self);
/* What else belongs to this recording: the manifest's name with another end. (transfer full) */
char *genos_record_manifest_make_name (GenosRecordManifest *self, const char *end);

void
genos_record_manifest_set_room (GenosRecordManifest *self, const char *room, const char *peer_id);
void genos_record_manifest_set_log (GenosRecordManifest *self, const char *name);
/* When running time 0 was. @utc: µs since 1970; @monotonic: ns of the system's monotonic clock. */
void
genos_record_manifest_set_start (GenosRecordManifest *self, gint64 utc, GstClockTime monotonic);
void
genos_record_manifest_set_end (GenosRecordManifest *self, GstClockTime time, const char *reason);
gint64 genos_record_manifest_get_utc (GenosRecordManifest *self);

/* (transfer full) */
void genos_record_manifest_add (GenosRecordManifest *self, GenosRecordEntry *entry);
GPtrArray *genos_record_manifest_get_entries (GenosRecordManifest *self);

gboolean genos_record_manifest_write (GenosRecordManifest *self, GError **error);

G_END_DECLS
