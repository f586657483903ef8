/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/local-track-private.h>
#include <genos/media/remote-track-private.h>
#include <genos/room/media/track-sealer.h>

G_BEGIN_DECLS

/* What a peer leaves to whoever sees to tracks that come by way of others (far-tracks.h). Called on the
 * room's context; @data is theirs. */
typedef struct {
  /* A list of the peer's came in; FALSE: it was nonsense. */
  gboolean (*take) (
      const char *peer_id, const char *type, const char *text, GError **error, gpointer data);
  /* Whether packets of a track of ours go to the peer now. */
  gboolean (*sends) (const char *peer_id, GenosLocalTrack *track, gpointer data);
  /* Whether it is offered a track of ours at all. */
  gboolean (*offers) (const char *peer_id, GenosLocalTrack *track, gpointer data);
  /* What seals a track of ours for it; (nullable): it goes out as it is. (transfer none) */
  GenosTrackSealer *(*sealer) (const char *peer_id, GenosLocalTrack *track, gpointer data);
  /* The peer sends something. TRUE: it was taken, as it is somebody else's, passed on. FALSE with
   * @known (out) (transfer none) (nullable): the peer's own, and that track went on without it. */
  gboolean (*receiver_added) (
      const char *peer_id, GenosLinkReceiver *receiver, GenosRemoteTrack **known, gpointer data);
  void (*receiver_removed) (const char *peer_id, GenosLinkReceiver *receiver, gpointer data);
  /* It gets another tier of a track. */
  void (*tier_changed) (const char *peer_id, gpointer data);
} GenosPeerFarFuncs;

typedef struct {
  const GenosPeerFarFuncs *funcs; /* NULL: nobody */
  gpointer data;
} GenosPeerFar;

G_END_DECLS
