/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tracks in a room of cells that nobody on the way can watch: who is asked for keys, and who is given them. */

#include <genos/room/far/far-private.h>

#include <string.h>

/* --- ours --- */

GenosLocalTrack *
genos_far_tracks_find_own (GenosFarTracks *self, const char *stream, const char *track)
{
  GPtrArray *ready = genos_outgoing_tracks_get_ready (self->own);

  for (guint i = 0; i < ready->len; i++) {
    GenosLocalTrack *own = g_ptr_array_index (ready, i);

    if (strcmp (genos_local_track_get_stream_id (own), stream) == 0
        && strcmp (genos_local_track_get_track_id (own), track) == 0)
      return own;
  }
  return NULL;
}

static GenosSealedVerdict
judge (const char *peer_id, const char *stream, const char *track, gpointer data)
{
  GenosFarTracks *self = data;
  GenosLocalTrack *own = genos_far_tracks_find_own (self, stream, track);

  if (own == NULL)
    return GENOS_SEALED_UNKNOWN;
  if (peer_id == NULL)
    return GENOS_SEALED_ALLOWED;
  return genos_mesh_knows (self->mesh, peer_id) && self->host->is_welcome (peer_id, self->data)
          && genos_track_audience_includes (genos_local_track_get_audience (own), peer_id)
      ? GENOS_SEALED_ALLOWED
      : GENOS_SEALED_DENIED;
}

/* What others passed to us goes on as it came. */
static gboolean
is_sealed_here (GenosFarTracks *self, GenosLocalTrack *track)
{
  return self->planner != NULL && self->media_encryption != GENOS_ENCRYPTION_OFF
      && !genos_far_stream_id_check (genos_local_track_get_stream_id (track));
}

static gboolean
opens_sealed (GenosFarTracks *self, const char *peer_id)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  return peer != NULL && genos_peer_opens_sealed (peer);
}

/* Who passes tracks on, but no sealed ones, would pass them on in the clear. */
static gboolean
may_have_clear (GenosFarTracks *self, const char *peer_id)
{
  GenosPeer *peer = genos_roster_get (self->roster, peer_id);

  return self->media_encryption == GENOS_ENCRYPTION_PREFERRED && peer != NULL
      && !genos_peer_knows_far (peer);
}

/* All tiers of a track have its keys. */
GenosTrackSealer *
genos_far_tracks_get_sealer (const char *peer_id, GenosLocalTrack *track, gpointer data)
{
  GenosFarTracks *self = data;
  GenosFarOwnTier *tier = genos_far_tracks_find_own_tier (self, track);

  track = tier != NULL ? tier->of : track;

  if (!is_sealed_here (self, track) || !opens_sealed (self, peer_id))
    return NULL;
  return genos_sealed_tracks_get_sealer (self->sealed, genos_local_track_get_stream_id (track),
      genos_local_track_get_track_id (track));
}

gboolean
genos_far_tracks_offers (const char *peer_id, GenosLocalTrack *track, gpointer data)
{
  GenosFarTracks *self = data;
  GenosFarOwnTier *tier = genos_far_tracks_find_own_tier (self, track);

  if (tier != NULL)
    return !is_sealed_here (self, tier->of) || opens_sealed (self, peer_id);
  return !is_sealed_here (self, track) || opens_sealed (self, peer_id)
      || may_have_clear (self, peer_id);
}

gboolean
genos_far_tracks_seals (GenosFarTracks *self)
{
  return self->media_encryption != GENOS_ENCRYPTION_OFF;
}

void
genos_far_tracks_set_media_encryption (GenosFarTracks *self, GenosEncryption media_encryption)
{
  g_return_if_fail (self->planner == NULL);
  self->media_encryption = media_encryption;
}

/* --- those of others --- */

void
genos_far_tracks_see_to_seal (GenosFarTracks *self, GenosFarTrack *track)
{
  GenosTrackOpener *opener;

  if (!track->sealed || track->track == NULL || track->opened == track->track)
    return;
  opener = genos_sealed_tracks_get_opener (self->sealed, &track->name);
  genos_remote_track_set_open_func (track->track, genos_track_opener_open,
      genos_track_opener_ref (opener), (GDestroyNotify) genos_track_opener_unref);
  track->opened = track->track;
}

/* Its origin's own word, over a link of its own. */
void
genos_far_tracks_note_near_seal (GenosFarTracks *self, GenosFarTrack *track)
{
  GenosTrackOffer *offer = genos_far_tracks_get_near_offer (self, track);

  if (offer != NULL)
    track->sealed = genos_track_offer_is_sealed (offer);
}

void
genos_far_tracks_look_after_keys (GenosFarTracks *self, gint64 now)
{
  GHashTableIter iter;
  GenosFarTrack *track;

  g_hash_table_iter_init (&iter, self->tracks);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &track)) {
    if (!track->sealed || !track->wanted || track->tier > 0)
      continue;
    genos_sealed_tracks_get_opener (self->sealed, &track->name);
    genos_sealed_tracks_watch (self->sealed, &track->name, now);
  }
  genos_sealed_tracks_tick (self->sealed, now);
}

/* --- what can be seen of it --- */

void
genos_far_tracks_describe_opened (GenosFarTracks *self, const GenosFarTrack *track, GValue *value)
{
  GenosTrackOpenerStats opener;

  genos_track_opener_get_stats (
      genos_sealed_tracks_get_opener (self->sealed, &track->name), &opener);
  gst_structure_set ((GstStructure *) gst_value_get_structure (value), "packets-opened",
      G_TYPE_UINT64, opener.opened, "packets-without-key", G_TYPE_UINT64, opener.no_key,
      "packets-not-opened", G_TYPE_UINT64, opener.failed, NULL);
}

void
genos_far_tracks_describe_sealed (GenosFarTracks *self, GstStructure *stats)
{
  GPtrArray *ready = genos_outgoing_tracks_get_ready (self->own);
  g_auto (GValue) list = G_VALUE_INIT;

  if (!genos_far_tracks_seals (self))
    return;
  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < ready->len; i++) {
    const char *stream = genos_local_track_get_stream_id (g_ptr_array_index (ready, i));
    const char *track = genos_local_track_get_track_id (g_ptr_array_index (ready, i));
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value,
        gst_structure_new ("genos-sealed-track", "stream-id", G_TYPE_STRING, stream, "track-id",
            G_TYPE_STRING, track, "keys-given", G_TYPE_UINT,
            genos_sealed_tracks_count_viewers (self->sealed, stream, track), NULL));
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_set_value (stats, "sealed-track", &list);
}

/* --- what is said --- */

static gboolean
say (const char *peer_id, GBytes *inside, gpointer data)
{
  return genos_mesh_say_secret (((GenosFarTracks *) data)->mesh, peer_id, inside);
}

static void
on_opened (const GenosMeshTrackName *name, gpointer data)
{
  GenosFarTracks *self = data;
  GenosFarTrack *track = genos_far_tracks_find (self, name->origin, name->stream, name->track);

  if (track != NULL && track->track != NULL
      && genos_remote_track_get_kind (track->track) == GENOS_MEDIA_VIDEO)
    genos_remote_track_request_key_frame (track->track);
}

/* The application may leave the room in return: not in the middle of what goes through its tracks. */
static gboolean
on_telling (gpointer data)
{
  GenosFarTracks *self = data;
  g_autoptr (GError) warning = g_steal_pointer (&self->warning);

  genos_timer_stop (&self->telling);
  self->host->warning (warning, self->data);
  return G_SOURCE_REMOVE;
}

static void
on_warning (const GError *error, gpointer data)
{
  GenosFarTracks *self = data;

  g_clear_error (&self->warning);
  self->warning = g_error_copy (error);
  genos_timer_start (&self->telling, self->context, 0, on_telling, self, "[genos] sealed track");
}

static const GenosSealedTracksHost sealed_host = {
  .judge = judge,
  .say = say,
  .opened = on_opened,
  .warning = on_warning,
};

static void
on_secret (const char *peer_id, GBytes *inside, gpointer data)
{
  GenosFarTracks *self = data;

  genos_sealed_tracks_take (self->sealed, peer_id, inside, g_get_monotonic_time ());
}

void
genos_far_tracks_begin_sealed (GenosFarTracks *self)
{
  self->sealed = genos_sealed_tracks_new (&sealed_host, self);
  genos_mesh_set_secret_func (self->mesh, on_secret, self);
}

void
genos_far_tracks_end_sealed (GenosFarTracks *self)
{
  genos_timer_stop (&self->telling);
  g_clear_error (&self->warning);
  genos_mesh_set_secret_func (self->mesh, NULL, NULL);
  g_clear_pointer (&self->sealed, genos_sealed_tracks_free);
}
