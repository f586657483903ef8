/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/peer-media-struct.h>

#include <string.h>

/* Metadata for streams that never come is dropped, oldest first. */
#define MAX_PENDING_METADATA 16
#define MAX_METADATA (64 * 1024)
#define MAX_REMOTE_TRACKS 64

/* A stream a peer does not agree to must not hold up those behind it. */
#define GROUP_TIMEOUT_MS 4000

/* So long a track of the link before may take to come again: its streams are offered one by one. */
#define ADOPTION_MS 10000

G_DEFINE_FINAL_TYPE (GenosPeerMedia, genos_peer_media, G_TYPE_OBJECT)

enum {
  TRACK_ADDED,
  TRACK_REMOVED,
  TRACK_TIER,
  WARNING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void schedule_advance (GenosPeerMedia *self, guint delay_ms);

/* --- outgoing --- */

static gboolean
on_active_home (gpointer user_data)
{
  GenosPeerMedia *self = user_data;

  if (self->group_deadline != 0 && !self->closed)
    schedule_advance (self, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tiers_home (gpointer user_data)
{
  genos_peer_media_tell_tiers (user_data);
  return G_SOURCE_REMOVE;
}

/* On any thread, so it only leaves word. Not g_main_context_invoke(): that runs on this thread when
 * nobody happens to iterate the context. */
static void
go_home (gpointer weak, GSourceFunc func)
{
  GenosPeerMedia *self = g_weak_ref_get (weak);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) source = NULL;

  if (self == NULL)
    return;
  /* The reference travels with the source: dropped here, it could be the last one. */
  context = g_main_context_ref (self->context);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, self, g_object_unref);
  g_source_attach (source, context);
}

static void
on_active_changed (GenosLinkSender *sender, GParamSpec *pspec, gpointer user_data)
{
  go_home (user_data, on_active_home);
}

static void
on_tier_changed (GenosLinkSender *sender, GParamSpec *pspec, gpointer user_data)
{
  go_home (user_data, on_tiers_home);
}

static void
weak_ref_free (gpointer data, GClosure *closure)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* On the link's context, in the middle of what it does. */
static void
on_refused (GenosLinkSender *sender, gpointer user_data)
{
  GenosPeerMedia *self = g_weak_ref_get (user_data);

  if (self == NULL)
    return;
  if (!self->closed)
    schedule_advance (self, 0);
  g_object_unref (self);
}

static void
connect_to (GenosPeerMedia *self, GenosLinkSender *sender, const char *signal, GCallback callback)
{
  GWeakRef *ref = g_new (GWeakRef, 1);

  g_weak_ref_init (ref, self);
  g_signal_connect_data (sender, signal, callback, ref, weak_ref_free, 0);
}

static void
drop_sender (GenosPeerMediaTrack *outgoing)
{
  if (outgoing->sender == NULL)
    return;
  g_signal_handlers_disconnect_matched (
      outgoing->sender, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_active_changed, NULL);
  g_signal_handlers_disconnect_matched (
      outgoing->sender, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_tier_changed, NULL);
  g_signal_handlers_disconnect_matched (
      outgoing->sender, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_refused, NULL);
  g_clear_object (&outgoing->sender);
}

static void
outgoing_free (gpointer data)
{
  GenosPeerMediaTrack *outgoing = data;

  drop_sender (outgoing);
  genos_codec_offer_clear (&outgoing->offer);
  g_clear_object (&outgoing->track);
  g_free (outgoing);
}

static void
let_go (GenosPeerMedia *self, GenosPeerMediaTrack *outgoing)
{
  if (outgoing->sender == NULL)
    return;
  genos_local_track_remove_sender (outgoing->offer.source, outgoing->sender);
  genos_peer_link_remove_sender (self->link, outgoing->sender);
}

static gboolean
is_settled (GenosLinkSender *sender)
{
  return genos_link_sender_get_accepted (sender) || genos_link_sender_get_refused (sender);
}

static gboolean
group_is_agreed (GenosPeerMedia *self)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender != NULL && !is_settled (outgoing->sender))
      return FALSE;
  }
  return TRUE;
}

static GenosPeerMediaTrack *
first_waiting (GenosPeerMedia *self)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender == NULL && !outgoing->hopeless)
      return outgoing;
  }
  return NULL;
}

/* What was refused waits again, to be offered as something else. */
static void
take_back_refused (GenosPeerMedia *self)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender == NULL || !genos_link_sender_get_refused (outgoing->sender))
      continue;
    let_go (self, outgoing);
    drop_sender (outgoing);
    genos_codec_offer_refuse (&outgoing->offer);
  }
}

/* Any track may carry the metadata of its stream. */
static char *
dup_metadata (GPtrArray *group)
{
  for (guint i = 0; i < group->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (group, i);
    char *metadata = genos_local_track_dup_metadata (outgoing->track);

    if (metadata != NULL)
      return metadata;
  }
  return NULL;
}

static void
send_metadata (GenosPeerMedia *self, const char *stream_id, GPtrArray *group)
{
  g_autofree char *metadata = dup_metadata (group);
  g_autoptr (GBytes) payload = NULL;
  GenosOutgoing outgoing = { "@_stream", GENOS_PAYLOAD_JSON };

  if (metadata == NULL || !g_hash_table_add (self->announced, g_strdup (stream_id)))
    return;
  payload = g_bytes_new (metadata, strlen (metadata));
  outgoing.payload = payload;
  genos_messenger_send (self->messenger, &outgoing, NULL);
}

static GenosPeerMediaTrack *
find_outgoing (GenosPeerMedia *self, GenosLocalTrack *track)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->track == track)
      return outgoing;
  }
  return NULL;
}

static void
on_refusals (GenosPeerTracks *tracks, GenosPeerMedia *self)
{
  genos_peer_media_check_holds (self);
}

static void
seal (GenosPeerMedia *self, GenosPeerMediaTrack *outgoing)
{
  GenosTrackSealer *sealer = genos_peer_media_get_sealer (self, outgoing->track);

  if (sealer != NULL)
    genos_link_sender_set_seal_func (outgoing->sender, genos_track_sealer_seal,
        genos_track_sealer_ref (sealer), (GDestroyNotify) genos_track_sealer_unref);
}

static void
offer_track (GenosPeerMedia *self, GenosPeerMediaTrack *outgoing)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GError) error = NULL;

  if (!genos_codec_offer_choose (&outgoing->offer, outgoing->track, &caps, &error)) {
    outgoing->hopeless = TRUE;
    g_prefix_error (&error,
        "track “%s” does not go to peer %s: ", genos_local_track_get_track_id (outgoing->track),
        self->peer_id);
    g_signal_emit (self, signals[WARNING], 0, error);
    return;
  }
  if (caps == NULL)
    return;

  outgoing->sender = genos_peer_link_add_sender (self->link, caps,
      genos_local_track_get_stream_id (outgoing->track),
      genos_local_track_get_track_id (outgoing->track), &error);
  if (outgoing->sender == NULL) {
    g_ptr_array_remove (self->outgoing, outgoing);
    g_signal_emit (self, signals[WARNING], 0, error);
    return;
  }

  connect_to (self, outgoing->sender, "notify::active", G_CALLBACK (on_active_changed));
  connect_to (self, outgoing->sender, "notify::tier", G_CALLBACK (on_tier_changed));
  connect_to (self, outgoing->sender, "refused", G_CALLBACK (on_refused));
  if (genos_local_track_is_secondary (outgoing->track))
    genos_link_sender_set_secondary (outgoing->sender);
  genos_peer_media_update_hold (self, outgoing);
  seal (self, outgoing);
  genos_local_track_add_sender (outgoing->offer.source, outgoing->sender);
}

static void
offer_stream (GenosPeerMedia *self, const char *wanted_id)
{
  g_autofree char *stream_id = g_strdup (wanted_id);
  g_autoptr (GPtrArray) group = g_ptr_array_new ();

  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender == NULL && !outgoing->hopeless
        && strcmp (genos_local_track_get_stream_id (outgoing->track), stream_id) == 0)
      g_ptr_array_add (group, outgoing);
  }

  send_metadata (self, stream_id, group);
  for (guint i = 0; i < group->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (group, i);

    /* A handler of ::warning may have taken the rest away, or left the room. */
    if (g_ptr_array_find (self->outgoing, outgoing, NULL))
      offer_track (self, outgoing);
  }
}

static gboolean
on_advance (gpointer user_data)
{
  g_autoptr (GenosPeerMedia) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();
  GenosPeerMediaTrack *next;

  g_clear_pointer (&self->advance_source, g_source_unref);
  if (self->group_deadline > now && !group_is_agreed (self)) {
    schedule_advance (self, (self->group_deadline - now) / 1000 + 1);
    return G_SOURCE_REMOVE;
  }

  self->group_deadline = 0;
  take_back_refused (self);
  next = first_waiting (self);
  if (next != NULL) {
    self->group_deadline = now + GROUP_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
    offer_stream (self, genos_local_track_get_stream_id (next->track));
    if (!self->closed)
      schedule_advance (self, GROUP_TIMEOUT_MS);
  }
  return G_SOURCE_REMOVE;
}

static void
cancel_advance (GenosPeerMedia *self)
{
  if (self->advance_source != NULL)
    g_source_destroy (self->advance_source);
  g_clear_pointer (&self->advance_source, g_source_unref);
}

static void
schedule_advance (GenosPeerMedia *self, guint delay_ms)
{
  cancel_advance (self);
  self->advance_source = delay_ms > 0 ? g_timeout_source_new (delay_ms) : g_idle_source_new ();
  g_source_set_static_name (self->advance_source, "[genos] offer next stream");
  g_source_set_callback (self->advance_source, on_advance, self, NULL);
  g_source_attach (self->advance_source, self->context);
}

static void
add_local (GenosPeerMedia *self, GenosLocalTrack *track)
{
  GenosPeerMediaTrack *outgoing = g_new0 (GenosPeerMediaTrack, 1);

  outgoing->track = g_object_ref (track);
  g_ptr_array_add (self->outgoing, outgoing);
  /* Not at once: the other tracks of its stream may be a call away, and go into the same offer. */
  schedule_advance (self, 0);
}

void
genos_peer_media_update_local (GenosPeerMedia *self, GenosLocalTrack *track)
{
  GenosPeerMediaTrack *outgoing = find_outgoing (self, track);

  if (self->closed)
    return;
  if (!genos_peer_media_is_offered (self, track))
    genos_peer_media_remove_local (self, track);
  else if (outgoing == NULL)
    add_local (self, track);
  else
    genos_peer_media_update_hold (self, outgoing);
  genos_peer_media_tell_tracks (self);
}

void
genos_peer_media_remove_local (GenosPeerMedia *self, GenosLocalTrack *track)
{
  GenosPeerMediaTrack *outgoing = find_outgoing (self, track);

  if (outgoing == NULL)
    return;
  let_go (self, outgoing);
  g_hash_table_remove (self->announced, genos_local_track_get_stream_id (track));
  g_ptr_array_remove (self->outgoing, outgoing);
  genos_peer_media_tell_tracks (self);
}

/* --- incoming --- */

static void
push_metadata (GenosPeerMedia *self, GQueue *queue, const char *metadata)
{
  if (strlen (metadata) > MAX_METADATA) {
    g_autoptr (GError) error = g_error_new (GENOS_ERROR, GENOS_ERROR_LIMIT,
        "metadata of a stream is longer than %d bytes", MAX_METADATA);

    g_signal_emit (self, signals[WARNING], 0, error);
    return;
  }
  if (queue->length >= MAX_PENDING_METADATA)
    g_free (g_queue_pop_head (queue));
  g_queue_push_tail (queue, g_strdup (metadata));
}

void
genos_peer_media_take_stream_metadata (GenosPeerMedia *self, const char *metadata)
{
  push_metadata (self, &self->stream_metadata, metadata);
}

void
genos_peer_media_take_track_metadata (GenosPeerMedia *self, const char *metadata)
{
  push_metadata (self, &self->track_metadata, metadata);
}

/* Metadata of the track itself goes before that of its stream. */
static char *
claim_metadata (GenosPeerMedia *self, const char *stream_id)
{
  const char *known;

  if (!g_queue_is_empty (&self->track_metadata))
    return g_queue_pop_head (&self->track_metadata);

  known = g_hash_table_lookup (self->metadata_of, stream_id);
  if (known == NULL && !g_queue_is_empty (&self->stream_metadata)) {
    char *metadata = g_queue_pop_head (&self->stream_metadata);

    g_hash_table_insert (self->metadata_of, g_strdup (stream_id), metadata);
    known = metadata;
  }
  return g_strdup (known);
}

static gboolean
move_orphan (GenosPeerMedia *self, GenosLinkReceiver *receiver, const char *metadata)
{
  for (guint i = 0; i < self->orphaned->len; i++) {
    GenosRemoteTrack *track = g_ptr_array_index (self->orphaned, i);

    if (g_strcmp0 (genos_remote_track_get_metadata (track), metadata) != 0
        || !genos_remote_track_move (track, receiver))
      continue;
    g_hash_table_insert (self->incoming, g_object_ref (receiver), track);
    g_ptr_array_remove_index (self->orphaned, i);
    return TRUE;
  }
  return FALSE;
}

/* It went on without its peer, and whoever had it goes on with it. */
static void
take_back (GenosPeerMedia *self, GenosLinkReceiver *receiver, GenosRemoteTrack *track)
{
  g_hash_table_insert (self->incoming, g_object_ref (receiver), track);
  g_ptr_array_remove (self->orphaned, track);
  if (!g_ptr_array_find (self->remote, track, NULL))
    g_ptr_array_add (self->remote, g_object_ref (track));
}

static void
on_receiver_added (GenosPeerLink *link, GenosLinkReceiver *receiver, GenosPeerMedia *self)
{
  const char *stream_id = genos_link_receiver_get_stream_id (receiver);
  g_autofree char *metadata = claim_metadata (self, stream_id != NULL ? stream_id : "");
  g_autoptr (GenosRemoteTrack) track = NULL;
  GenosRemoteTrack *known = NULL;

  if (self->far.funcs != NULL
      && self->far.funcs->receiver_added (self->peer_id, receiver, &known, self->far.data))
    return;
  if (known != NULL) {
    take_back (self, receiver, known);
    return;
  }
  if (move_orphan (self, receiver, metadata) || self->remote->len >= MAX_REMOTE_TRACKS)
    return;

  track = genos_remote_track_new (self->peer_id, metadata, receiver);
  g_hash_table_insert (self->incoming, g_object_ref (receiver), track);
  g_ptr_array_add (self->remote, g_object_ref (track));
  g_signal_emit (self, signals[TRACK_ADDED], 0, track);
}

static gboolean
stream_is_used (GenosPeerMedia *self, const char *stream_id)
{
  for (guint i = 0; i < self->remote->len; i++) {
    GenosRemoteTrack *track = g_ptr_array_index (self->remote, i);

    if (g_strcmp0 (genos_remote_track_get_stream_id (track), stream_id) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_of_track (gpointer receiver, gpointer value, gpointer track)
{
  return value == track;
}

static void
remove_remote (GenosPeerMedia *self, guint index)
{
  g_autoptr (GenosRemoteTrack) track = g_object_ref (g_ptr_array_index (self->remote, index));
  const char *stream_id = genos_remote_track_get_stream_id (track);

  g_ptr_array_remove_index (self->remote, index);
  g_ptr_array_remove (self->orphaned, track);
  g_hash_table_foreach_remove (self->incoming, is_of_track, track);
  if (stream_id != NULL && !stream_is_used (self, stream_id))
    g_hash_table_remove (self->metadata_of, stream_id);
  g_signal_emit (self, signals[TRACK_REMOVED], 0, track);
}

static void
on_receiver_removed (GenosPeerLink *link, GenosLinkReceiver *receiver, GenosPeerMedia *self)
{
  GenosRemoteTrack *track;
  guint index;

  /* The peer did not take it away: what becomes of it is told by what becomes of the peer. */
  if (genos_peer_link_is_ending (link))
    return;
  if (self->far.funcs != NULL)
    self->far.funcs->receiver_removed (self->peer_id, receiver, self->far.data);
  track = g_hash_table_lookup (self->incoming, receiver);
  if (track != NULL && g_ptr_array_find (self->remote, track, &index))
    remove_remote (self, index);
}

GenosPeerTracks *
genos_peer_media_get_tracks (GenosPeerMedia *self)
{
  return self->tracks;
}

GPtrArray *
genos_peer_media_get_remote (GenosPeerMedia *self)
{
  return self->remote;
}

/* --- from one link to the next --- */

static void
end_adoption (GenosPeerMedia *self)
{
  if (self->adoption != NULL)
    g_source_destroy (self->adoption);
  g_clear_pointer (&self->adoption, g_source_unref);
}

static gboolean
on_adoption_over (gpointer user_data)
{
  g_autoptr (GenosPeerMedia) self = g_object_ref (user_data);

  end_adoption (self);
  while (self->orphaned->len > 0) {
    guint index;

    if (g_ptr_array_find (self->remote, g_ptr_array_index (self->orphaned, 0), &index))
      remove_remote (self, index);
  }
  return G_SOURCE_REMOVE;
}

void
genos_peer_media_adopt (GenosPeerMedia *self, GPtrArray *tracks)
{
  for (guint i = 0; i < tracks->len; i++) {
    GenosRemoteTrack *track = g_ptr_array_index (tracks, i);

    g_ptr_array_add (self->remote, g_object_ref (track));
    g_ptr_array_add (self->orphaned, track);
  }
  if (self->orphaned->len == 0 || self->adoption != NULL)
    return;
  self->adoption = g_timeout_source_new (ADOPTION_MS);
  g_source_set_static_name (self->adoption, "[genos] tracks of the link before");
  g_source_set_callback (self->adoption, on_adoption_over, self, NULL);
  g_source_attach (self->adoption, self->context);
}

/* --- life --- */

static void
let_go_of_link (GenosPeerMedia *self)
{
  self->closed = TRUE;
  g_signal_handlers_disconnect_by_data (self->link, self);
  cancel_advance (self);
  end_adoption (self);
  /* The link goes with its senders: taking them from it one by one would have it negotiate once more,
   * over a data channel that is closing. */
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender != NULL)
      genos_local_track_remove_sender (outgoing->offer.source, outgoing->sender);
  }
  g_ptr_array_set_size (self->outgoing, 0);
}

GPtrArray *
genos_peer_media_detach (GenosPeerMedia *self)
{
  GPtrArray *tracks = self->remote;

  let_go_of_link (self);
  g_ptr_array_set_size (self->orphaned, 0);
  g_hash_table_remove_all (self->incoming);
  self->remote = g_ptr_array_new_with_free_func (g_object_unref);
  return tracks;
}

void
genos_peer_media_close (GenosPeerMedia *self)
{
  let_go_of_link (self);
  while (self->remote->len > 0)
    remove_remote (self, self->remote->len - 1);
}

static void
genos_peer_media_finalize (GObject *object)
{
  GenosPeerMedia *self = GENOS_PEER_MEDIA (object);

  genos_peer_media_close (self);
  g_ptr_array_unref (self->outgoing);
  g_ptr_array_unref (self->remote);
  g_ptr_array_unref (self->orphaned);
  g_hash_table_unref (self->incoming);
  g_hash_table_unref (self->announced);
  g_hash_table_unref (self->metadata_of);
  g_queue_clear_full (&self->stream_metadata, g_free);
  g_queue_clear_full (&self->track_metadata, g_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_signal_handlers_disconnect_by_data (self->tracks, self);
  g_clear_object (&self->tracks);
  g_clear_object (&self->messenger);
  g_clear_object (&self->link);
  g_free (self->peer_id);

  G_OBJECT_CLASS (genos_peer_media_parent_class)->finalize (object);
}

static void
genos_peer_media_class_init (GenosPeerMediaClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = genos_peer_media_finalize;

  signals[TRACK_ADDED] = g_signal_new ("track-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, GENOS_TYPE_REMOTE_TRACK);
  signals[TRACK_REMOVED] = g_signal_new ("track-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 1, GENOS_TYPE_REMOTE_TRACK);
  signals[TRACK_TIER] = g_signal_new ("track-tier", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, GENOS_TYPE_LOCAL_TRACK, G_TYPE_UINT);
  signals[WARNING] = g_signal_new (
      "warning", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_peer_media_init (GenosPeerMedia *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->outgoing = g_ptr_array_new_with_free_func (outgoing_free);
  self->remote = g_ptr_array_new_with_free_func (g_object_unref);
  self->orphaned = g_ptr_array_new ();
  self->incoming = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->metadata_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

GenosPeerMedia *
genos_peer_media_new (const char *peer_id, GenosPeerLink *link, GenosMessenger *messenger)
{
  GenosPeerMedia *self = g_object_new (GENOS_TYPE_PEER_MEDIA, NULL);

  self->peer_id = g_strdup (peer_id);
  self->link = g_object_ref (link);
  self->messenger = g_object_ref (messenger);
  self->tracks = genos_peer_tracks_new (peer_id, messenger);
  g_signal_connect (self->tracks, "refusals", G_CALLBACK (on_refusals), self);
  g_signal_connect (link, "receiver-added", G_CALLBACK (on_receiver_added), self);
  g_signal_connect (link, "receiver-removed", G_CALLBACK (on_receiver_removed), self);
  return self;
}
