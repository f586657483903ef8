/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>
#include <genos/room/message-private.h>
#include <genos/room/media/peer-media.h>
#include <genos/room/peer-seal.h>
#include <genos/room/peer-stats.h>
#include <genos/room/peer.h>
#include <genos/signalling/signaller.h>
#include <genos/transport/messenger.h>

G_BEGIN_DECLS

/* What a peer tells its roster, on the room's context. Not signals, so that they are no part of the
 * public type. */
typedef struct {
  /* @extended: its role and id; valid for the call */
  void (*message) (GenosPeer *self, const char *channel, const GenosExtendedMessage *extended,
      GenosMessage *message, gpointer data);
  void (*progress) (
      GenosPeer *self, const char *channel, gdouble fraction, const char *metadata, gpointer data);
  void (*track_added) (GenosPeer *self, GenosRemoteTrack *track, gpointer data);
  void (*track_removed) (GenosPeer *self, GenosRemoteTrack *track, gpointer data);
  void (*track_tier) (GenosPeer *self, GenosLocalTrack *track, GenosSentTier tier, gpointer data);
  void (*track_offered) (GenosPeer *self, GenosTrackOffer *offer, gpointer data);
  void (*track_withdrawn) (GenosPeer *self, GenosTrackOffer *offer, gpointer data);
  /* whether the peer may send it */
  gboolean (*track_wanted) (GenosPeer *self, GenosTrackOffer *offer, gpointer data);
  void (*warning) (GenosPeer *self, const GError *error, gpointer data);
  void (*metadata) (GenosPeer *self, gpointer data); /* changed */
  /* Its link is silent or broke: another one is wanted. ::gone follows, unless ::healed does. */
  void (*troubled) (GenosPeer *self, gpointer data);
  /* @replaced: over another link; else the link that was silent speaks again */
  void (*healed) (GenosPeer *self, gboolean replaced, gpointer data);
  /* once: it is not here any more */
  void (*gone) (GenosPeer *self, const GError *error, gpointer data);
} GenosPeerEvents;

/* How long after its link fell silent, or broke, a peer stays here while another link is looked for.
 * With the heartbeat's times: whoever vanishes is gone 11 s after its last frame. */
#define GENOS_PEER_SILENT_GRACE (4 * G_TIME_SPAN_SECOND)
#define GENOS_PEER_BROKEN_GRACE (5 * G_TIME_SPAN_SECOND)
/* Whose network it is that changed notices it sooner than the others, and has to find its relays again
 * first: it does not give up before they do. */
#define GENOS_PEER_MOVED_GRACE (9 * G_TIME_SPAN_SECOND)

/* What is known of a link from its first words; all of it (nullable). */
typedef struct {
  const char *key;                 /* that the peer has proven to hold */
  const char *const *capabilities; /* of it */
  const char *kind;                /* what it announces itself as */
  GenosPeerSeal *seal;             /* (transfer full) */
  gboolean given_up;               /* it was waited for its hello, which did not come */
} GenosPeerCredentials;

/* One participant, over one open link at a time. @origin: of the messages that led to @link. */
GenosPeer *genos_peer_new (const char *peer_id, const char *kind, GenosPeerLink *link,
    const GenosSignalOrigin *origin, const GenosPeerCredentials *credentials,
    const GenosDialect *dialect);

/* @events has to live as long as it is set; NULL to end. */
void genos_peer_set_events (GenosPeer *self, const GenosPeerEvents *events, gpointer user_data);

/* Somebody whom there is no link to, and whose tracks come by way of others. */
GenosPeer *genos_peer_new_far (const char *peer_id);
/* Of one without a link, as those say who pass on what it sends; ns. */
void genos_peer_set_far_clock (GenosPeer *self, gint64 offset);

/* Of the link that is there, and those after it. @far->funcs has to live as long as it is set; NULL: nobody */
void genos_peer_set_far (GenosPeer *self, const GenosPeerFar *far);
/* Whether it has said that it passes tracks on. */
gboolean genos_peer_knows_far (GenosPeer *self);
/* It opens what is sealed, and passes it on. */
gboolean genos_peer_opens_sealed (GenosPeer *self);

GenosPeerMedia *genos_peer_get_media (GenosPeer *self);
GenosMessenger *genos_peer_get_messenger (GenosPeer *self);
void genos_peer_set_kind (GenosPeer *self, const char *kind);

/* A new link to the same id is open: the old one is closed, what waited in it fails with
 * GENOS_ERROR_CLOSED, and the tracks that come again go on under the same objects. */
void genos_peer_replace_link (GenosPeer *self, GenosPeerLink *link, const GenosSignalOrigin *origin,
    const GenosPeerCredentials *credentials);

/* Of the link that is there, or was last. */
const GenosSignalOrigin *genos_peer_get_origin (GenosPeer *self);

/* Looks whether the grace is over; @now: monotonic, µs. */
void genos_peer_tick (GenosPeer *self, gint64 now);

/* TRUE while a link is there, silent or not. */
gboolean genos_peer_is_linked (GenosPeer *self);
/* TRUE between ::troubled and ::healed or ::gone. */
gboolean genos_peer_is_troubled (GenosPeer *self);

/* Says @_leave when @politely, then closes the link; ::gone comes at once, with @why. */
void genos_peer_close (GenosPeer *self, gboolean politely, GenosReason why);

/* The same with any error. */
void genos_peer_close_for (GenosPeer *self, gboolean politely, const GError *error);

/* (transfer none) (nullable): of the link that is there */
GenosPeerSeal *genos_peer_get_seal (GenosPeer *self);
/* Whether it has said that it knows extended messages. */
gboolean genos_peer_is_extended (GenosPeer *self);

/* Tells it what our application says of itself, JSON text; nothing happens when it would not
 * understand. */
void genos_peer_send_metadata (GenosPeer *self, const char *metadata);

/* Sends @message in the best form the peer knows: sealed, extended, or a browser's. @outgoing has
 * everything but the payload. Errors as genos_messenger_send()'s, and GENOS_ERROR_UNSUPPORTED for what
 * a browser's form cannot say. */
guint64 genos_peer_send (GenosPeer *self, const GenosOutgoing *outgoing,
    const GenosExtendedMessage *message, GError **error);

/* Something says that it is not there any more, a bye when @said_bye: it is asked, and closed when it
 * does not answer or its link breaks meanwhile. However often it is said, one question is out. */
void genos_peer_doubt (GenosPeer *self, gboolean said_bye);

/* The network may be another one: the peer is asked for a sign of life now, and in trouble when none
 * comes soon. */
void genos_peer_ask (GenosPeer *self);

/* Has the link asked; see genos_peer_stats_refresh(). */
void genos_peer_refresh_stats (GenosPeer *self, GenosPeerStatsFunc func, gpointer user_data);
GstStructure *genos_peer_get_stats (GenosPeer *self);

G_END_DECLS
