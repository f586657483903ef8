/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

/* Two peers in one process: equal elements would share a session, so each peer writes the relay in
 * its own way. */
#define PEER_WAIT 60000

/* what comes out */

#define SILENT 8
#define HEARD 1000
#define BLACK 32
#define WHITE 180

typedef struct {
  GMutex lock;
  GCond cond;
  guint n_buffers;
  guint n_jumps; /* buffers that do not begin where the one before ended */
  guint n_backwards;
  GstClockTime first;
  GstClockTime end;
  guint brightest; /* of the last buffer: luma, or the greatest sample */
  guint luma[2];   /* in the middle of the left and of the right half */
  guint n_dark;    /* buffers with one of these below white */
  guint n_formats; /* caps events */
  gboolean eos;
} Output;

static guint
get_peak (const GstMapInfo *map)
{
  const gint16 *samples = (const gint16 *) map->data;
  guint peak = 0;

  for (gsize i = 0; i < map->size / sizeof (gint16); i++)
    peak = MAX (peak, (guint) ABS ((int) samples[i]));
  return peak;
}

static void
take_contents (Output *self, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width = 0, height = 0;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  if (gst_structure_get (
          structure, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL)) {
    gsize row = (gsize) (height / 2) * GST_ROUND_UP_4 (width);

    self->luma[0] = map.data[row + width / 4];
    self->luma[1] = map.data[row + width * 3 / 4];
    self->brightest = MAX (self->luma[0], self->luma[1]);
    if (MIN (self->luma[0], self->luma[1]) < WHITE)
      self->n_dark++;
  } else {
    self->brightest = get_peak (&map);
  }
  gst_buffer_unmap (buffer, &map);
}

static void
take_buffer (Output *self, GstPad *pad, GstBuffer *buffer)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);

  if (self->n_buffers == 0)
    self->first = pts;
  else if (pts < self->end && self->end - pts > GST_USECOND)
    self->n_backwards++;
  else if (pts > self->end + GST_USECOND)
    self->n_jumps++;
  self->end = pts + GST_BUFFER_DURATION (buffer);
  self->n_buffers++;
  take_contents (self, pad, buffer);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Output *self = user_data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    take_buffer (self, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    self->n_formats++;
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    self->eos = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
watch (GstElement *pipeline, const char *name, Output *output)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  memset (output, 0, sizeof *output);
  g_mutex_init (&output->lock);
  g_cond_init (&output->cond);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, output, NULL);
}

static void
output_clear (Output *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

typedef gboolean (*Condition) (const Output *output, guint argument);

/* With what the output held last. */
static void
wait_until (Output *self, Condition is_met, guint argument, const char *what)
{
  gint64 deadline = g_get_monotonic_time () + PEER_WAIT * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->lock);
  while (!is_met (self, argument)) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("not %s %u after %u buffers: %u, %u %u", what, argument, self->n_buffers,
          self->brightest, self->luma[0], self->luma[1]);
  }
  g_mutex_unlock (&self->lock);
}

static gboolean
has_buffers (const Output *output, guint n)
{
  return output->n_buffers >= n;
}

static gboolean
is_above (const Output *output, guint level)
{
  return output->brightest > level;
}

static gboolean
is_below (const Output *output, guint level)
{
  return output->brightest < level;
}

static gboolean
both_above (const Output *output, guint level)
{
  return output->luma[0] > level && output->luma[1] > level;
}

static gboolean
has_ended (const Output *output, guint unused)
{
  return output->eos;
}

/* Time went on without a jump. */
static void
check_continuous (Output *self)
{
  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->n_backwards, ==, 0);
  g_assert_cmpuint (self->n_jumps, ==, 0);
  g_mutex_unlock (&self->lock);
}

/* pipelines */

#define MIX                                                                                        \
  "genosroommix name=m room=%s stun-server=\"\" relays=\"%s\" width=320 height=180 "               \
  "framerate=15/1 "
#define VIDEO_OUT "m.video ! fakesink name=v sync=0 async=0 "
#define AUDIO_OUT "m.audio ! fakesink name=a sync=0 async=0 "
static GstElement *
make_sender (TestRelay *relay, const char *room, guint index, const char *size)
{
  return test_launch ("genosroomsink name=s room=%s stun-server=\"\" relays=\"%s?peer%u\" "
                      "video_0::metadata=meta,name=peer "
                      "videotestsrc pattern=white is-live=1 ! "
                      "video/x-raw,%s,framerate=15/1 ! s.video_0 "
                      "audiotestsrc is-live=1 volume=0.5 ! s.audio_0 ",
      room, test_relay_get_url (relay), index, size);
}

static void
test_pads_are_always_there (void)
{
  g_autoptr (GstElement) mix = test_make ("genosroommix", "x", NO_RELAY);
  g_autoptr (GstPad) video = gst_element_get_static_pad (mix, "video");
  g_autoptr (GstPad) audio = gst_element_get_static_pad (mix, "audio");
  g_autofree char *room = NULL;

  g_assert_nonnull (video);
  g_assert_nonnull (audio);
  g_object_get (mix, "room", &room, NULL);
  g_assert_cmpstr (room, ==, "x");
}

static void
check_latency (GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live;
  GstClockTime min, max;

  g_assert_true (gst_pad_peer_query (pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, >=, 200 * GST_MSECOND);
  g_assert_cmpuint (max, >, min);
}

static void
test_nobody (void)
{
  g_autoptr (GstElement) pipeline = test_launch (MIX VIDEO_OUT AUDIO_OUT, "nobody", NO_RELAY);
  Output video, audio;

  watch (pipeline, "v", &video);
  watch (pipeline, "a", &audio);
  for (guint i = 0; i < 2; i++) {
    test_reach (pipeline, GST_STATE_PLAYING);
    wait_until (&video, has_buffers, 15, "buffers");
    wait_until (&audio, has_buffers, 100, "buffers");
    check_latency (pipeline, "v");
    check_latency (pipeline, "a");
    test_stop (pipeline);
    check_continuous (&video);
    check_continuous (&audio);
    g_assert_cmpuint (video.first, <, 10 * GST_SECOND);
    g_assert_cmpuint (audio.first, <, 10 * GST_SECOND);
    g_assert_cmpuint (video.brightest, <, BLACK);
    g_assert_cmpuint (audio.brightest, ==, 0);
    video.n_buffers = audio.n_buffers = 0;
  }
  output_clear (&video);
  output_clear (&audio);
}

static guint
count_buffers (Output *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_buffers;
  g_mutex_unlock (&self->lock);
  return n;
}

/* A pause is none in running time. */
static void
test_pause (void)
{
  g_autoptr (GstElement) pipeline = test_launch (MIX VIDEO_OUT AUDIO_OUT, "pause", NO_RELAY);
  Output video, audio;
  guint n_before;

  watch (pipeline, "v", &video);
  watch (pipeline, "a", &audio);
  for (guint i = 0; i < 3; i++) {
    test_reach (pipeline, GST_STATE_PLAYING);
    wait_until (&video, has_buffers, (i + 1) * 8, "buffers");
    test_reach (pipeline, GST_STATE_PAUSED);
    n_before = count_buffers (&video);
    g_usleep (G_USEC_PER_SEC / 2);
    /* It does not go on meanwhile, which would be a dozen of them. */
    g_assert_cmpuint (count_buffers (&video) - n_before, <, 5);
  }
  test_stop (pipeline);
  check_continuous (&video);
  check_continuous (&audio);
  output_clear (&video);
  output_clear (&audio);
}

/* From the first frame on, each time. */
static void
test_background (void)
{
  g_autoptr (GstElement) pipeline =
      test_launch (MIX "background-color=0xffffffff " VIDEO_OUT, "white", NO_RELAY);
  Output video;

  watch (pipeline, "v", &video);
  for (guint i = 0; i < 4; i++) {
    test_reach (pipeline, GST_STATE_PLAYING);
    wait_until (&video, has_buffers, (i + 1) * 5, "buffers");
    test_stop (pipeline);
    g_assert_cmpuint (video.n_dark, ==, 0);
  }
  output_clear (&video);
}

/* In a pipeline that has run for a while it begins now, and does not make up for what it missed. */
static void
test_added_late (void)
{
  g_autoptr (GstElement) pipeline = test_launch ("fakesrc is-live=1 ! fakesink async=0");
  g_autoptr (GstElement) mix = test_make ("genosroommix", "late", NO_RELAY);
  GstElement *sink = gst_element_factory_make ("fakesink", "v");
  GstClockTime base;
  Output video;

  g_object_set (sink, "async", FALSE, NULL);
  test_reach (pipeline, GST_STATE_PLAYING);
  /* As if it had run for a while. */
  base = gst_element_get_base_time (pipeline) - 20 * GST_SECOND;
  gst_element_set_base_time (pipeline, base);
  gst_bin_add_many (GST_BIN (pipeline), mix, sink, NULL);
  g_assert_true (gst_element_link_pads (mix, "video", sink, "sink"));
  watch (pipeline, "v", &video);
  g_assert_true (gst_element_sync_state_with_parent (sink));
  g_assert_true (gst_element_sync_state_with_parent (mix));
  wait_until (&video, has_buffers, 20, "buffers");
  check_continuous (&video);
  g_assert_cmpuint (video.first, >=, 20 * GST_SECOND);
  g_assert_cmpuint (video.first, <, 200 * GST_SECOND);
  test_stop (pipeline);
  output_clear (&video);
}

/* A pad that nobody linked harms nobody. */
static void
test_unlinked (void)
{
  g_autoptr (GstElement) picture = test_launch (MIX VIDEO_OUT, "picture", NO_RELAY);
  g_autoptr (GstElement) sound = test_launch (MIX AUDIO_OUT, "sound", NO_RELAY);
  Output video, audio;

  watch (picture, "v", &video);
  watch (sound, "a", &audio);
  test_reach (picture, GST_STATE_PLAYING);
  test_reach (sound, GST_STATE_PLAYING);
  wait_until (&video, has_buffers, 10, "buffers");
  wait_until (&audio, has_buffers, 50, "buffers");
  test_stop (picture);
  test_stop (sound);
  output_clear (&video);
  output_clear (&audio);
}

static void
check_refused (GstElement *pipeline, GQuark domain, int code, const char *mention)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  message = test_wait (pipeline, GST_MESSAGE_ERROR, 60000);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, mention));
  test_stop (pipeline);
}

static void
test_refused (void)
{
  g_autoptr (GstElement) roomless = test_launch ("genosroommix ! fakesink");
  g_autoptr (GstElement) missing =
      test_launch ("genosroommix room=x relays=" NO_RELAY " compositor=nosuchmixer ! fakesink");
  g_autoptr (GstElement) other =
      test_launch ("genosroommix room=x relays=" NO_RELAY " compositor=identity ! fakesink");

  check_refused (roomless, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "\"room\"");
  check_refused (missing, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN, "nosuchmixer");
  check_refused (other, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "identity");
}

static void
test_eos (void)
{
  g_autoptr (GstElement) pipeline = test_launch (MIX VIDEO_OUT AUDIO_OUT, "eos", NO_RELAY);
  g_autoptr (GstMessage) message = NULL;
  Output video, audio;

  watch (pipeline, "v", &video);
  watch (pipeline, "a", &audio);
  test_reach (pipeline, GST_STATE_PLAYING);
  wait_until (&video, has_buffers, 5, "buffers");
  g_assert_true (gst_element_send_event (pipeline, gst_event_new_eos ()));
  message = test_wait (pipeline, GST_MESSAGE_EOS, 60000);
  g_assert_true (video.eos);
  g_assert_true (audio.eos);
  test_stop (pipeline);
  output_clear (&video);
  output_clear (&audio);
}

/* a room with people */

static void
on_speaker (GstElement *mix, const char *peer_id, gint *n)
{
  g_atomic_int_inc (n);
}

static void
test_join_and_leave (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) pipeline =
      test_launch (MIX VIDEO_OUT AUDIO_OUT, "people", test_relay_get_url (relay));
  g_autoptr (GstElement) mix = gst_bin_get_by_name (GST_BIN (pipeline), "m");
  g_autoptr (GstElement) one = make_sender (relay, "people", 1, "width=160,height=120");
  g_autoptr (GstElement) two = make_sender (relay, "people", 2, "width=320,height=180");
  g_autoptr (GstElement) first = gst_bin_get_by_name (GST_BIN (one), "s");
  g_autoptr (GstMessage) speaker = NULL, gone = NULL;
  g_autofree char *peer_id = NULL, *active = NULL;
  gint n_signals = 0;
  Output video, audio;

  watch (pipeline, "v", &video);
  watch (pipeline, "a", &audio);
  g_signal_connect (mix, "active-speaker", G_CALLBACK (on_speaker), &n_signals);
  test_reach (pipeline, GST_STATE_PLAYING);

  test_reach (one, GST_STATE_PLAYING);
  g_object_get (first, "peer-id", &peer_id, NULL);
  wait_until (&video, both_above, WHITE, "white");
  wait_until (&audio, is_above, HEARD, "louder than");
  speaker = test_wait_element (pipeline, "genos-active-speaker", "peer-id", peer_id, PEER_WAIT);
  g_assert_true (GST_MESSAGE_SRC (speaker) == GST_OBJECT (mix));
  g_object_get (mix, "active-speaker", &active, NULL);
  g_assert_cmpstr (active, ==, peer_id);

  /* Side by side there is a gap between the two; with insets there is none. */
  test_reach (two, GST_STATE_PLAYING);
  g_clear_pointer (&peer_id, g_free);
  gst_clear_message (&gone);
  gone = test_wait_element (pipeline, "genos-peer-joined", NULL, NULL, PEER_WAIT);
  g_assert_true (GST_MESSAGE_SRC (gone) == GST_OBJECT (mix));
  gst_clear_message (&gone);
  for (guint i = 0; i < 6; i++) {
    static const char *const layouts[] = { "speaker", "pip", "grid" };
    guint n;

    gst_util_set_object_arg (G_OBJECT (mix), "layout", layouts[i % 3]);
    g_mutex_lock (&video.lock);
    n = video.n_buffers;
    g_mutex_unlock (&video.lock);
    wait_until (&video, has_buffers, n + 5, "buffers");
  }
  wait_until (&video, both_above, WHITE, "white");

  test_stop (one);
  gone = test_wait_element (pipeline, "genos-peer-left", NULL, NULL, PEER_WAIT);
  wait_until (&video, both_above, WHITE, "white");
  wait_until (&audio, is_above, HEARD, "louder than");
  test_stop (two);
  wait_until (&video, is_below, BLACK, "darker than");
  wait_until (&audio, is_below, SILENT, "quieter than");
  check_continuous (&video);
  check_continuous (&audio);
  g_assert_cmpint (g_atomic_int_get (&n_signals), >, 0);
  test_stop (pipeline);
  output_clear (&video);
  output_clear (&audio);
}

/* Small pictures have other colours than large ones, and muxers take one format only. */
static void
test_one_format (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) pipeline = test_launch (
      "genosroommix name=m room=format relays=\"%s?mix\" stun-server=none show-names=0 width=1280 "
      "height=720 framerate=10/1 m.video ! fakesink name=v sync=0 async=0",
      test_relay_get_url (relay));
  g_autoptr (GstElement) one = make_sender (relay, "format", 1, "width=320,height=60");
  Output video;

  watch (pipeline, "v", &video);
  test_reach (pipeline, GST_STATE_PLAYING);
  wait_until (&video, is_below, BLACK, "darker than");
  test_reach (one, GST_STATE_PLAYING);
  wait_until (&video, both_above, WHITE, "white");
  test_stop (one);
  wait_until (&video, is_below, BLACK, "darker than");
  test_stop (pipeline);
  g_assert_cmpuint (video.n_formats, ==, 1);
  output_clear (&video);
}

/* Going down with people in the room, EOS included. */
static void
test_ends_among_people (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) pipeline =
      test_launch (MIX VIDEO_OUT AUDIO_OUT, "end", test_relay_get_url (relay));
  g_autoptr (GstElement) one = make_sender (relay, "end", 1, "width=160,height=120");
  g_autoptr (GstMessage) message = NULL;
  Output video, audio;

  watch (pipeline, "v", &video);
  watch (pipeline, "a", &audio);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (pipeline, GST_STATE_PLAYING);
  wait_until (&video, both_above, WHITE, "white");
  test_reach (pipeline, GST_STATE_READY);
  test_reach (pipeline, GST_STATE_PLAYING);
  wait_until (&video, is_below, BLACK, "darker than");
  wait_until (&video, both_above, WHITE, "white");
  g_assert_true (gst_element_send_event (pipeline, gst_event_new_eos ()));
  wait_until (&video, has_ended, 0, "ended");
  wait_until (&audio, has_ended, 0, "ended");
  test_stop (pipeline);
  test_stop (one);
  output_clear (&video);
  output_clear (&audio);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/mix/pads-are-always-there", test_pads_are_always_there);
  g_test_add_func ("/elements/mix/nobody", test_nobody);
  g_test_add_func ("/elements/mix/pause", test_pause);
  g_test_add_func ("/elements/mix/background", test_background);
  g_test_add_func ("/elements/mix/added-late", test_added_late);
  g_test_add_func ("/elements/mix/unlinked", test_unlinked);
  g_test_add_func ("/elements/mix/refused", test_refused);
  g_test_add_func ("/elements/mix/eos", test_eos);
  g_test_add_func ("/elements/mix/join-and-leave", test_join_and_leave);
  g_test_add_func ("/elements/mix/one-format", test_one_format);
  g_test_add_func ("/elements/mix/ends-among-people", test_ends_among_people);
  return g_test_run ();
}
