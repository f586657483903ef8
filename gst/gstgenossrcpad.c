/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossrcpad.h"

struct _GstGenosSrcPad {
  GstGhostPad parent;

  GenosRemoteTrack *track;
};

G_DEFINE_TYPE (GstGenosSrcPad, gst_genos_src_pad, GST_TYPE_GHOST_PAD)

enum {
  PROP_0,
  PROP_PEER_ID,
  PROP_STREAM_ID,
  PROP_TRACK_ID,
  PROP_METADATA,
};

static const char *
get_string (GenosRemoteTrack *track, guint id)
{
  switch (id) {
    case PROP_PEER_ID:
      return genos_remote_track_get_peer_id (track);
    case PROP_STREAM_ID:
      return genos_remote_track_get_stream_id (track);
    case PROP_TRACK_ID:
      return genos_remote_track_get_track_id (track);
    default:
      return genos_remote_track_get_metadata (track);
  }
}

static void
gst_genos_src_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosSrcPad *self = GST_GENOS_SRC_PAD (object);

  GST_OBJECT_LOCK (self);
  if (self->track != NULL)
    g_value_set_string (value, get_string (self->track, id));
  GST_OBJECT_UNLOCK (self);
}

void
gst_genos_src_pad_set_track (GstGenosSrcPad *self, GenosRemoteTrack *track)
{
  GST_OBJECT_LOCK (self);
  g_set_object (&self->track, track);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_genos_src_pad_finalize (GObject *object)
{
  g_clear_object (&GST_GENOS_SRC_PAD (object)->track);
  G_OBJECT_CLASS (gst_genos_src_pad_parent_class)->finalize (object);
}

static void
install (GObjectClass *klass, guint id, const char *name, const char *nick, const char *blurb)
{
  g_object_class_install_property (klass, id,
      g_param_spec_string (name, nick, blurb, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_genos_src_pad_class_init (GstGenosSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gst_genos_src_pad_get_property;
  object_class->finalize = gst_genos_src_pad_finalize;
  install (object_class, PROP_PEER_ID, "peer-id", "Peer id", "The peer that sends the track");
  install (object_class, PROP_STREAM_ID, "stream-id", "Stream id",
      "The peer's name of the stream the track belongs to");
  install (object_class, PROP_TRACK_ID, "track-id", "Track id", "The peer's name of the track");
  install (object_class, PROP_METADATA, "metadata", "Metadata",
      "What the peer says about the track, as JSON");
}

static void
gst_genos_src_pad_init (GstGenosSrcPad *self)
{
}

GstGenosSrcPad *
gst_genos_src_pad_new (
    const char *name, GstPadTemplate *templ, GenosRemoteTrack *track, GstPad *target)
{
  GstGenosSrcPad *self = g_object_new (
      GST_TYPE_GENOS_SRC_PAD, "name", name, "direction", GST_PAD_SRC, "template", templ, NULL);

  self->track = g_object_ref (track);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  return self;
}
