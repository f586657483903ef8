/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-genosroommix
 * @title: genosroommix
 * @see_also: genosroomsrc
 *
 * Joins a serverless room and makes one picture and one sound of all its peers. Both pads are
 * always there and run from the start, black and silent while nobody is in the room; whatever a
 * peer does, the output neither stops nor jumps in time.
 *
 * ## Launch lines
 *
 * |[
 * gst-launch-1.0 genosroommix room=garden ! videoconvert ! autovideosink
 * ]| Shows a whole room.
 * |[
 * gst-launch-1.0 -e genosroommix name=m room=garden layout=speaker \
 *     m.video ! queue ! x264enc tune=zerolatency ! h264parse ! mux.video_0 \
 *     m.audio ! queue ! opusenc ! mux.audio_0 \
 *     matroskamux name=mux ! filesink location=garden.mkv
 * ]| Records it, with the one who speaks in front.
 */

#include "gstgenosroommix.h"

#include "gstgenosdecodechain.h"
#include "gstgenoselements.h"
#include "gstgenosmixminus.h"
#include "gstgenosmixname.h"
#include "gstgenosmixscene.h"
#include "gstgenosmixsettings.h"
#include "gstgenosmixstage.h"
#include "gstgenosroomproxy.h"
#include "gstgenosroomsrc.h"
#include "gstgenossrcproperties.h"

#define GST_CAT_DEFAULT gst_genos_debug

/* Points; smaller ones cannot be read. */
#define MIN_FONT_SIZE 8

struct _GstGenosRoomMix {
  GstBin parent;

  GstElement *room; /* a genosroomsrc; child */
  GstPad *video;
  GstPad *audio;
  GstGenosMixScene scene;
  GstGenosMixStage video_stage; /* of the state changes */
  GstGenosMixStage audio_stage;
  GstGenosMixMinus *minus;
  gint latency; /* atomic, ms: what the mixing elements are told of their inputs */

  /* object lock */
  GstGenosMixSettings settings;
  gboolean running;
};

G_DEFINE_TYPE (GstGenosRoomMix, gst_genos_room_mix, GST_TYPE_BIN)

GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (
    genosroommix, "genosroommix", GST_RANK_NONE, GST_TYPE_GENOS_ROOM_MIX, gst_genos_element_init ())

static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE ("video", GST_PAD_SRC,
    GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw, format=" GST_GENOS_MIX_VIDEO_FORMAT));
static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE (
    "audio", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_GENOS_MIX_AUDIO_CAPS));

static GstStaticPadTemplate minus_template =
    GST_STATIC_PAD_TEMPLATE (GST_GENOS_MIX_MINUS_PREFIX "%s", GST_PAD_SRC, GST_PAD_REQUEST,
        GST_STATIC_CAPS (GST_GENOS_MIX_AUDIO_CAPS));

/* the one who speaks */

/* On the room's thread; before the application hears of it. */
static void
on_active_speaker (GstElement *room, const char *peer_id, GstGenosRoomMix *self)
{
  gst_genos_mix_scene_set_speaker (&self->scene, peer_id);
  g_object_notify (G_OBJECT (self), "active-speaker");
}

/* inputs */

static gboolean
is_video (GstPad *pad)
{
  return g_str_has_prefix (GST_PAD_NAME (pad), "video_");
}

static char *
dup_name (GstGenosRoomMix *self, GstPad *source)
{
  g_autofree char *peer_id = NULL, *metadata = NULL;
  gboolean shown;

  GST_OBJECT_LOCK (self);
  shown = self->settings.show_names;
  GST_OBJECT_UNLOCK (self);
  g_object_get (source, "peer-id", &peer_id, "metadata", &metadata, NULL);
  return shown && peer_id != NULL ? gst_genos_mix_name_new (metadata, peer_id) : NULL;
}

/* Another element in the room may have asked for more latency than this one: then all tracks have
 * it. What was said once is not taken back, so that nothing jumps. */
static void
raise_latency (GstGenosRoomMix *self, GstPad *source)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min = 0;
  gint ms, now;

  if (!gst_pad_query (source, query))
    return;
  gst_query_parse_latency (query, NULL, &min, NULL);
  ms = (gint) MIN (min / GST_MSECOND, GST_GENOS_SRC_MAX_LATENCY);
  do {
    now = g_atomic_int_get (&self->latency);
    if (ms <= now)
      return;
  } while (!g_atomic_int_compare_and_exchange (&self->latency, now, ms));
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_latency (GST_OBJECT (self)));
}

static GstGenosMixInput *
make_input (GstGenosRoomMix *self, GstPad *source, GError **error)
{
  gboolean video = is_video (source);
  GstGenosMixTarget target = { GST_BIN (self),
    video ? self->video_stage.mixer : self->audio_stage.mixer, &self->latency,
    MAX (self->scene.height / 50, MIN_FONT_SIZE), self->scene.width, self->scene.height };
  g_autofree char *name = NULL;

  if (!video)
    return gst_genos_mix_input_new_audio (&target, source, error);
  name = dup_name (self, source);
  return gst_genos_mix_input_new_video (&target, source, name, error);
}

static void
leave_out (GstGenosRoomMix *self, GstPad *source, const char *why)
{
  g_autofree char *peer_id = NULL;

  g_object_get (source, "peer-id", &peer_id, NULL);
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("A track of peer %s is left out of the mix: %s", peer_id, why), (NULL));
}

static void
drop_input (GstGenosRoomMix *self, GstPad *source)
{
  g_autoptr (GstGenosMixInput) input = gst_genos_mix_scene_take (&self->scene, source);

  if (input == NULL)
    return;
  gst_genos_mix_minus_remove_input (self->minus, input);
  gst_genos_mix_input_remove (input);
}

static gboolean
is_running (GstGenosRoomMix *self)
{
  gboolean running;

  GST_OBJECT_LOCK (self);
  running = self->running;
  GST_OBJECT_UNLOCK (self);
  return running;
}

/* It may have gone meanwhile, on another thread. */
static void
add_to_others (GstGenosRoomMix *self, GstGenosMixInput *input)
{
  gst_genos_mix_minus_add_input (self->minus, input);
  if (!gst_genos_mix_scene_has (&self->scene, gst_genos_mix_input_get_source (input)))
    gst_genos_mix_minus_remove_input (self->minus, input);
}

static void
add_input (GstGenosRoomMix *self, GstPad *source)
{
  g_autoptr (GstGenosMixInput) input = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_running (self) || gst_genos_mix_scene_has (&self->scene, source))
    return;
  raise_latency (self, source);
  input = make_input (self, source, &error);
  if (input == NULL) {
    leave_out (self, source, error->message);
    return;
  }
  gst_genos_mix_scene_add (&self->scene, input);
  if (!gst_genos_mix_input_start (input)) {
    drop_input (self, source);
    leave_out (self, source, "it does not fit in");
  } else if (!gst_genos_mix_input_is_video (input)) {
    add_to_others (self, input);
  }
}

/* Sound is wanted in any case, to know who speaks. Pictures that nobody sees are not decoded. */
static gboolean
is_wanted (GstGenosRoomMix *self, GstPad *source)
{
  if (g_str_has_prefix (GST_PAD_NAME (source), "audio_"))
    return TRUE;
  return is_video (source) && gst_pad_is_linked (self->video);
}

static void
on_pad_added (GstElement *room, GstPad *pad, GstGenosRoomMix *self)
{
  if (is_wanted (self, pad))
    add_input (self, pad);
}

static void
on_pad_removed (GstElement *room, GstPad *pad, GstGenosRoomMix *self)
{
  drop_input (self, pad);
}

static gboolean
add_later (GstElement *room, GstPad *pad, gpointer self)
{
  on_pad_added (room, pad, self);
  return TRUE;
}

static void
add_all (GstElement *element, gpointer user_data)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (element);

  gst_element_foreach_src_pad (self->room, add_later, self);
}

static void
on_linked (GstPad *pad, GstPad *peer, GstGenosRoomMix *self)
{
  if (is_running (self))
    gst_element_call_async (GST_ELEMENT (self), add_all, NULL, NULL);
}

/* messages and events */

/* What a track makes fail within its own chain ends that track. */
static gboolean
soften_error (GstGenosRoomMix *self, GstMessage *message)
{
  g_autoptr (GstGenosMixInput) input =
      gst_genos_mix_scene_find (&self->scene, GST_MESSAGE_SRC (message));
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  if (input == NULL)
    return FALSE;
  gst_message_parse_error (message, &error, &debug);
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("A track of peer %s cannot be mixed: %s", gst_genos_mix_input_get_peer_id (input),
          error->message),
      ("%s", debug));
  return TRUE;
}

static void
gst_genos_room_mix_handle_message (GstBin *bin, GstMessage *message)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (bin);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && soften_error (self, message)) {
    gst_message_unref (message);
    return;
  }
  message = gst_genos_room_proxy_take_message (GST_ELEMENT (self), self->room, message);
  GST_BIN_CLASS (gst_genos_room_mix_parent_class)->handle_message (bin, message);
}

/* The application ends its recording. */
static gboolean
gst_genos_room_mix_send_event (GstElement *element, GstEvent *event)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (element);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_room_mix_parent_class)->send_event (element, event);
  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  GST_OBJECT_UNLOCK (self);
  gst_element_send_event (self->room, event);
  gst_genos_mix_stage_end (&self->video_stage);
  gst_genos_mix_stage_end (&self->audio_stage);
  gst_genos_mix_minus_end (self->minus);
  return TRUE;
}

/* states */

static void
take_down (GstGenosRoomMix *self)
{
  gst_genos_mix_stage_clear (&self->video_stage, GST_BIN (self), self->video);
  gst_genos_mix_stage_clear (&self->audio_stage, GST_BIN (self), self->audio);
  gst_genos_mix_minus_close (self->minus);
}

static gboolean
build_stages (GstGenosRoomMix *self, const GstGenosMixSettings *settings, GError **error)
{
  GstBin *bin = GST_BIN (self);

  return gst_genos_mix_stage_build_video (
             &self->video_stage, bin, self->video, settings, &self->latency, error)
      && gst_genos_mix_stage_build_audio (
          &self->audio_stage, bin, self->audio, settings, &self->latency, error)
      && gst_genos_mix_minus_open (self->minus, settings->mixing_latency, error);
}

static gboolean
build (GstGenosRoomMix *self)
{
  g_autoptr (GError) error = NULL;
  GstGenosMixSettings settings;
  gboolean built;

  GST_OBJECT_LOCK (self);
  gst_genos_mix_settings_copy (&settings, &self->settings);
  GST_OBJECT_UNLOCK (self);
  g_atomic_int_set (&self->latency, (gint) settings.latency);
  gst_genos_mix_scene_set_size (&self->scene, settings.width, settings.height);
  built = build_stages (self, &settings, &error);
  gst_genos_mix_settings_clear (&settings);
  if (built)
    return TRUE;
  take_down (self);
  if (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN))
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  return FALSE;
}

static void
set_clock (GstGenosRoomMix *self, GstClock *clock)
{
  GstClockTime base_time = gst_element_get_base_time (GST_ELEMENT (self));

  gst_genos_mix_stage_set_time (&self->video_stage, clock, base_time);
  gst_genos_mix_stage_set_time (&self->audio_stage, clock, base_time);
  gst_genos_mix_minus_set_time (self->minus, clock, base_time);
}

static void
resume (GstGenosRoomMix *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  set_clock (self, clock);
}

static void
set_running (GstGenosRoomMix *self, gboolean running)
{
  GST_OBJECT_LOCK (self);
  self->running = running;
  GST_OBJECT_UNLOCK (self);
}

static void
finish (GstGenosRoomMix *self)
{
  g_autoptr (GPtrArray) inputs = NULL;

  set_running (self, FALSE);
  inputs = gst_genos_mix_scene_take_all (&self->scene);
  for (guint i = 0; i < inputs->len; i++) {
    gst_genos_mix_minus_remove_input (self->minus, inputs->pdata[i]);
    gst_genos_mix_input_remove (inputs->pdata[i]);
  }
  take_down (self);
  gst_genos_mix_scene_set_speaker (&self->scene, NULL);
}

static GstStateChangeReturn
gst_genos_room_mix_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (!build (self))
      return GST_STATE_CHANGE_FAILURE;
    set_running (self, TRUE);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    resume (self);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_clock (self, NULL);
  result = GST_ELEMENT_CLASS (gst_genos_room_mix_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    finish (self);
  return result;
}

/* pads */

static GstPad *
gst_genos_room_mix_request_new_pad (
    GstElement *element, GstPadTemplate *templ, const char *name, const GstCaps *caps)
{
  return gst_genos_mix_minus_add_pad (GST_GENOS_ROOM_MIX (element)->minus, templ, name);
}

static void
gst_genos_room_mix_release_pad (GstElement *element, GstPad *pad)
{
  gst_genos_mix_minus_release_pad (GST_GENOS_ROOM_MIX (element)->minus, pad);
}

/* properties */

static void
set_name (GstGenosMixInput *input, gpointer user_data)
{
  g_autofree char *name = dup_name (user_data, gst_genos_mix_input_get_source (input));

  gst_genos_mix_input_set_name (input, name);
}

static void
gst_genos_room_mix_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (object);

  if (id <= GST_GENOS_MIX_PROP_COMMON_TIME)
    g_object_set_property (G_OBJECT (self->room), pspec->name, value);
  if (id < GST_GENOS_MIX_PROP_LATENCY)
    return;
  GST_OBJECT_LOCK (self);
  gst_genos_mix_settings_set (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
  if (id == GST_GENOS_MIX_PROP_LAYOUT)
    gst_genos_mix_scene_set_layout (&self->scene, g_value_get_enum (value));
  if (id == GST_GENOS_MIX_PROP_SHOW_NAMES)
    gst_genos_mix_scene_foreach (&self->scene, set_name, self);
}

static void
gst_genos_room_mix_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (object);

  if (id < GST_GENOS_MIX_PROP_LATENCY) {
    g_object_get_property (G_OBJECT (self->room), pspec->name, value);
  } else {
    GST_OBJECT_LOCK (self);
    gst_genos_mix_settings_get (&self->settings, id, value);
    GST_OBJECT_UNLOCK (self);
  }
}

static void
install_properties (GObjectClass *klass)
{
  gst_genos_room_handler_install_properties (klass);
  gst_genos_mix_settings_install (klass);
}

static GstElement *
get_room (GstElement *element)
{
  return GST_GENOS_ROOM_MIX (element)->room;
}

static void
gst_genos_room_mix_finalize (GObject *object)
{
  GstGenosRoomMix *self = GST_GENOS_ROOM_MIX (object);

  gst_genos_mix_minus_free (self->minus);
  gst_genos_mix_scene_clear (&self->scene);
  gst_object_unref (self->room);
  gst_genos_mix_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_genos_room_mix_parent_class)->finalize (object);
}

static void
gst_genos_room_mix_class_init (GstGenosRoomMixClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_genos_room_mix_set_property;
  object_class->get_property = gst_genos_room_mix_get_property;
  object_class->finalize = gst_genos_room_mix_finalize;
  install_properties (object_class);
  gst_genos_room_proxy_install (G_TYPE_FROM_CLASS (klass), get_room);

  element_class->change_state = gst_genos_room_mix_change_state;
  element_class->send_event = gst_genos_room_mix_send_event;
  element_class->request_new_pad = gst_genos_room_mix_request_new_pad;
  element_class->release_pad = gst_genos_room_mix_release_pad;
  GST_BIN_CLASS (klass)->handle_message = gst_genos_room_mix_handle_message;
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &minus_template);
  gst_element_class_set_static_metadata (element_class, "Peer-to-peer room mixer",
      "Source/Network/WebRTC/Video/Audio",
      "Makes one picture and one sound of all peers of a serverless room (GenosRTC, Trystero)",
      "genosrooms contributors");
}

static GstPad *
add_output (GstGenosRoomMix *self, GstStaticPadTemplate *template)
{
  g_autoptr (GstPadTemplate) templ = gst_static_pad_template_get (template);
  GstPad *pad = gst_ghost_pad_new_no_target_from_template (templ->name_template, templ);

  g_signal_connect_object (pad, "linked", G_CALLBACK (on_linked), self, 0);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_genos_room_mix_init (GstGenosRoomMix *self)
{
  gst_genos_mix_settings_init (&self->settings);
  gst_genos_mix_scene_init (&self->scene);
  self->minus = gst_genos_mix_minus_new (GST_BIN (self), &self->latency);
  self->video = add_output (self, &video_template);
  self->audio = add_output (self, &audio_template);

  self->room =
      g_object_new (GST_TYPE_GENOS_ROOM_SRC, "name", "room", "latency", self->settings.latency,
          "common-time", self->settings.common_time, "output", GST_GENOS_OUTPUT_RAW, NULL);
  gst_object_ref (self->room);
  g_signal_connect_object (self->room, "pad-added", G_CALLBACK (on_pad_added), self, 0);
  g_signal_connect_object (self->room, "pad-removed", G_CALLBACK (on_pad_removed), self, 0);
  g_signal_connect_object (self->room, "active-speaker", G_CALLBACK (on_active_speaker), self, 0);
  gst_genos_room_proxy_connect (GST_ELEMENT (self), self->room);
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  gst_bin_add (GST_BIN (self), self->room);
}
