/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomhandler.h"
#include "gstgenosroomsession.h"
#include "gstgenosroomsignals.h"

G_BEGIN_DECLS

/* One element's part in a session: its settings, its being there from READY → PAUSED until
 * PAUSED → READY, and what it tells of the room by signals and bus messages.
 *
 * Threading contract: settings and session under the element's object lock; join() and leave() in
 * the element's state changes. The functions are called on the session's thread, never after leave()
 * has set the element's own state aside, but possibly while it does. */
typedef struct _GstGenosRoomMember GstGenosRoomMember;
typedef struct _GstGenosRoomAttachment GstGenosRoomAttachment;

typedef void (*GstGenosMemberFeedFunc) (GstElement *element, GstGenosTrackFeed *feed);
typedef void (*GstGenosMemberMessageFunc) (GstElement *element, GstGenosRoomSession *session,
    const char *channel, const char *peer_id, GenosMessage *message);
typedef void (*GstGenosMemberPeerFunc) (GstElement *element, const char *peer_id);

typedef gboolean (*GstGenosMemberWantFunc) (GstElement *element, GenosTrackOffer *offer);
typedef void (*GstGenosMemberTracksFunc) (
    GstElement *element, GstGenosRoomSession *session, GenosRoom *room);

struct _GstGenosRoomMember {
  GstElement *element; /* not owned: the struct is part of it */
  GstGenosRoomSettings settings;
  GstGenosMemberFeedFunc feed_added; /* NULL: not interested */
  GstGenosMemberFeedFunc feed_removed;
  GstGenosMemberWantFunc track_wanted;     /* with feed_added */
  GstGenosMemberTracksFunc tracks_changed; /* with feed_added */
  GstGenosMemberMessageFunc message;       /* NULL: likewise */
  GstGenosMemberPeerFunc peer_left;
  GstGenosRoomSession *session;
  GstGenosRoomAttachment *attachment;
  char *active_speaker; /* (nullable): object lock */
  gboolean by_uri;      /* object lock: a player made the element, for a URI */
};

void gst_genos_room_member_init (GstGenosRoomMember *self, GstElement *element);
void gst_genos_room_member_clear (GstGenosRoomMember *self);
/* That of an element which has one. */
GstGenosRoomMember *gst_genos_room_member_of (GstElement *element);

/* FALSE after posting an error. */
gboolean gst_genos_room_member_join (GstGenosRoomMember *self);
void gst_genos_room_member_leave (GstGenosRoomMember *self);

/* (transfer full) (nullable) */
GstGenosRoomSession *gst_genos_room_member_ref_session (GstGenosRoomMember *self);

/* Properties; FALSE when @id is not one of the common ones. */
gboolean
gst_genos_room_member_set_property (GstGenosRoomMember *self, guint id, const GValue *value);
gboolean gst_genos_room_member_get_property (GstGenosRoomMember *self, guint id, GValue *value);

/* What the action signals do. */
guint gst_genos_room_member_send (GstGenosRoomMember *self, const char *channel,
    const GstStructure *message, const char *const *targets);
guint gst_genos_room_member_send_text (
    GstGenosRoomMember *self, const char *channel, const char *text, const char *const *targets);
void gst_genos_room_member_request (GstGenosRoomMember *self, const char *channel,
    const GstStructure *message, const char *peer_id, guint timeout_ms, GstPromise *promise);
void
gst_genos_room_member_ping (GstGenosRoomMember *self, const char *peer_id, GstPromise *promise);
void gst_genos_room_member_kick (GstGenosRoomMember *self, const char *peer_id, const char *reason);
void gst_genos_room_member_admit (GstGenosRoomMember *self, const char *peer_id);
void gst_genos_room_member_deny (GstGenosRoomMember *self, const char *peer_id);

G_END_DECLS
