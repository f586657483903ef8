/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-private.h>

#include <string.h>

#include <genos/media/track-audience-private.h>

#define PLAN_MS 50

static void
clear (gpointer data)
{
  GenosFarTracks *self = data;

  g_object_unref (self->roster);
  g_object_unref (self->own);
  g_main_context_unref (self->context);
}

void
genos_far_tracks_let_go (GenosFarTracks *self)
{
  g_rc_box_release_full (self, clear);
}

static gboolean
on_due (gpointer data)
{
  GenosFarTracks *self = g_rc_box_acquire (data);

  genos_timer_stop (&self->due);
  genos_far_tracks_plan (self);
  genos_far_tracks_let_go (self);
  return G_SOURCE_REMOVE;
}

void
genos_far_tracks_schedule (GenosFarTracks *self)
{
  if (self->planner != NULL && !genos_timer_is_running (&self->due))
    genos_timer_start (&self->due, self->context, PLAN_MS, on_due, self, "[genos] far tracks");
}

static gboolean
on_look (gpointer data)
{
  genos_far_tracks_look (data);
  genos_far_tracks_look_after_keys (data, g_get_monotonic_time ());
  return G_SOURCE_CONTINUE;
}

/* --- records --- */

GenosFarTrack *
genos_far_tracks_find (
    GenosFarTracks *self, const char *origin, const char *stream, const char *track)
{
  g_autofree char *key = genos_far_track_id_new (origin, stream, track);

  return g_hash_table_lookup (self->tracks, key);
}

GenosFarTrack *
genos_far_tracks_ensure (GenosFarTracks *self, const GenosMeshTrackName *name)
{
  GenosFarTrack *track = genos_far_tracks_find (self, name->origin, name->stream, name->track);

  if (track == NULL) {
    track = genos_far_track_new (name);
    g_hash_table_insert (self->tracks, track->link_track, track);
  }
  return track;
}

GenosFarNeighbour *
genos_far_tracks_ensure_neighbour (GenosFarTracks *self, GenosPeer *peer)
{
  const char *id = genos_peer_get_id (peer);
  GenosFarNeighbour *neighbour = g_hash_table_lookup (self->neighbours, id);

  if (neighbour == NULL) {
    neighbour = genos_far_neighbour_new (id, genos_peer_knows_far (peer));
    neighbour->opens = genos_peer_opens_sealed (peer);
    g_hash_table_insert (self->neighbours, neighbour->id, neighbour);
  }
  return neighbour;
}

void
genos_far_tracks_set_wanted (GenosFarTracks *self, GenosFarTrack *track, gboolean wanted)
{
  track->wanted = wanted;
  genos_mesh_media_set_wanted (self->planner, &track->name, wanted);
}

GenosTrackOffer *
genos_far_tracks_get_near_offer (GenosFarTracks *self, GenosFarTrack *track)
{
  GenosPeer *peer = genos_roster_get (self->roster, track->name.origin);
  GPtrArray *offers = peer != NULL
      ? genos_peer_tracks_get_offers (genos_peer_media_get_tracks (genos_peer_get_media (peer)))
      : NULL;

  for (guint i = 0; offers != NULL && i < offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (offers, i);

    if (strcmp (genos_track_offer_get_stream_id (offer), track->name.stream) == 0
        && strcmp (genos_track_offer_get_track_id (offer), track->name.track) == 0)
      return offer;
  }
  return NULL;
}

void
genos_far_tracks_update_local (GenosFarTracks *self, GenosLocalTrack *track)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_update_local (genos_peer_get_media (g_ptr_array_index (peers, i)), track);
}

void
genos_far_tracks_remove_local (GenosFarTracks *self, GenosLocalTrack *track)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_remove_local (genos_peer_get_media (g_ptr_array_index (peers, i)), track);
}

void
genos_far_tracks_take_away (GenosFarTracks *self, GenosFarTrack *track)
{
  track->n_children = 0;
  if (track->forward != NULL)
    genos_far_tracks_remove_local (self, track->forward);
  g_clear_object (&track->forward);
}

void
genos_far_tracks_hide (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autoptr (GenosPeer) peer = g_steal_pointer (&track->peer);
  g_autoptr (GenosRemoteTrack) shown = track->track != NULL ? g_object_ref (track->track) : NULL;

  genos_far_tracks_take_away (self, track);
  genos_far_track_set_track (track, NULL);
  g_clear_pointer (&track->source, g_free);
  if (peer != NULL && shown != NULL)
    self->host->track_removed (peer, shown, self->data);
}

void
genos_far_tracks_withdraw (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autoptr (GenosTrackOffer) offer = g_steal_pointer (&track->offer);

  if (offer == NULL)
    return;
  track->judged = FALSE;
  self->host->track_withdrawn (offer, self->data);
}

/* --- what links bring --- */

static gboolean
on_take (const char *peer_id, const char *type, const char *text, GError **error, gpointer data)
{
  GenosFarTracks *self = data;
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  /* Without cells here there is nothing to do with it. */
  if (self->planner == NULL || peer == NULL)
    return TRUE;
  if (!genos_far_neighbour_take (genos_far_tracks_ensure_neighbour (self, peer), type, text, error))
    return FALSE;
  genos_far_tracks_schedule (self);
  return TRUE;
}

static gboolean
is_of_ours (GenosFarTracks *self, GenosLocalTrack *track)
{
  for (guint i = 0; i < self->own_names->len; i++) {
    const GenosFarName *name = g_ptr_array_index (self->own_names, i);

    if (strcmp (name->stream_id, genos_local_track_get_stream_id (track)) == 0
        && strcmp (name->track_id, genos_local_track_get_track_id (track)) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_sends (const char *peer_id, GenosLocalTrack *track, gpointer data)
{
  GenosFarTracks *self = data;
  GenosMeshTrackName name = { self->self_id, genos_local_track_get_stream_id (track),
    genos_local_track_get_track_id (track) };
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);
  g_autoptr (GPtrArray) children = NULL;

  /* Who cannot ask gets it. */
  if (self->planner == NULL || peer == NULL || !genos_peer_knows_far (peer)
      || genos_far_stream_id_check (name.stream))
    return TRUE;
  /* Until it is planned whether it is for everybody. */
  if (!is_of_ours (self, track))
    return !genos_track_audience_is_everybody (genos_local_track_get_audience (track));
  children = genos_mesh_media_list_children (self->planner, &name);
  return g_ptr_array_find_with_equal_func (children, peer_id, g_str_equal, NULL);
}

static gboolean
take_forwarded (GenosFarTracks *self, const char *peer_id, GenosLinkReceiver *receiver)
{
  const char *track_id = genos_link_receiver_get_track_id (receiver);
  GenosFarTrack *track = track_id != NULL ? g_hash_table_lookup (self->tracks, track_id) : NULL;

  /* What nobody asked for is nobody's. */
  if (track == NULL)
    return TRUE;
  g_hash_table_replace (track->receivers, g_strdup (peer_id), g_object_ref (receiver));
  genos_far_track_follow (track, track->parent, g_get_monotonic_time ());
  genos_far_tracks_settle_clock (self, track);
  genos_far_tracks_schedule (self);
  return TRUE;
}

static gboolean
on_receiver_added (
    const char *peer_id, GenosLinkReceiver *receiver, GenosRemoteTrack **known, gpointer data)
{
  GenosFarTracks *self = data;
  const char *stream_id = genos_link_receiver_get_stream_id (receiver);
  const char *track_id = genos_link_receiver_get_track_id (receiver);
  GenosFarTrack *track;

  *known = NULL;
  if (self->planner == NULL || stream_id == NULL || track_id == NULL)
    return FALSE;
  if (genos_far_stream_id_check (stream_id))
    return take_forwarded (self, peer_id, receiver);
  track = genos_far_tracks_find (self, peer_id, stream_id, track_id);
  if (track == NULL || track->track == NULL || track->near != NULL)
    return FALSE;
  track->near = g_object_ref (receiver);
  /* It has begun to send, as receivers come with the first packet. */
  track->near_mark = 0;
  *known = track->track;
  genos_far_tracks_schedule (self);
  return FALSE;
}

static void
on_receiver_removed (const char *peer_id, GenosLinkReceiver *receiver, gpointer data)
{
  GenosFarTracks *self = data;
  GHashTableIter iter;
  GenosFarTrack *track;

  if (self->planner == NULL)
    return;
  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track)) {
    if (track->near == receiver || g_hash_table_lookup (track->receivers, peer_id) == receiver)
      genos_far_track_forget (track, peer_id);
  }
  genos_far_tracks_schedule (self);
}

static void
on_tier_changed (const char *peer_id, gpointer data)
{
  genos_far_tracks_schedule (data);
}

static const GenosPeerFarFuncs peer_funcs = {
  .take = on_take,
  .sends = on_sends,
  .offers = genos_far_tracks_offers,
  .sealer = genos_far_tracks_get_sealer,
  .receiver_added = on_receiver_added,
  .receiver_removed = on_receiver_removed,
  .tier_changed = on_tier_changed,
};

/* --- who is there --- */

static void
forget (GenosFarTracks *self, GenosPeer *peer)
{
  const char *id = genos_peer_get_id (peer);
  GHashTableIter iter;
  GenosFarTrack *track;

  genos_mesh_media_remove_neighbour (self->planner, id);
  g_hash_table_remove (self->neighbours, id);
  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    genos_far_track_forget (track, id);
  genos_far_tracks_schedule (self);
}

/* A new link knows nothing of what its peer had over another one. */
static void
offer_forwards (GenosFarTracks *self, GenosPeer *peer)
{
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (track->forward != NULL)
      genos_peer_media_update_local (genos_peer_get_media (peer), track->forward);
  for (guint i = 0; i < self->own_tiers->len; i++) {
    GenosFarOwnTier *own = g_ptr_array_index (self->own_tiers, i);

    if (own->track != NULL)
      genos_peer_media_update_local (genos_peer_get_media (peer), own->track);
  }
}

static void
on_joined (GenosRoster *roster, GenosPeer *peer, GenosFarTracks *self)
{
  offer_forwards (self, peer);
  genos_far_tracks_schedule (self);
}

static void
on_troubled (GenosRoster *roster, GenosPeer *peer, GenosFarTracks *self)
{
  genos_far_tracks_schedule (self);
}

static void
on_left (GenosRoster *roster, GenosPeer *peer, GError *error, GenosFarTracks *self)
{
  forget (self, peer);
}

static void
on_healed (GenosRoster *roster, GenosPeer *peer, gboolean replaced, GenosFarTracks *self)
{
  if (replaced) {
    forget (self, peer);
    offer_forwards (self, peer);
  }
  genos_far_tracks_schedule (self);
}

static void
on_sealed (GenosMesh *mesh, GenosFarTracks *self)
{
  genos_far_tracks_schedule (self);
}

static void
on_peer_state (GenosMesh *mesh, const char *peer_id, GenosMeshPeerState state, GenosFarTracks *self)
{
  if (state == GENOS_MESH_PEER_GONE)
    genos_far_tracks_schedule (self);
}

/* --- what the room says --- */

void
genos_far_tracks_changed (GenosFarTracks *self)
{
  genos_far_tracks_schedule (self);
}

void
genos_far_tracks_near_added (GenosFarTracks *self, GenosPeer *peer, GenosRemoteTrack *remote)
{
  GenosMeshTrackName name = { genos_peer_get_id (peer), genos_remote_track_get_stream_id (remote),
    genos_remote_track_get_track_id (remote) };
  GenosFarTrack *track;

  if (self->planner == NULL || name.stream == NULL || name.track == NULL
      || genos_far_stream_id_check (name.stream))
    return;
  track = genos_far_tracks_ensure (self, &name);
  if (track->track != NULL && track->track != remote)
    return;
  if (track->track == NULL)
    genos_far_tracks_note_near_seal (self, track);
  genos_far_track_set_track (track, remote);
  genos_far_tracks_see_to_seal (self, track);
  g_set_object (&track->near, genos_remote_track_get_receiver (remote));
  g_set_object (&track->peer, peer);
  track->last_packet = g_get_monotonic_time ();
  genos_far_tracks_schedule (self);
}

static GenosFarTrack *
find_by_object (GenosFarTracks *self, GenosRemoteTrack *remote)
{
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (track->track == remote)
      return track;
  return NULL;
}

/* A link that was closed says nothing of the track: its peer may be in another cell now. */
static gboolean
may_go_on (GenosFarTracks *self, GenosPeer *peer, GenosFarTrack *track)
{
  const char *origin = track->name.origin;

  return self->host->is_welcome (origin, self->data)
      && (genos_mesh_media_has_way_without (self->planner, &track->name, origin)
          || (!genos_peer_is_linked (peer) && genos_mesh_knows (self->mesh, origin)));
}

gboolean
genos_far_tracks_near_removed (GenosFarTracks *self, GenosPeer *peer, GenosRemoteTrack *remote)
{
  GenosFarTrack *track = self->planner != NULL ? find_by_object (self, remote) : NULL;

  if (track == NULL)
    return FALSE;
  genos_far_tracks_schedule (self);
  genos_far_track_forget (track, track->name.origin);
  if (may_go_on (self, peer, track))
    return TRUE;
  g_clear_object (&track->peer);
  genos_far_tracks_hide (self, track);
  return FALSE;
}

gboolean
genos_far_tracks_judge (GenosFarTracks *self, GenosTrackOffer *offer, gboolean wanted)
{
  GenosMeshTrackName name = { genos_track_offer_get_peer_id (offer),
    genos_track_offer_get_stream_id (offer), genos_track_offer_get_track_id (offer) };
  GenosFarTrack *track;

  if (self->planner == NULL)
    return wanted;
  track = genos_far_tracks_ensure (self, &name);
  track->judged = TRUE;
  if (track->wanted != wanted)
    genos_far_tracks_schedule (self);
  genos_far_tracks_set_wanted (self, track, wanted);
  return wanted || track->needed;
}

void
genos_far_tracks_near_offered (GenosFarTracks *self, GenosTrackOffer *offer)
{
  GenosFarTrack *track = self->planner != NULL
      ? genos_far_tracks_find (self, genos_track_offer_get_peer_id (offer),
          genos_track_offer_get_stream_id (offer), genos_track_offer_get_track_id (offer))
      : NULL;

  if (track == NULL || track->offer == NULL)
    return;
  genos_far_tracks_schedule (self);
  genos_far_tracks_withdraw (self, track);
}

void
genos_far_tracks_refilter (GenosFarTracks *self)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func (g_object_unref);
  guint stay = self->stay;

  g_rc_box_acquire (self);
  genos_far_tracks_list_offers (self, offers);
  for (guint i = 0; i < offers->len; i++) {
    GenosTrackOffer *offer = g_ptr_array_index (offers, i);
    gboolean wanted = self->host->track_wanted (offer, self->data);
    GenosFarTrack *track;

    if (self->planner == NULL || self->stay != stay)
      break;
    track = genos_far_tracks_find (self, genos_track_offer_get_peer_id (offer),
        genos_track_offer_get_stream_id (offer), genos_track_offer_get_track_id (offer));
    if (track == NULL || track->offer != offer)
      continue;
    genos_track_offer_set_wanted (offer, wanted);
    genos_far_tracks_set_wanted (self, track, wanted);
  }
  genos_far_tracks_schedule (self);
  genos_far_tracks_let_go (self);
}

void
genos_far_tracks_list_offers (GenosFarTracks *self, GPtrArray *offers)
{
  GHashTableIter iter;
  GenosFarTrack *track;

  if (self->planner == NULL)
    return;
  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (track->offer != NULL)
      g_ptr_array_add (offers, g_object_ref (track->offer));
}

GenosPeer *
genos_far_tracks_get_peer (GenosFarTracks *self, const char *peer_id)
{
  return self->planner != NULL ? g_hash_table_lookup (self->peers, peer_id) : NULL;
}

void
genos_far_tracks_set_forward_max (GenosFarTracks *self, guint forward_max)
{
  self->forward_max = forward_max;
  genos_far_tracks_schedule (self);
}

void
genos_far_tracks_describe (GenosFarTracks *self, GstStructure *stats)
{
  g_auto (GValue) list = G_VALUE_INIT;
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  GenosFarTrack *track;

  if (self->planner == NULL)
    return;
  g_value_init (&list, GST_TYPE_LIST);
  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track)) {
    g_auto (GValue) value = G_VALUE_INIT;

    if (track->parent == NULL || track->tier > 0)
      continue;
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value,
        gst_structure_new ("genos-far-track", "peer-id", G_TYPE_STRING, track->name.origin,
            "stream-id", G_TYPE_STRING, track->name.stream, "track-id", G_TYPE_STRING,
            track->name.track, "parent", G_TYPE_STRING, track->parent, "source", G_TYPE_STRING,
            track->source != NULL ? track->source : "", "hops", G_TYPE_UINT,
            genos_mesh_media_get_hops (self->planner, &track->name), "children", G_TYPE_UINT,
            track->n_children, "wanted", G_TYPE_BOOLEAN, track->wanted, "changes", G_TYPE_UINT,
            track->n_changes, "packets", G_TYPE_UINT64,
            (guint64) (guint) g_atomic_int_get (&track->n_packets), "sealed", G_TYPE_BOOLEAN,
            track->sealed, "tier", G_TYPE_STRING, genos_sent_tier_get_name (track->sent),
            "tiers-beside", G_TYPE_UINT, genos_far_tracks_count_tiers (self, track, now), NULL));
    if (track->sealed)
      genos_far_tracks_describe_opened (self, track, &value);
    gst_value_list_append_value (&list, &value);
  }
  gst_structure_set_value (stats, "far-track", &list);
  genos_far_tracks_describe_sealed (self, stats);
}

/* --- a stay --- */

static void
free_neighbour (gpointer neighbour)
{
  genos_far_neighbour_free (neighbour);
}

static void
free_track (gpointer track)
{
  genos_far_track_free (track);
}

static guint
cell_of (const char *peer_id, gpointer mesh)
{
  return genos_mesh_cell_of (mesh, peer_id);
}

void
genos_far_tracks_begin (
    GenosFarTracks *self, GenosMesh *mesh, const char *self_id, guint forward_max)
{
  g_return_if_fail (self->planner == NULL);

  self->stay++;
  self->mesh = g_object_ref (mesh);
  self->self_id = g_strdup (self_id);
  self->forward_max = forward_max;
  self->planner = genos_mesh_media_new (self_id, cell_of, mesh);
  self->neighbours = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_neighbour);
  self->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_track);
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->own_names = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_name_free);
  self->own_tiers = genos_far_own_tiers_new ();
  self->next = G_MAXINT64;
  genos_far_tracks_begin_sealed (self);
  g_signal_connect (self->roster, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->roster, "left", G_CALLBACK (on_left), self);
  g_signal_connect (self->roster, "troubled", G_CALLBACK (on_troubled), self);
  g_signal_connect (self->roster, "healed", G_CALLBACK (on_healed), self);
  g_signal_connect (mesh, "mesh-state", G_CALLBACK (on_sealed), self);
  g_signal_connect (mesh, "mesh-peer-state", G_CALLBACK (on_peer_state), self);
  genos_timer_start (&self->tick, self->context, GENOS_FAR_TRACKS_LOOK_MS, on_look, self,
      "[genos] far tracks look");
}

/* What their origins send themselves ends with them. */
static void
end_track (GenosFarTracks *self, GenosFarTrack *track)
{
  if (track->near != NULL)
    g_clear_object (&track->peer);
  genos_far_tracks_withdraw (self, track);
  genos_far_tracks_hide (self, track);
}

void
genos_far_tracks_end (GenosFarTracks *self)
{
  g_autoptr (GHashTable) tracks = NULL;
  GHashTableIter iter;
  GenosFarTrack *track;

  if (self->planner == NULL)
    return;
  self->stay++;
  genos_timer_stop (&self->due);
  genos_timer_stop (&self->tick);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_signal_handlers_disconnect_by_data (self->mesh, self);
  genos_far_tracks_end_tiers (self);
  genos_far_tracks_end_sealed (self);
  g_clear_pointer (&self->planner, genos_mesh_media_free);
  g_clear_pointer (&self->neighbours, g_hash_table_unref);
  g_clear_pointer (&self->peers, g_hash_table_unref);
  g_clear_pointer (&self->own_names, g_ptr_array_unref);
  g_clear_pointer (&self->self_id, g_free);
  g_clear_object (&self->mesh);
  tracks = g_steal_pointer (&self->tracks);
  g_hash_table_iter_init (&iter, tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    end_track (self, track);
}

GenosFarTracks *
genos_far_tracks_new (
    GenosRoster *roster, GenosOutgoingTracks *own, const GenosFarHost *host, gpointer data)
{
  GenosFarTracks *self = g_rc_box_new0 (GenosFarTracks);

  self->roster = g_object_ref (roster);
  self->own = g_object_ref (own);
  self->host = host;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  genos_roster_set_far (roster, &peer_funcs, self);
  return self;
}

void
genos_far_tracks_free (GenosFarTracks *self)
{
  genos_far_tracks_end (self);
  genos_roster_set_far (self->roster, NULL, NULL);
  genos_far_tracks_let_go (self);
}
