/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The mix that goes back into the room: everybody hears the others, and not themselves. Each peer sends a
 * tone of its own, and the ear counts which tones are in a mix. */

#include "element-fixture.h"

#include <math.h>

#define WAIT (90 * G_TIME_SPAN_SECOND)
#define RATE 48000
/* Whole periods in the ten milliseconds of a buffer. */
#define FIRST_TONE 400
#define SECOND_TONE 1000
/* Of an amplitude of 0.2, after Opus. */
#define HEARD 0.02
#define SILENT 0.001

/* Where a tone begins or breaks off, others are heard as well: what counts is what stays. */
#define LASTING 15

typedef struct {
  GMutex lock;
  GCond cond;
  double first;
  double second;
  guint n; /* buffers in a row with the same tones */
} Ear;

/* The amplitude of one tone in the left channel (Goertzel). */
static double
measure (const gint16 *samples, gsize n, double tone)
{
  double step = 2 * G_PI * tone / RATE, re = 0, im = 0;

  for (gsize i = 0; i < n; i++) {
    re += samples[2 * i] * cos (step * (double) i) / 32768;
    im += samples[2 * i] * sin (step * (double) i) / 32768;
  }
  return 2 * sqrt (re * re + im * im) / (double) n;
}

static gboolean
is_clear (double amplitude)
{
  return amplitude > HEARD || amplitude < SILENT;
}

static void
hear (Ear *self, double first, double second)
{
  gboolean same =
      (first > HEARD) == (self->first > HEARD) && (second > HEARD) == (self->second > HEARD);

  self->n = same && is_clear (first) && is_clear (second) ? self->n + 1 : 0;
  self->first = first;
  self->second = second;
}

static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Ear *self = user_data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ));
  g_mutex_lock (&self->lock);
  hear (self, measure ((const gint16 *) map.data, map.size / 4, FIRST_TONE),
      measure ((const gint16 *) map.data, map.size / 4, SECOND_TONE));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return GST_PAD_PROBE_OK;
}

static void
ear_listen (Ear *self, GstPad *pad)
{
  *self = (Ear){ 0 };
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sound, self, NULL);
}

static void
ear_listen_to (Ear *self, GstElement *pipeline, const char *name)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  ear_listen (self, pad);
}

/* Until exactly these are heard, for a while. */
static void
ear_wait (Ear *self, gboolean first, gboolean second)
{
  gint64 deadline = g_get_monotonic_time () + WAIT;

  g_mutex_lock (&self->lock);
  while (self->n < LASTING || (self->first > HEARD) != first || (self->second > HEARD) != second) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      g_error ("heard %g and %g instead of %d and %d", self->first, self->second, first, second);
  }
  g_mutex_unlock (&self->lock);
}

static void
ear_clear (Ear *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static GstElement *
make_sender (TestRelay *relay, const char *peer_id, guint tone)
{
  return test_launch (
      "genosroomsink name=s room=minus stun-server=\"\" relays=\"%s?%s\" peer-id=%s "
      "audiotestsrc is-live=1 volume=0.2 freq=%u ! s.audio_0 ",
      test_relay_get_url (relay), peer_id, peer_id, tone);
}

static void
test_others_alone (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) pipeline =
      test_launch ("genosroommix name=m room=minus stun-server=\"\" relays=\"%s\" "
                   "m.audio ! fakesink name=all sync=0 async=0 "
                   "m.audio_first ! fakesink name=first sync=0 async=0 "
                   "m.audio_second ! fakesink name=second sync=0 async=0",
          test_relay_get_url (relay));
  g_autoptr (GstElement) mix = gst_bin_get_by_name (GST_BIN (pipeline), "m");
  g_autoptr (GstElement) one = make_sender (relay, "first", FIRST_TONE);
  g_autoptr (GstElement) two = make_sender (relay, "second", SECOND_TONE);
  g_autoptr (GstElement) late = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  g_autoptr (GstPad) guest = NULL, late_pad = gst_element_get_static_pad (late, "sink");
  Ear all, first, second, third;

  ear_listen_to (&all, pipeline, "all");
  ear_listen_to (&first, pipeline, "first");
  ear_listen_to (&second, pipeline, "second");
  test_reach (pipeline, GST_STATE_PLAYING);
  /* Nobody is there: all of them run. */
  ear_wait (&all, FALSE, FALSE);
  ear_wait (&first, FALSE, FALSE);
  test_reach (one, GST_STATE_PLAYING);
  test_reach (two, GST_STATE_PLAYING);
  ear_wait (&all, TRUE, TRUE);
  ear_wait (&first, FALSE, TRUE);
  ear_wait (&second, TRUE, FALSE);

  /* One more guest, in the middle of it, who only listens. */
  guest = gst_element_request_pad_simple (mix, "audio_third");
  g_assert_nonnull (guest);
  g_assert_null (gst_element_request_pad_simple (mix, "audio_%s"));
  g_object_set (late, "sync", FALSE, "async", FALSE, NULL);
  ear_listen (&third, late_pad);
  gst_bin_add (GST_BIN (pipeline), late);
  g_assert_true (gst_element_sync_state_with_parent (late));
  g_assert_cmpint (gst_pad_link (guest, late_pad), ==, GST_PAD_LINK_OK);
  ear_wait (&third, TRUE, TRUE);

  /* It goes again, and so does one who spoke. */
  gst_pad_unlink (guest, late_pad);
  gst_element_release_request_pad (mix, guest);
  test_stop (one);
  ear_wait (&all, FALSE, TRUE);
  ear_wait (&first, FALSE, TRUE);
  ear_wait (&second, FALSE, FALSE);
  test_stop (pipeline);
  test_stop (two);
  ear_clear (&all);
  ear_clear (&first);
  ear_clear (&second);
  ear_clear (&third);
}

/* Pads that are there before the element starts, stay when it stops, and go. */
static void
test_pads (void)
{
  g_autoptr (GstElement) mix = test_make ("genosroommix", "pads", NO_RELAY);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (mix, "audio_somebody");

  g_assert_nonnull (pad);
  g_assert_cmpstr (GST_PAD_NAME (pad), ==, "audio_somebody");
  for (guint i = 0; i < 2; i++) {
    test_reach (mix, GST_STATE_PLAYING);
    test_stop (mix);
  }
  test_reach (mix, GST_STATE_PLAYING);
  gst_element_release_request_pad (mix, pad);
  g_assert_null (gst_element_get_static_pad (mix, "audio_somebody"));
  test_stop (mix);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/mix-minus/others-alone", test_others_alone);
  g_test_add_func ("/elements/mix-minus/pads", test_pads);
  return g_test_run ();
}
