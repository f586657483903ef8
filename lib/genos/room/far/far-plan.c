/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-private.h>

#include <string.h>

#include <genos/media/track-audience-private.h>

/* Of far tracks, to a browser, which cannot say what it wants. */
#define MAX_FOR_BROWSERS 16

/* --- what the planner is told --- */

static GenosTrackEntry *
describe_remote (GenosRemoteTrack *track)
{
  GenosTrackEntry *entry = genos_track_entry_new (
      genos_remote_track_get_stream_id (track), genos_remote_track_get_track_id (track));

  entry->video = genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO;
  entry->metadata = g_strdup (genos_remote_track_get_metadata (track));
  return entry;
}

/* Who cannot say what it has sends it. */
static void
speak_for (GenosFarNeighbour *neighbour, GenosPeer *peer)
{
  GPtrArray *remote = genos_peer_media_get_remote (genos_peer_get_media (peer));

  g_ptr_array_set_size (neighbour->offers, 0);
  for (guint i = 0; i < remote->len && i < GENOS_FAR_MAX; i++) {
    GenosRemoteTrack *track = g_ptr_array_index (remote, i);
    const char *stream_id = genos_remote_track_get_stream_id (track);

    if (stream_id != NULL && genos_remote_track_get_track_id (track) != NULL
        && !genos_far_stream_id_check (stream_id))
      g_ptr_array_add (neighbour->offers,
          genos_far_offer_new (neighbour->id, NULL, FALSE, describe_remote (track)));
  }
}

static void
bring_neighbours (GenosFarTracks *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;

  for (guint i = 0; i < peers->len; i++) {
    GenosPeer *peer = g_ptr_array_index (peers, i);

    neighbour = genos_far_tracks_ensure_neighbour (self, peer);
    neighbour->away = !genos_peer_is_linked (peer) || genos_peer_is_troubled (peer);
    genos_far_neighbour_heed_clock (neighbour, peer);
    if (!neighbour->speaks)
      speak_for (neighbour, peer);
  }
  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour)) {
    if (neighbour->away) {
      genos_mesh_media_remove_neighbour (self->planner, neighbour->id);
      continue;
    }
    genos_mesh_media_add_neighbour (self->planner, neighbour->id);
    genos_far_neighbour_apply (neighbour, self->planner);
  }
}

/* Who is asked for a track is asked for its tiers as well: so these are known when all else is. */
static void
bring_tiers (GenosFarTracks *self)
{
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;

  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour))
    if (!neighbour->away && genos_far_neighbour_has_tiers (neighbour))
      genos_far_neighbour_apply (neighbour, self->planner);
}

static gboolean
has_own (GenosFarTracks *self, const char *stream_id, const char *track_id)
{
  for (guint i = 0; i < self->own_names->len; i++) {
    const GenosFarName *name = g_ptr_array_index (self->own_names, i);

    if (strcmp (name->stream_id, stream_id) == 0 && strcmp (name->track_id, track_id) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
describe_tiers (GenosLocalTrack *track, GenosTrackEntry *entry)
{
  GenosTierLadder ladder;

  G_STATIC_ASSERT (GENOS_MAX_TIERS == GENOS_TRACK_MAX_TIERS);
  genos_local_track_get_ladder (track, &ladder);
  entry->n_tiers = ladder.n > 1 ? ladder.n : 0;
  entry->thin = ladder.thin;
  memcpy (entry->tiers, ladder.least, sizeof entry->tiers);
}

static void
bring_one_of_ours (GenosFarTracks *self, GenosLocalTrack *track, GPtrArray *tracks)
{
  GenosTrackAudience *audience = genos_local_track_get_audience (track);
  g_autoptr (GenosTrackEntry) entry = genos_track_entry_new (
      genos_local_track_get_stream_id (track), genos_local_track_get_track_id (track));
  GenosMeshTrackName name = { self->self_id, entry->stream_id, entry->track_id };
  g_autofree char *about = NULL;

  /* Who may have it and who may not is decided here, not by those who would pass it on. */
  if (!genos_track_audience_is_everybody (audience))
    return;
  entry->video = genos_local_track_get_kind (track) == GENOS_MEDIA_VIDEO;
  entry->muted = genos_track_audience_get_muted (audience);
  entry->paused = genos_track_audience_get_paused (audience);
  entry->sealed = genos_far_tracks_seals (self);
  entry->metadata = genos_local_track_dup_metadata (track);
  describe_tiers (track, entry);
  about = genos_far_track_about_new (entry);
  genos_mesh_media_set_own (self->planner, &name, about);
  g_ptr_array_add (
      self->own_names, genos_far_name_new (self->self_id, entry->stream_id, entry->track_id));
  g_ptr_array_add (tracks, track);
}

static void
bring_ours (GenosFarTracks *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->own_names);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  GPtrArray *ready = genos_outgoing_tracks_get_ready (self->own);

  self->own_names = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_name_free);
  for (guint i = 0; i < ready->len; i++)
    bring_one_of_ours (self, g_ptr_array_index (ready, i), tracks);
  for (guint i = 0; i < before->len; i++) {
    const GenosFarName *gone = g_ptr_array_index (before, i);
    GenosMeshTrackName name = { self->self_id, gone->stream_id, gone->track_id };

    if (!has_own (self, gone->stream_id, gone->track_id))
      genos_mesh_media_set_own (self->planner, &name, NULL);
  }
  genos_far_tracks_bring_own_tiers (self, tracks);
}

/* --- what the application is told --- */

/* It may leave the room in return, and enter another one. */
static gboolean
is_same_stay (GenosFarTracks *self, guint stay)
{
  return self->planner != NULL && self->stay == stay;
}

static GenosPeer *
ensure_peer (GenosFarTracks *self, const char *origin)
{
  GenosPeer *peer = genos_roster_get (self->roster, origin);

  if (peer == NULL)
    peer = g_hash_table_lookup (self->peers, origin);
  if (peer == NULL) {
    peer = genos_peer_new_far (origin);
    g_hash_table_insert (self->peers, g_strdup (origin), peer);
  }
  return peer;
}

static void
show (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autoptr (GenosPeer) peer = g_object_ref (ensure_peer (self, track->name.origin));
  g_autoptr (GenosRemoteTrack) shown = g_object_ref (track->track);

  track->peer = g_object_ref (peer);
  self->host->track_added (peer, shown, self->data);
}

static void
offer (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autoptr (GenosTrackOffer) told = genos_track_offer_new (track->name.origin, track->entry);
  g_autofree char *key = g_strdup (track->link_track);
  guint stay = self->stay;
  gboolean wanted;

  track->offer = g_object_ref (told);
  track->judged = TRUE;
  wanted = self->host->track_wanted (told, self->data);
  if (!is_same_stay (self, stay) || g_hash_table_lookup (self->tracks, key) != track)
    return;
  genos_track_offer_set_wanted (told, wanted);
  genos_far_tracks_set_wanted (self, track, wanted);
  self->host->track_offered (told, self->data);
}

/* Of a linked origin, whose own offer says it. */
static void
judge_near (GenosFarTracks *self, GenosFarTrack *track, GenosTrackOffer *near_offer)
{
  g_autofree char *key = g_strdup (track->link_track);
  guint stay = self->stay;
  gboolean wanted;

  if (track->judged)
    return;
  track->judged = TRUE;
  wanted = self->host->track_wanted (near_offer, self->data);
  if (is_same_stay (self, stay) && g_hash_table_lookup (self->tracks, key) == track)
    genos_far_tracks_set_wanted (self, track, wanted);
}

static void
settle_offer (GenosFarTracks *self, GenosFarTrack *track, const char *parent)
{
  GenosTrackOffer *near_offer = genos_far_tracks_get_near_offer (self, track);

  if (near_offer != NULL) {
    genos_far_tracks_withdraw (self, track);
    judge_near (self, track, near_offer);
    return;
  }
  if (!self->host->is_welcome (track->name.origin, self->data)) {
    genos_far_tracks_withdraw (self, track);
    genos_far_tracks_set_wanted (self, track, FALSE);
    return;
  }
  if (track->offer != NULL
      && (parent == NULL || track->entry == NULL
          || !genos_track_offer_update (track->offer, track->entry)))
    genos_far_tracks_withdraw (self, track);
  else if (track->offer == NULL && parent != NULL && track->entry != NULL
      && strcmp (parent, track->name.origin) != 0)
    offer (self, track);
}

/* --- who has it from us --- */

/* One of each cell sees to its browsers. */
static gboolean
is_in_charge (GenosFarTracks *self, guint cell)
{
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;

  if (cell == G_MAXUINT || self->forward_max == 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour))
    if (neighbour->speaks && !neighbour->away && strcmp (neighbour->id, self->self_id) < 0
        && genos_mesh_cell_of (self->mesh, neighbour->id) == cell)
      return FALSE;
  return TRUE;
}

static guint
count_for_browsers (GenosFarTracks *self, GenosFarTrack *but)
{
  GHashTableIter iter;
  GenosFarTrack *track;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    n += track != but && track->for_browsers;
  return n;
}

/* They cannot ask: those of our cell get what we have of other cells. */
static void
add_browsers (GenosFarTracks *self, GenosFarTrack *track, GPtrArray *children)
{
  guint cell = genos_mesh_cell_of (self->mesh, self->self_id);
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;

  track->for_browsers = track->track != NULL && !track->sealed && track->tier == 0
      && genos_mesh_media_is_used (self->planner, &track->name) && is_in_charge (self, cell)
      && genos_mesh_cell_of (self->mesh, track->name.origin) != cell
      && count_for_browsers (self, track) < MAX_FOR_BROWSERS;
  if (!track->for_browsers)
    return;
  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour))
    if (!neighbour->speaks && !neighbour->away && strcmp (neighbour->id, track->name.origin) != 0
        && genos_mesh_cell_of (self->mesh, neighbour->id) == cell)
      g_ptr_array_add (children, neighbour->id);
}

static void
settle_children (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autoptr (GPtrArray) children = genos_mesh_media_list_children (self->planner, &track->name);
  gboolean needed;

  add_browsers (self, track, children);
  needed = children->len > 0;
  if (!needed)
    genos_far_tracks_take_away (self, track);
  else if (genos_far_track_set_children (track, children))
    genos_far_tracks_update_local (self, track->forward);
  if (needed == track->needed)
    return;
  track->needed = needed;
  /* What nobody here wants is refused unless somebody behind us does. */
  if (genos_far_tracks_get_near_offer (self, track) != NULL)
    genos_peer_tracks_refilter (genos_peer_media_get_tracks (
        genos_peer_get_media (genos_roster_get (self->roster, track->name.origin))));
}

/* --- when it was taken --- */

/* While another than its parent still sends it, clocks stand as they did. */
void
genos_far_tracks_settle_clock (GenosFarTracks *self, GenosFarTrack *track)
{
  GenosFarNeighbour *from =
      track->source != NULL ? g_hash_table_lookup (self->neighbours, track->source) : NULL;
  GenosCaptureClock clock = { FALSE };
  gint64 ahead;

  if (track->track == NULL || g_strcmp0 (track->source, track->parent) != 0)
    return;
  if (from != NULL && genos_mesh_media_get_ahead (self->planner, &track->name, &ahead))
    clock = (GenosCaptureClock){ TRUE, ahead * GST_USECOND, (ahead - from->ahead) * GST_USECOND };
  genos_remote_track_set_clock (track->track, &clock);
  if (clock.known && track->peer != NULL)
    genos_peer_set_far_clock (track->peer, clock.ahead);
}

/* --- one track --- */

static void
remove_track (GenosFarTracks *self, GenosFarTrack *track)
{
  g_autofree char *key = g_strdup (track->link_track);
  guint stay = self->stay;

  genos_far_tracks_set_wanted (self, track, FALSE);
  genos_far_tracks_withdraw (self, track);
  if (is_same_stay (self, stay) && g_hash_table_lookup (self->tracks, key) == track)
    genos_far_tracks_hide (self, track);
  if (!is_same_stay (self, stay))
    return;
  genos_sealed_tracks_forget (self->sealed, &track->name);
  g_hash_table_remove (self->tracks, key);
}

static gboolean
is_gone (GenosFarTracks *self, GenosFarTrack *track, const char *parent, gint64 now)
{
  if (parent != NULL || track->near != NULL
      || genos_far_tracks_get_near_offer (self, track) != NULL) {
    track->gone_since = 0;
    return FALSE;
  }
  if (track->gone_since == 0)
    track->gone_since = now;
  /* Until the next layout is in force it may come again. */
  return track->track == NULL || now - track->gone_since > self->mesh->times.cap
      || !genos_mesh_knows (self->mesh, track->name.origin);
}

/* It is sealed as the track is. */
static void
heed_tier (GenosFarTracks *self, GenosFarTrack *tier)
{
  GenosFarTrack *track =
      genos_far_tracks_find (self, tier->name.origin, tier->name.stream, tier->tier_of);

  tier->sealed = tier->sealed || (track != NULL && track->sealed);
}

static void
settle (GenosFarTracks *self, const char *key, gint64 now)
{
  GenosFarTrack *track = g_hash_table_lookup (self->tracks, key);
  g_autofree char *parent = NULL;
  guint stay = self->stay;

  if (track == NULL)
    return;
  parent = g_strdup (genos_mesh_media_get_parent (self->planner, &track->name));
  if (parent != NULL)
    genos_far_track_set_about (track, genos_mesh_media_get_about (self->planner, &track->name));
  if (is_gone (self, track, parent, now)) {
    remove_track (self, track);
    return;
  }
  settle_offer (self, track, parent);
  if (!is_same_stay (self, stay) || g_hash_table_lookup (self->tracks, key) != track)
    return;
  if (!genos_far_track_follow (track, parent, now) && track->near == NULL) {
    genos_far_tracks_hide (self, track);
    return;
  }
  genos_far_tracks_heed_sent (self, track);
  if (track->tier > 0)
    heed_tier (self, track);
  else
    genos_far_tracks_see_to_seal (self, track);
  settle_children (self, track);
  if (is_same_stay (self, stay) && g_hash_table_lookup (self->tracks, key) == track
      && track->track != NULL && track->peer == NULL && track->wanted && track->tier == 0)
    show (self, track);
  if (is_same_stay (self, stay) && g_hash_table_lookup (self->tracks, key) == track)
    genos_far_tracks_settle_clock (self, track);
}

/* --- all of it --- */

static void
heed_tracks (GenosFarTracks *self)
{
  g_autoptr (GArray) names = genos_mesh_media_list_tracks (self->planner);

  for (guint i = 0; i < names->len; i++)
    genos_far_tracks_ensure (self, &g_array_index (names, GenosMeshTrackName, i));
}

/* (transfer container) (element-type utf8): the records may go while the application is told something */
static GPtrArray *
list_keys (GenosFarTracks *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, g_strdup (key));
  return keys;
}

static GPtrArray *
list_kept (GenosFarTracks *self, const char *neighbour, gint64 now)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) genos_far_name_free);
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track))
    if (g_strcmp0 (genos_far_track_get_kept_source (track, now), neighbour) == 0
        && genos_mesh_media_is_used (self->planner, &track->name))
      g_ptr_array_add (kept, genos_far_lists_name_new (&track->name));
  return kept;
}

static void
tell_neighbours (GenosFarTracks *self, gint64 now)
{
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;

  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour)) {
    GenosPeer *peer = genos_roster_get (self->roster, neighbour->id);
    g_autoptr (GPtrArray) kept = NULL;

    if (peer == NULL || !neighbour->speaks || neighbour->away)
      continue;
    kept = list_kept (self, neighbour->id, now);
    if (!genos_far_neighbour_tell (
            neighbour, peer, self->planner, kept, genos_far_tracks_name_sent, self))
      self->next = MIN (self->next, now);
  }
}

static void
check_holds (GenosFarTracks *self)
{
  g_autoptr (GPtrArray) peers = genos_roster_get_targets (self->roster, NULL, NULL);

  for (guint i = 0; i < peers->len; i++)
    genos_peer_media_check_holds (genos_peer_get_media (g_ptr_array_index (peers, i)));
}

void
genos_far_tracks_plan (GenosFarTracks *self)
{
  g_autoptr (GPtrArray) keys = NULL;
  gint64 now = g_get_monotonic_time ();
  guint stay = self->stay;

  genos_mesh_media_set_bridge (self->planner, genos_mesh_is_acting (self->mesh));
  genos_mesh_media_set_forward_max (self->planner, self->forward_max);
  bring_neighbours (self);
  bring_ours (self);
  bring_tiers (self);
  self->next = genos_mesh_media_plan (self->planner, now);
  heed_tracks (self);
  keys = list_keys (self);
  for (guint i = 0; i < keys->len && is_same_stay (self, stay); i++)
    settle (self, g_ptr_array_index (keys, i), now);
  if (!is_same_stay (self, stay))
    return;
  genos_far_tracks_settle_own_tiers (self);
  check_holds (self);
  tell_neighbours (self, now);
}

static gboolean
heed_clocks (GenosFarTracks *self)
{
  GHashTableIter iter;
  GenosFarNeighbour *neighbour;
  gboolean changed = FALSE;

  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &neighbour)) {
    GenosPeer *peer = genos_roster_get (self->roster, neighbour->id);

    changed |= peer != NULL && genos_far_neighbour_heed_clock (neighbour, peer);
  }
  return changed;
}

void
genos_far_tracks_look (GenosFarTracks *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean plans = heed_clocks (self) || now >= self->next;
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track)) {
    gboolean used = genos_mesh_media_is_used (self->planner, &track->name);

    if (used && genos_far_track_is_stalled (track, now)) {
      genos_mesh_media_stalled (self->planner, &track->name, now);
      plans = TRUE;
    }
    plans |= track->gone_since != 0 || (used && g_strcmp0 (track->source, track->parent) != 0);
  }
  genos_far_tracks_doubt (self, now);
  plans |= genos_far_tracks_look_at_tiers (self, now);
  if (plans)
    genos_far_tracks_schedule (self);
}
