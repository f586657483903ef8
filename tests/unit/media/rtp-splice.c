/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-splice.h>

#define NEAR 0x11111111
#define FAR 0x22222222

typedef struct {
  guint32 ssrc;
  guint16 seqnum;
  guint32 time;
  guint8 second; /* marker and payload type */
} Head;

static GstBuffer *
packet_new (Head head, GstClockTime pts)
{
  guint8 *p = g_malloc0 (20);
  GstBuffer *buffer;

  p[0] = 0x80;
  p[1] = head.second;
  GST_WRITE_UINT16_BE (p + 2, head.seqnum);
  GST_WRITE_UINT32_BE (p + 4, head.time);
  GST_WRITE_UINT32_BE (p + 8, head.ssrc);
  p[12] = 0xab;
  buffer = gst_buffer_new_wrapped (p, 20);
  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

static void
check (GenosRtpSplice *self, Head in, GstClockTime pts, Head expected)
{
  g_autoptr (GstBuffer) kept = packet_new (in, pts);
  g_autoptr (GstBuffer) out = genos_rtp_splice_pass (self, gst_buffer_ref (kept));
  guint8 p[20];

  g_assert_cmpuint (gst_buffer_extract (out, 0, p, sizeof p), ==, 20);
  g_assert_cmphex (p[0], ==, 0x80);
  g_assert_cmphex (p[1], ==, expected.second);
  g_assert_cmpuint (GST_READ_UINT16_BE (p + 2), ==, expected.seqnum);
  g_assert_cmpuint (GST_READ_UINT32_BE (p + 4), ==, expected.time);
  g_assert_cmphex (GST_READ_UINT32_BE (p + 8), ==, expected.ssrc);
  g_assert_cmphex (p[12], ==, 0xab);
  g_assert_cmpuint (GST_BUFFER_PTS (out), ==, pts);
  /* Others may have it as well: it is not written into. */
  g_assert_cmpuint (gst_buffer_extract (kept, 0, p, sizeof p), ==, 20);
  g_assert_cmpuint (GST_READ_UINT16_BE (p + 2), ==, in.seqnum);
}

static void
test_alone (void)
{
  GenosRtpSplice self;

  genos_rtp_splice_init (&self, 90000);
  /* Before anything came there is nothing to go on from. */
  genos_rtp_splice_cut (&self);
  check (&self, (Head){ NEAR, 65535, 10, 0x60 }, 0, (Head){ NEAR, 65535, 10, 0x60 });
  check (&self, (Head){ NEAR, 3, 11, 0xe0 }, 0, (Head){ NEAR, 3, 11, 0xe0 });
}

static void
test_goes_on (void)
{
  GenosRtpSplice self;

  genos_rtp_splice_init (&self, 90000);
  check (&self, (Head){ NEAR, 100, 90000, 0xe0 }, GST_SECOND, (Head){ NEAR, 100, 90000, 0xe0 });
  genos_rtp_splice_cut (&self);
  /* A number is missing between; time stamps stay, as they are the origin's. */
  check (&self, (Head){ FAR, 7, 108000, 0x61 }, GST_SECOND, (Head){ NEAR, 102, 108000, 0x60 });
  check (&self, (Head){ FAR, 9, 111600, 0xe1 }, GST_SECOND, (Head){ NEAR, 104, 111600, 0xe0 });
  /* And back. */
  genos_rtp_splice_cut (&self);
  check (&self, (Head){ NEAR, 150, 115200, 0x60 }, GST_SECOND, (Head){ NEAR, 106, 115200, 0x60 });
}

static void
test_other_clock (void)
{
  GenosRtpSplice self;

  genos_rtp_splice_init (&self, 90000);
  check (&self, (Head){ NEAR, 1, 90000, 0x60 }, GST_SECOND, (Head){ NEAR, 1, 90000, 0x60 });
  genos_rtp_splice_cut (&self);
  check (
      &self, (Head){ FAR, 1, 0x80000000, 0x60 }, 3 * GST_SECOND, (Head){ NEAR, 3, 270000, 0x60 });
  check (&self, (Head){ FAR, 2, 0x80000000 + 3600, 0x60 }, 3 * GST_SECOND,
      (Head){ NEAR, 4, 273600, 0x60 });
}

static void
test_no_packet (void)
{
  GenosRtpSplice self;

  genos_rtp_splice_init (&self, 48000);
  for (gsize n = 0; n < 12; n++) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, n, NULL);
    g_autoptr (GstBuffer) out = NULL;

    gst_buffer_memset (buffer, 0, 0x80, n);
    out = genos_rtp_splice_pass (&self, gst_buffer_ref (buffer));
    g_assert_true (out == buffer);
  }
  g_assert_false (self.begun);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/rtp-splice/alone", test_alone);
  g_test_add_func ("/media/rtp-splice/goes-on", test_goes_on);
  g_test_add_func ("/media/rtp-splice/other-clock", test_other_clock);
  g_test_add_func ("/media/rtp-splice/no-packet", test_no_packet);
  return g_test_run ();
}
