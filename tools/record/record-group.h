/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "record-file.h"
#include "record-track.h"

G_BEGIN_DECLS

/* The tracks of one stream of one peer, and the files they go to, one after the other:
 *
 *   waiting ── every track is here, or has been waited for ──► recording ──┐
 *      ▲                                                         │  ▲       │ cut: time, size, another
 *      └────────── all tracks have ended; may come again ◄───────┘  └───────┘ track, another format
 *
 * At a cut, what is older still goes to the old file and what is newer to the next one.
 *
 * Threading contract: one thread. */
typedef struct _GenosRecordGroup GenosRecordGroup;

typedef struct {
  GenosContainer container;
  const char *directory;
  GstClockTime segment_time; /* 0: no limit */
  guint64 segment_size;      /* 0: no limit */
} GenosRecordRules;

typedef struct {
  void (*file_opened) (GenosRecordGroup *group, GenosRecordEntry *entry, gpointer user_data);
  void (*file_closed) (
      GenosRecordGroup *group, GenosRecordEntry *entry, const GError *error, gpointer user_data);
  /* No file can be made, or what comes cannot be in one. */
  void (*failed) (GenosRecordGroup *group, const GError *error, gpointer user_data);
} GenosRecordGroupFuncs;

/* @rules stay the caller's. */
GenosRecordGroup *genos_record_group_new (guint number, const char *stream_id,
    const GenosRecordRules *rules, const GenosRecordGroupFuncs *funcs, gpointer user_data);
void genos_record_group_free (GenosRecordGroup *self);

/* Who the peer is now: a group outlives links and ids, when a verified key is the same. */
void genos_record_group_set_peer (
    GenosRecordGroup *self, const char *peer_id, const char *kind, const char *key);
const char *genos_record_group_get_peer_id (GenosRecordGroup *self);
const char *genos_record_group_get_key (GenosRecordGroup *self);
const char *genos_record_group_get_stream_id (GenosRecordGroup *self);
void genos_record_group_set_stream_id (GenosRecordGroup *self, const char *stream_id);

void genos_record_group_add_track (GenosRecordGroup *self, GenosRecordTrack *track);
/* Why tracks of it end from now on: `peer-left` or `track-ended`. */
void genos_record_group_set_end_reason (GenosRecordGroup *self, const char *reason);

/* Several times a second. @now: monotonic, µs. */
void genos_record_group_tick (GenosRecordGroup *self, gint64 now);
/* Ends all files; is_idle() tells when that is done. */
void genos_record_group_finish (GenosRecordGroup *self, const char *reason);
gboolean genos_record_group_is_idle (GenosRecordGroup *self);
/* Without tracks since (monotonic, µs); 0: it has some. */
gint64 genos_record_group_get_lapsed (GenosRecordGroup *self);
/* The metadata of a track of that kind that was last in it; nullable. */
gboolean genos_record_group_had (GenosRecordGroup *self, gboolean video, const char *metadata);

G_END_DECLS
