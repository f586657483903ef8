/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which tiers of a track come beside the first, for the sake of children with narrow links: of others', those that
 * our children need are asked for, and of ours, those that are asked for are sent. */

#include <genos/room/far/far-private.h>

#include <string.h>

#include <genos/media/track-audience-private.h>
#include <genos/room/far/far-tier.h>

/* One that is not needed any more may be needed again soon, and it takes a negotiation to have it. */
#define LINGER (20 * G_TIME_SPAN_SECOND)
/* One that was asked for and does not come in this time is not to be had; so long, and each time longer. */
#define PATIENCE (4 * G_TIME_SPAN_SECOND)
#define ABSENCE (10 * G_TIME_SPAN_SECOND)
#define MAX_ABSENCE (60 * G_TIME_SPAN_SECOND)

/* --- those of others --- */

static GenosFarTrack *
find_tier (GenosFarTracks *self, const GenosFarTrack *track, guint tier)
{
  g_autofree char *name = genos_far_tier_name_new (track->name.track, tier);

  return genos_far_tracks_find (self, track->name.origin, track->name.stream, name);
}

/* Somebody has it from us who cannot take all of it. */
static gboolean
is_demanded (const GenosFarTrack *of, guint tier)
{
  return of != NULL && of->forward != NULL
      && (genos_local_track_get_demand (of->forward) & 1u << tier) != 0;
}

static gboolean
is_arriving (const GenosFarTrack *self, gint64 now)
{
  return self->track != NULL && now - self->last_packet < GENOS_FAR_TRACK_SILENCE;
}

static void
note_absence (GenosFarTrack *self, gboolean demanded, gint64 now)
{
  if (is_arriving (self, now)) {
    self->absent_until = 0;
    self->absence = ABSENCE;
    self->awaited = now;
  } else if (!demanded || self->awaited == 0) {
    self->awaited = now;
  } else if (now - self->awaited > PATIENCE) {
    self->absence = CLAMP (self->absence, ABSENCE, MAX_ABSENCE);
    self->absent_until = now + self->absence;
    self->absence *= 2;
    self->awaited = now;
  }
}

/* TRUE: it is wanted, or not wanted any more. */
static gboolean
look_at_tier (GenosFarTracks *self, GenosFarTrack *track, gint64 now)
{
  GenosFarTrack *of =
      genos_far_tracks_find (self, track->name.origin, track->name.stream, track->tier_of);
  gboolean demanded = is_demanded (of, track->tier);
  gboolean paused = of != NULL && of->entry != NULL && of->entry->paused;
  gboolean wanted;

  if (demanded)
    track->demanded = now;
  note_absence (track, demanded && !paused, now);
  wanted =
      of != NULL && of->forward != NULL && track->demanded != 0 && now - track->demanded < LINGER;
  if (wanted == track->wanted)
    return FALSE;
  genos_far_tracks_set_wanted (self, track, wanted);
  return TRUE;
}

/* Which of its encodings comes as the track itself. */
static guint
get_first_tier (const GenosFarTrack *track)
{
  switch (track->sent) {
    case GENOS_SENT_SECOND:
      return 1;
    case GENOS_SENT_THIRD:
      return 2;
    case GENOS_SENT_THINNED:
      return track->entry->thin ? track->entry->n_tiers - 1 : 0;
    default:
      return 0;
  }
}

static gboolean
is_absent (GenosFarTracks *self, const GenosFarTrack *track, const GenosFarTrack *tier, gint64 now)
{
  return tier == NULL || tier->tier <= get_first_tier (track) || tier->absent_until > now
      || genos_mesh_media_get_parent (self->planner, &tier->name) == NULL;
}

static void
feed_forward (GenosFarTracks *self, GenosFarTrack *track, gint64 now)
{
  GenosTierLadder lower = { 0 };
  guint n_there = 0;

  if (track->entry != NULL)
    lower = (GenosTierLadder){ track->entry->n_tiers, .thin = track->entry->thin };
  for (guint i = 1; i < lower.n; i++) {
    GenosFarTrack *tier = find_tier (self, track, i);

    lower.least[i] = track->entry->tiers[i];
    if (is_absent (self, track, tier, now))
      lower.absent |= 1u << i;
    else
      n_there++;
    genos_local_track_set_tier_source (track->forward, i, tier != NULL ? tier->track : NULL);
  }
  /* Then it has key frames, for those who are too slow for all of it. */
  if (n_there == 0)
    lower.n = 0;
  genos_local_track_set_lower (track->forward, &lower);
}

gboolean
genos_far_tracks_look_at_tiers (GenosFarTracks *self, gint64 now)
{
  gboolean changed = FALSE;
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track)) {
    if (track->tier > 0)
      changed |= look_at_tier (self, track, now);
    else if (track->forward != NULL)
      feed_forward (self, track, now);
  }
  return changed;
}

guint
genos_far_tracks_count_tiers (GenosFarTracks *self, const GenosFarTrack *track, gint64 now)
{
  guint n = 0;

  for (guint i = 1; i < GENOS_MAX_TIERS; i++) {
    GenosFarTrack *tier = find_tier (self, track, i);

    n += tier != NULL && is_arriving (tier, now);
  }
  return n;
}

/* --- ours --- */

static void
free_own (gpointer data)
{
  GenosFarOwnTier *own = data;

  g_clear_object (&own->track);
  g_object_unref (own->of);
  g_free (own->name);
  g_free (own);
}

GPtrArray *
genos_far_own_tiers_new (void)
{
  return g_ptr_array_new_with_free_func (free_own);
}

static GenosMeshTrackName
name_own (GenosFarTracks *self, const GenosFarOwnTier *own)
{
  return (
      GenosMeshTrackName){ self->self_id, genos_local_track_get_stream_id (own->of), own->name };
}

GenosFarOwnTier *
genos_far_tracks_find_own_tier (GenosFarTracks *self, GenosLocalTrack *track)
{
  for (guint i = 0; self->own_tiers != NULL && i < self->own_tiers->len; i++) {
    GenosFarOwnTier *own = g_ptr_array_index (self->own_tiers, i);

    if (own->track == track)
      return own;
  }
  return NULL;
}

static void
take_away (GenosFarTracks *self, GenosFarOwnTier *own)
{
  if (own->track == NULL)
    return;
  genos_far_tracks_remove_local (self, own->track);
  g_clear_object (&own->track);
}

static GenosFarOwnTier *
ensure_own (GenosFarTracks *self, GenosLocalTrack *of, guint tier)
{
  GenosFarOwnTier *own;

  for (guint i = 0; i < self->own_tiers->len; i++) {
    own = g_ptr_array_index (self->own_tiers, i);
    if (own->of == of && own->tier == tier)
      return own;
  }
  own = g_new0 (GenosFarOwnTier, 1);
  own->of = g_object_ref (of);
  own->tier = tier;
  own->name = genos_far_tier_name_new (genos_local_track_get_track_id (of), tier);
  g_ptr_array_add (self->own_tiers, own);
  return own;
}

/* What is over goes first: another track may have its name. */
static void
remove_old (GenosFarTracks *self)
{
  for (guint i = self->own_tiers->len; i-- > 0;) {
    GenosFarOwnTier *own = g_ptr_array_index (self->own_tiers, i);
    GenosMeshTrackName name = name_own (self, own);

    if (own->is_there)
      continue;
    take_away (self, own);
    genos_mesh_media_set_own (self->planner, &name, NULL);
    g_ptr_array_remove_index (self->own_tiers, i);
  }
}

void
genos_far_tracks_bring_own_tiers (GenosFarTracks *self, GPtrArray *tracks)
{
  for (guint i = 0; i < self->own_tiers->len; i++)
    ((GenosFarOwnTier *) g_ptr_array_index (self->own_tiers, i))->is_there = FALSE;
  for (guint i = 0; i < tracks->len; i++) {
    GenosTierLadder ladder;

    genos_local_track_get_ladder (g_ptr_array_index (tracks, i), &ladder);
    for (guint tier = 1; tier < ladder.n; tier++)
      ensure_own (self, g_ptr_array_index (tracks, i), tier)->is_there = TRUE;
  }
  remove_old (self);
  for (guint i = 0; i < self->own_tiers->len; i++) {
    GenosMeshTrackName name = name_own (self, g_ptr_array_index (self->own_tiers, i));

    /* Nothing is said of it that is not said of the track. */
    genos_mesh_media_set_own (self->planner, &name, "");
  }
}

/* FALSE: not yet. */
static gboolean
make_own (GenosFarTracks *self, GenosFarOwnTier *own)
{
  const char *stream_id = genos_local_track_get_stream_id (own->of);
  g_autofree char *link_stream = genos_far_stream_id_new (self->self_id, stream_id);
  g_autofree char *link_track = genos_far_track_id_new (self->self_id, stream_id, own->name);

  if (own->track == NULL)
    own->track = genos_local_track_new_tier (own->of, own->tier, link_stream, link_track);
  return own->track != NULL;
}

void
genos_far_tracks_settle_own_tiers (GenosFarTracks *self)
{
  for (guint i = 0; i < self->own_tiers->len; i++) {
    GenosFarOwnTier *own = g_ptr_array_index (self->own_tiers, i);
    GenosMeshTrackName name = name_own (self, own);
    g_autoptr (GPtrArray) children = genos_mesh_media_list_children (self->planner, &name);

    if (children->len == 0)
      take_away (self, own);
    else if (make_own (self, own) && genos_far_track_set_targets (own->track, children))
      genos_far_tracks_update_local (self, own->track);
  }
}

void
genos_far_tracks_end_tiers (GenosFarTracks *self)
{
  for (guint i = 0; i < self->own_tiers->len; i++)
    take_away (self, g_ptr_array_index (self->own_tiers, i));
  g_clear_pointer (&self->own_tiers, g_ptr_array_unref);
}

/* --- what is said --- */

/* What comes from us is at most as good as what comes to us. */
const char *
genos_far_tracks_name_sent (GenosPeer *peer, const GenosMeshTrackName *name, gpointer data)
{
  GenosFarTracks *self = data;
  gboolean is_own = strcmp (name->origin, self->self_id) == 0;
  GenosFarTrack *track =
      is_own ? NULL : genos_far_tracks_find (self, name->origin, name->stream, name->track);
  GenosLocalTrack *local = NULL;
  GenosSentTier tier;

  if (is_own)
    local = genos_far_tracks_find_own (self, name->stream, name->track);
  else if (track != NULL)
    local = track->forward;
  if (local == NULL || genos_local_track_get_kind (local) != GENOS_MEDIA_VIDEO
      || !genos_peer_media_get_sent_tier (genos_peer_get_media (peer), local, &tier))
    return NULL;
  return genos_sent_tier_get_name (track != NULL ? MAX (track->sent, tier) : tier);
}

/* Who brings it has said which it is. */
void
genos_far_tracks_heed_sent (GenosFarTracks *self, GenosFarTrack *track)
{
  GenosFarNeighbour *from =
      track->source != NULL ? g_hash_table_lookup (self->neighbours, track->source) : NULL;

  track->sent = GENOS_SENT_FULL;
  if (from != NULL && track->tier == 0)
    genos_sent_tier_from_name (genos_far_neighbour_get_tier (from, &track->name), &track->sent);
}
