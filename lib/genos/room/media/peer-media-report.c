/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/peer-media-struct.h>

#include <genos/wire/far-list.h>

static void
append_refused (const GenosPeerMediaTrack *outgoing, GValue *list)
{
  g_autofree char *codecs = genos_media_codec_list_bits (outgoing->offer.refused);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value,
      gst_structure_new ("refused-track", "track-id", G_TYPE_STRING,
          genos_local_track_get_track_id (outgoing->track), "codecs", G_TYPE_STRING, codecs,
          "given-up", G_TYPE_BOOLEAN, outgoing->hopeless, NULL));
  gst_value_list_append_and_take_value (list, &value);
}

void
genos_peer_media_describe_refused (GenosPeerMedia *self, GstStructure *stats)
{
  GValue list = G_VALUE_INIT;

  gst_value_list_init (&list, 1);
  for (guint i = 0; i < self->outgoing->len; i++) {
    const GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->offer.refused != 0)
      append_refused (outgoing, &list);
  }
  if (gst_value_list_get_size (&list) > 0)
    gst_structure_take_value (stats, "refused-tracks", &list);
  else
    g_value_unset (&list);
}

void
genos_peer_media_foreach_sender (
    GenosPeerMedia *self, GenosPeerMediaSenderFunc func, gpointer user_data)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->sender != NULL)
      func (outgoing->offer.source, outgoing->sender, user_data);
  }
}

gboolean
genos_peer_media_get_sent_tier (GenosPeerMedia *self, GenosLocalTrack *track, GenosSentTier *tier)
{
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);

    if (outgoing->track != track || outgoing->sender == NULL
        || !genos_link_sender_get_active (outgoing->sender))
      continue;
    *tier = genos_link_sender_get_tier (outgoing->sender);
    return TRUE;
  }
  return FALSE;
}

typedef struct {
  GenosLocalTrack *track;
  GenosSentTier tier;
} TierChange;

static void
tier_change_clear (gpointer data)
{
  g_clear_object (&((TierChange *) data)->track);
}

/* All of them first: a handler may change the list. */
void
genos_peer_media_tell_tiers (GenosPeerMedia *self)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (TierChange));

  g_array_set_clear_func (changes, tier_change_clear);
  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);
    TierChange change = { outgoing->track, outgoing->tier };

    if (outgoing->sender != NULL)
      change.tier = genos_link_sender_get_tier (outgoing->sender);
    if (change.tier == outgoing->tier)
      continue;
    outgoing->tier = change.tier;
    g_object_ref (change.track);
    g_array_append_val (changes, change);
  }
  if (changes->len > 0 && self->far.funcs != NULL)
    self->far.funcs->tier_changed (self->peer_id, self->far.data);
  for (guint i = 0; i < changes->len; i++) {
    TierChange *change = &g_array_index (changes, TierChange, i);

    g_signal_emit_by_name (self, "track-tier", change->track, change->tier);
  }
}

void
genos_peer_media_tell_tracks (GenosPeerMedia *self)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_track_entry_free);

  for (guint i = 0; i < self->outgoing->len; i++) {
    GenosPeerMediaTrack *outgoing = g_ptr_array_index (self->outgoing, i);
    GenosTrackAudience *audience = genos_local_track_get_audience (outgoing->track);
    const char *stream_id = genos_local_track_get_stream_id (outgoing->track);
    GenosTrackEntry *entry;

    if (!self->lists_far && genos_far_stream_id_check (stream_id))
      continue;
    entry = genos_track_entry_new (stream_id, genos_local_track_get_track_id (outgoing->track));
    entry->video = genos_local_track_get_kind (outgoing->track) == GENOS_MEDIA_VIDEO;
    entry->muted = genos_track_audience_get_muted (audience);
    entry->paused = genos_track_audience_is_paused_for (audience, self->peer_id);
    entry->sealed = genos_peer_media_get_sealer (self, outgoing->track) != NULL;
    entry->metadata = genos_local_track_dup_metadata (outgoing->track);
    g_ptr_array_add (entries, entry);
  }
  genos_peer_tracks_announce (self->tracks, entries);
}
