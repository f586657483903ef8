/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/far/far-track.h>

#include <string.h>

#include <genos/media/track-forward.h>
#include <genos/room/far/far-tier.h>
#include <genos/wire/far-list.h>
#include <genos/wire/json-text.h>

#define MAX_SILENCE (10 * G_TIME_SPAN_SECOND)
#define REDUCED_SILENCE (6 * G_TIME_SPAN_SECOND)
#define MAX_PATIENCE (12 * G_TIME_SPAN_SECOND)
/* So many times the longest pause of late is too long a one. */
#define PAUSES 4

GenosFarTrack *
genos_far_track_new (const GenosMeshTrackName *name)
{
  GenosFarTrack *self = g_new0 (GenosFarTrack, 1);

  self->name.origin = g_strdup (name->origin);
  self->name.stream = g_strdup (name->stream);
  self->name.track = g_strdup (name->track);
  self->tier = genos_far_tier_name_split (name->track, &self->tier_of);
  self->link_stream = genos_far_stream_id_new (name->origin, name->stream);
  self->link_track = genos_far_track_id_new (name->origin, name->stream, name->track);
  self->receivers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->patience = GENOS_FAR_TRACK_PATIENCE;
  return self;
}

void
genos_far_track_free (GenosFarTrack *self)
{
  g_clear_object (&self->forward);
  genos_far_track_set_track (self, NULL);
  g_clear_object (&self->near);
  g_clear_object (&self->peer);
  g_clear_object (&self->offer);
  g_hash_table_unref (self->receivers);
  genos_track_entry_free (self->entry);
  g_free (self->about);
  g_free (self->parent);
  g_free (self->source);
  g_free (self->tier_of);
  g_free (self->link_stream);
  g_free (self->link_track);
  g_free ((char *) self->name.origin);
  g_free ((char *) self->name.stream);
  g_free ((char *) self->name.track);
  g_free (self);
}

/* --- what is said of it --- */

static GenosTrackEntry *
parse_about (const GenosMeshTrackName *name, const char *about)
{
  g_autoptr (JsonNode) root = about != NULL ? genos_json_parse (about, -1, NULL) : NULL;
  g_autoptr (GenosTrackEntry) entry = NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    entry = genos_track_entry_read (json_node_get_object (root), NULL);
  if (entry == NULL || strcmp (entry->stream_id, name->stream) != 0
      || strcmp (entry->track_id, name->track) != 0)
    return NULL;
  return g_steal_pointer (&entry);
}

gboolean
genos_far_track_set_about (GenosFarTrack *self, const char *about)
{
  if (g_strcmp0 (about, self->about) == 0)
    return FALSE;
  g_free (self->about);
  self->about = g_strdup (about);
  genos_track_entry_free (self->entry);
  self->entry = parse_about (&self->name, about);
  self->sealed = self->sealed || (self->entry != NULL && self->entry->sealed);
  return TRUE;
}

char *
genos_far_track_about_new (const GenosTrackEntry *entry)
{
  GString *text = g_string_new (NULL);

  genos_track_entry_append (text, entry);
  return g_string_free (text, FALSE);
}

/* --- where it comes from --- */

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer user_data)
{
  g_atomic_int_inc (&((GenosFarTrack *) user_data)->n_packets);
  gst_buffer_unref (packet);
}

void
genos_far_track_set_track (GenosFarTrack *self, GenosRemoteTrack *track)
{
  if (self->track == track)
    return;
  if (self->track != NULL)
    genos_remote_track_remove_tap (self->track, self);
  g_set_object (&self->track, track);
  self->opened = NULL;
  if (track != NULL)
    genos_remote_track_add_raw_tap (track, on_packet, self, NULL);
}

/* A tier beside the first comes as what is passed on does, from its origin too. */
static gboolean
is_origin (GenosFarTrack *self, const char *peer_id)
{
  return self->tier == 0 && strcmp (self->name.origin, peer_id) == 0;
}

static GenosLinkReceiver *
find_receiver (GenosFarTrack *self, const char *peer_id)
{
  return is_origin (self, peer_id) ? self->near : g_hash_table_lookup (self->receivers, peer_id);
}

static guint64
count_near (GenosFarTrack *self)
{
  GenosRtpMeter meter = { 0 };

  if (self->near != NULL)
    genos_link_receiver_get_meter (self->near, &meter);
  return meter.packets;
}

static void
set_source (GenosFarTrack *self, const char *source)
{
  if (g_strcmp0 (self->source, source) == 0)
    return;
  self->n_changes += self->source != NULL;
  g_free (self->source);
  self->source = g_strdup (source);
}

/* What comes for the first time, from somebody who passes it on. */
static void
begin (GenosFarTrack *self, GenosLinkReceiver *receiver, gint64 now)
{
  g_autoptr (GenosRemoteTrack) track =
      genos_remote_track_new_far (self->name.origin, self->name.stream, self->name.track,
          self->entry != NULL ? self->entry->metadata : NULL, receiver);

  genos_far_track_set_track (self, track);
  set_source (self, self->parent);
  self->last_packet = now;
}

/* An origin has a receiver here whether or not it sends: what comes from others is not given up for it before
 * it does. */
static gboolean
is_silent_origin (GenosFarTrack *self, const char *parent, gint64 now)
{
  return is_origin (self, parent) && count_near (self) == self->near_mark
      && now - self->last_packet < GENOS_FAR_TRACK_SILENCE;
}

static void
choose_parent (GenosFarTrack *self, const char *parent, gint64 now)
{
  if (g_strcmp0 (self->parent, parent) == 0)
    return;
  g_free (self->parent);
  self->parent = g_strdup (parent);
  self->since = now;
  self->near_mark = count_near (self);
}

gboolean
genos_far_track_follow (GenosFarTrack *self, const char *parent, gint64 now)
{
  GenosLinkReceiver *receiver;

  choose_parent (self, parent, now);
  receiver = parent != NULL ? find_receiver (self, parent) : NULL;
  if (receiver == NULL)
    return TRUE;
  if (self->track == NULL) {
    /* The peer's own media brings what its origin sends. */
    if (!is_origin (self, parent))
      begin (self, receiver, now);
    return TRUE;
  }
  if (genos_remote_track_get_receiver (self->track) == receiver) {
    set_source (self, parent);
    return TRUE;
  }
  if (is_silent_origin (self, parent, now))
    return TRUE;
  if (!genos_remote_track_take_over (self->track, receiver, !is_origin (self, parent)))
    return FALSE;
  set_source (self, parent);
  self->last_packet = now;
  if (genos_remote_track_get_kind (self->track) == GENOS_MEDIA_VIDEO)
    genos_remote_track_request_key_frame (self->track);
  return TRUE;
}

const char *
genos_far_track_get_kept_source (GenosFarTrack *self, gint64 now)
{
  if (self->source == NULL || g_strcmp0 (self->source, self->parent) == 0
      || now - self->since > GENOS_FAR_TRACK_PATIENCE)
    return NULL;
  return self->source;
}

void
genos_far_track_forget (GenosFarTrack *self, const char *peer_id)
{
  if (is_origin (self, peer_id))
    g_clear_object (&self->near);
  g_hash_table_remove (self->receivers, peer_id);
  if (g_strcmp0 (self->source, peer_id) == 0)
    g_clear_pointer (&self->source, g_free);
}

/* --- whether it comes --- */

static void
count (GenosFarTrack *self, gint64 now)
{
  gint n = g_atomic_int_get (&self->n_packets);

  if (n == self->counted)
    return;
  self->counted = n;
  self->gap = MAX (now - self->last_packet, self->gap / 8 * 7);
  self->last_packet = now;
}

/* Who says that it sends less may have to get that first. */
static gboolean
is_reduced (GenosFarTrack *self)
{
  return self->sent > GENOS_SENT_FULL && self->sent < GENOS_SENT_AUDIO_ONLY;
}

gboolean
genos_far_track_is_stalled (GenosFarTrack *self, gint64 now)
{
  gboolean waits = g_strcmp0 (self->source, self->parent) != 0;
  gint64 least = is_reduced (self) ? REDUCED_SILENCE : GENOS_FAR_TRACK_SILENCE;
  gint64 silence = CLAMP (PAUSES * self->gap, least, MAX_SILENCE);

  count (self, now);
  if (self->parent == NULL || (self->entry != NULL && self->entry->paused)) {
    self->since = now;
    return FALSE;
  }
  if (!waits && self->last_packet >= self->since)
    self->patience = GENOS_FAR_TRACK_PATIENCE;
  if (now - (waits ? self->since : MAX (self->since, self->last_packet))
      <= (waits ? self->patience : silence))
    return FALSE;
  if (waits)
    self->patience = MIN (self->patience * 2, MAX_PATIENCE);
  self->since = now;
  return TRUE;
}

gboolean
genos_far_track_is_late (GenosFarTrack *self, gint64 now)
{
  return self->source != NULL && g_strcmp0 (self->source, self->parent) == 0
      && (self->entry == NULL || !self->entry->paused)
      && now - MAX (self->since, self->last_packet)
      > MAX (GENOS_FAR_TRACK_LATE, self->gap + self->gap / 2);
}

/* --- who has it from us --- */

static void
make_forward (GenosFarTrack *self)
{
  g_autofree char *metadata = NULL;

  if (genos_track_forward_get_codec (self->track) == NULL)
    return;
  if (self->tier == 0)
    metadata = genos_far_metadata_new (self->name.origin, self->name.stream, self->name.track,
        genos_remote_track_get_metadata (self->track));
  self->forward = g_object_new (GENOS_TYPE_LOCAL_TRACK, "source", self->track, "kind",
      genos_remote_track_get_kind (self->track), "stream-id", self->link_stream, "track-id",
      self->link_track, "metadata", metadata, NULL);
  if (self->sealed)
    genos_local_track_set_sealed (self->forward);
  if (self->tier > 0)
    genos_local_track_set_secondary (self->forward);
}

gboolean
genos_far_track_set_targets (GenosLocalTrack *track, GPtrArray *children)
{
  GenosTrackAudience *audience = genos_local_track_get_audience (track);
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  g_auto (GStrv) before = NULL;

  for (guint i = 0; i < children->len; i++)
    g_ptr_array_add (targets, g_ptr_array_index (children, i));
  g_ptr_array_add (targets, NULL);
  g_object_get (audience, "targets", &before, NULL);
  if (before != NULL && g_strv_equal ((const char *const *) before, (gpointer) targets->pdata))
    return FALSE;
  g_object_set (audience, "targets", targets->pdata, NULL);
  return TRUE;
}

gboolean
genos_far_track_set_children (GenosFarTrack *self, GPtrArray *children)
{
  if (self->forward == NULL && children->len > 0 && self->track != NULL)
    make_forward (self);
  self->n_children = self->forward != NULL ? children->len : 0;
  return self->forward != NULL && genos_far_track_set_targets (self->forward, children);
}
