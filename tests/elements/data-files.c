/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is in files goes through data pads into other files: KLV of a transport stream, and subtitles. */

#include "element-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define WAIT_MS 60000

typedef struct {
  TestRelay *relay;
  char *folder;
  char *from; /* the file that is sent */
  char *to;   /* the one that is made of it */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->relay = test_relay_new ();
  self->folder = g_dir_make_tmp ("genos-data-XXXXXX", NULL);
  self->from = g_build_filename (self->folder, "from", NULL);
  self->to = g_build_filename (self->folder, "to", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_relay_free (self->relay);
  g_unlink (self->from);
  g_unlink (self->to);
  g_rmdir (self->folder);
  g_free (self->from);
  g_free (self->to);
  g_free (self->folder);
}

static void
wait_for_end (GstElement *pipeline)
{
  gst_message_unref (test_wait (pipeline, GST_MESSAGE_EOS, WAIT_MS));
  test_stop (pipeline);
}

/* (element-type GstSample): all that @chain gives. Since 1.26 matroskamux writes an empty block
 * for each gap between two subtitles. */
static GPtrArray *
read_file (const char *path, const char *chain)
{
  g_autoptr (GstElement) pipeline =
      test_launch ("filesrc location=%s ! %s ! appsink name=sink sync=0", path, chain);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GPtrArray *samples = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_sample_unref);
  GstSample *sample;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (TRUE) {
    g_signal_emit_by_name (sink, "pull-sample", &sample);
    if (sample == NULL)
      break;
    if (gst_buffer_get_size (gst_sample_get_buffer (sample)) > 0)
      g_ptr_array_add (samples, sample);
    else
      gst_sample_unref (sample);
  }
  test_stop (pipeline);
  return samples;
}

static guint
count_heard (GstElement *receiver)
{
  g_autoptr (GstElement) counter = gst_bin_get_by_name (GST_BIN (receiver), "count");
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (counter, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "num-buffers", &n);
  return (guint) n;
}

/* @out and @in: what is in front of the pad that sends, and behind the one that receives. */
static void
send_file (Fixture *self, const char *channel, const char *out, const char *in, guint n)
{
  g_autoptr (GstElement) receiver = test_launch (
      "genosroomsrc name=r room=%s stun-server=none relays=%s data-channels=%s r. ! %s ! filesink "
      "location=%s async=0",
      channel, test_relay_get_url (self->relay), channel, in, self->to);
  g_autoptr (GstElement) sender = test_launch (
      "genosroomsink name=s room=%s stun-server=none relays=%s?2 data_0::channel=%s filesrc "
      "location=%s ! %s ! s.data_0",
      channel, test_relay_get_url (self->relay), channel, self->from, out);
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  gst_element_set_state (receiver, GST_STATE_PLAYING);
  /* Nothing leaves before somebody is there: the clock stands still. */
  gst_element_set_state (sender, GST_STATE_PAUSED);
  gst_message_unref (test_wait_element (sender, "genos-peer-joined", NULL, NULL, WAIT_MS));
  gst_element_set_state (sender, GST_STATE_PLAYING);
  while (count_heard (receiver) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  gst_element_send_event (receiver, gst_event_new_eos ());
  wait_for_end (receiver);
  test_stop (sender);
}

/* Local sets of MISB ST 0601 by their key, of different lengths. */
#define N_KLV 6

static GBytes *
make_klv (guint number)
{
  static const guint8 key[16] = { 6, 14, 43, 52, 2, 11, 1, 1, 14, 1, 3, 1, 1, 0, 0, 0 };
  guint size = 20 + 30 * number;
  guint8 *data = g_malloc (17 + size + 1);

  memcpy (data, key, sizeof key);
  data[16] = 0x81;
  data[17] = (guint8) size;
  for (guint i = 0; i < size; i++)
    data[18 + i] = (guint8) (number * 37 + i);
  data = g_realloc (data, 18 + size);
  return g_bytes_new_take (data, 18 + size);
}

static void
write_transport_stream (const char *path)
{
  g_autoptr (GstElement) pipeline = test_launch (
      "appsrc name=k format=time caps=meta/x-klv,parsed=true ! mpegtsmux ! filesink location=%s",
      path);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "k");
  GstFlowReturn flow;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < N_KLV; i++) {
    g_autoptr (GBytes) klv = make_klv (i);
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (klv);

    GST_BUFFER_PTS (buffer) = i * 100 * GST_MSECOND;
    GST_BUFFER_DURATION (buffer) = 100 * GST_MSECOND;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    g_assert_cmpint (flow, ==, GST_FLOW_OK);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  wait_for_end (pipeline);
}

static void
test_klv (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  write_transport_stream (self->from);
  send_file (self, "klv", "tsdemux ! meta/x-klv ! queue",
      "meta/x-klv ! identity name=count ! mpegtsmux", N_KLV);
  samples = read_file (self->to, "tsdemux ! meta/x-klv");
  g_assert_cmpuint (samples->len, ==, N_KLV);
  for (guint i = 0; i < N_KLV; i++) {
    GstBuffer *buffer = gst_sample_get_buffer (g_ptr_array_index (samples, i));
    g_autoptr (GBytes) klv = make_klv (i);

    g_assert_cmpuint (gst_buffer_get_size (buffer), ==, g_bytes_get_size (klv));
    g_assert_cmpint (
        gst_buffer_memcmp (buffer, 0, g_bytes_get_data (klv, NULL), g_bytes_get_size (klv)), ==, 0);
  }
}

static const struct {
  const char *text;
  guint duration; /* ms */
} cues[] = {
  { "Guten Morgen, Grüße!", 250 },
  { "zwei\nZeilen", 300 },
  { "語 🚲", 1000 },
};

static const char subtitles[] = "1\n00:00:00,100 --> 00:00:00,350\nGuten Morgen, Grüße!\n\n"
                                "2\n00:00:00,500 --> 00:00:00,800\nzwei\nZeilen\n\n"
                                "3\n00:00:01,000 --> 00:00:02,000\n語 🚲\n\n";

static void
test_subtitles (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) samples = NULL;

  g_assert_true (g_file_set_contents (self->from, subtitles, -1, NULL));
  send_file (self, "subtitles", "subparse ! text/x-raw,format=utf8",
      "text/x-raw,format=utf8 ! identity name=count ! m.subtitle_0 matroskamux name=m",
      G_N_ELEMENTS (cues));
  samples = read_file (self->to, "matroskademux ! text/x-raw");
  g_assert_cmpuint (samples->len, ==, G_N_ELEMENTS (cues));
  for (guint i = 0; i < samples->len; i++) {
    GstBuffer *buffer = gst_sample_get_buffer (g_ptr_array_index (samples, i));
    GstMapInfo map;

    g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
    g_assert_cmpmem (
        map.data, strnlen ((const char *) map.data, map.size), cues[i].text, strlen (cues[i].text));
    gst_buffer_unmap (buffer, &map);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer) / GST_MSECOND, ==, cues[i].duration);
  }
}

#define add(name, func)                                                                            \
  g_test_add ("/elements/data-files/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  add ("klv", test_klv);
  add ("subtitles", test_subtitles);
  return g_test_run ();
}
