/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/encode-meter.h>
#include <genos/media/encoder-choice.h>
#include <genos/media/input-queue.h>

G_BEGIN_DECLS

/* What makes the packets of one encoder follow those of the one before on the same SSRC:
 * SRTP and every receiver take a jump in the sequence numbers for loss or replay. */
typedef struct {
  guint32 ssrc;
  guint32 timestamp_offset;
  guint16 next_seqnum;
  guint16 next_picture_id; /* VP8, 15 bits */
} GenosRtpPosition;

typedef struct {
  /* (transfer full) one RTP packet; PTS is system clock time; the first packet of a key
   * frame, and no other of a video, is without GST_BUFFER_FLAG_DELTA_UNIT. Streaming
   * thread. */
  void (*packet) (GstBuffer *packet, gpointer user_data);
  /* (nullable) The pipeline is built and not started; FALSE: do not. Inside new(). */
  gboolean (*built) (GstBin *pipeline, GError **error, gpointer user_data);
  /* The pipeline is dead; stop it. Any thread, also inside genos_track_encoder_new(). */
  void (*failed) (const GError *error, gpointer user_data);
} GenosTrackEncoderFuncs;

/* One pipeline: appsrc, the chain of a choice, appsink. Runs from new() to free(); both
 * may take tens of milliseconds, and free() must not be called on one of its own threads.
 *
 * Threading contract: new(), free() and the rest from one thread, except get_queue(). No
 * function is called after free() has returned. */
typedef struct _GenosTrackEncoder GenosTrackEncoder;

GenosTrackEncoder *
genos_track_encoder_new (GenosEncoderChoice *choice, const GenosRtpPosition *position,
    const GenosTrackEncoderFuncs *funcs, gpointer user_data, GError **error);

/* @position: where the next encoder shall go on. */
void genos_track_encoder_free (GenosTrackEncoder *self, GenosRtpPosition *position);

GenosInputQueue *genos_track_encoder_get_queue (GenosTrackEncoder *self);
/* Counts what the encoder does with pictures from now on. */
void genos_track_encoder_measure (GenosTrackEncoder *self, GenosEncodeMeter *meter);
void genos_track_encoder_force_key_frame (GenosTrackEncoder *self);

/* bit/s; 0: there is no encoder, or it has one rate only. set: may wait for a picture. */
guint genos_track_encoder_get_rate (GenosTrackEncoder *self);
void genos_track_encoder_set_rate (GenosTrackEncoder *self, guint rate);

G_END_DECLS
