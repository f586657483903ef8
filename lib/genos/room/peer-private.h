/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>
#include <genos/room/message-private.h>
#include <genos/room/peer-media.h>
#include <genos/base/reason.h>
#include <genos/room/peer.h>
#include <genos/transport/messenger.h>

G_BEGIN_DECLS

/* What a peer tells its roster, on the room's context. Not signals, so that they are no part of the
 * public type. */
typedef struct {
  void (*message) (GenosPeer *self, const char *channel, GenosMessage *message, gpointer data);
  void (*progress) (
      GenosPeer *self, const char *channel, gdouble fraction, const char *metadata, gpointer data);
  void (*track_added) (GenosPeer *self, GenosRemoteTrack *track, gpointer data);
  void (*track_removed) (GenosPeer *self, GenosRemoteTrack *track, gpointer data);
  void (*warning) (GenosPeer *self, const GError *error, gpointer data);
  /* once: the link is over */
  void (*gone) (GenosPeer *self, const GError *error, gpointer data);
} GenosPeerEvents;

/* One participant over one open link. A peer that restarts comes back as another object. */
GenosPeer *genos_peer_new (
    const char *peer_id, const char *kind, GenosPeerLink *link, const GenosDialect *dialect);

/* @events has to live as long as it is set; NULL to end. */
void genos_peer_set_events (GenosPeer *self, const GenosPeerEvents *events, gpointer user_data);

GenosPeerMedia *genos_peer_get_media (GenosPeer *self);
GenosMessenger *genos_peer_get_messenger (GenosPeer *self);
void genos_peer_set_kind (GenosPeer *self, const char *kind);

/* Says @_leave when @politely, then closes the link; ::gone comes at once, with @why. */
void genos_peer_close (GenosPeer *self, gboolean politely, GenosReason why);

/* Somebody says it has left: it is asked, and closed when it does not answer. However often it is
 * said, one question is out. */
void genos_peer_doubt (GenosPeer *self);

GstStructure *genos_peer_get_stats (GenosPeer *self);

G_END_DECLS
