/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenossinkpad.h"

#include "gstgenosdataroute.h"
#include "gstgenoselements.h"
#include "gstgenosfields.h"
#include "gstgenosmessage.h"

#define GST_CAT_DEFAULT gst_genos_debug

#define NOBODY "none"

struct _GstGenosSinkPad {
  GstGhostPad parent;

  GenosMediaKind kind;
  GstGenosTrackSink *track_sink;
  /* object lock */
  char *stream_id;
  char *track_id;
  char *metadata;
  char *targets;
  char *paused_peers;
  gboolean mute;
  gboolean pause;
  GWeakRef track; /* the last one that was made */
};

G_DEFINE_TYPE (GstGenosSinkPad, gst_genos_sink_pad, GST_TYPE_GHOST_PAD)

enum {
  PROP_0,
  PROP_STREAM_ID,
  PROP_TRACK_ID,
  PROP_METADATA,
  PROP_TARGETS,
  PROP_PAUSED_PEERS,
  PROP_MUTE,
  PROP_PAUSE,
  PROP_STATS,
};

#define FIELD(id, member) GST_GENOS_FIELD (PROP_##id, GstGenosSinkPad, member)

static const GstGenosField fields[] = {
  FIELD (STREAM_ID, stream_id),
  FIELD (TRACK_ID, track_id),
  FIELD (METADATA, metadata),
  FIELD (TARGETS, targets),
  FIELD (PAUSED_PEERS, paused_peers),
  FIELD (MUTE, mute),
  FIELD (PAUSE, pause),
  { 0 },
};

GenosMediaKind
gst_genos_sink_pad_get_kind (GstGenosSinkPad *self)
{
  return self->kind;
}

void
gst_genos_sink_pad_set_kind (GstGenosSinkPad *self, GenosMediaKind kind)
{
  self->kind = kind;
}

gboolean
gst_genos_sink_pad_shows (GstGenosSinkPad *self, const char *stream_id, const char *track_id)
{
  g_autoptr (GenosLocalTrack) track = g_weak_ref_get (&self->track);

  if (track == NULL)
    return FALSE;
  return (stream_id == NULL || g_strcmp0 (genos_local_track_get_stream_id (track), stream_id) == 0)
      && (track_id == NULL || g_strcmp0 (genos_local_track_get_track_id (track), track_id) == 0);
}

GstGenosTrackSink *
gst_genos_sink_pad_get_track_sink (GstGenosSinkPad *self)
{
  return self->track_sink;
}

/* Ids separated by commas; nothing is everybody, and the word "none" nobody. (transfer full) (nullable) */
static GStrv
parse_targets (const char *text)
{
  if (text == NULL || *text == '\0')
    return NULL;
  return g_str_equal (text, NOBODY) ? g_new0 (char *, 1)
                                    : gst_genos_data_route_parse_targets (text);
}

static void
apply_audience (GstGenosSinkPad *self, GenosLocalTrack *track)
{
  g_auto (GStrv) targets = NULL;
  g_auto (GStrv) paused_peers = NULL;
  gboolean mute, pause;

  GST_OBJECT_LOCK (self);
  targets = parse_targets (self->targets);
  paused_peers =
      self->paused_peers != NULL ? gst_genos_data_route_parse_targets (self->paused_peers) : NULL;
  mute = self->mute;
  pause = self->pause;
  GST_OBJECT_UNLOCK (self);
  g_object_set (genos_local_track_get_audience (track), "targets", targets, "paused-peers",
      paused_peers, "muted", mute, "paused", pause, NULL);
}

GenosLocalTrack *
gst_genos_sink_pad_make_track (GstGenosSinkPad *self, const char *stream_id)
{
  GenosLocalTrack *track;

  GST_OBJECT_LOCK (self);
  track = g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", self->kind, "stream-id",
      self->stream_id != NULL ? self->stream_id : stream_id, "track-id", self->track_id, "metadata",
      self->metadata, NULL);
  GST_OBJECT_UNLOCK (self);
  g_weak_ref_set (&self->track, track);
  apply_audience (self, track);
  return track;
}

static void
set_metadata (GstGenosSinkPad *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) element = gst_pad_get_parent_element (GST_PAD (self));
  char *json = NULL;

  if (text != NULL && *text != '\0')
    json = gst_genos_metadata_to_json (text, &error);
  if (error != NULL) {
    if (element != NULL)
      GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
    else
      GST_WARNING_OBJECT (self, "%s", error->message);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_free (self->metadata);
  self->metadata = json;
  GST_OBJECT_UNLOCK (self);
}

/* At once, for a track that is there already. */
static void
change_audience (GstGenosSinkPad *self)
{
  g_autoptr (GenosLocalTrack) track = g_weak_ref_get (&self->track);

  if (track != NULL)
    apply_audience (self, track);
}

static gboolean
set_field (GstGenosSinkPad *self, guint id, const GValue *value)
{
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = gst_genos_fields_set (fields, self, id, value);
  GST_OBJECT_UNLOCK (self);
  return known;
}

static void
gst_genos_sink_pad_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstGenosSinkPad *self = GST_GENOS_SINK_PAD (object);

  if (id == PROP_METADATA)
    set_metadata (self, g_value_get_string (value));
  else if (!set_field (self, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  if (id == PROP_TARGETS || id == PROP_PAUSED_PEERS || id == PROP_MUTE || id == PROP_PAUSE)
    change_audience (self);
}

static void
gst_genos_sink_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosSinkPad *self = GST_GENOS_SINK_PAD (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, gst_genos_track_sink_get_stats (self->track_sink));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!gst_genos_fields_get (fields, self, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_genos_sink_pad_finalize (GObject *object)
{
  GstGenosSinkPad *self = GST_GENOS_SINK_PAD (object);

  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->metadata);
  g_free (self->targets);
  g_free (self->paused_peers);
  g_weak_ref_clear (&self->track);
  gst_clear_object (&self->track_sink);
  G_OBJECT_CLASS (gst_genos_sink_pad_parent_class)->finalize (object);
}

static void
install_audience (GObjectClass *klass, GParamFlags flags)
{
  g_object_class_install_property (klass, PROP_TARGETS,
      g_param_spec_string ("targets", "Targets",
          "Ids of the peers that are offered the track, separated by commas (unset: everybody; "
          "none: nobody)",
          NULL, flags));
  g_object_class_install_property (klass, PROP_PAUSED_PEERS,
      g_param_spec_string ("paused-peers", "Paused peers",
          "Ids of peers that are sent nothing for now, separated by commas", NULL, flags));
  g_object_class_install_property (klass, PROP_MUTE,
      g_param_spec_boolean ("mute", "Mute",
          "Send black or silence (nothing, for media that comes encoded)", FALSE, flags));
  g_object_class_install_property (klass, PROP_PAUSE,
      g_param_spec_boolean (
          "pause", "Pause", "Send nothing, and encode nothing; the track stays", FALSE, flags));
}

static void
gst_genos_sink_pad_class_init (GstGenosSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_genos_sink_pad_set_property;
  object_class->get_property = gst_genos_sink_pad_get_property;
  object_class->finalize = gst_genos_sink_pad_finalize;
  g_object_class_install_property (object_class, PROP_STREAM_ID,
      g_param_spec_string ("stream-id", "Stream id",
          "Name of the stream; pads of equal stream id are one MediaStream to browsers (unset: "
          "all pads of the element)",
          NULL, flags));
  g_object_class_install_property (object_class, PROP_TRACK_ID,
      g_param_spec_string (
          "track-id", "Track id", "Name of the track (unset: random)", NULL, flags));
  g_object_class_install_property (object_class, PROP_METADATA,
      g_param_spec_string ("metadata", "Metadata",
          "What to tell the peers about the track: JSON, or a GstStructure's text, which becomes "
          "a JSON object",
          NULL, flags));
  install_audience (object_class, flags | GST_PARAM_MUTABLE_PLAYING);
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counters of the track: frames-in, unwanted, dropped, packets-out, bytes-out, "
          "key-frames, viewers and more (NULL: no media yet, or no more)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_genos_sink_pad_init (GstGenosSinkPad *self)
{
  g_weak_ref_init (&self->track, NULL);
}

GstGenosSinkPad *
gst_genos_sink_pad_new (
    const char *name, GenosMediaKind kind, GstPadTemplate *templ, GstGenosTrackSink *track_sink)
{
  GstGenosSinkPad *self = g_object_new (
      GST_TYPE_GENOS_SINK_PAD, "name", name, "direction", GST_PAD_SINK, "template", templ, NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (GST_ELEMENT (track_sink), "sink");

  self->kind = kind;
  self->track_sink = gst_object_ref (track_sink);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  return self;
}
