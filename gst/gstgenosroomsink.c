/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-genosroomsink
 * @title: genosroomsink
 * @see_also: genosroomsrc
 *
 * Sends video and audio to everybody in a serverless peer-to-peer room: browsers that run
 * GenosRTC (the rooms of GenosDB) or Trystero, and other pipelines. Raw media is encoded once,
 * however many peers there are; what comes encoded goes through as it is. A sink without pads
 * is in the room as well: it chats and sees who comes and goes.
 *
 * On a data pad each buffer is a message of a channel: text, timed text, JSON, bytes or KLV.
 *
 * ## Launch lines
 *
 * |[
 * gst-launch-1.0 v4l2src ! videoconvert ! genosroomsink room=garden
 * ]| A camera in a room.
 * |[
 * gst-launch-1.0 genosroomsink name=s room=garden relays=ws://127.0.0.1:7777 \
 *     videotestsrc is-live=true ! s. audiotestsrc is-live=true wave=ticks ! s.
 * ]| Test picture and sound through a relay of one's own (`genos relay --port 7777`).
 * |[
 * gst-launch-1.0 genosroomsink name=s room=garden data_0::channel=chat \
 *     fdsrc ! text/x-raw,format=utf8 ! s.data_0
 * ]| Each line that is typed, as a message of the channel "chat".
 * |[
 * gst-launch-1.0 genosroomsink name=s room=garden data_0::channel=subtitles \
 *     filesrc location=film.mkv ! matroskademux name=d d. ! queue ! video/x-vp8 ! s.video_0 \
 *     filesrc location=film.srt ! subparse ! text/x-raw,format=utf8 ! s.data_0
 * ]| A film with its subtitles, each at its time.
 * |[
 * gst-launch-1.0 -m genosroomsrc room=garden relays=ws://127.0.0.1:7777 ! videoconvert ! autovideosink
 * ]| The other end.
 */

#include "gstgenosroomsink.h"

#include "gstgenoscodec.h"
#include "gstgenosdataformat.h"
#include "gstgenosdatasinkpad.h"
#include "gstgenoselements.h"
#include "gstgenoshooks.h"
#include "gstgenosmemberactions.h"
#include "gstgenosnavigation.h"
#include "gstgenospadnames.h"
#include "gstgenosroommember.h"
#include "gstgenossinkpad.h"
#include "gstgenossinkproperties.h"
#include "gstgenosviewerevents.h"

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosRoomSink {
  GstBin parent;

  GstGenosRoomMember member;
  GstGenosViewerEvents *viewer_events;
  char *stream_id;               /* of all pads that are given no other */
  GstGenosSinkSettings settings; /* object lock */
  GstGenosPadNames pad_names;    /* object lock */
};

static void child_proxy_init (GstChildProxyInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GstGenosRoomSink, gst_genos_room_sink, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, child_proxy_init))

GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (genosroomsink, "genosroomsink", GST_RANK_NONE,
    GST_TYPE_GENOS_ROOM_SINK, gst_genos_element_init ())

static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE (
    "video_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (GST_GENOS_VIDEO_CAPS));
static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE (
    "audio_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (GST_GENOS_AUDIO_CAPS));

static GstStaticPadTemplate data_template = GST_STATIC_PAD_TEMPLATE (
    "data_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS (GST_GENOS_DATA_SINK_CAPS));

/* Whatever it turns out to be: a tee says nothing of it, and is linked only to what takes anything. */
static GstStaticPadTemplate any_template =
    GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);

/* tracks */

static void
add_track (GstGenosRoomSession *session, GenosRoom *room, gpointer track)
{
  genos_room_add_track (room, track);
}

static void
remove_track (GstGenosRoomSession *session, GenosRoom *room, gpointer track)
{
  genos_room_remove_track (room, track);
}

static GenosLocalTrack *
make_track (GstGenosRoomSink *self, GstGenosSinkPad *pad)
{
  GenosLocalTrack *track = gst_genos_sink_pad_make_track (pad, self->stream_id);
  GstGenosSinkSettings settings;

  GST_OBJECT_LOCK (self);
  gst_genos_sink_settings_copy (&settings, &self->settings);
  GST_OBJECT_UNLOCK (self);
  gst_genos_sink_settings_apply (&settings, track);
  gst_genos_sink_settings_clear (&settings);
  return track;
}

static GenosLocalTrack *
on_track_wanted (GstGenosTrackSink *track_sink, GstCaps *caps, GstGenosSinkPad *pad)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (GST_PAD (pad));
  g_autoptr (GstGenosRoomSession) session = NULL;
  GenosLocalTrack *track;

  if (element == NULL)
    return NULL;
  session = gst_genos_room_member_ref_session (&GST_GENOS_ROOM_SINK (element)->member);
  if (session == NULL)
    return NULL;
  gst_genos_sink_pad_set_kind (pad, gst_genos_track_sink_get_kind (track_sink));
  track = make_track (GST_GENOS_ROOM_SINK (element), pad);
  gst_genos_hooks_watch (element, GST_PAD (pad), track);
  gst_genos_room_session_invoke (session, add_track, g_object_ref (track), g_object_unref);
  return track;
}

static void
on_track_ended (GstGenosTrackSink *track_sink, GenosLocalTrack *track, GstGenosRoomSink *self)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (&self->member);

  if (session != NULL)
    gst_genos_room_session_invoke (session, remove_track, g_object_ref (track), g_object_unref);
}

static GstGenosRoomSession *
on_session_wanted (GstGenosDataSink *data_sink, GstGenosRoomSink *self)
{
  return gst_genos_room_member_ref_session (&self->member);
}

/* Everybody in the room may say so; whether it is heard is the application's choice. */
static void
on_message (GstElement *element, GstGenosRoomSession *session, const char *channel,
    const char *peer_id, GenosMessage *message)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (element);
  gboolean enabled;

  GST_OBJECT_LOCK (self);
  enabled = self->settings.navigation;
  GST_OBJECT_UNLOCK (self);
  if (enabled && g_str_equal (channel, GST_GENOS_NAVIGATION_CHANNEL))
    gst_genos_viewer_events_take (self->viewer_events, message);
}

/* pads */

/* @format: the name of the pad's template */
static char *
make_pad_name (GstGenosRoomSink *self, const char *format)
{
  g_autoptr (GstPad) taken = NULL;
  char *name = NULL;

  do {
    g_free (name);
    gst_clear_object (&taken);
    GST_OBJECT_LOCK (self);
    name = gst_genos_pad_names_next (&self->pad_names, format);
    GST_OBJECT_UNLOCK (self);
    taken = gst_element_get_static_pad (GST_ELEMENT (self), name);
  } while (taken != NULL);
  return name;
}

/* Whether the pipeline waits for its sinks to preroll, as while decodebin brings its pads. */
static gboolean
is_prerolling (GstGenosRoomSink *self)
{
  g_autoptr (GstObject) top = gst_object_ref (GST_OBJECT (self));
  GstObject *parent;

  while ((parent = gst_object_get_parent (top)) != NULL) {
    gst_object_unref (top);
    top = parent;
  }
  return GST_STATE (top) < GST_STATE_PAUSED;
}

/* A pad that comes while media is running must not take the pipeline out of PLAYING until its
 * first buffer is there; before, prerolling is what lets a file begin without a rush, and what a
 * pipeline has to wait for: one that goes on to PLAYING while its last pads come loses its EOS. */
static GstElement *
make_track_sink (GstGenosRoomSink *self, GenosMediaKind kind)
{
  GstGenosTrackSink *track_sink = gst_genos_track_sink_new (kind);

  gst_base_sink_set_async_enabled (GST_BASE_SINK (track_sink), is_prerolling (self));
  return GST_ELEMENT (track_sink);
}

/* The pad, whose end is put into the bin before: a bin unlinks what is put into it. (transfer
 * floating) */
static GstPad *
make_track_pad (
    GstGenosRoomSink *self, GstPadTemplate *templ, const char *name, GenosMediaKind kind)
{
  GstElement *end = make_track_sink (self, kind);
  GstGenosSinkPad *pad;

  gst_bin_add (GST_BIN (self), end);
  if (g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), "sink"))
    gst_genos_track_sink_take_any (GST_GENOS_TRACK_SINK (end));
  pad = gst_genos_sink_pad_new (name, kind, templ, GST_GENOS_TRACK_SINK (end));
  g_signal_connect_object (end, "track-wanted", G_CALLBACK (on_track_wanted), pad, 0);
  g_signal_connect (end, "track-ended", G_CALLBACK (on_track_ended), self);
  return GST_PAD (pad);
}

static GstPad *
make_data_pad (GstGenosRoomSink *self, GstPadTemplate *templ, const char *name)
{
  GstGenosDataSink *end = gst_genos_data_sink_new ();

  gst_bin_add (GST_BIN (self), GST_ELEMENT (end));
  g_signal_connect (end, "session-wanted", G_CALLBACK (on_session_wanted), self);
  return GST_PAD (gst_genos_data_sink_pad_new (name, templ, end));
}

static GstPad *
make_pad (GstGenosRoomSink *self, GstPadTemplate *templ, const char *name)
{
  const char *format = GST_PAD_TEMPLATE_NAME_TEMPLATE (templ);

  if (g_str_has_prefix (format, "data"))
    return make_data_pad (self, templ, name);
  return make_track_pad (self, templ, name,
      g_str_has_prefix (format, "video") ? GENOS_MEDIA_VIDEO : GENOS_MEDIA_AUDIO);
}

/* The element behind a pad. (transfer full) */
static GstElement *
ref_end (GstPad *pad)
{
  if (GST_IS_GENOS_DATA_SINK_PAD (pad))
    return gst_object_ref (gst_genos_data_sink_pad_get_data_sink (GST_GENOS_DATA_SINK_PAD (pad)));
  return gst_object_ref (gst_genos_sink_pad_get_track_sink (GST_GENOS_SINK_PAD (pad)));
}

static GstPad *
gst_genos_room_sink_request_new_pad (
    GstElement *element, GstPadTemplate *templ, const char *wanted_name, const GstCaps *caps)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (element);
  g_autofree char *name = NULL;
  g_autoptr (GstElement) end = NULL;
  GstPad *pad;

  /* GStreamer asks by the template's own name where both ends are asked for. */
  name = wanted_name != NULL && strchr (wanted_name, '%') == NULL
      ? g_strdup (wanted_name)
      : make_pad_name (self, GST_PAD_TEMPLATE_NAME_TEMPLATE (templ));
  pad = make_pad (self, templ, name);
  end = ref_end (pad);
  if (!gst_element_add_pad (element, GST_PAD (gst_object_ref (pad)))) {
    gst_bin_remove (GST_BIN (self), end);
    gst_object_unref (pad);
    return NULL;
  }
  gst_element_sync_state_with_parent (end);
  gst_child_proxy_child_added (GST_CHILD_PROXY (self), G_OBJECT (pad), name);
  gst_object_unref (pad);
  return pad;
}

static void
gst_genos_room_sink_release_pad (GstElement *element, GstPad *pad)
{
  g_autoptr (GstElement) end = ref_end (pad);
  g_autofree char *name = gst_pad_get_name (pad);

  gst_child_proxy_child_removed (GST_CHILD_PROXY (element), G_OBJECT (pad), name);
  gst_element_set_locked_state (end, TRUE);
  gst_element_set_state (end, GST_STATE_NULL);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  gst_bin_remove (GST_BIN (element), end);
}

/* The pads are the children an application may want to name, as in video_0::metadata=… */

static guint
get_children_count (GstChildProxy *proxy)
{
  guint count;

  GST_OBJECT_LOCK (proxy);
  count = GST_ELEMENT (proxy)->numsinkpads;
  GST_OBJECT_UNLOCK (proxy);
  return count;
}

static GObject *
get_child_by_index (GstChildProxy *proxy, guint index)
{
  GObject *pad;

  GST_OBJECT_LOCK (proxy);
  pad = g_list_nth_data (GST_ELEMENT (proxy)->sinkpads, index);
  if (pad != NULL)
    g_object_ref (pad);
  GST_OBJECT_UNLOCK (proxy);
  return pad;
}

static GObject *
get_child_by_name (GstChildProxy *proxy, const char *name)
{
  return G_OBJECT (gst_element_get_static_pad (GST_ELEMENT (proxy), name));
}

static void
child_proxy_init (GstChildProxyInterface *iface)
{
  iface->get_children_count = get_children_count;
  iface->get_child_by_index = get_child_by_index;
  iface->get_child_by_name = get_child_by_name;
}

/* states */

/* FALSE after posting an error. */
static gboolean
check_settings (GstGenosRoomSink *self)
{
  GstGenosSinkSettings settings;
  g_autoptr (GError) error = NULL;
  gboolean sound;

  GST_OBJECT_LOCK (self);
  gst_genos_sink_settings_copy (&settings, &self->settings);
  GST_OBJECT_UNLOCK (self);
  sound = gst_genos_sink_settings_check (&settings, &error);
  gst_genos_sink_settings_clear (&settings);
  if (!sound)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  return sound;
}

static GstStateChangeReturn
gst_genos_room_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    genos_room_prepare ();
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && (!check_settings (self) || !gst_genos_room_member_join (&self->member)))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_genos_room_sink_parent_class)->change_state (element, transition);
  /* A failed way up is not undone by a way down; and one that was aborted has no PAUSED to come down from: it
   * goes from READY to READY, or to NULL. */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || transition == GST_STATE_CHANGE_READY_TO_READY
      || transition == GST_STATE_CHANGE_READY_TO_NULL
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    gst_genos_room_member_leave (&self->member);
  /* There GstElement repeats its last result, which may be the failure that is being left behind. */
  if (transition == GST_STATE_CHANGE_READY_TO_READY && result == GST_STATE_CHANGE_FAILURE)
    return GST_STATE_CHANGE_SUCCESS;
  return result;
}

/* properties and action signals */

static void
gst_genos_room_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (object);

  if (gst_genos_room_member_set_property (&self->member, id, value))
    return;
  GST_OBJECT_LOCK (self);
  if (!gst_genos_sink_settings_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_genos_room_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (object);

  if (gst_genos_room_member_get_property (&self->member, id, value))
    return;
  GST_OBJECT_LOCK (self);
  if (!gst_genos_sink_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_genos_room_sink_finalize (GObject *object)
{
  GstGenosRoomSink *self = GST_GENOS_ROOM_SINK (object);

  gst_genos_room_member_clear (&self->member);
  gst_genos_viewer_events_free (self->viewer_events);
  gst_genos_sink_settings_clear (&self->settings);
  g_free (self->stream_id);
  G_OBJECT_CLASS (gst_genos_room_sink_parent_class)->finalize (object);
}

static void
gst_genos_room_sink_class_init (GstGenosRoomSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_genos_room_sink_set_property;
  object_class->get_property = gst_genos_room_sink_get_property;
  object_class->finalize = gst_genos_room_sink_finalize;
  gst_genos_sink_properties_install (object_class);
  gst_genos_member_actions_install (G_TYPE_FROM_CLASS (klass));
  gst_genos_hooks_install (G_TYPE_FROM_CLASS (klass));

  element_class->request_new_pad = gst_genos_room_sink_request_new_pad;
  element_class->release_pad = gst_genos_room_sink_release_pad;
  element_class->change_state = gst_genos_room_sink_change_state;
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &video_template, GST_TYPE_GENOS_SINK_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &audio_template, GST_TYPE_GENOS_SINK_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &data_template, GST_TYPE_GENOS_DATA_SINK_PAD);
  /* The last, so that it is asked for only where no other fits. */
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &any_template, GST_TYPE_GENOS_SINK_PAD);
  gst_element_class_set_static_metadata (element_class, "Peer-to-peer room sink",
      "Sink/Network/WebRTC",
      "Sends video, audio and data to the peers of a serverless room (GenosRTC, Trystero)",
      "genosrooms contributors");
}

static void
gst_genos_room_sink_init (GstGenosRoomSink *self)
{
  gst_genos_room_member_init (&self->member, GST_ELEMENT (self));
  self->member.message = on_message;
  self->viewer_events = gst_genos_viewer_events_new (GST_ELEMENT (self));
  self->stream_id = g_uuid_string_random ();
  gst_genos_sink_settings_init (&self->settings);
}
