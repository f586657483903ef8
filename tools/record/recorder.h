/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-format.h"

G_BEGIN_DECLS

/* Records what comes out of a genosroomsrc: one file per peer and stream, not encoded again, and a
 * manifest with the time line they have in common. How groups of tracks become files is in
 * record-group.h; a mix of all would be another kind of file beside those.
 *
 * Threading contract: one thread, that of the main context which was the thread's default when it
 * was made. Streaming threads only reach GenosRecordTrack. */

typedef struct {
  char *directory;
  GenosContainer container;
  GstClockTime segment_time; /* 0: no limit */
  guint64 segment_size;      /* bytes; 0: no limit */
  guint64 min_free;          /* bytes */
  GstClockTime duration;     /* 0: until stopped */
  GstClockTime rejoin;       /* how long a peer may be away and go on with its recording */
  gboolean log;
  gboolean no_video;
  gboolean no_audio;
  char **peers; /* ids or keys; NULL: all */
  char **kinds; /* NULL: all */
} GenosRecorderOptions;

#define GENOS_TYPE_RECORDER (genos_recorder_get_type ())
G_DECLARE_FINAL_TYPE (GenosRecorder, genos_recorder, GENOS, RECORDER, GObject)

/* Signals:
 *   said (text): what a person wants to know, printable; any number of times.
 *   finished (GError or NULL): everything is closed; once, last.
 * @options: copied. @source: a genosroomsrc that is in no pipeline. */
GenosRecorder *genos_recorder_new (GstElement *source, const GenosRecorderOptions *options);

gboolean genos_recorder_start (GenosRecorder *self, GError **error);
/* Closes everything. @reason: for the manifest. */
void genos_recorder_stop (GenosRecorder *self, const char *reason);

G_END_DECLS
