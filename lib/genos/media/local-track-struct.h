/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>
#include <genos/media/parameter-sets.h>
#include <genos/media/sender-list.h>
#include <genos/media/tier-plan.h>
#include <genos/media/track-audience-private.h>
#include <genos/media/track-encodings.h>
#include <genos/media/track-forward.h>
#include <genos/media/track-mute.h>
#include <genos/media/track-tier.h>
#include <genos/media/track-worker.h>

G_BEGIN_DECLS

/* For the files a track is written in: local-track.c has what goes in and what is made of it,
 * local-track-info.c what it shows. */
struct _GenosLocalTrack {
  GObject parent_instance;

  GenosMediaKind kind;
  char *stream_id;
  char *track_id;
  guint32 ssrc;
  GenosSenderList *senders;
  GenosTrackWorker *worker;                 /* of the first encoding */
  GenosTrackWorker *tiers[GENOS_MAX_TIERS]; /* that one, and what slower peers get */
  GenosRemoteTrack *source;                 /* (nullable) */
  GenosTrackForward *forward; /* (nullable): feeds the senders instead of the worker */
  GenosLocalTrack *tier_of;   /* (nullable): it is one tier of that track … */
  guint tier;
  GenosTrackTier *outlet; /* … which feeds the senders */
  gboolean secondary;     /* links are for others first */
  GenosTrackAudience *audience;
  GenosTrackMute *mute;     /* of whoever feeds the track */
  GenosParameterSets *sets; /* likewise; (nullable) */
  GenosTrackEncodings *encodings;
  GWeakRef owner; /* of which it is another encoding; (nullable) */

  GMutex choosing; /* held while a choice is made and handed over; taken before lock */
  GMutex lock;     /* guards what follows; a leaf */
  char *metadata;
  char *codec;
  guint bitrate;
  GenosTierWish tier_wish; /* its bounds are the worker's */
  GenosTierLadder ladder;  /* what there is */
  gboolean inband_fec;
  guint packet_loss;
  gboolean dtx;
  GstCaps *caps;
  GstCaps *rtp_caps;
  const GenosMediaCodec *rtp_codec;
  gboolean announced; /* somebody has seen rtp_caps: they stay */
};

G_END_DECLS
