/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/door.h>
#include <genos/room/joining/healer.h>
#include <genos/room/roster.h>
#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* One stay in a room, from the first announce to the farewell: keeps us known, notices who comes and
 * goes, and puts whoever gets linked into the roster. Lives on the room's context. */
#define GENOS_TYPE_MEMBERSHIP (genos_membership_get_type ())
G_DECLARE_FINAL_TYPE (GenosMembership, genos_membership, GENOS, MEMBERSHIP, GObject)

typedef struct {
  const char *peer_id; /* our own */
  const GenosDialect *dialect;
  GenosLinkFactory factory;
  gpointer factory_data;
  gboolean prepares_links;  /* gathering takes time: links are made ahead while somebody may come */
  GNetworkMonitor *monitor; /* nullable: tells of changes of the network */
  guint (*n_closing) (void);        /* nullable: links closed that still have to be torn down */
  const GenosAdmissionRules *rules; /* outlive the membership */
  const char *path;                 /* the room's root path */
  GenosSchnorrKey *key;             /* (nullable): ours, for proofs of identity */
  const char *kind;                 /* (nullable): what we announce ourselves as */
} GenosMembershipConfig;

GenosMembership *genos_membership_new (
    const GenosMembershipConfig *config, GenosSignaller *signaller, GenosRoster *roster);

/* Nothing happens when it was ended already. */
void genos_membership_begin (GenosMembership *self);

/* Says goodbye to everybody; ::ended comes when that is out and the links are gone: after about 200 ms,
 * at the latest after two seconds. */
void genos_membership_end (GenosMembership *self);

/* Ends at once, without waiting for anything to leave. No signal. */
void genos_membership_abort (GenosMembership *self);

/* Ends the link with a peer and keeps it out, or somebody who is not here yet; FALSE then. */
gboolean genos_membership_kick (GenosMembership *self, const char *peer_id, const char *why);
/* The lists changed: who is on the wrong one leaves. */
void genos_membership_check_peers (GenosMembership *self);
/* (transfer none) */
GenosDoor *genos_membership_get_door (GenosMembership *self);

/* What messages are sealed with; (nullable): they are not. Before it begins. */
void genos_membership_set_room_key (GenosMembership *self, GenosSecret *room_key);
/* (transfer none) (nullable) */
GenosSecret *genos_membership_get_room_key (GenosMembership *self);

/* Whom to link with, see genos_dialler_set_gate(), genos_dialler_want() and genos_dialler_reconsider(). */
void genos_membership_set_gate (GenosMembership *self, GenosDiallerGate gate, gpointer user_data);
void genos_membership_want (GenosMembership *self, const char *peer_id);
void genos_membership_reconsider (GenosMembership *self);
/* (transfer none) (nullable) */
GenosHeardBook *genos_membership_get_heard (GenosMembership *self);

guint genos_membership_get_n_paths (GenosMembership *self);
/* (transfer full): aa{sv}, one for each relay */
GVariant *genos_membership_get_path_stats (GenosMembership *self);
/* (transfer full) (nullable): a{sv} */
GVariant *genos_membership_get_list_stats (GenosMembership *self);
guint64 genos_membership_get_dropped (GenosMembership *self);
guint genos_membership_get_n_seen (GenosMembership *self);
guint genos_membership_get_n_handshakes (GenosMembership *self);

/* Signals: ::path-changed (via, open, reason)  ::seen (peer_id, kind)  ::lost (peer_id)
 *          ::asked (GenosAdmission)
 *          ::join-error (peer_id, GError)  ::warning (GError)  ::ended () */

G_END_DECLS
