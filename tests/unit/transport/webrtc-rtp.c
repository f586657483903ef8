/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-rtp.h>

#include "../../common/test-wait.h"

/* How pictures that come are repaired, seen at the jitterbuffer of a webrtcbin's rtpbin; what webrtcbin does
 * with it is not in the way. */

#define SSRC 7
#define PAYLOAD_TYPE 96
#define CLOCK_RATE 90000
#define STEP_MS 20

typedef struct {
  GstElement *pipeline;
  GstElement *webrtc;
  GstElement *rtpbin;
  GstPad *source;
  GstPad *sink;
  guint16 seqnum;
  GMutex lock;
  GArray *asked; /* guint: sequence numbers that were asked for; with the lock */
} Fixture;

static GstCaps *
make_caps (void)
{
  return gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, "video", "clock-rate",
      G_TYPE_INT, CLOCK_RATE, "encoding-name", G_TYPE_STRING, "VP8", "payload", G_TYPE_INT,
      PAYLOAD_TYPE, NULL);
}

static GstCaps *
on_request_pt_map (GstElement *rtpbin, guint session, guint payload_type, gpointer data)
{
  return make_caps ();
}

static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Fixture *f = user_data;
  const GstStructure *structure = gst_event_get_structure (GST_PAD_PROBE_INFO_EVENT (info));
  guint seqnum;

  if (structure == NULL || !gst_structure_has_name (structure, "GstRTPRetransmissionRequest")
      || !gst_structure_get_uint (structure, "seqnum", &seqnum))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&f->lock);
  g_array_append_val (f->asked, seqnum);
  g_mutex_unlock (&f->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_new_jitterbuffer (
    GstElement *rtpbin, GstElement *jitterbuffer, guint session, guint ssrc, Fixture *f)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (jitterbuffer, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, f, NULL);
}

static void
on_pad_added (GstElement *rtpbin, GstPad *pad, Fixture *f)
{
  GstElement *end;
  g_autoptr (GstPad) sink = NULL;

  if (!g_str_has_prefix (GST_OBJECT_NAME (pad), "recv_rtp_src_"))
    return;
  end = gst_element_factory_make ("fakesink", NULL);
  g_object_set (end, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (f->webrtc), end);
  gst_element_sync_state_with_parent (end);
  sink = gst_element_get_static_pad (end, "sink");
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
}

static void
begin_stream (Fixture *f)
{
  g_autoptr (GstCaps) caps = make_caps ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_pad_push_event (f->source, gst_event_new_stream_start ("video")));
  g_assert_true (gst_pad_push_event (f->source, gst_event_new_caps (caps)));
  g_assert_true (gst_pad_push_event (f->source, gst_event_new_segment (&segment)));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_mutex_init (&f->lock);
  f->asked = g_array_new (FALSE, FALSE, sizeof (guint));
  f->pipeline = gst_pipeline_new (NULL);
  f->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  g_assert_nonnull (f->webrtc);
  gst_bin_add (GST_BIN (f->pipeline), f->webrtc);
  f->rtpbin = gst_bin_get_by_name (GST_BIN (f->webrtc), "rtpbin");
  g_signal_handlers_disconnect_by_data (f->rtpbin, f->webrtc);
  g_signal_connect (f->rtpbin, "request-pt-map", G_CALLBACK (on_request_pt_map), NULL);
  g_signal_connect (f->rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer), f);
  genos_webrtc_tune_rtp (f->webrtc);
  g_signal_connect (f->rtpbin, "pad-added", G_CALLBACK (on_pad_added), f);

  f->sink = gst_element_request_pad_simple (f->rtpbin, "recv_rtp_sink_0");
  f->source = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_active (f->source, TRUE);
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
  g_assert_cmpint (gst_pad_link (f->source, f->sink), ==, GST_PAD_LINK_OK);
  begin_stream (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  gst_pad_unlink (f->source, f->sink);
  gst_element_release_request_pad (f->rtpbin, f->sink);
  gst_object_unref (f->sink);
  gst_object_unref (f->source);
  gst_object_unref (f->rtpbin);
  gst_object_unref (f->pipeline);
  g_array_unref (f->asked);
  g_mutex_clear (&f->lock);
}

/* Each is the whole of a picture, and STEP_MS behind the one before. */
static void
push (Fixture *f)
{
  guint8 packet[32] = { 0x80, 0x80 | PAYLOAD_TYPE };
  GstBuffer *buffer;
  g_autoptr (GstClock) clock = gst_element_get_clock (f->pipeline);

  GST_WRITE_UINT16_BE (packet + 2, f->seqnum);
  GST_WRITE_UINT32_BE (packet + 4, f->seqnum * STEP_MS * (CLOCK_RATE / 1000));
  GST_WRITE_UINT32_BE (packet + 8, SSRC);
  buffer = gst_buffer_new_memdup (packet, sizeof packet);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer) =
      gst_clock_get_time (clock) - gst_element_get_base_time (f->pipeline);
  g_assert_cmpint (gst_pad_push (f->source, buffer), ==, GST_FLOW_OK);
  f->seqnum++;
}

static guint
count_asked (Fixture *f)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&f->lock);

  return f->asked->len;
}

/* STEP_MS between them */
static void
push_some (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++) {
    gint64 until = g_get_monotonic_time () + STEP_MS * G_TIME_SPAN_MILLISECOND;

    push (f);
    genos_test_wait_until (g_get_monotonic_time () >= until);
  }
}

/* Nobody asks for what a sender that is busy, or has nothing new to show, has yet to make; what is missing
 * shows with the next packet. On a machine that is too late with that one it is not asked for any more. */
static void
test_asks_for_what_is_missing_only (Fixture *f, gconstpointer data)
{
  gint64 until;
  gint64 deadline;
  guint missing;

  push_some (f, 20);
  until = g_get_monotonic_time () + 500 * G_TIME_SPAN_MILLISECOND;
  genos_test_wait_until (g_get_monotonic_time () >= until);
  g_assert_cmpuint (count_asked (f), ==, 0);
  push_some (f, 5);
  g_assert_cmpuint (count_asked (f), ==, 0);

  deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    missing = f->seqnum++;
    push_some (f, 10);
  } while (count_asked (f) == 0);
  g_mutex_lock (&f->lock);
  for (guint i = 0; i < f->asked->len; i++)
    g_assert_cmpuint (g_array_index (f->asked, guint, i), ==, missing);
  g_mutex_unlock (&f->lock);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/transport/webrtc-rtp/asks-for-what-is-missing-only", Fixture, NULL, set_up,
      test_asks_for_what_is_missing_only, tear_down);
  return g_test_run ();
}
