/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-encodings.h>

struct _GenosTrackEncodings {
  GenosLocalTrack *owner; /* (unowned) */

  GMutex making; /* held while an encoding is made or given caps; taken before lock */
  GstCaps *caps; /* guarded by making */

  GMutex lock;       /* guards what follows; a leaf */
  GPtrArray *others; /* GenosLocalTrack; the array itself never changes */
  GStrv codecs;
  guint max;
};

GenosTrackEncodings *
genos_track_encodings_new (GenosLocalTrack *owner)
{
  GenosTrackEncodings *self = g_new0 (GenosTrackEncodings, 1);
  self->owner = owner;
  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  self->max = 1;
  g_mutex_init (&self->making);
  g_mutex_init (&self->lock);
  return self;
}

void
genos_track_encodings_free (GenosTrackEncodings *self)
{
  gst_clear_caps (&self->caps);
  g_ptr_array_unref (self->others);
  g_strfreev (self->codecs);
  g_mutex_clear (&self->making);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
genos_track_encodings_set_codecs (GenosTrackEncodings *self, const char *const *codecs)
{
  g_mutex_lock (&self->lock);
  g_strfreev (self->codecs);
  self->codecs = g_strdupv ((GStrv) codecs);
  g_mutex_unlock (&self->lock);
}

GStrv
genos_track_encodings_dup_codecs (GenosTrackEncodings *self)
{
  g_mutex_lock (&self->lock);
  GStrv codecs = g_strdupv (self->codecs);
  g_mutex_unlock (&self->lock);
  return codecs;
}

void
genos_track_encodings_set_max (GenosTrackEncodings *self, guint max)
{
  g_mutex_lock (&self->lock);
  self->max = max;
  g_mutex_unlock (&self->lock);
}

guint
genos_track_encodings_get_max (GenosTrackEncodings *self)
{
  g_mutex_lock (&self->lock);
  guint max = self->max;
  g_mutex_unlock (&self->lock);
  return max;
}

static GPtrArray *
snapshot (GenosTrackEncodings *self)
{
  g_mutex_lock (&self->lock);
  GPtrArray *others = g_ptr_array_ref (self->others);
  g_mutex_unlock (&self->lock);
  return others;
}

void
genos_track_encodings_set_caps (GenosTrackEncodings *self, GstCaps *caps)
{
  g_mutex_lock (&self->making);
  gst_caps_replace (&self->caps, caps);
  g_autoptr (GPtrArray) others = snapshot (self);
  /* Caps that one of them cannot be made of are those watchers' loss: there is no other for them. */
  for (guint i = 0; caps != NULL && i < others->len; i++)
    genos_local_track_set_caps (g_ptr_array_index (others, i), caps, NULL);
  g_mutex_unlock (&self->making);
}

void
genos_track_encodings_push (GenosTrackEncodings *self, GstBuffer *buffer)
{
  g_autoptr (GPtrArray) others = snapshot (self);
  for (guint i = 0; i < others->len; i++)
    genos_local_track_push (g_ptr_array_index (others, i), gst_buffer_ref (buffer));
}

/* --- which one a peer gets --- */

static gboolean
is_raw (GstCaps *caps)
{
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  return g_str_equal (name, "video/x-raw") || g_str_equal (name, "audio/x-raw");
}

static GenosLocalTrack *
find (GenosTrackEncodings *self, const GenosMediaCodec *codec)
{
  if (genos_local_track_get_rtp_codec (self->owner) == codec)
    return self->owner;
  for (guint i = 0; i < self->others->len; i++)
    if (genos_local_track_get_rtp_codec (g_ptr_array_index (self->others, i)) == codec)
      return g_ptr_array_index (self->others, i);
  return NULL;
}

static void
add (GenosTrackEncodings *self, GenosLocalTrack *track)
{
  g_mutex_lock (&self->lock);
  GPtrArray *old = self->others;
  self->others = g_ptr_array_copy (old, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  g_ptr_array_set_free_func (self->others, g_object_unref);
  g_ptr_array_add (self->others, g_object_ref (track));
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (old);
}

/* What the owner is told of rates and repair holds for all. */
static void
bind_settings (GenosLocalTrack *owner, GenosLocalTrack *track)
{
  guint n = 0;
  g_autofree GParamSpec **all = g_object_class_list_properties (G_OBJECT_GET_CLASS (owner), &n);
  for (guint i = 0; i < n; i++) {
    GType type = G_PARAM_SPEC_VALUE_TYPE (all[i]);
    if ((all[i]->flags & G_PARAM_READWRITE) == G_PARAM_READWRITE
        && !(all[i]->flags & G_PARAM_CONSTRUCT_ONLY)
        && (type == G_TYPE_UINT || type == G_TYPE_BOOLEAN || G_TYPE_IS_ENUM (type)))
      g_object_bind_property (owner, all[i]->name, track, all[i]->name, G_BINDING_SYNC_CREATE);
  }
}

/* (transfer full); NULL: these pictures cannot be encoded so, here. */
static GenosLocalTrack *
make (GenosTrackEncodings *self, const GenosMediaCodec *codec)
{
  g_autoptr (GenosLocalTrack) track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", codec->kind,
      "stream-id", genos_local_track_get_stream_id (self->owner), "track-id",
      genos_local_track_get_track_id (self->owner), "codec", codec->name, NULL);
  genos_local_track_set_owner (track, self->owner);
  bind_settings (self->owner, track);
  if (self->caps != NULL && !genos_local_track_set_caps (track, self->caps, NULL))
    return NULL;
  add (self, track);
  return g_steal_pointer (&track);
}

static guint
count_used (GenosTrackEncodings *self)
{
  guint n = genos_local_track_is_used (self->owner) ? 1 : 0;
  for (guint i = 0; i < self->others->len; i++)
    n += genos_local_track_is_used (g_ptr_array_index (self->others, i)) ? 1 : 0;
  return n;
}

/* The user's order, of those that may be made; the owner's own without one. (transfer full) (element-type
 * GenosMediaCodec) */
static GPtrArray *
list_allowed (GenosTrackEncodings *self, guint refused)
{
  g_auto (GStrv) codecs = genos_track_encodings_dup_codecs (self);
  const GenosMediaCodec *own = genos_local_track_get_rtp_codec (self->owner);
  GPtrArray *allowed = g_ptr_array_new ();
  gboolean raw = self->caps == NULL || is_raw (self->caps);
  for (guint i = 0; raw && codecs != NULL && codecs[i] != NULL; i++) {
    const GenosMediaCodec *codec = genos_media_codec_by_name (codecs[i]);
    if (codec != NULL && codec->kind == genos_local_track_get_kind (self->owner)
        && !(refused & 1u << codec->id))
      g_ptr_array_add (allowed, (gpointer) codec);
  }
  if (own != NULL && !(refused & 1u << own->id) && !g_ptr_array_find (allowed, own, NULL))
    g_ptr_array_add (allowed, (gpointer) own);
  return allowed;
}

static GenosLocalTrack *
find_used (GenosTrackEncodings *self, GPtrArray *allowed)
{
  for (guint i = 0; i < allowed->len; i++) {
    GenosLocalTrack *track = find (self, g_ptr_array_index (allowed, i));
    if (track != NULL && genos_local_track_is_used (track))
      return g_object_ref (track);
  }
  return NULL;
}

static GenosLocalTrack *
find_or_make (GenosTrackEncodings *self, GPtrArray *allowed)
{
  for (guint i = 0; i < allowed->len; i++) {
    GenosLocalTrack *track = find (self, g_ptr_array_index (allowed, i));
    track = track != NULL ? g_object_ref (track) : make (self, g_ptr_array_index (allowed, i));
    if (track != NULL)
      return track;
  }
  return NULL;
}

static void
explain (GenosTrackEncodings *self, guint refused, gboolean full, GError **error)
{
  g_autofree char *list = genos_media_codec_list_bits (refused);
  if (full)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "it does not take %s, and the track is encoded as %u codec(s) for others already: raise "
        "max-codecs to encode it as one more",
        list, genos_track_encodings_get_max (self));
  else
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "it does not take %s, and there is nothing else to send: give further codecs "
        "(video-codecs, "
        "audio-codecs), which raw media can be encoded as",
        list);
}

GenosLocalTrack *
genos_track_encodings_dup (GenosTrackEncodings *self, guint refused, GError **error)
{
  g_mutex_lock (&self->making);
  g_autoptr (GPtrArray) allowed = list_allowed (self, refused);
  GenosLocalTrack *track = find_used (self, allowed);
  gboolean full = count_used (self) >= genos_track_encodings_get_max (self);
  if (track == NULL && !full)
    track = find_or_make (self, allowed);
  if (track == NULL)
    explain (self, refused, full && allowed->len > 0, error);
  g_mutex_unlock (&self->making);
  return track;
}

guint
genos_track_encodings_get_n_viewers (GenosTrackEncodings *self)
{
  g_autoptr (GPtrArray) others = snapshot (self);
  guint n = 0;
  for (guint i = 0; i < others->len; i++)
    n += genos_local_track_get_n_viewers (g_ptr_array_index (others, i));
  return n;
}

void
genos_track_encodings_describe (GenosTrackEncodings *self, GstStructure *stats)
{
  g_autoptr (GPtrArray) others = snapshot (self);
  GValue list = G_VALUE_INIT;
  if (others->len == 0)
    return;
  gst_value_list_init (&list, others->len);
  for (guint i = 0; i < others->len; i++) {
    GValue value = G_VALUE_INIT;
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, genos_local_track_get_stats (g_ptr_array_index (others, i)));
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_take_value (stats, "other-encodings", &list);
}
