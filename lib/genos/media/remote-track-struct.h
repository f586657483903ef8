/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/key-frame-gate.h>
#include <genos/media/remote-track-private.h>
#include <genos/media/rtp-splice.h>

G_BEGIN_DECLS

typedef struct _PacketClosure GenosPacketClosure;
typedef struct _Outlet GenosPacketOutlet;
typedef struct _Opener GenosPacketOpener;

/* For the files a track is written in: remote-track.c has where packets come from and go to,
 * remote-track-info.c what is known of it. */
struct _GenosRemoteTrack {
  GObject parent_instance;

  char *peer_id;
  char *metadata;
  char *stream_id;
  char *track_id;
  GstCaps *caps;
  GenosTrackLevel *level;

  /* Over every change of where packets come from and go to; never taken while one is delivered. */
  GMutex feed_lock;
  GenosPacketClosure *closure; /* (nullable) */
  GenosPacketOutlet *outlet;   /* (nullable): of whoever watches */
  GPtrArray *raw_taps;         /* of Outlet: as they come … */
  GPtrArray *taps;             /* … and as whoever watches has them */
  GenosPacketOpener *opener;   /* (nullable): it comes sealed */

  gint n_moves; /* atomic */
  gint is_far;  /* atomic: it comes by way of others */

  GMutex splice_lock; /* a leaf */
  GenosRtpSplice splice;
  GenosCaptureClock clock;
  GenosWallOffset wall;

  GMutex lock;                 /* guards what follows; a leaf */
  GenosLinkReceiver *receiver; /* changed with both locks held */
  GenosKeyFrameGate gate;
  GstClockID timer; /* lets the request through that the gate has kept */
};

G_END_DECLS
