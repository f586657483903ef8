/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "record-key-frame.h"

#define BYTES(...) (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ })
#define BYTE_STREAM_H264 "video/x-h264, stream-format=byte-stream"
#define BYTE_STREAM_H265 "video/x-h265, stream-format=byte-stream"
#define AVC "video/x-h264, stream-format=avc, codec_data=(buffer)0142c00cff"
#define AVC_SHORT "video/x-h264, stream-format=avc, codec_data=(buffer)0142c00cfd"

static gboolean
check (const char *text, gboolean delta, const guint8 *data, gsize size)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (data, size);

  if (delta)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return genos_record_key_frame_check (caps, buffer);
}

static void
test_byte_stream (void)
{
  g_assert_true (check (BYTE_STREAM_H264, FALSE, BYTES (0, 0, 0, 1, 0x09, 0x10, 0, 0, 1, 0x65)));
  g_assert_true (check (BYTE_STREAM_H264, FALSE, BYTES (0, 0, 1, 0x67, 0x42)));
  g_assert_true (check (BYTE_STREAM_H265, FALSE, BYTES (0, 0, 1, 0x2a, 0x01)));
  g_assert_false (check (BYTE_STREAM_H264, TRUE, BYTES (0, 0, 1, 0x65, 0x88)));
  /* A parser may call them key frames. */
  g_assert_false (check (BYTE_STREAM_H264, FALSE, BYTES (0, 0, 1, 0x41, 0x9a, 0, 0, 1)));
  g_assert_false (check (BYTE_STREAM_H265, FALSE, BYTES (0, 0, 1, 0x02, 0x01)));
}

static void
test_units (void)
{
  g_assert_true (check (AVC, FALSE, BYTES (0, 0, 0, 2, 0x06, 0x05, 0, 0, 0, 1, 0x65)));
  g_assert_true (check (AVC_SHORT, FALSE, BYTES (0, 2, 0x06, 0x05, 0, 1, 0x65)));
  g_assert_false (check (AVC, FALSE, BYTES (0, 0, 0, 5, 0x41, 0, 0, 1, 0x65)));
  /* Cut short, or lying about their length. */
  g_assert_false (check (AVC, FALSE, BYTES (0, 0, 0)));
  g_assert_false (check (AVC, FALSE, BYTES (0, 0, 0, 0, 0, 0, 0, 0)));
  g_assert_false (check (AVC, FALSE, BYTES (0xff, 0xff, 0xff, 0xff, 0x41, 0x65)));
  g_assert_true (check ("video/x-h264, stream-format=avc", FALSE, BYTES (0, 0, 0, 1, 0x65)));
}

static void
test_others (void)
{
  g_assert_true (check ("video/x-vp8", FALSE, BYTES (1, 2, 3)));
  g_assert_false (check ("video/x-vp8", TRUE, BYTES (1, 2, 3)));
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/record-key-frame/byte-stream", test_byte_stream);
  g_test_add_func ("/tools/record-key-frame/units", test_units);
  g_test_add_func ("/tools/record-key-frame/others", test_others);
  return g_test_run ();
}
