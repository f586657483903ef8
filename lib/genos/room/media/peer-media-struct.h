/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/media/codec-offer.h>
#include <genos/room/media/peer-media.h>

G_BEGIN_DECLS

/* For the files a peer's media is written in: peer-media.c, peer-media-hold.c, what is not sent, and
 * peer-media-report.c, what it shows and tells. */
typedef struct {
  GenosLocalTrack *track;
  GenosCodecOffer offer;
  GenosLinkSender *sender; /* NULL while it waits for its turn */
  GenosSentTier tier;      /* what was told of it */
  gboolean hopeless;       /* the peer takes nothing of what there is */
} GenosPeerMediaTrack;

struct _GenosPeerMedia {
  GObject parent_instance;

  char *peer_id;
  GenosPeerLink *link;
  GenosMessenger *messenger;
  GenosPeerTracks *tracks;
  GMainContext *context;

  GenosPeerFar far;
  gboolean lists_far;

  GPtrArray *outgoing;   /* of GenosPeerMediaTrack, in the order they were added */
  GHashTable *announced; /* stream ids whose metadata went out */
  GSource *advance_source;
  gint64 group_deadline; /* µs; 0 when no stream is being agreed on */

  GPtrArray *remote;    /* of GenosRemoteTrack */
  GHashTable *incoming; /* GenosLinkReceiver → GenosRemoteTrack: what of them the link brings */
  GPtrArray *orphaned; /* those of them that came over the link before, and not yet over this one */
  GSource *adoption;   /* its end */
  GQueue stream_metadata; /* of char* */
  GQueue track_metadata;
  GHashTable *metadata_of; /* remote stream id → char* */
  gboolean closed;
};

/* Emits ::track-tier for each track of which the peer gets something else than was told last. */
void genos_peer_media_tell_tiers (GenosPeerMedia *self);
/* (nullable) (transfer none): what seals a track of ours for the peer */
GenosTrackSealer *genos_peer_media_get_sealer (GenosPeerMedia *self, GenosLocalTrack *track);
gboolean genos_peer_media_is_offered (GenosPeerMedia *self, GenosLocalTrack *track);
void genos_peer_media_update_hold (GenosPeerMedia *self, GenosPeerMediaTrack *outgoing);
/* Before the offer of which they are part, so that the peer can say in time what it does not want. */
void genos_peer_media_tell_tracks (GenosPeerMedia *self);

G_END_DECLS
