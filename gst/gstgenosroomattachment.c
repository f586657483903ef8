/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroomattachment.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosRoomAttachment {
  gatomicrefcount ref_count;
  GstElement *element;
  GstGenosRoomSession *session;
  GstGenosMemberFeedFunc feed_added;
  GstGenosMemberFeedFunc feed_removed;
  GstGenosMemberWantFunc track_wanted;
  GstGenosMemberTracksFunc tracks_changed;
  GstGenosMemberMessageFunc message;
  GstGenosMemberPeerFunc peer_left;
  char **active_speaker; /* of the member; under the element's lock */
  guint64 warned_of;     /* bits of GenosReason; the session's thread */

  GMutex lock;
  gboolean gone;
  GenosRoom *room; /* while connected */
  GArray *room_handlers;
  GArray *session_handlers;
};

static GstGenosRoomAttachment *
attachment_ref (GstGenosRoomAttachment *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
attachment_unref (GstGenosRoomAttachment *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->room_handlers);
  g_array_unref (self->session_handlers);
  g_object_unref (self->session);
  gst_object_unref (self->element);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_gone (GstGenosRoomAttachment *self)
{
  gboolean gone;

  g_mutex_lock (&self->lock);
  gone = self->gone;
  g_mutex_unlock (&self->lock);
  return gone;
}

/* what the room says */

static void
on_peer_admit (GenosRoom *room, GenosAdmission *admission, GstGenosRoomAttachment *self)
{
  GstGenosAdmit said = GST_GENOS_ADMIT_ALLOW;

  if (!is_gone (self))
    said = gst_genos_room_signals_admit (self->element, admission);
  if (said == GST_GENOS_ADMIT_DENY)
    genos_admission_deny (admission);
  else if (said == GST_GENOS_ADMIT_LATER)
    genos_admission_defer (admission);
}

static void
on_peer_joined (GenosRoom *room, GenosPeer *peer, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_linked (self->element, "peer-joined", peer);
}

static void
on_peer_metadata (GenosRoom *room, GenosPeer *peer, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_metadata (self->element, peer);
}

static gboolean
on_request (
    GenosRoom *room, const char *channel, GenosRequest *request, GstGenosRoomAttachment *self)
{
  return !is_gone (self) && gst_genos_room_signals_request (self->element, channel, request);
}

static void
on_peer_left (GenosRoom *room, GenosPeer *peer, GError *error, GstGenosRoomAttachment *self)
{
  if (is_gone (self))
    return;
  if (self->peer_left != NULL)
    self->peer_left (self->element, genos_peer_get_id (peer));
  gst_genos_room_signals_reason (self->element, "peer-left", genos_peer_get_id (peer), error);
}

static void
on_peer_relinked (GenosRoom *room, GenosPeer *peer, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_linked (self->element, "peer-relinked", peer);
}

static void
on_peer_seen (GenosRoom *room, const char *peer_id, const char *kind, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_peer (self->element, "peer-seen", peer_id, kind);
}

static void
on_peer_lost (GenosRoom *room, const char *peer_id, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_peer (self->element, "peer-lost", peer_id, NULL);
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    GstGenosRoomAttachment *self)
{
  if (is_gone (self))
    return;
  /* The pads first: their messages stand beside pictures, and a handler may take its time. */
  if (self->message != NULL)
    self->message (self->element, self->session, channel, peer_id, message);
  gst_genos_room_signals_message (self->element, channel, peer_id, message);
}

static void
on_progress (GenosRoom *room, const char *channel, const char *peer_id, double fraction,
    const char *metadata, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_progress (self->element, channel, peer_id, fraction, metadata);
}

/* Who reads no element messages, as at a launch line, sees nothing else of it. Once for each reason:
 * any number of strangers may have another password. */
static void
warn_of_join_error (GstGenosRoomAttachment *self, const char *peer_id, const GError *error)
{
  GenosReason reason = genos_reason_from_error (error);
  guint64 bit = G_GUINT64_CONSTANT (1) << reason;

  if ((reason != GENOS_REASON_WRONG_PASSWORD && reason != GENOS_REASON_NO_PATH
          && reason != GENOS_REASON_NEEDS_TURN)
      || (self->warned_of & bit) != 0)
    return;
  self->warned_of |= bit;
  GST_ELEMENT_WARNING (self->element, RESOURCE, FAILED,
      ("There is no link to peer %s: %s. What to do: %s.", peer_id, genos_reason_get_text (reason),
          genos_reason_get_advice (reason)),
      ("%s", error->message));
}

static void
on_join_error (GenosRoom *room, const char *peer_id, GError *error, GstGenosRoomAttachment *self)
{
  if (is_gone (self))
    return;
  gst_genos_room_signals_reason (self->element, "join-error", peer_id, error);
  warn_of_join_error (self, peer_id, error);
}

static void
on_relay_changed (
    GenosRoom *room, const char *url, gboolean open, const char *text, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_relay (self->element, url, open, text);
}

static void
on_warning (GenosRoom *room, GError *error, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    GST_ELEMENT_WARNING (self->element, RESOURCE, FAILED, ("%s", error->message),
        ("%s %d", g_quark_to_string (error->domain), error->code));
}

static void
on_active_speaker (GenosRoom *room, GenosPeer *peer, GstGenosRoomAttachment *self)
{
  const char *peer_id = peer != NULL ? genos_peer_get_id (peer) : NULL;

  if (is_gone (self))
    return;
  GST_OBJECT_LOCK (self->element);
  g_free (*self->active_speaker);
  *self->active_speaker = g_strdup (peer_id);
  GST_OBJECT_UNLOCK (self->element);
  gst_genos_room_signals_speaker (self->element, peer_id);
}

static void
on_stats (GenosRoom *room, const GstStructure *stats, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_stats (self->element, stats);
}

static void
on_track_tier (GenosRoom *room, GenosPeer *peer, GenosLocalTrack *track, const char *tier,
    GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_tier (
        self->element, genos_peer_get_id (peer), genos_local_track_get_track_id (track), tier);
}

static void
on_mesh_state (GenosRoom *room, const GstStructure *state, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    gst_genos_room_signals_mesh (self->element, state);
}

static void
on_mesh_peer_state (
    GenosRoom *room, const char *peer_id, GenosMeshPeerState state, GstGenosRoomAttachment *self)
{
  static const char *const names[] = { "gone", "known", "linked" };

  if (!is_gone (self))
    gst_genos_room_signals_mesh_peer (self->element, peer_id, names[state]);
}

static void
on_feed_added (GstGenosRoomSession *session, GenosPeer *peer, GstGenosTrackFeed *feed,
    GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    self->feed_added (self->element, feed);
}

static void
on_feed_removed (
    GstGenosRoomSession *session, GstGenosTrackFeed *feed, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    self->feed_removed (self->element, feed);
}

static gboolean
on_track_wanted (GstGenosRoomSession *session, GenosTrackOffer *offer, GstGenosRoomAttachment *self)
{
  return !is_gone (self) && self->track_wanted (self->element, offer);
}

static void
on_tracks_changed (GstGenosRoomSession *session, GenosRoom *room, GstGenosRoomAttachment *self)
{
  if (!is_gone (self))
    self->tracks_changed (self->element, session, room);
}

/* attaching, on the session's thread */

static void
connect_to (GArray *handlers, gpointer instance, const char *signal, gpointer func,
    GstGenosRoomAttachment *self)
{
  gulong id = g_signal_connect_data (instance, signal, G_CALLBACK (func), attachment_ref (self),
      (GClosureNotify) (void (*) (void)) attachment_unref, 0);

  g_array_append_val (handlers, id);
}

static void
connect_all (GstGenosRoomAttachment *self, GenosRoom *room)
{
  GArray *handlers = self->room_handlers;

  self->room = room;
  connect_to (handlers, room, "peer-admit", on_peer_admit, self);
  connect_to (handlers, room, "peer-joined", on_peer_joined, self);
  connect_to (handlers, room, "peer-left", on_peer_left, self);
  connect_to (handlers, room, "peer-relinked", on_peer_relinked, self);
  connect_to (handlers, room, "peer-metadata", on_peer_metadata, self);
  connect_to (handlers, room, "request", on_request, self);
  connect_to (handlers, room, "peer-seen", on_peer_seen, self);
  connect_to (handlers, room, "peer-lost", on_peer_lost, self);
  connect_to (handlers, room, "message", on_message, self);
  connect_to (handlers, room, "progress", on_progress, self);
  connect_to (handlers, room, "join-error", on_join_error, self);
  connect_to (handlers, room, "relay-changed", on_relay_changed, self);
  connect_to (handlers, room, "warning", on_warning, self);
  connect_to (handlers, room, "stats", on_stats, self);
  connect_to (handlers, room, "active-speaker", on_active_speaker, self);
  connect_to (handlers, room, "mesh-state", on_mesh_state, self);
  connect_to (handlers, room, "track-tier", on_track_tier, self);
  connect_to (handlers, room, "mesh-peer-state", on_mesh_peer_state, self);
  if (self->feed_added == NULL)
    return;
  connect_to (self->session_handlers, self->session, "feed-added", on_feed_added, self);
  connect_to (self->session_handlers, self->session, "feed-removed", on_feed_removed, self);
  connect_to (self->session_handlers, self->session, "track-wanted", on_track_wanted, self);
  connect_to (self->session_handlers, self->session, "tracks-changed", on_tracks_changed, self);
}

static void
replay_feed (GenosPeer *peer, GstGenosTrackFeed *feed, gpointer user_data)
{
  GstGenosRoomAttachment *self = user_data;

  on_feed_added (self->session, peer, feed, self);
}

static void
attach (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  GstGenosRoomAttachment *self = user_data;
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (GPtrArray) peers = NULL;
  gboolean gone;

  g_mutex_lock (&self->lock);
  gone = self->gone;
  if (!gone)
    connect_all (self, room);
  g_mutex_unlock (&self->lock);
  if (gone)
    return;
  warnings = gst_genos_room_session_take_warnings (session);
  for (guint i = 0; i < warnings->len; i++)
    on_warning (room, warnings->pdata[i], self);
  peers = genos_room_get_peers (room);
  for (guint i = 0; i < peers->len; i++)
    on_peer_joined (room, peers->pdata[i], self);
  if (genos_room_get_active_speaker (room) != NULL)
    on_active_speaker (room, genos_room_get_active_speaker (room), self);
  if (self->feed_added == NULL)
    return;
  gst_genos_room_session_refilter (session);
  gst_genos_room_session_foreach_feed (session, replay_feed, self);
}

static void
disconnect_all (gpointer instance, GArray *handlers)
{
  for (guint i = 0; i < handlers->len; i++)
    g_signal_handler_disconnect (instance, g_array_index (handlers, gulong, i));
  g_array_set_size (handlers, 0);
}

/* The element is still a member, so the room is still there. */
void
gst_genos_room_attachment_end (GstGenosRoomAttachment *self)
{
  g_mutex_lock (&self->lock);
  self->gone = TRUE;
  g_mutex_unlock (&self->lock);
  /* attach() does not connect any more: the arrays are this thread's. */
  if (self->room != NULL) {
    disconnect_all (self->room, self->room_handlers);
    disconnect_all (self->session, self->session_handlers);
    self->room = NULL;
  }
  attachment_unref (self);
}

GstGenosRoomAttachment *
gst_genos_room_attachment_new (GstGenosRoomMember *member, GstGenosRoomSession *session)
{
  GstGenosRoomAttachment *self = g_new0 (GstGenosRoomAttachment, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->element = gst_object_ref (member->element);
  self->session = g_object_ref (session);
  self->feed_added = member->feed_added;
  self->feed_removed = member->feed_removed;
  self->track_wanted = member->track_wanted;
  self->tracks_changed = member->tracks_changed;
  self->message = member->message;
  self->peer_left = member->peer_left;
  self->active_speaker = &member->active_speaker;
  self->room_handlers = g_array_new (FALSE, FALSE, sizeof (gulong));
  self->session_handlers = g_array_new (FALSE, FALSE, sizeof (gulong));
  return self;
}

void
gst_genos_room_attachment_begin (GstGenosRoomAttachment *self)
{
  gst_genos_room_session_invoke (
      self->session, attach, attachment_ref (self), (GDestroyNotify) attachment_unref);
}
