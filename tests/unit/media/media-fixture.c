/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "media-fixture.h"

#include <gst/app/app.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (FakeSender, fake_sender, GENOS_TYPE_LINK_SENDER)

static void
fake_sender_push (GenosLinkSender *sender, GstBuffer *buffer)
{
  FakeSender *self = FAKE_SENDER (sender);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->packets, buffer);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (self->asks)
    genos_link_sender_emit_key_frame_request (sender);
}

static void
fake_sender_finalize (GObject *object)
{
  FakeSender *self = FAKE_SENDER (object);
  g_ptr_array_unref (self->packets);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (fake_sender_parent_class)->finalize (object);
}

static void
fake_sender_class_init (FakeSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_sender_finalize;
  GENOS_LINK_SENDER_CLASS (klass)->push = fake_sender_push;
}

static void
fake_sender_init (FakeSender *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->packets = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
}

FakeSender *
fake_sender_new (gboolean active)
{
  FakeSender *self = g_object_new (FAKE_TYPE_SENDER, NULL);
  genos_link_sender_set_active (GENOS_LINK_SENDER (self), active);
  return self;
}

guint
fake_sender_get_n_packets (FakeSender *self)
{
  g_mutex_lock (&self->lock);
  guint n = self->packets->len;
  g_mutex_unlock (&self->lock);
  return n;
}

GPtrArray *
fake_sender_dup_packets (FakeSender *self, guint from)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  g_mutex_lock (&self->lock);
  for (guint i = from; i < self->packets->len; i++)
    g_ptr_array_add (copy, gst_buffer_ref (g_ptr_array_index (self->packets, i)));
  g_mutex_unlock (&self->lock);
  return copy;
}

void
fake_sender_wait (FakeSender *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  g_mutex_lock (&self->lock);
  while (self->packets->len < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("%u packets came instead of %u", self->packets->len, n);
  g_mutex_unlock (&self->lock);
}

/* The next packet, or a while: so long a live source would wait too. */
static void
fake_sender_wait_a_frame (FakeSender *self)
{
  g_mutex_lock (&self->lock);
  g_cond_wait_until (
      &self->cond, &self->lock, g_get_monotonic_time () + 10 * G_TIME_SPAN_MILLISECOND);
  g_mutex_unlock (&self->lock);
}

static GstBuffer *
stamp (GstBuffer *buffer, GstClockTime duration)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GST_BUFFER_PTS (buffer) = gst_clock_get_time (clock);
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

/* A diagonal that wanders: every frame differs. I420 and NV12 have the same size. */
GstBuffer *
media_test_picture (guint n, guint width, guint height)
{
  gsize stride = GST_ROUND_UP_4 (width);
  gsize chroma = GST_ROUND_UP_4 (GST_ROUND_UP_2 (width) / 2);
  gsize size = stride * GST_ROUND_UP_2 (height) + 2 * chroma * GST_ROUND_UP_2 (height) / 2;
  g_autofree guint8 *data = g_malloc (size);
  memset (data, 128, size);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      data[y * stride + x] = (x + y + 4 * n) & 0xff;
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);
  return stamp (buffer, GST_SECOND / 30);
}

GstBuffer *
media_test_picture_640 (guint n)
{
  return media_test_picture (n, 640, 360);
}

GstBuffer *
media_test_picture_160 (guint n)
{
  return media_test_picture (n, 160, 90);
}

/* 10 ms of a sawtooth in both channels. */
GstBuffer *
media_test_sound (guint n)
{
  gint16 samples[441 * 2];
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = (i / 2 * 200) % 16000 - 8000;
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  static GstClockTime start;
  if (n == 0)
    start = gst_clock_get_time (clock);
  GstBuffer *buffer = gst_buffer_new_memdup (samples, sizeof samples);
  GST_BUFFER_PTS (buffer) = start + n * 10 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 10 * GST_MSECOND;
  return buffer;
}

void
media_test_set_caps (GenosLocalTrack *track, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
}

void
media_test_feed (
    GenosLocalTrack *track, MediaTestSource source, FakeSender *sender, guint n_packets)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  for (guint n = 0; fake_sender_get_n_packets (sender) < n_packets; n++) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    genos_local_track_push (track, source (n));
    fake_sender_wait_a_frame (sender);
  }
}

guint64
media_test_stat (GenosLocalTrack *track, const char *name)
{
  g_autoptr (GstStructure) stats = genos_local_track_get_stats (track);
  const GValue *value = gst_structure_get_value (stats, name);
  g_assert_nonnull (value);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_value_get_boolean (value);
  return G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value) : g_value_get_uint64 (value);
}

void
media_test_wait_encoding (GenosLocalTrack *track, gboolean encoding)
{
  gint64 deadline = g_get_monotonic_time () + MEDIA_TEST_DEADLINE;
  while (media_test_stat (track, "encoding") != (guint64) encoding) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

guint
media_test_decode (GstCaps *rtp_caps, GPtrArray *packets, const char *decoder)
{
  g_autofree char *text = g_strdup_printf ("appsrc name=in format=time ! %s ! appsink name=out "
                                           "sync=false",
      decoder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_app_src_set_caps (GST_APP_SRC (in), rtp_caps);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < packets->len; i++)
    gst_app_src_push_buffer (GST_APP_SRC (in), gst_buffer_copy (g_ptr_array_index (packets, i)));
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  guint frames = 0;
  GstSample *sample;
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (out), MEDIA_TEST_DEADLINE * GST_USECOND))
      != NULL) {
    gst_sample_unref (sample);
    frames++;
  }
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (out)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return frames;
}

GPtrArray *
media_test_encode (const char *launch, GstCaps **caps)
{
  g_autofree char *text = g_strdup_printf ("%s ! appsink name=out sync=false", launch);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GstSample *sample;
  while ((sample = gst_app_sink_try_pull_sample (
              GST_APP_SINK (out), MEDIA_TEST_DEADLINE * GST_USECOND))
      != NULL) {
    g_ptr_array_add (frames, gst_buffer_ref (gst_sample_get_buffer (sample)));
    gst_caps_replace (caps, gst_sample_get_caps (sample));
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return frames;
}

/* --- packets --- */

gboolean
media_test_is_delta (GstBuffer *packet)
{
  return GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
}

static guint16
get_seqnum (GstBuffer *packet)
{
  guint8 head[4];
  g_assert_cmpuint (gst_buffer_extract (packet, 0, head, 4), ==, 4);
  return GST_READ_UINT16_BE (head + 2);
}

void
media_test_assert_one_sequence (GPtrArray *packets)
{
  for (guint i = 1; i < packets->len; i++)
    g_assert_cmpuint (get_seqnum (g_ptr_array_index (packets, i)), ==,
        (guint16) (get_seqnum (g_ptr_array_index (packets, i - 1)) + 1));
}

/* A wrong clock is off by the time that the machine is up, which may be minutes; valgrind takes as long. */
void
media_test_assert_time_is_now (GstBuffer *packet)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstClockTimeDiff age = gst_clock_get_time (clock) - GST_BUFFER_PTS (packet);
  guint seconds = g_getenv ("GENOS_UNDER_VALGRIND") != NULL ? 600 : 30;

  g_assert_cmpint (ABS (age), <, (GstClockTimeDiff) (seconds * GST_SECOND));
}

/* --- what is left behind --- */

static const char *
find_live_object (GObject *tracer)
{
  /* Never freed: the lists have the objects without references of their own. */
  static GPtrArray *lists = NULL;
  GstStructure *live = NULL;
  g_signal_emit_by_name (tracer, "get-live-objects", &live);
  if (lists == NULL)
    lists = g_ptr_array_new ();
  g_ptr_array_add (lists, live);

  const GValue *list = gst_structure_get_value (live, "live-objects-list");
  for (guint i = 0; i < gst_value_list_get_size (list); i++) {
    const GValue *value = gst_value_list_get_value (list, i);
    const GstStructure *item = gst_value_get_structure (value);
    const GValue *object = gst_structure_get_value (item, "object");
    /* Plugins register features when they are loaded, and keep them. */
    if (!g_type_is_a (G_VALUE_TYPE (object), GST_TYPE_PLUGIN_FEATURE))
      return g_type_name (G_VALUE_TYPE (object));
  }
  return NULL;
}

/* A streaming thread drops its GstTask a moment after the pipeline has seen it stop, and
 * nobody tells when. */
void
media_test_no_object_is_left (void)
{
  g_autolist (GstObject) tracers = gst_tracing_get_active_tracers ();
  g_assert_nonnull (tracers);
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  const char *found;
  while ((found = find_live_object (tracers->data)) != NULL) {
    if (g_get_monotonic_time () > deadline)
      g_error ("left behind: %s", found);
    g_usleep (10000);
  }
}
