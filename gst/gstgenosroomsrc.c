/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-genosroomsrc
 * @title: genosroomsrc
 * @see_also: genosroomsink
 *
 * Receives what the peers of a serverless room send: browsers that run GenosRTC (the rooms of
 * GenosDB) or Trystero, and other pipelines. Each track that arrives becomes a pad, which ends with
 * EOS and goes when the track or its peer does; the element goes on. The properties of the pad,
 * and tags, say whose track it is.
 *
 * ## Launch lines
 *
 * |[
 * gst-launch-1.0 genosroomsrc room=garden ! videoconvert ! autovideosink
 * ]| Watches the first camera that comes.
 * |[
 * gst-launch-1.0 -e genosroomsrc name=r room=garden output=encoded \
 *     matroskamux name=m offset-to-zero=true ! filesink location=garden.mkv \
 *     r. ! video/x-vp8 ! queue ! m.video_0 r. ! audio/x-opus ! queue ! m.audio_0
 * ]| Records a peer's camera and microphone as they are.
 * |[
 * gst-launch-1.0 genosroomsrc room=garden data-channels=chat ! text/x-raw ! fdsink
 * ]| What a peer says in the channel "chat".
 * |[
 * gst-play-1.0 "genos://garden?relay=ws://127.0.0.1:7777"
 * ]| The same by URI.
 */

#include "gstgenosroomsrc.h"

#include "gstgenosbranches.h"
#include "gstgenoschoice.h"
#include "gstgenosdatabranch.h"
#include "gstgenosdatapads.h"
#include "gstgenosdatasrcpad.h"
#include "gstgenoselements.h"
#include "gstgenosmemberactions.h"
#include "gstgenosmemberuri.h"
#include "gstgenosnavigation.h"
#include "gstgenospadwatch.h"
#include "gstgenosreception.h"
#include "gstgenosroommember.h"
#include "gstgenossrcpad.h"
#include "gstgenossrcproperties.h"
#include "gstgenostrackbranch.h"
#include "gstgenosviewerevents.h"

#define GST_CAT_DEFAULT gst_genos_debug

struct _GstGenosRoomSrc {
  GstBin parent;

  GstGenosRoomMember member;
  GstGenosDataPads *data_pads;
  GstGenosTimeLine *time_line;
  GstGenosChoice *choice;
  /* Open between READY → PAUSED and back, until EOS. */
  GstGenosBranches *branches;
  GstGenosPadWatch *pad_watch;
  GstGenosSrcSettings settings; /* object lock */
  GError *bad_subscribe;        /* (nullable): object lock */
};

G_DEFINE_TYPE_WITH_CODE (GstGenosRoomSrc, gst_genos_room_src, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, gst_genos_member_uri_init))

GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (genosroomsrc, "genosroomsrc", GST_RANK_PRIMARY,
    GST_TYPE_GENOS_ROOM_SRC, gst_genos_element_init ())

static GstStaticPadTemplate video_template =
    GST_STATIC_PAD_TEMPLATE ("video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
        GST_STATIC_CAPS ("video/x-raw(ANY); video/x-vp8; video/x-vp9; video/x-h264; video/x-h265; "
                         "video/x-av1; application/x-rtp, media=(string)video"));
static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
        GST_STATIC_CAPS ("audio/x-raw; audio/x-opus; audio/x-mulaw; audio/x-alaw; "
                         "application/x-rtp, media=(string)audio"));

static GstStaticPadTemplate data_template = GST_STATIC_PAD_TEMPLATE (
    "data_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS (GST_GENOS_DATA_SRC_CAPS));

/* branches */

static void
remove_branch (GstElement *element, gpointer user_data)
{
  gst_genos_branches_remove (GST_GENOS_ROOM_SRC (element)->branches, user_data);
}

static void
unref_branch (gpointer branch)
{
  gst_genos_branch_unref (branch);
}

static void
on_branch_ended (GstGenosBranch *branch, GstElement *owner)
{
  /* A streaming thread cannot end itself. */
  gst_element_call_async (owner, remove_branch, gst_genos_branch_ref (branch), unref_branch);
}

static char *
make_pad_name (GstElement *owner, const char *format)
{
  return gst_genos_branches_make_pad_name (GST_GENOS_ROOM_SRC (owner)->branches, format);
}

static guint
get_group_id (GstElement *element, const char *peer_id)
{
  return gst_genos_branches_get_group_id (GST_GENOS_ROOM_SRC (element)->branches, peer_id);
}

/* Of the two latencies in force, one in the jitterbuffer, the greater one has to be waited; the user may
 * want more than both. */
static GstClockTime
get_latency (GstElement *element)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  guint own, of_session = 0;

  GST_OBJECT_LOCK (self);
  own = MAX (self->member.settings.latency, self->settings.playout_delay);
  if (self->member.session != NULL)
    of_session = gst_genos_room_session_get_latency (self->member.session);
  GST_OBJECT_UNLOCK (self);
  return MAX (own, of_session) * GST_MSECOND;
}

static gboolean
map_time (GstElement *element, const char *peer_id, GstClockTime capture, GstClockTime *time)
{
  return gst_genos_time_line_map (GST_GENOS_ROOM_SRC (element)->time_line, peer_id, capture, time);
}

/* What another element in the room takes comes here as well, and so does what a peer sends where it
 * receives a track of ours. */
static gboolean
takes_codec (GstGenosRoomSrc *self, GenosRemoteTrack *track)
{
  const GstStructure *format = gst_caps_get_structure (genos_remote_track_get_caps (track), 0);
  const char *name = gst_structure_get_string (format, "encoding-name");
  gboolean video = genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO;
  const GstGenosRoomSettings *settings = &self->member.settings;
  gboolean takes;

  GST_OBJECT_LOCK (self);
  takes = gst_genos_reception_takes (video ? settings->video_codecs : settings->audio_codecs, name);
  GST_OBJECT_UNLOCK (self);
  if (!takes)
    GST_ELEMENT_WARNING (self, STREAM, WRONG_TYPE,
        ("A track of peer %s is left out: it is %s, which is not among %s-codecs, or cannot be "
         "taken "
         "apart here",
            genos_remote_track_get_peer_id (track), name, video ? "video" : "audio"),
        (NULL));
  return takes;
}

/* (nullable) */
static GstGenosBranch *
make_track_branch (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  GstElement *element = GST_ELEMENT (self);
  GenosRemoteTrack *track = gst_genos_track_feed_get_track (feed);
  GstGenosOutput output;
  GstGenosFill fill;
  GstGenosTrackSrc *source;
  gboolean by_capture;
  guint key_frame_interval;

  if (!takes_codec (self, track))
    return NULL;
  GST_OBJECT_LOCK (self);
  output = self->settings.output;
  fill = self->settings.fill;
  by_capture = self->settings.capture_time;
  key_frame_interval = self->settings.key_frame_interval;
  GST_OBJECT_UNLOCK (self);
  source = gst_genos_track_src_new (feed, self->time_line,
      get_group_id (element, genos_remote_track_get_peer_id (track)), get_latency (element));
  gst_genos_track_src_set_capture_time (source, by_capture);
  gst_genos_track_src_set_key_frame_interval (source, key_frame_interval * GST_MSECOND);
  return gst_genos_track_branch_new (element, source, output, fill, make_pad_name, on_branch_ended);
}

static gboolean
wants_feed (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  GstGenosTrackName name;

  gst_genos_track_name_of_track (&name, gst_genos_track_feed_get_track (feed));
  return gst_genos_choice_wants (self->choice, &name);
}

static void
on_feed_added (GstElement *element, GstGenosTrackFeed *feed)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstGenosBranch *branch;

  if (!gst_genos_branches_is_open (self->branches) || !wants_feed (self, feed)
      || gst_genos_branches_adopt (self->branches, feed))
    return;
  branch = make_track_branch (self, feed);
  if (branch != NULL)
    gst_genos_branches_take (self->branches, branch);
}

static void
on_data_wanted (GstElement *element, GstGenosDataSrc *source)
{
  gst_genos_branches_take (GST_GENOS_ROOM_SRC (element)->branches,
      gst_genos_data_branch_new (element, source, make_pad_name, on_branch_ended));
}

static void
on_message (GstElement *element, GstGenosRoomSession *session, const char *channel,
    const char *peer_id, GenosMessage *message)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);

  if (gst_genos_branches_is_open (self->branches))
    gst_genos_data_pads_take (self->data_pads, channel, peer_id, message);
}

static void
on_peer_left (GstElement *element, const char *peer_id)
{
  gst_genos_data_pads_end_peer (GST_GENOS_ROOM_SRC (element)->data_pads, peer_id);
}

static void
on_feed_removed (GstElement *element, GstGenosTrackFeed *feed)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstGenosBranch *branch = gst_genos_branches_ref_of_feed (self->branches, feed);
  guint linger;

  if (branch == NULL)
    return;
  GST_OBJECT_LOCK (self);
  linger = self->settings.pad_linger;
  GST_OBJECT_UNLOCK (self);
  if (linger == 0 || !gst_genos_track_branch_linger (branch, linger * G_TIME_SPAN_SECOND))
    gst_genos_branch_end (branch);
  gst_genos_branch_unref (branch);
}

/* choosing tracks */

static void
review_feed (GenosPeer *peer, GstGenosTrackFeed *feed, gpointer user_data)
{
  GstGenosRoomSrc *self = user_data;
  GstGenosBranch *branch = gst_genos_branches_ref_of_feed (self->branches, feed);

  if (branch == NULL)
    on_feed_added (GST_ELEMENT (self), feed);
  else if (!wants_feed (self, feed))
    gst_genos_branch_end (branch);
  g_clear_pointer (&branch, gst_genos_branch_unref);
}

static void
review (GstGenosRoomSession *session, GenosRoom *room, gpointer user_data)
{
  gst_genos_room_session_refilter (session);
  gst_genos_room_session_foreach_feed (session, review_feed, user_data);
}

static void
choose_again (GstGenosRoomSrc *self)
{
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (&self->member);

  if (session != NULL)
    gst_genos_room_session_post (session, review, gst_object_ref (self), gst_object_unref);
}

static gboolean
on_track_wanted (GstElement *element, GenosTrackOffer *offer)
{
  GstGenosTrackName name;

  gst_genos_track_name_of_offer (&name, offer);
  return gst_genos_choice_wants (GST_GENOS_ROOM_SRC (element)->choice, &name);
}

static void
on_tracks_changed (GstElement *element, GstGenosRoomSession *session, GenosRoom *room)
{
  gst_genos_choice_tell (GST_GENOS_ROOM_SRC (element)->choice, session, room);
}

static void
set_subscribe (GstGenosRoomSrc *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (gst_genos_choice_set_text (self->choice, text, &error))
    choose_again (self);
  else
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS, ("subscribe: %s", error->message), (NULL));
  /* Nobody hears that before the element is in a pipeline. */
  GST_OBJECT_LOCK (self);
  g_clear_error (&self->bad_subscribe);
  self->bad_subscribe = g_steal_pointer (&error);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
check_subscribe (GstGenosRoomSrc *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  error = self->bad_subscribe != NULL ? g_error_copy (self->bad_subscribe) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (error != NULL)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("subscribe: %s", error->message), (NULL));
  return error == NULL;
}

static void
select_streams (GstGenosRoomSrc *self, GstEvent *event)
{
  GList *stream_ids = NULL;

  gst_event_parse_select_streams (event, &stream_ids);
  gst_genos_choice_select (self->choice, stream_ids);
  g_list_free_full (stream_ids, g_free);
  choose_again (self);
}

static GstPadProbeReturn
pass_back (GstGenosRoomSrc *self, GstPad *pad, GstEvent *event)
{
  g_autofree char *peer_id = NULL, *stream_id = NULL, *track_id = NULL;
  gboolean navigation;

  GST_OBJECT_LOCK (self);
  navigation = self->settings.navigation;
  GST_OBJECT_UNLOCK (self);
  if (!navigation || !GST_IS_GENOS_SRC_PAD (pad) || !gst_genos_navigation_takes (event))
    return GST_PAD_PROBE_OK;
  g_object_get (pad, "peer-id", &peer_id, "stream-id", &stream_id, "track-id", &track_id, NULL);
  gst_genos_viewer_events_send (&self->member, event, peer_id, stream_id, track_id);
  return GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);

  if (element == NULL)
    return GST_PAD_PROBE_OK;
  if (GST_EVENT_TYPE (event) != GST_EVENT_SELECT_STREAMS)
    return pass_back (GST_GENOS_ROOM_SRC (element), pad, event);
  select_streams (GST_GENOS_ROOM_SRC (element), event);
  return GST_PAD_PROBE_DROP;
}

static void
gst_genos_room_src_pad_added (GstElement *element, GstPad *pad)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  g_autoptr (GstGenosRoomSession) session = gst_genos_room_member_ref_session (&self->member);
  gboolean by_uri;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, NULL, NULL);
  GST_OBJECT_LOCK (self);
  by_uri = self->member.by_uri;
  GST_OBJECT_UNLOCK (self);
  if (by_uri && session != NULL)
    gst_genos_pad_watch_note (self->pad_watch, session);
}

/* messages and events */

/* A decoder that fails ends its own pad, not the pipeline. */
static gboolean
soften_error (GstGenosRoomSrc *self, GstMessage *message)
{
  GstGenosBranch *branch =
      gst_genos_branches_ref_of_object (self->branches, GST_MESSAGE_SRC (message));
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;
  GstGenosTrackFeed *feed;

  if (branch == NULL)
    return FALSE;
  gst_message_parse_error (message, &error, &debug);
  feed = gst_genos_track_branch_get_feed (branch);
  if (feed != NULL)
    GST_ELEMENT_WARNING (self, STREAM, DECODE,
        ("A track of peer %s ends: %s",
            genos_remote_track_get_peer_id (gst_genos_track_feed_get_track (feed)), error->message),
        ("%s", debug));
  gst_genos_branch_end (branch);
  gst_genos_branch_unref (branch);
  return TRUE;
}

static void
gst_genos_room_src_handle_message (GstBin *bin, GstMessage *message)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
      && soften_error (GST_GENOS_ROOM_SRC (bin), message)) {
    gst_message_unref (message);
    return;
  }
  GST_BIN_CLASS (gst_genos_room_src_parent_class)->handle_message (bin, message);
}

/* gst-launch-1.0 -e waits for the EOS of what no pad was ever linked to. The text twice, since it shows
 * the second one only. */
static void
tell_of_no_pads (GstGenosRoomSrc *self)
{
  static const char text[] = "nobody has sent anything, so that nothing gets EOS from here: what "
                             "waits for it has to be stopped without";

  GST_ELEMENT_INFO (self, STREAM, FAILED, (text), (text));
}

/* The application ends its recording: all pads end, and none comes any more. */
static gboolean
gst_genos_room_src_send_event (GstElement *element, GstEvent *event)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SELECT_STREAMS) {
    select_streams (self, event);
    gst_event_unref (event);
    return TRUE;
  }
  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_room_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  gst_genos_branches_close (self->branches);
  gst_genos_branches_end_all (self->branches);
  if (element->numsrcpads == 0)
    tell_of_no_pads (self);
  return TRUE;
}

/* states */

/* @list: where what is taken goes. FALSE after posting an error. */
static gboolean
prepare_codecs (GstGenosRoomSrc *self, GenosMediaKind kind, const char *wanted, char **list)
{
  const char *property = kind == GENOS_MEDIA_VIDEO ? "video-codecs" : "audio-codecs";
  g_autofree char *codecs = NULL, *missing = NULL;
  g_autoptr (GError) error = NULL;
  GstGenosOutput output;

  GST_OBJECT_LOCK (self);
  output = self->settings.output;
  GST_OBJECT_UNLOCK (self);
  if (!gst_genos_reception_list_codecs (output, kind, wanted, &codecs, &missing, &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("\"%s\": %s", property, error->message), (NULL));
    return FALSE;
  }
  if (missing != NULL)
    GST_ELEMENT_WARNING (self, STREAM, CODEC_NOT_FOUND,
        ("\"%s\": nothing is installed here for %s, which is not taken", property, missing),
        (NULL));
  GST_OBJECT_LOCK (self);
  g_free (*list);
  *list = g_steal_pointer (&codecs);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static gboolean
begin (GstGenosRoomSrc *self)
{
  g_autofree char *video = NULL, *audio = NULL;
  gboolean by_capture;

  if (!check_subscribe (self))
    return FALSE;
  GST_OBJECT_LOCK (self);
  video = g_strdup (self->settings.video_codecs);
  audio = g_strdup (self->settings.audio_codecs);
  GST_OBJECT_UNLOCK (self);
  if (!prepare_codecs (self, GENOS_MEDIA_VIDEO, video, &self->member.settings.video_codecs)
      || !prepare_codecs (self, GENOS_MEDIA_AUDIO, audio, &self->member.settings.audio_codecs))
    return FALSE;
  GST_OBJECT_LOCK (self);
  by_capture = self->settings.capture_time;
  GST_OBJECT_UNLOCK (self);
  gst_genos_time_line_set_by_capture (self->time_line, by_capture);
  gst_genos_branches_begin (self->branches);
  return gst_genos_room_member_join (&self->member);
}

static void
finish (GstGenosRoomSrc *self)
{
  gst_genos_branches_close (self->branches);
  gst_genos_branches_remove_all (self->branches);
  gst_genos_pad_watch_stop (self->pad_watch);
  gst_genos_room_member_leave (&self->member);
  gst_genos_data_pads_clear (self->data_pads);
  gst_genos_choice_reset (self->choice);
}

static GstStateChangeReturn
gst_genos_room_src_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    genos_room_prepare ();
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !begin (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_genos_room_src_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    finish (self);
  /* Live, with and without tracks. */
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* properties and action signals */

/* What the pipeline waits is asked for again. */
static void
tell_latency (GstGenosRoomSrc *self)
{
  gst_genos_branches_set_latency (self->branches, get_latency (GST_ELEMENT (self)));
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

static gboolean
set_own (GstGenosRoomSrc *self, guint id, const GValue *value)
{
  gboolean own = TRUE;

  GST_OBJECT_LOCK (self);
  if (id == PROP_LATENCY)
    self->member.settings.latency = g_value_get_uint (value);
  else
    own = gst_genos_src_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  return own;
}

static void
gst_genos_room_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (object);

  if (gst_genos_room_member_set_property (&self->member, id, value))
    return;
  if (id == PROP_COMMON_TIME) {
    gst_genos_time_line_set_common (self->time_line, g_value_get_boolean (value));
    return;
  }
  if (id == PROP_DATA_CHANNELS) {
    gst_genos_data_pads_set_channels (self->data_pads, g_value_get_string (value));
    return;
  }
  if (id == PROP_SUBSCRIBE) {
    set_subscribe (self, g_value_get_string (value));
    return;
  }
  if (!set_own (self, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  if (id == PROP_PLAYOUT_DELAY)
    tell_latency (self);
  else if (id == PROP_MAX_PLAYOUT_DELAY)
    gst_genos_time_line_set_max_wait (self->time_line, g_value_get_uint (value) * GST_MSECOND);
}

static void
gst_genos_room_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (object);

  if (gst_genos_room_member_get_property (&self->member, id, value))
    return;
  if (id == PROP_COMMON_TIME) {
    g_value_set_boolean (value, gst_genos_time_line_get_common (self->time_line));
    return;
  }
  if (id == PROP_DATA_CHANNELS) {
    g_value_take_string (value, gst_genos_data_pads_dup_channels (self->data_pads));
    return;
  }
  if (id == PROP_SUBSCRIBE) {
    g_value_take_string (value, gst_genos_choice_dup_text (self->choice));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_LATENCY)
    g_value_set_uint (value, self->member.settings.latency);
  else if (!gst_genos_src_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_genos_room_src_finalize (GObject *object)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (object);

  gst_genos_room_member_clear (&self->member);
  gst_genos_data_pads_free (self->data_pads);
  gst_genos_time_line_unref (self->time_line);
  gst_genos_choice_free (self->choice);
  gst_genos_pad_watch_free (self->pad_watch);
  gst_genos_branches_free (self->branches);
  gst_genos_src_settings_clear (&self->settings);
  g_clear_error (&self->bad_subscribe);
  G_OBJECT_CLASS (gst_genos_room_src_parent_class)->finalize (object);
}

static void
gst_genos_room_src_class_init (GstGenosRoomSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_genos_room_src_set_property;
  object_class->get_property = gst_genos_room_src_get_property;
  object_class->finalize = gst_genos_room_src_finalize;
  gst_genos_src_properties_install (object_class);
  gst_genos_member_actions_install (G_TYPE_FROM_CLASS (klass));
  gst_genos_choice_install (G_TYPE_FROM_CLASS (klass));

  element_class->change_state = gst_genos_room_src_change_state;
  element_class->send_event = gst_genos_room_src_send_event;
  element_class->pad_added = gst_genos_room_src_pad_added;
  GST_BIN_CLASS (klass)->handle_message = gst_genos_room_src_handle_message;
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &video_template, GST_TYPE_GENOS_SRC_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &audio_template, GST_TYPE_GENOS_SRC_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &data_template, GST_TYPE_GENOS_DATA_SRC_PAD);
  gst_element_class_set_static_metadata (element_class, "Peer-to-peer room source",
      "Source/Network/WebRTC",
      "Receives video, audio and data from the peers of a serverless room (GenosRTC, Trystero)",
      "genosrooms contributors");
}

static void
gst_genos_room_src_init (GstGenosRoomSrc *self)
{
  static const GstGenosDataPadsOwner data_owner = { on_data_wanted, get_group_id, get_latency,
    map_time };

  gst_genos_room_member_init (&self->member, GST_ELEMENT (self));
  self->member.settings.receives = TRUE;
  self->member.settings.latency = GST_GENOS_SRC_DEFAULT_LATENCY;
  self->member.feed_added = on_feed_added;
  self->member.feed_removed = on_feed_removed;
  self->member.track_wanted = on_track_wanted;
  self->member.tracks_changed = on_tracks_changed;
  self->member.message = on_message;
  self->member.peer_left = on_peer_left;
  self->time_line = gst_genos_time_line_new ();
  self->data_pads = gst_genos_data_pads_new (GST_ELEMENT (self), &data_owner);
  self->choice = gst_genos_choice_new (GST_ELEMENT (self));
  self->branches = gst_genos_branches_new ();
  self->pad_watch = gst_genos_pad_watch_new (GST_ELEMENT (self), self->branches);
  gst_genos_src_settings_init (&self->settings);
  /* A source without tracks is one as well: EOS is sent to it, and its URI is found. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
