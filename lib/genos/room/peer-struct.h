/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/media/peer-clock.h>
#include <genos/room/peer-private.h>
#include <genos/room/peer-stats.h>

G_BEGIN_DECLS

/* For the files a peer is written in: peer.c has its link, peer-receive.c what comes over it, peer-send.c in which
 * form messages go, peer-properties.c what it shows, peer-stats.c what it counts, peer-time.c how its clock stands
 * to ours. */
struct _GenosPeer {
  GObject parent_instance;

  char *id;
  char *kind;
  const GenosDialect *dialect;
  GenosSignalOrigin origin;
  gboolean given_up; /* on this link it did not say hello in time */
  char *key;         /* the origin's */
  char *proven_key;  /* (nullable) */
  GStrv capabilities;
  GenosPeerSeal *seal;   /* (nullable) */
  GenosPeerClock *clock; /* (nullable) */
  gint64 clock_offset;   /* ns: what was last told … */
  gboolean clock_told;   /* … if anything was */
  gboolean far_clock;    /* by those who pass on what it sends */
  char *metadata;        /* (nullable): JSON text */
  gint64 metadata_paid;  /* µs: changes told are paid for up to then */
  GenosPeerLink *link;   /* the last one, when there is none */
  GenosMessenger *messenger;
  GenosPeerMedia *media;
  GenosPeerFar far;
  GPtrArray *orphans; /* (nullable): the tracks of a link that broke */
  gboolean linked;
  GError *trouble;  /* what the peer is gone for when the grace is over */
  gint64 grace_end; /* µs; 0: no trouble */
  guint relinks;
  gint64 joined; /* µs, monotonic */
  GenosPeerStats *stats;
  guint64 messages_in;
  guint64 dropped;
  gboolean gone;
  gboolean asked;
  gboolean doubted;     /* it is being asked whether it is there */
  gboolean said_bye;    /* ... because it said that it goes */
  gint64 warnings_paid; /* µs: warnings told are paid for up to then */

  const GenosPeerEvents *events;
  gpointer events_data;
};

/* Of a new link: hears what comes over it. */
void genos_peer_begin_receiving (GenosPeer *self);
/* Tells the room, not more often than an application can bear. */
void genos_peer_tell_warning (GenosPeer *self, const GError *error);

void genos_peer_install_properties (GObjectClass *klass);
void genos_peer_notify_verified (GenosPeer *self);
/* FALSE when it was that already. */
gboolean genos_peer_set_metadata (GenosPeer *self, const char *metadata);

/* ns; told when it moved by more than is worth knowing. */
void genos_peer_set_clock_offset (GenosPeer *self, gint64 offset);

/* Of a new link; before its media goes; a message of the peer. */
void genos_peer_begin_offers (GenosPeer *self);
void genos_peer_end_offers (GenosPeer *self);
gboolean
genos_peer_take_offers (GenosPeer *self, const char *type, GenosMessage *message, GError **error);

/* Of what others send. */
gboolean
genos_peer_take_far (GenosPeer *self, const char *type, GenosMessage *message, GError **error);

void genos_peer_begin_clock (GenosPeer *self); /* of a new link */
void genos_peer_tick_clock (GenosPeer *self);
void genos_peer_take_clock (GenosPeer *self, GenosMessage *message);

G_END_DECLS
