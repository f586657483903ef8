/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroommember.h"

#include "gstgenoselements.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* The connection of one element's stay to the room's signals. It outlives leave() in a call that
 * is under way, and does nothing then. */
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

/* What nobody else wants is not sent any more. */
static void
refilter (GstGenosRoomSession *session, GenosRoom *room, gpointer unused)
{
  gst_genos_room_session_refilter (session);
}

static void
disconnect_all (gpointer instance, GArray *handlers)
{
  for (guint i = 0; i < handlers->len; i++)
    g_signal_handler_disconnect (instance, g_array_index (handlers, gulong, i));
  g_array_set_size (handlers, 0);
}

/* The element is still a member, so the room is still there. */
static void
detach (GstGenosRoomAttachment *self)
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

static GstGenosRoomAttachment *
attachment_new (GstGenosRoomMember *member, GstGenosRoomSession *session)
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

/* joining and leaving */

static gboolean
check_plugins (GstElement *element)
{
  static const struct {
    const char *factory, *package;
  } rows[] = {
    { "webrtcbin", "gstreamer1.0-plugins-bad" },
    { "dtlsenc", "gstreamer1.0-plugins-bad" },
    { "srtpenc", "gstreamer1.0-plugins-bad" },
    { "sctpenc", "gstreamer1.0-plugins-bad" },
    { "nicesink", "gstreamer1.0-nice" },
    { "rtpbin", "gstreamer1.0-plugins-good" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (rows[i].factory);

    if (factory == NULL) {
      GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN,
          ("Rooms need the GStreamer element \"%s\", which is not installed. "
           "On Debian: apt-get install %s",
              rows[i].factory, rows[i].package),
          (NULL));
      return FALSE;
    }
  }
  return TRUE;
}

static void
report_join_error (GstElement *element, const GError *error)
{
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT))
    GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  else if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN))
    GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, OPEN_READ_WRITE, ("%s", error->message), (NULL));
}

static GstGenosRoomSession *
join_session (GstGenosRoomMember *self, GError **error)
{
  GstGenosRoomSession *session = NULL;
  GstGenosRoomSettings settings;
  const char *conflict = NULL;

  GST_OBJECT_LOCK (self->element);
  gst_genos_room_settings_copy (&settings, &self->settings);
  GST_OBJECT_UNLOCK (self->element);
  if (gst_genos_room_settings_check (&settings, error))
    session = gst_genos_room_session_join (&settings, &conflict, error);
  gst_genos_room_settings_clear (&settings);
  if (conflict != NULL)
    GST_ELEMENT_WARNING (self->element, RESOURCE, SETTINGS,
        ("Another element of this process is in the same room with another \"%s\", which stays "
         "in force: the elements of a room are one peer.",
            conflict),
        (NULL));
  return session;
}

gboolean
gst_genos_room_member_join (GstGenosRoomMember *self)
{
  g_autoptr (GError) error = NULL;
  GstGenosRoomSession *session = NULL;

  if (!check_plugins (self->element))
    return FALSE;
  session = join_session (self, &error);
  if (session == NULL) {
    report_join_error (self->element, error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self->element);
  self->session = session;
  self->attachment = attachment_new (self, session);
  GST_OBJECT_UNLOCK (self->element);
  gst_genos_room_session_invoke (
      session, attach, attachment_ref (self->attachment), (GDestroyNotify) attachment_unref);
  return TRUE;
}

void
gst_genos_room_member_leave (GstGenosRoomMember *self)
{
  GstGenosRoomSession *session;
  GstGenosRoomAttachment *attachment;

  GST_OBJECT_LOCK (self->element);
  session = g_steal_pointer (&self->session);
  attachment = g_steal_pointer (&self->attachment);
  g_clear_pointer (&self->active_speaker, g_free);
  GST_OBJECT_UNLOCK (self->element);
  if (session == NULL)
    return;
  detach (attachment);
  if (self->feed_added != NULL)
    gst_genos_room_session_post (session, refilter, NULL, NULL);
  gst_genos_room_session_leave (session);
}

GstGenosRoomSession *
gst_genos_room_member_ref_session (GstGenosRoomMember *self)
{
  GstGenosRoomSession *session;

  GST_OBJECT_LOCK (self->element);
  session = self->session != NULL ? g_object_ref (self->session) : NULL;
  GST_OBJECT_UNLOCK (self->element);
  return session;
}

static GQuark
get_quark (void)
{
  return g_quark_from_static_string ("GstGenosRoomMember");
}

GstGenosRoomMember *
gst_genos_room_member_of (GstElement *element)
{
  return g_object_get_qdata (G_OBJECT (element), get_quark ());
}

void
gst_genos_room_member_init (GstGenosRoomMember *self, GstElement *element)
{
  self->element = element;
  g_object_set_qdata (G_OBJECT (element), get_quark (), self);
  gst_genos_room_settings_init (&self->settings);
}

void
gst_genos_room_member_clear (GstGenosRoomMember *self)
{
  gst_genos_room_settings_clear (&self->settings);
  g_clear_pointer (&self->active_speaker, g_free);
}

/* properties */

static void
read_stats (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  GstStructure **stats = user_data;

  *stats = genos_room_get_stats (room);
}

static void
clear_stats (gpointer user_data)
{
  g_clear_pointer ((GstStructure **) user_data, gst_structure_free);
}

static void
unref_stats (gpointer user_data)
{
  g_atomic_rc_box_release_full (user_data, clear_stats);
}

static GstStructure *
get_stats (GstGenosRoomMember *self)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (self);
  GstStructure *stats = NULL;

  if (session != NULL) {
    /* A call that is late writes into the box when this function is gone. */
    GstStructure **box = g_atomic_rc_box_new0 (GstStructure *);

    if (gst_genos_room_session_call (
            session, read_stats, g_atomic_rc_box_acquire (box), unref_stats))
      stats = g_steal_pointer (box);
    unref_stats (box);
  }
  return stats != NULL ? stats : gst_structure_new_empty ("genos-stats");
}

typedef struct {
  const char *name;
  GValue value;
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_value_unset (&self->value);
  g_free (self);
}

static void
change_room (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  Change *change = user_data;

  g_object_set_property (G_OBJECT (room), change->name, &change->value);
}

/* What may be changed at any time reaches a room that is joined already. */
static void
change_at_once (GstGenosRoomMember *self, guint index, const GValue *value)
{
  GParamSpec *pspec = gst_genos_room_mirror_get_pspec (index);
  g_autoptr (GstGenosRoomSession) session = NULL;
  Change *change;

  if ((pspec->flags & GST_PARAM_MUTABLE_PLAYING) == 0)
    return;
  session = gst_genos_room_member_ref_session (self);
  if (session == NULL)
    return;
  change = g_new0 (Change, 1);
  change->name = pspec->name;
  g_value_init (&change->value, G_VALUE_TYPE (value));
  g_value_copy (value, &change->value);
  gst_genos_room_session_invoke (session, change_room, change, change_free);
}

gboolean
gst_genos_room_member_set_property (GstGenosRoomMember *self, guint id, const GValue *value)
{
  gboolean known;

  GST_OBJECT_LOCK (self->element);
  known = gst_genos_room_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self->element);
  if (id >= GST_GENOS_PROP_MIRROR && id < GST_GENOS_PROP_LAST)
    change_at_once (self, id - GST_GENOS_PROP_MIRROR, value);
  return known;
}

gboolean
gst_genos_room_member_get_property (GstGenosRoomMember *self, guint id, GValue *value)
{
  gboolean known;

  if (id == GST_GENOS_PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return TRUE;
  }
  if (id == GST_GENOS_PROP_STATS_JSON) {
    g_autoptr (GstStructure) stats = get_stats (self);

    g_value_take_string (value, genos_stats_to_json (stats));
    return TRUE;
  }
  GST_OBJECT_LOCK (self->element);
  if (id == GST_GENOS_PROP_PEER_ID && self->session != NULL) {
    g_value_set_string (value, gst_genos_room_session_get_peer_id (self->session));
    known = TRUE;
  } else if (id == GST_GENOS_PROP_ACTIVE_SPEAKER) {
    g_value_set_string (value, self->active_speaker);
    known = TRUE;
  } else {
    known = gst_genos_room_settings_get (&self->settings, id, value);
  }
  GST_OBJECT_UNLOCK (self->element);
  return known;
}
