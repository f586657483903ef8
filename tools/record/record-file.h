/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-entry.h"

G_BEGIN_DECLS

/* One file being written: `appsrc… ! parser ! muxer ! fdsink` in a pipeline of its own, so that
 * neither a peer nor an error reaches the files beside it.
 *
 * Threading contract: one thread, that of the main context it was made in; the muxer and the disk
 * have threads of their own, which nothing here waits for. */
typedef struct _GenosRecordFile GenosRecordFile;

typedef struct {
  GenosContainer container;
  const char *directory;
  const char *peer_id;
  const char *kind;
  const char *key;
  const char *stream_id;
  guint group;
  guint segment;
  GstClockTime start; /* what becomes 0 in the file */
} GenosRecordFileSpec;

/* The file is complete, or as complete as it will be; @error when something went wrong, of the
 * domain GST_RESOURCE_ERROR when the disk did. May free @self. */
typedef void (*GenosRecordFileFunc) (
    GenosRecordFile *self, const GError *error, gpointer user_data);

/* A new file, never one that was there. */
GenosRecordFile *genos_record_file_new (const GenosRecordFileSpec *spec, GenosRecordFileFunc closed,
    gpointer user_data, GError **error);
void genos_record_file_free (GenosRecordFile *self);

/* The index of a new stream, -1 and @error when the muxer does not take it; before start() only. */
int genos_record_file_add_stream (GenosRecordFile *self, const char *track_id, const char *metadata,
    GstCaps *caps, GError **error);
gboolean genos_record_file_start (GenosRecordFile *self, GError **error);

/* @time: running time of the recording. */
void genos_record_file_push (
    GenosRecordFile *self, int stream, GstBuffer *buffer, GstCaps *caps, GstClockTime time);
/* Nothing more will come of that stream; the file is closed when this is so for all. */
void genos_record_file_end_stream (GenosRecordFile *self, int stream, const char *reason);
void genos_record_file_finish (GenosRecordFile *self, const char *reason);
/* Gives up a file that does not end. @now: monotonic, µs. */
void genos_record_file_tick (GenosRecordFile *self, gint64 now);

gboolean genos_record_file_stream_is_open (GenosRecordFile *self, int stream);
gboolean genos_record_file_is_ending (GenosRecordFile *self);
/* Owned by whoever made the file: it outlives it, for the manifest. */
GenosRecordEntry *genos_record_file_get_entry (GenosRecordFile *self);
guint64 genos_record_file_get_bytes (GenosRecordFile *self);

G_END_DECLS
