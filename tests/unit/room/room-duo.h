/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../../common/peer-link-local.h"
#include "../../common/signaller-local.h"

#include <genos/base/reason.h>
#include <genos/room/transfer/request.h>
#include <genos/room/room.h>

G_BEGIN_DECLS

/* Alice and Bob in a room over links without network, which a test can stand in between. On the default
 * main context. */

typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller;
  PeerLinkLocalFilter filter; /* of all its links */
  gpointer filter_data;
  GenosChannel *channel;
  GPtrArray *texts;
  gboolean sealed; /* the last message was */
  guint n_joined, n_errors, n_warnings;
  GenosReason error;
  GError *warning; /* the last one */
  GenosRequest *asked;
  gboolean deaf; /* takes no requests */
} DuoMember;

typedef struct {
  SignalHub *hub;
  DuoMember alice, bob;
} Duo;

void duo_set_up (Duo *duo, gconstpointer data);
void duo_tear_down (Duo *duo, gconstpointer data);

/* @alice, @bob (nullable): nick of a GenosEncryption; @ours: Bob is a peer of this project. */
void duo_meet (Duo *duo, const char *password, const char *alice, const char *bob, gboolean ours);
void duo_wait_until_met (Duo *duo);
/* One who has not joined yet. */
void duo_member_init (DuoMember *member, SignalHub *hub, const char *peer_id, const char *password,
    const char *encryption);

/* @ours: as a peer of this project; else it signs nothing, as far as others can tell, like a browser. */
void duo_member_join (DuoMember *member, gboolean ours);

/* What leaves by the member's links goes through @filter from now on. */
void duo_stand_in_between (DuoMember *member, PeerLinkLocalFilter filter, gpointer user_data);

gboolean duo_is_encrypted (DuoMember *member, const char *peer_id);
/* To the other one. */
void duo_say (DuoMember *member, const char *text);
/* Waits for its @n-th message. */
void duo_check_heard (DuoMember *member, guint n, const char *text, gboolean sealed);

G_END_DECLS
