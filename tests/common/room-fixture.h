/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "peer-link-local.h"
#include "signaller-local.h"
#include "test-wait.h"

#include <genos/genos.h>

G_BEGIN_DECLS

/* Somebody in a room who counts what it is told: over relays and webrtcbin, or over a hub and local
 * links. Lives on the default main context. */
typedef struct {
  GenosRoom *room;
  GenosSignaller *signaller; /* (nullable): of one on a hub */
  guint n_links;             /* that were ever made, on a hub */
  GenosPeerLink *last_link;  /* the last of them, not owned */
  guint n_seen;
  guint n_joined;
  guint n_left;
  GenosReason left_for; /* the last time */
  guint n_relinked;
  guint n_messages;
  guint n_warnings;
  guint n_join_errors;
  guint n_relay_changes;
  guint n_tracks_added;
  guint n_tracks_removed;
  gint n_packets;    /* of media; atomic */
  GString *said;     /* warnings, errors and reasons, a line each */
  GHashTable *heard; /* short text of a message → how often it came */
} RoomMember;

/* Joins at once. @peer_id NULL: one of its own; @relays: URLs with commas between. */
RoomMember *room_member_new (const char *room, const char *peer_id, const char *relays);
/* The same with further properties of the room. */
RoomMember *room_member_new_with (
    const char *room, const char *relays, const char *property, ...) G_GNUC_NULL_TERMINATED;
RoomMember *room_member_new_on_hub (SignalHub *hub, const char *room, const char *peer_id);

/* Leaves, and sees that nothing keeps the room. */
void room_member_free (RoomMember *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomMember, room_member_free)

gboolean room_member_has (RoomMember *self, const char *peer_id);
guint room_member_count_heard (RoomMember *self, const char *text);

/* Sends @text to @to, who must be linked; NULL: to the whole room, which must have one more. */
void room_member_say (RoomMember *self, const char *to, const char *text);

/* A word each way arrives within @seconds. */
void room_members_talk (RoomMember *one, RoomMember *other, guint seconds);

/* Of the room's statistics: a counter of 32, and one of 64 bits. */
guint room_member_get_count (RoomMember *self, const char *name);
guint64 room_member_get_total (RoomMember *self, const char *name);
/* What was dropped of that peer's. */
guint64 room_member_get_dropped_of (RoomMember *self, const char *peer_id);

/* A good relay on loopback; @port 0: any. @url: (out) (optional) (transfer full) */
GenosRelayServer *test_relay_server_new (guint port, char **url);

G_END_DECLS
