/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every codec over a real link between two peers of one process, encoded at the sender or by it, decoded
 * or not at the receiver. */

#include "element-fixture.h"

#include <string.h>

/* Loaded machines, sanitizers and valgrind: only who is stuck is given up. */
#define WAIT (25 * G_TIME_SPAN_SECOND)
#define WANTED 15

/* Pads of the receiver by caps name, and what came out of each. */
typedef struct {
  GMutex lock;
  GCond cond;
  GHashTable *counts; /* caps name → how many buffers */
  GstElement *pipeline;
} Outputs;

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Outputs *self = user_data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  guint n;

  g_mutex_lock (&self->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, name));
  g_hash_table_insert (self->counts, g_strdup (name), GUINT_TO_POINTER (n + 1));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *source, GstPad *pad, Outputs *self)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, self, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
}

static void
outputs_init (Outputs *self, GstElement *pipeline)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "r");

  *self = (Outputs){ .pipeline = pipeline };
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), self);
}

static void
outputs_clear (Outputs *self)
{
  g_hash_table_unref (self->counts);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
outputs_wait (Outputs *self, const char *name, guint wanted)
{
  gint64 deadline = g_get_monotonic_time () + WAIT;
  guint n = 0;

  g_mutex_lock (&self->lock);
  while ((n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, name))) < wanted) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("%u buffers of %s", n, name);
  }
  g_mutex_unlock (&self->lock);
}

#define PICTURES                                                                                   \
  "videotestsrc is-live=1 pattern=ball ! video/x-raw,format=I420,width=160,height=120,"            \
  "framerate=15/1 ! "
#define SOUND "audiotestsrc is-live=1 ! audio/x-raw,rate=8000,channels=1 ! "

#define KEY_FRAMES 4
#define NAL_TYPE 0x1f
#define NAL_SPS 7

typedef struct {
  gint with, without; /* atomic: key frames */
} KeyFrames;

static gboolean
has_parameters (GstBuffer *buffer)
{
  gboolean found = FALSE;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i + 3 < map.size && !found; i++)
    found = map.data[i] == 0 && map.data[i + 1] == 0 && map.data[i + 2] == 1
        && (map.data[i + 3] & NAL_TYPE) == NAL_SPS;
  gst_buffer_unmap (buffer, &map);
  return found;
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  KeyFrames *self = user_data;

  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    g_atomic_int_inc (has_parameters (buffer) ? &self->with : &self->without);
  return GST_PAD_PROBE_OK;
}

/* A transport stream is begun anywhere: who begins with a later key frame needs what the first one had. */
static void
test_parameter_sets (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender =
      test_launch (PICTURES "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,profile=main ! "
                            "genosroomsink room=codecs stun-server=\"\" relays=\"%s\"",
          url);
  g_autoptr (GstElement) viewer = test_launch (
      "genosroomsrc room=codecs stun-server=\"\" relays=\"%s?viewer\" output=encoded ! h264parse ! "
      "video/x-h264,stream-format=byte-stream ! fakesink name=f async=0",
      url);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (viewer), "f");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  gint64 deadline = g_get_monotonic_time () + 4 * WAIT;
  KeyFrames seen = { 0 };

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, &seen, NULL);
  gst_element_set_state (viewer, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  while (g_atomic_int_get (&seen.with) + g_atomic_int_get (&seen.without) < KEY_FRAMES) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  test_stop (viewer);
  test_stop (sender);
  g_assert_cmpint (seen.without, ==, 0);
}

/* (transfer full); not of the parser, which makes no pipeline around a single element */
static GstElement *
make_receiver (const char *room, const char *relay, const char *output)
{
  g_autofree char *url = g_strconcat (relay, "?", output, NULL);
  g_autoptr (GstElement) source = test_make ("genosroomsrc", room, url);
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));

  gst_object_set_name (GST_OBJECT (source), "r");
  gst_util_set_object_arg (G_OBJECT (source), "output", output);
  gst_bin_add (GST_BIN (pipeline), source);
  return pipeline;
}

/* What comes in encoded goes through as it is. */
static void
test_encoded (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "genosroomsink name=s room=codecs stun-server=\"\" relays=\"%s\" " PICTURES
      "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 keyframe-max-dist=30 ! s.video_0 " PICTURES
      "x264enc tune=zerolatency key-int-max=30 ! video/x-h264,profile=main ! s.video_1 " PICTURES
      "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 log-level=error "
      "option-string=open-gop=0:repeat-headers=1 ! "
      "s.video_2 " SOUND "mulawenc ! s.audio_0 " SOUND "alawenc ! s.audio_1",
      url);
  g_autoptr (GstElement) encoded = make_receiver ("codecs", url, "encoded");
  g_autoptr (GstElement) raw = make_receiver ("codecs", url, "raw");
  Outputs of_encoded, of_raw;

  outputs_init (&of_encoded, encoded);
  outputs_init (&of_raw, raw);
  test_reach (encoded, GST_STATE_PLAYING);
  test_reach (raw, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  outputs_wait (&of_encoded, "video/x-vp9", WANTED);
  outputs_wait (&of_encoded, "video/x-h264", WANTED);
  outputs_wait (&of_encoded, "video/x-h265", WANTED);
  outputs_wait (&of_encoded, "audio/x-mulaw", WANTED);
  outputs_wait (&of_encoded, "audio/x-alaw", WANTED);
  outputs_wait (&of_raw, "video/x-raw", 3 * WANTED);
  outputs_wait (&of_raw, "audio/x-raw", 2 * WANTED);
  test_stop (sender);
  test_stop (encoded);
  test_stop (raw);
  outputs_clear (&of_encoded);
  outputs_clear (&of_raw);
}

typedef struct {
  const char *video_codec;
  const char *audio_codec;
  const char *video_caps;
  const char *audio_caps;
} RawRow;

static const RawRow raw_rows[] = {
  { "vp9", "pcmu", "video/x-vp9", "audio/x-mulaw" },
  { "h265", "pcma", "video/x-h265", "audio/x-alaw" },
};

/* Raw media is encoded as the properties say. */
static void
test_raw (gconstpointer data)
{
  const RawRow *row = data;
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "genosroomsink name=s room=%s stun-server=\"\" "
      "relays=\"%s\" video-codec=%s audio-codec=%s " PICTURES "s.video_0 " SOUND "s.audio_0",
      row->video_codec, url, row->video_codec, row->audio_codec);
  g_autoptr (GstElement) receiver = make_receiver (row->video_codec, url, "encoded");
  Outputs outputs;

  outputs_init (&outputs, receiver);
  test_reach (receiver, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  outputs_wait (&outputs, row->video_caps, WANTED);
  outputs_wait (&outputs, row->audio_caps, WANTED);
  test_stop (sender);
  test_stop (receiver);
  outputs_clear (&outputs);
}

/* The sender would rather send H.264; what the receiver takes decides. */
static void
test_receiver_chooses (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "genosroomsink name=s room=chosen stun-server=\"\" relays=\"%s\" video-codecs=h264,vp8 "
      "audio-codecs=opus,pcma " PICTURES "s.video_0 " SOUND "s.audio_0",
      url);
  g_autoptr (GstElement) receiver = make_receiver ("chosen", url, "encoded");
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (receiver), "r");
  Outputs outputs;

  g_object_set (source, "video-codecs", "vp9,vp8", "audio-codecs", "pcma", NULL);
  outputs_init (&outputs, receiver);
  test_reach (receiver, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  outputs_wait (&outputs, "video/x-vp8", WANTED);
  outputs_wait (&outputs, "audio/x-alaw", WANTED);
  g_assert_cmpuint (g_hash_table_size (outputs.counts), ==, 2);
  test_stop (sender);
  test_stop (receiver);
  outputs_clear (&outputs);
}

/* Tees, which take no pad for an answer that does not take everything, are linked as people write it. */
static void
test_tees (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (PICTURES
      "tee name=t  t. ! genosroomsink name=s room=tees stun-server=\"\" relays=\"%s\" "
      "sink_0::stream-id=teed  t. ! queue ! fakesink async=0 " SOUND
      "tee name=u  u. ! s.  u. ! queue ! fakesink async=0",
      url);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstElement) receiver = make_receiver ("tees", url, "encoded");
  g_autoptr (GstPad) first = gst_element_get_static_pad (sink, "sink_0");
  g_autoptr (GstPad) second = gst_element_get_static_pad (sink, "sink_1");
  Outputs outputs;

  g_assert_true (gst_pad_is_linked (first));
  g_assert_true (gst_pad_is_linked (second));
  outputs_init (&outputs, receiver);
  test_reach (receiver, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  outputs_wait (&outputs, "video/x-vp8", WANTED);
  outputs_wait (&outputs, "audio/x-opus", WANTED);
  test_stop (sender);
  test_stop (receiver);
  outputs_clear (&outputs);
}

/* Where something is known of what comes, the pad says so. */
static void
test_known_pads (void)
{
  g_autoptr (GstElement) sender =
      test_launch ("genosroomsink name=s room=known stun-server=\"\" relays=" NO_RELAY " " PICTURES
                   "s. " SOUND "queue ! s. " PICTURES "tee ! queue ! s.");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  static const char *const names[] = { "video_0", "audio_0", "video_1" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, names[i]);

    g_assert_nonnull (pad);
    g_assert_true (gst_pad_is_linked (pad));
  }
  test_stop (sender);
}

/* What the handlers have seen, on whatever thread. */
typedef struct {
  gint n_encoders;
  gint n_payloaders;
  gint n_filtered;
  gint n_pipelines;
} Hooks;

static void
on_encoder_setup (GstElement *sink, const char *pad, GstElement *encoder, Hooks *hooks)
{
  g_assert_cmpstr (pad, ==, "video_0");
  g_assert_true (GST_IS_ELEMENT (encoder));
  g_atomic_int_inc (&hooks->n_encoders);
}

static void
on_payloader_setup (GstElement *sink, const char *pad, GstElement *payloader, Hooks *hooks)
{
  g_assert_cmpstr (pad, ==, "video_0");
  g_atomic_int_inc (&hooks->n_payloaders);
}

static void
on_filtered (GstElement *identity, GstBuffer *buffer, Hooks *hooks)
{
  g_atomic_int_inc (&hooks->n_filtered);
}

static GstElement *
on_request_filter (GstElement *sink, const char *pad, GstCaps *caps, Hooks *hooks)
{
  GstElement *identity = gst_element_factory_make ("identity", NULL);

  g_assert_cmpstr (gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, "video/x-vp8");
  g_signal_connect (identity, "handoff", G_CALLBACK (on_filtered), hooks);
  return identity;
}

static void
on_pipeline_created (GstElement *sink, const char *peer_id, GstElement *pipeline, Hooks *hooks)
{
  g_autoptr (GstIterator) all =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "webrtcbin");
  GValue found = G_VALUE_INIT;

  g_assert_cmpuint (strlen (peer_id), ==, 20);
  g_assert_cmpint (gst_iterator_next (all, &found), ==, GST_ITERATOR_OK);
  g_value_unset (&found);
  g_atomic_int_inc (&hooks->n_pipelines);
}

/* An encoder for two peers; a pipeline each. */
static void
test_hooks (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "genosroomsink name=s room=hooks stun-server=\"\" relays=\"%s\" " PICTURES "s.video_0", url);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "s");
  g_autoptr (GstElement) encoded = make_receiver ("hooks", url, "encoded");
  g_autoptr (GstElement) raw = make_receiver ("hooks", url, "raw");
  Outputs of_encoded, of_raw;
  Hooks hooks = { 0 };

  g_signal_connect (sink, "encoder-setup", G_CALLBACK (on_encoder_setup), &hooks);
  g_signal_connect (sink, "payloader-setup", G_CALLBACK (on_payloader_setup), &hooks);
  g_signal_connect (sink, "request-encoded-filter", G_CALLBACK (on_request_filter), &hooks);
  g_signal_connect (sink, "peer-pipeline-created", G_CALLBACK (on_pipeline_created), &hooks);
  outputs_init (&of_encoded, encoded);
  outputs_init (&of_raw, raw);
  test_reach (encoded, GST_STATE_PLAYING);
  test_reach (raw, GST_STATE_PLAYING);
  test_reach (sender, GST_STATE_PLAYING);
  outputs_wait (&of_encoded, "video/x-vp8", WANTED);
  outputs_wait (&of_raw, "video/x-raw", WANTED);
  test_stop (sender);
  g_assert_cmpint (g_atomic_int_get (&hooks.n_encoders), >=, 1);
  g_assert_cmpint (
      g_atomic_int_get (&hooks.n_payloaders), ==, g_atomic_int_get (&hooks.n_encoders));
  g_assert_cmpint (g_atomic_int_get (&hooks.n_filtered), >=, WANTED);
  g_assert_cmpint (g_atomic_int_get (&hooks.n_pipelines), >=, 2);
  test_stop (encoded);
  test_stop (raw);
  outputs_clear (&of_encoded);
  outputs_clear (&of_raw);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/codecs/encoded", test_encoded);
  g_test_add_func ("/elements/codecs/parameter-sets", test_parameter_sets);
  g_test_add_func ("/elements/codecs/tees", test_tees);
  g_test_add_func ("/elements/codecs/known-pads", test_known_pads);
  g_test_add_func ("/elements/codecs/hooks", test_hooks);
  g_test_add_func ("/elements/codecs/receiver-chooses", test_receiver_chooses);
  for (guint i = 0; i < G_N_ELEMENTS (raw_rows); i++) {
    g_autofree char *path = g_strdup_printf ("/elements/codecs/raw/%s", raw_rows[i].video_codec);

    g_test_add_data_func (path, &raw_rows[i], test_raw);
  }
  return g_test_run ();
}
