/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/encoder-choice.h>
#include <genos/media/rate-control.h>
#include <genos/media/sender-list.h>

G_BEGIN_DECLS

/* Runs the encoder of one track while somebody watches, on a thread of its own, because
 * starting and stopping a pipeline takes time that neither the feeding thread nor a link
 * has.
 *
 * Threading contract: every function from any thread (push() and set_choice() from one at
 * a time); none blocks, except stop(), which waits for the thread unless it is called on
 * it. The functions of the owner are called on that thread, without a lock. Lock
 * order: the listener lock of the sender list, then this lock, then those of GStreamer;
 * no sender is called under it. */
typedef struct _GenosTrackWorker GenosTrackWorker;

typedef struct {
  /* The application's own encoder should begin with a key frame now. */
  void (*key_frame_request) (gpointer user_data);
  void (*error) (const GError *error, gpointer user_data);
  /* The pipeline of an encoder is built and not started yet; FALSE: it is not. */
  gboolean (*built) (
      GstBin *pipeline, GenosEncoderChoice *choice, GError **error, gpointer user_data);
  /* Whether the last picture may be seen now. */
  gboolean (*may_repeat) (gpointer user_data);
} GenosTrackWorkerFuncs;

typedef struct {
  guint64 frames_in;
  guint64 unwanted; /* of these: nobody watched, or the encoder was being started */
  guint64 dropped;  /* of these: the encoder was behind, or the time stamp was wrong */
  guint64 packets_out;
  guint64 bytes_out;
  guint64 key_frames;
  guint64 frames_encoded; /* pictures only */
  gint64 encode_time;     /* µs, in sum */
  guint errors;
  guint rate; /* what the encoder aims at, bit/s; 0: unknown, or nothing is encoded */
  gboolean encoding;
} GenosTrackStats;

/* As an application gets it. (transfer full) */
GstStructure *genos_track_stats_to_structure (const GenosTrackStats *self, guint n_viewers);

/* What all encodings of a track have in common. */
typedef struct {
  guint32 ssrc;
  guint32 timestamp_offset;
} GenosTrackSource;

/* @destroy is called with @user_data when the last reference goes. */
GenosTrackWorker *
genos_track_worker_new (GenosSenderList *senders, guint tier, const GenosTrackSource *source,
    const GenosTrackWorkerFuncs *funcs, gpointer user_data, GDestroyNotify destroy);
void genos_track_worker_stop (GenosTrackWorker *self);
void genos_track_worker_unref (GenosTrackWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosTrackWorker, genos_track_worker_unref)

/* Needed before the first sender can be served; later calls do nothing. Not for tiers above 0, which
 * start when somebody is to get them. */
void genos_track_worker_start (GenosTrackWorker *self);

/* @choice: nullable, then nothing is encoded. */
void genos_track_worker_set_choice (GenosTrackWorker *self, GenosEncoderChoice *choice);

/* What the rate of the encoder may be; the slowest viewer chooses within. */
void genos_track_worker_set_bounds (GenosTrackWorker *self, const GenosRateBounds *bounds);

void genos_track_worker_get_bounds (GenosTrackWorker *self, GenosRateBounds *bounds);

/* Of tier 0, which chooses for all: what each of the encodings needs. */
void genos_track_worker_set_ladder (GenosTrackWorker *self, const GenosTierLadder *ladder);

/* (transfer full) */
void genos_track_worker_push (GenosTrackWorker *self, GstBuffer *buffer);

void genos_track_worker_get_stats (GenosTrackWorker *self, GenosTrackStats *stats);

G_END_DECLS
