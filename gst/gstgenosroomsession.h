/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosroomhandler.h"
#include "gstgenostrackfeed.h"

G_BEGIN_DECLS

/* One room in this process: a thread with a main context of its own, and the GenosRoom that lives
 * on it. Elements of equal dialect, application id, room, password and relays share it, so that
 * they are one peer to the others. The first to join() makes it, the last to leave() says bye.
 *
 * Threading contract: join() and leave() from any thread; the room is only touched by functions
 * given to invoke() or call(), which run on the session's thread, where both signals are emitted
 * as well. Lock order: the table of sessions, then a session's own lock; neither is held while a
 * function of others runs.
 *
 * Signals: ::feed-added (GenosPeer, GstGenosTrackFeed), ::feed-removed (GstGenosTrackFeed),
 * ::track-wanted (GenosTrackOffer) → gboolean: a peer may send it if anybody says so,
 * ::tracks-changed (GenosRoom): what there is, sent or offered, soon after it changed */
#define GST_TYPE_GENOS_ROOM_SESSION (gst_genos_room_session_get_type ())
G_DECLARE_FINAL_TYPE (GstGenosRoomSession, gst_genos_room_session, GST, GENOS_ROOM_SESSION, GObject)

/* @conflict: set to the name of a property in which a running session differs from @settings, or
 * NULL. (transfer full) */
GstGenosRoomSession *gst_genos_room_session_join (
    const GstGenosRoomSettings *settings, const char **conflict, GError **error);

/* Waits for the last bye to be on its way, a bounded time. (transfer full) */
void gst_genos_room_session_leave (GstGenosRoomSession *self);

typedef void (*GstGenosRoomFunc) (GstGenosRoomSession *self, GenosRoom *room, gpointer user_data);

/* Runs @func on the session's thread, later or at once when already there; not at all when the
 * room is gone. @destroy is run in any case. */
void gst_genos_room_session_invoke (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy);

/* The same, but never at once: no function of the caller's runs inside. */
void gst_genos_room_session_post (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy);

/* On the session's thread: what the room warned of before there was an element to say it. (transfer
 * full) (element-type GError): once; empty after that. */
GPtrArray *gst_genos_room_session_take_warnings (GstGenosRoomSession *self);

/* Runs on the session's thread, unless that ends first. */
void gst_genos_room_session_attach (GstGenosRoomSession *self, GSource *source);

/* As invoke(), waiting for it, a bounded time; FALSE when it has not run by then. */
gboolean gst_genos_room_session_call (
    GstGenosRoomSession *self, GstGenosRoomFunc func, gpointer user_data, GDestroyNotify destroy);

typedef void (*GstGenosFeedFunc) (GenosPeer *peer, GstGenosTrackFeed *feed, gpointer user_data);

/* All tracks there are; on the session's thread. */
void gst_genos_room_session_foreach_feed (
    GstGenosRoomSession *self, GstGenosFeedFunc func, gpointer user_data);

/* What ::track-wanted says has changed; on the session's thread. */
void gst_genos_room_session_refilter (GstGenosRoomSession *self);

const char *gst_genos_room_session_get_peer_id (GstGenosRoomSession *self);
guint gst_genos_room_session_get_latency (GstGenosRoomSession *self);

G_END_DECLS
