/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "record-format.h"

G_BEGIN_DECLS

/* What the manifest says about a file. All times are running time of the recording. */

typedef struct {
  GstClockTime from;
  GstClockTime to;
} GenosRecordGap;

typedef struct {
  const GenosRecordFormat *format;
  char *track_id;
  char *metadata; /* nullable */
  char *caps;     /* those the file began with */
  GstClockTime start;
  GstClockTime end;
  guint64 n_frames;
  guint64 n_key_frames;
  guint64 n_dropped; /* what came while the disk did not keep up, or before a key frame */
  GArray *gaps;      /* GenosRecordGap, not more than some */
} GenosRecordStream;

typedef enum {
  GENOS_RECORD_OPEN,
  GENOS_RECORD_CLOSED,
  GENOS_RECORD_BROKEN, /* not closed by its muxer: plays up to its end, cannot be searched fast */
} GenosRecordState;

typedef struct {
  char *name;
  GenosContainer container;
  guint group;
  guint segment;
  char *peer_id;
  char *kind; /* nullable */
  char *key;  /* nullable: not verified */
  char *stream_id;
  GstClockTime start; /* what is 0 in the file */
  GstClockTime end;
  guint64 bytes;
  GenosRecordState state;
  char *reason;  /* why it ended; nullable */
  char *detail;  /* nullable */
  gint64 closed; /* monotonic, µs; 0: it is open */
  GPtrArray *streams;
} GenosRecordEntry;

GenosRecordEntry *genos_record_entry_new (GenosContainer container, GstClockTime start);
void genos_record_entry_free (GenosRecordEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRecordEntry, genos_record_entry_free)

GenosRecordStream *genos_record_entry_add_stream (GenosRecordEntry *self,
    const GenosRecordFormat *format, const char *track_id, const char *metadata, GstCaps *caps);

/* A frame at @time, as long as @duration or GST_CLOCK_TIME_NONE. */
void genos_record_stream_count (
    GenosRecordStream *self, GstClockTime time, GstClockTime duration, gboolean key_frame);

/* The first reason stays. */
void genos_record_entry_set_reason (GenosRecordEntry *self, const char *reason, const char *detail);

/* @utc_start: of running time 0, µs since 1970. */
void
genos_record_entry_to_json (const GenosRecordEntry *self, gint64 utc_start, JsonBuilder *builder);

/* (transfer full): a moment of the recording as ISO 8601 in UTC, to the millisecond. */
char *genos_record_format_utc (gint64 utc);

G_END_DECLS
