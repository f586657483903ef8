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

#include "gstgenoschoice.h"
#include "gstgenosdatabranch.h"
#include "gstgenosdatapads.h"
#include "gstgenosdatasrcpad.h"
#include "gstgenoselements.h"
#include "gstgenosmemberactions.h"
#include "gstgenosmemberuri.h"
#include "gstgenosnavigation.h"
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
  /* object lock */
  GstGenosOutput output;
  guint pad_linger; /* s; atomic */
  gboolean navigation;
  GstGenosFill fill;
  gboolean running; /* between READY → PAUSED and back, and no EOS yet */
  GPtrArray *branches;
  GHashTable *groups; /* peer id → group id, so that players keep a peer's tracks together */
  guint next_video;
  guint next_audio;
  guint next_data;
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
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstGenosBranch *branch = user_data;

  GST_OBJECT_LOCK (self);
  g_ptr_array_remove (self->branches, branch);
  GST_OBJECT_UNLOCK (self);
  gst_genos_branch_remove (branch);
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

static guint *
get_next_number (GstGenosRoomSrc *self, const char *format)
{
  if (g_str_has_prefix (format, "video"))
    return &self->next_video;
  return g_str_has_prefix (format, "audio") ? &self->next_audio : &self->next_data;
}

static char *
make_pad_name (GstElement *owner, const char *format)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (owner);
  guint number;

  GST_OBJECT_LOCK (self);
  number = (*get_next_number (self, format))++;
  GST_OBJECT_UNLOCK (self);
  return g_strdup_printf ("%.*s%u", (int) strcspn (format, "%"), format, number);
}

static guint
get_group_id (GstElement *element, const char *peer_id)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  guint group_id;

  GST_OBJECT_LOCK (self);
  group_id = GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, peer_id));
  if (group_id == 0) {
    group_id = gst_util_group_id_next ();
    g_hash_table_insert (self->groups, g_strdup (peer_id), GUINT_TO_POINTER (group_id));
  }
  GST_OBJECT_UNLOCK (self);
  return group_id;
}

/* Of the two latencies in force, one in the jitterbuffer, the greater one has to be waited. */
static GstClockTime
get_latency (GstElement *element)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  guint own, of_session = 0;

  GST_OBJECT_LOCK (self);
  own = self->member.settings.latency;
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

static GstGenosBranch *
make_track_branch (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  GstElement *element = GST_ELEMENT (self);
  GenosRemoteTrack *track = gst_genos_track_feed_get_track (feed);
  GstGenosOutput output;
  GstGenosFill fill;
  GstGenosTrackSrc *source;

  GST_OBJECT_LOCK (self);
  output = self->output;
  fill = self->fill;
  GST_OBJECT_UNLOCK (self);
  source = gst_genos_track_src_new (feed, self->time_line,
      get_group_id (element, genos_remote_track_get_peer_id (track)), get_latency (element));
  return gst_genos_track_branch_new (element, source, output, fill, make_pad_name, on_branch_ended);
}

static gboolean
get_flag (GstGenosRoomSrc *self, const gboolean *flag)
{
  gboolean value;

  GST_OBJECT_LOCK (self);
  value = *flag;
  GST_OBJECT_UNLOCK (self);
  return value;
}

/* @branch: (transfer full) */
static void
take_branch (GstGenosRoomSrc *self, GstGenosBranch *branch)
{
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = self->running;
  if (running)
    g_ptr_array_add (self->branches, gst_genos_branch_ref (branch));
  GST_OBJECT_UNLOCK (self);
  if (running)
    gst_genos_branch_start (branch);
  else
    gst_genos_branch_remove (branch);
  gst_genos_branch_unref (branch);
}

static gboolean
wants_feed (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  GstGenosTrackName name;

  gst_genos_track_name_of_track (&name, gst_genos_track_feed_get_track (feed));
  return gst_genos_choice_wants (self->choice, &name);
}

/* (transfer container) */
static GPtrArray *
ref_branches (GstGenosRoomSrc *self)
{
  GPtrArray *branches;

  GST_OBJECT_LOCK (self);
  branches =
      g_ptr_array_copy (self->branches, (GCopyFunc) (void (*) (void)) gst_genos_branch_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_set_free_func (branches, unref_branch);
  return branches;
}

/* A track that comes again while its pad is still there. */
static gboolean
adopt_feed (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  g_autoptr (GPtrArray) branches = ref_branches (self);

  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < branches->len; i++) {
      if (gst_genos_track_branch_adopt (branches->pdata[i], feed, pass == 0))
        return TRUE;
    }
  }
  return FALSE;
}

static void
on_feed_added (GstElement *element, GstGenosTrackFeed *feed)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstGenosBranch *branch;

  if (!get_flag (self, &self->running) || !wants_feed (self, feed) || adopt_feed (self, feed))
    return;
  branch = make_track_branch (self, feed);
  if (branch != NULL)
    take_branch (self, branch);
}

static void
on_data_wanted (GstElement *element, GstGenosDataSrc *source)
{
  take_branch (GST_GENOS_ROOM_SRC (element),
      gst_genos_data_branch_new (element, source, make_pad_name, on_branch_ended));
}

static void
on_message (GstElement *element, GstGenosRoomSession *session, const char *channel,
    const char *peer_id, GenosMessage *message)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);

  if (get_flag (self, &self->running))
    gst_genos_data_pads_take (self->data_pads, channel, peer_id, message);
}

static void
on_peer_left (GstElement *element, const char *peer_id)
{
  gst_genos_data_pads_end_peer (GST_GENOS_ROOM_SRC (element)->data_pads, peer_id);
}

/* (transfer full) (nullable) */
static GstGenosBranch *
ref_branch_of_feed (GstGenosRoomSrc *self, GstGenosTrackFeed *feed)
{
  g_autoptr (GPtrArray) branches = ref_branches (self);

  for (guint i = 0; i < branches->len; i++) {
    if (gst_genos_track_branch_get_feed (branches->pdata[i]) == feed)
      return gst_genos_branch_ref (branches->pdata[i]);
  }
  return NULL;
}

static void
on_feed_removed (GstElement *element, GstGenosTrackFeed *feed)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstGenosBranch *branch = ref_branch_of_feed (self, feed);
  guint linger = g_atomic_int_get (&self->pad_linger);

  if (branch == NULL)
    return;
  if (linger == 0 || !gst_genos_track_branch_linger (branch, linger * G_TIME_SPAN_SECOND))
    gst_genos_branch_end (branch);
  gst_genos_branch_unref (branch);
}

/* choosing tracks */

static void
review_feed (GenosPeer *peer, GstGenosTrackFeed *feed, gpointer user_data)
{
  GstGenosRoomSrc *self = user_data;
  GstGenosBranch *branch = ref_branch_of_feed (self, feed);

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

  if (!get_flag (self, &self->navigation) || !GST_IS_GENOS_SRC_PAD (pad)
      || !gst_genos_navigation_takes (event))
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
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, NULL, NULL);
}

/* messages and events */

static GstGenosBranch *
ref_branch_of (GstGenosRoomSrc *self, GstObject *object)
{
  g_autoptr (GPtrArray) branches = ref_branches (self);

  for (guint i = 0; i < branches->len; i++) {
    if (gst_genos_branch_contains (branches->pdata[i], object))
      return gst_genos_branch_ref (branches->pdata[i]);
  }
  return NULL;
}

/* A decoder that fails ends its own pad, not the pipeline. */
static gboolean
soften_error (GstGenosRoomSrc *self, GstMessage *message)
{
  GstGenosBranch *branch = ref_branch_of (self, GST_MESSAGE_SRC (message));
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

/* The application ends its recording: all pads end, and none comes any more. */
static gboolean
gst_genos_room_src_send_event (GstElement *element, GstEvent *event)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  g_autoptr (GPtrArray) branches = NULL;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SELECT_STREAMS) {
    select_streams (self, event);
    gst_event_unref (event);
    return TRUE;
  }
  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_room_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  GST_OBJECT_UNLOCK (self);
  branches = ref_branches (self);
  for (guint i = 0; i < branches->len; i++)
    gst_genos_branch_end (branches->pdata[i]);
  return TRUE;
}

/* states */

static void
begin (GstGenosRoomSrc *self)
{
  GST_OBJECT_LOCK (self);
  self->running = TRUE;
  self->next_video = self->next_audio = self->next_data = 0;
  GST_OBJECT_UNLOCK (self);
}

static void
finish (GstGenosRoomSrc *self)
{
  g_autoptr (GPtrArray) branches = NULL;

  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  GST_OBJECT_UNLOCK (self);
  branches = ref_branches (self);
  for (guint i = 0; i < branches->len; i++)
    remove_branch (GST_ELEMENT (self), branches->pdata[i]);
  gst_genos_room_member_leave (&self->member);
  gst_genos_data_pads_clear (self->data_pads);
  gst_genos_choice_reset (self->choice);
  GST_OBJECT_LOCK (self);
  g_hash_table_remove_all (self->groups);
  GST_OBJECT_UNLOCK (self);
}

static GstStateChangeReturn
gst_genos_room_src_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosRoomSrc *self = GST_GENOS_ROOM_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    genos_room_prepare ();
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    begin (self);
    if (!gst_genos_room_member_join (&self->member))
      return GST_STATE_CHANGE_FAILURE;
  }
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
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_LATENCY:
      self->member.settings.latency = g_value_get_uint (value);
      break;
    case PROP_OUTPUT:
      self->output = g_value_get_enum (value);
      break;
    case PROP_PAD_LINGER:
      g_atomic_int_set (&self->pad_linger, g_value_get_uint (value));
      break;
    case PROP_NAVIGATION:
      self->navigation = g_value_get_boolean (value);
      break;
    case PROP_FILL:
      self->fill = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
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
  switch (id) {
    case PROP_LATENCY:
      g_value_set_uint (value, self->member.settings.latency);
      break;
    case PROP_OUTPUT:
      g_value_set_enum (value, self->output);
      break;
    case PROP_PAD_LINGER:
      g_value_set_uint (value, self->pad_linger);
      break;
    case PROP_NAVIGATION:
      g_value_set_boolean (value, self->navigation);
      break;
    case PROP_FILL:
      g_value_set_enum (value, self->fill);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
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
  g_ptr_array_unref (self->branches);
  g_hash_table_unref (self->groups);
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
  self->branches = g_ptr_array_new_with_free_func (unref_branch);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* A source without tracks is one as well: EOS is sent to it, and its URI is found. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
