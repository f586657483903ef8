/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-meter.h>

#define FRAME (33 * 1000)

typedef struct {
  GenosRtpMeter meter;
  guint16 seqnum;
  guint32 timestamp;
  gint64 now;
} Stream;

static void
take (Stream *self, gboolean marker)
{
  GenosRtpHeader header = {
    .marker = marker, .seqnum = self->seqnum++, .timestamp = self->timestamp, .ssrc = 7, .size = 12
  };

  genos_rtp_meter_take (&self->meter, &header, 112, TRUE, self->now);
}

/* Three packets. */
static void
take_frame (Stream *self, gint64 duration)
{
  self->now += duration;
  self->timestamp += 3000;
  take (self, FALSE);
  take (self, FALSE);
  take (self, TRUE);
}

static void
take_frames (Stream *self, guint n)
{
  for (guint i = 0; i < n; i++)
    take_frame (self, FRAME);
}

static void
test_counts (void)
{
  Stream stream = { .seqnum = 65530, .now = 1 };

  take_frames (&stream, 10);
  g_assert_cmpuint (stream.meter.packets, ==, 30);
  g_assert_cmpuint (stream.meter.bytes, ==, 3000);
  g_assert_cmpuint (stream.meter.header_bytes, ==, 360);
  g_assert_cmpuint (stream.meter.frames, ==, 10);
  g_assert_cmpuint (stream.meter.partial, ==, 0);
  g_assert_cmpuint (stream.meter.freezes, ==, 0);
  g_assert_cmpuint (stream.meter.ssrc, ==, 7);
}

static void
test_lost_in_the_middle (void)
{
  Stream stream = { .now = 1 };

  take_frames (&stream, 5);
  stream.timestamp += 3000;
  take (&stream, FALSE);
  stream.seqnum++;
  take (&stream, TRUE);
  g_assert_cmpuint (stream.meter.frames, ==, 5);
  g_assert_cmpuint (stream.meter.partial, ==, 1);
  take_frames (&stream, 1);
  g_assert_cmpuint (stream.meter.frames, ==, 6);
}

static void
test_lost_marker (void)
{
  Stream stream = { .now = 1 };

  take_frames (&stream, 5);
  stream.timestamp += 3000;
  take (&stream, FALSE);
  stream.seqnum++;
  take_frames (&stream, 1);
  g_assert_cmpuint (stream.meter.partial, >=, 1);
  take_frames (&stream, 1);
  g_assert_cmpuint (stream.meter.frames, ==, 6);
}

static void
test_freeze (void)
{
  Stream stream = { .now = 1 };

  take_frames (&stream, 31);
  /* Not long enough: less than 150 ms above the mean. */
  take_frame (&stream, FRAME + 149 * 1000);
  g_assert_cmpuint (stream.meter.freezes, ==, 0);
  take_frames (&stream, 31);
  take_frame (&stream, 400 * 1000);
  g_assert_cmpuint (stream.meter.freezes, ==, 1);
  g_assert_cmpint (stream.meter.frozen, ==, 400 * 1000);
}

/* Three times the mean of slow pictures is more than 150 ms above it. */
static void
test_slow_pictures (void)
{
  Stream stream = { .now = 1 };

  for (guint i = 0; i < 31; i++)
    take_frame (&stream, 500 * 1000);
  take_frame (&stream, 1400 * 1000);
  g_assert_cmpuint (stream.meter.freezes, ==, 0);
  take_frame (&stream, 1700 * 1000);
  g_assert_cmpuint (stream.meter.freezes, ==, 1);
}

static void
test_pause (void)
{
  Stream stream = { .now = 1 };

  take_frames (&stream, 31);
  take_frame (&stream, 6 * G_USEC_PER_SEC);
  g_assert_cmpuint (stream.meter.freezes, ==, 0);
  g_assert_cmpuint (stream.meter.pauses, ==, 1);
  g_assert_cmpint (stream.meter.paused, ==, 6 * G_USEC_PER_SEC);
  take_frames (&stream, 3);
  g_assert_cmpuint (stream.meter.freezes, ==, 0);
}

static void
test_another_source (void)
{
  GenosRtpMeter meter = { 0 };
  GenosRtpHeader header = { .marker = TRUE, .seqnum = 5, .ssrc = 1, .size = 12 };

  genos_rtp_meter_take (&meter, &header, 20, TRUE, 1);
  header.ssrc = 2;
  header.seqnum = 4000;
  genos_rtp_meter_take (&meter, &header, 20, TRUE, 2);
  g_assert_cmpuint (meter.frames, ==, 2);
  g_assert_cmpuint (meter.partial, ==, 0);
}

static void
test_sound (void)
{
  GenosRtpMeter meter = { 0 };
  GenosRtpHeader header = { .marker = TRUE, .ssrc = 1, .size = 400 };

  /* The header says that it is larger than the packet. */
  genos_rtp_meter_take (&meter, &header, 20, FALSE, 1);
  g_assert_cmpuint (meter.frames, ==, 0);
  g_assert_cmpuint (meter.bytes, ==, 0);
  g_assert_cmpuint (meter.header_bytes, ==, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-meter/counts", test_counts);
  g_test_add_func ("/transport/rtp-meter/lost-in-the-middle", test_lost_in_the_middle);
  g_test_add_func ("/transport/rtp-meter/lost-marker", test_lost_marker);
  g_test_add_func ("/transport/rtp-meter/freeze", test_freeze);
  g_test_add_func ("/transport/rtp-meter/slow-pictures", test_slow_pictures);
  g_test_add_func ("/transport/rtp-meter/pause", test_pause);
  g_test_add_func ("/transport/rtp-meter/another-source", test_another_source);
  g_test_add_func ("/transport/rtp-meter/sound", test_sound);
  return g_test_run ();
}
