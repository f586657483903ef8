/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A pad of the room, and what comes out of it, brought to the recorder's thread.
 *
 * Threading contract: made on the streaming thread of the pad, which it never holds up: what waits
 * is bounded. @functions are called in @context, which also frees it. */
typedef struct _GenosRecordTrack GenosRecordTrack;

typedef struct {
  /* @time: running time of the pipeline. */
  void (*frame) (GenosRecordTrack *track, GstBuffer *buffer, GstCaps *caps, GstClockTime time,
      gpointer user_data);
  /* No frame will come any more. Once, and the last call. */
  void (*ended) (GenosRecordTrack *track, gpointer user_data);
} GenosRecordTrackFuncs;

/* Links @pad to a sink in @pipeline. Nothing is called before start(). NULL: no sink is installed. */
GenosRecordTrack *genos_record_track_new (GstBin *pipeline, GstPad *pad, GMainContext *context);
GenosRecordTrack *genos_record_track_ref (GenosRecordTrack *self);
void genos_record_track_unref (GenosRecordTrack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRecordTrack, genos_record_track_unref)

void genos_record_track_start (
    GenosRecordTrack *self, const GenosRecordTrackFuncs *funcs, gpointer user_data);
/* Takes it out of the pipeline; no function is called any more. */
void genos_record_track_remove (GenosRecordTrack *self);
/* Its pad has gone, with or without EOS. Any thread. */
void genos_record_track_end (GenosRecordTrack *self);
void genos_record_track_request_key_frame (GenosRecordTrack *self);

GstPad *genos_record_track_get_pad (GenosRecordTrack *self);
const char *genos_record_track_get_peer_id (GenosRecordTrack *self);
const char *genos_record_track_get_stream_id (GenosRecordTrack *self);
const char *genos_record_track_get_track_id (GenosRecordTrack *self);
const char *genos_record_track_get_metadata (GenosRecordTrack *self);
gboolean genos_record_track_is_video (GenosRecordTrack *self);
guint64 genos_record_track_get_dropped (GenosRecordTrack *self);

G_END_DECLS
