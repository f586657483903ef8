/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-rewriter.h>

#define SSRC_IN 0x11111111
#define SSRC_OUT 0x22222222
#define KEY 0x00
#define DELTA 0x01

static GstBuffer *
packet_new (guint32 ssrc, guint16 seqnum, guint32 time, gboolean ends, guint8 frame_tag)
{
  guint8 *p = g_malloc0 (24);

  p[0] = 0x80;
  p[1] = ends ? 0xe4 : 0x64;
  GST_WRITE_UINT16_BE (p + 2, seqnum);
  GST_WRITE_UINT32_BE (p + 4, time);
  GST_WRITE_UINT32_BE (p + 8, ssrc);
  p[12] = 0x10;
  p[13] = frame_tag;
  GstBuffer *buffer = gst_buffer_new_wrapped (p, 24);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (time, GST_SECOND, 90000);
  return buffer;
}

static void
init (GenosRtpRewriter *self)
{
  genos_rtp_rewriter_init (self, genos_media_codec_by_name ("vp8"), SSRC_OUT);
}

/* What went out: its number, or -1. */
static int
pass (GenosRtpRewriter *self, GstBuffer *buffer, gboolean *key, guint32 *time)
{
  g_autoptr (GstBuffer) out = genos_rtp_rewriter_pass (self, buffer);
  guint8 head[12];

  if (out == NULL)
    return -1;
  g_assert_cmpuint (gst_buffer_extract (out, 0, head, 12), ==, 12);
  g_assert_cmpuint (head[0], ==, 0x80);
  g_assert_cmpuint (head[1] & 0x7f, ==, self->codec->payload);
  g_assert_cmphex (GST_READ_UINT32_BE (head + 8), ==, SSRC_OUT);
  if (key != NULL)
    *key = !GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DELTA_UNIT);
  if (time != NULL)
    *time = GST_READ_UINT32_BE (head + 4);
  return GST_READ_UINT16_BE (head + 2);
}

static int
feed (GenosRtpRewriter *self, guint16 seqnum, guint32 time, gboolean ends, guint8 tag)
{
  return pass (self, packet_new (SSRC_IN, seqnum, time, ends, tag), NULL, NULL);
}

static void
test_begins_with_key (void)
{
  GenosRtpRewriter self;
  gboolean key;
  guint32 time;

  init (&self);
  g_assert_true (genos_rtp_rewriter_waits (&self));
  g_assert_cmpint (feed (&self, 9, 1000, TRUE, DELTA), ==, -1);
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 10, 4000, FALSE, KEY), &key, &time), ==, 10);
  g_assert_true (key);
  g_assert_cmpuint (time, ==, 4000);
  g_assert_false (genos_rtp_rewriter_waits (&self));
  /* One of a frame is its first, whatever the others look like. */
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 11, 4000, TRUE, KEY), &key, NULL), ==, 11);
  g_assert_false (key);
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 12, 7000, TRUE, KEY), &key, NULL), ==, 12);
  g_assert_true (key);
}

/* Of what is sealed the first byte tells. */
static void
test_sealed (void)
{
  GenosRtpRewriter self;
  GstBuffer *sealed = packet_new (SSRC_IN, 10, 4000, TRUE, KEY);
  gboolean key = FALSE;

  init (&self);
  self.sealed = TRUE;
  g_assert_cmpint (pass (&self, gst_buffer_copy_deep (sealed), NULL, NULL), ==, -1);
  gst_buffer_memset (sealed, 12, 1, 1);
  gst_buffer_memset (sealed, 13, DELTA, 1);
  g_assert_cmpint (pass (&self, sealed, &key, NULL), ==, 10);
  g_assert_true (key);
}

/* What was lost before us is lost behind us; what comes twice goes once. */
static void
test_gaps_stay (void)
{
  GenosRtpRewriter self;

  init (&self);
  g_assert_cmpint (feed (&self, 65534, 1000, TRUE, KEY), ==, 65534);
  g_assert_cmpint (feed (&self, 65534, 1000, TRUE, KEY), ==, -1);
  g_assert_cmpint (feed (&self, 1, 4000, TRUE, DELTA), ==, 1);
  g_assert_cmpint (feed (&self, 0, 4000, TRUE, DELTA), ==, -1);
}

static void
test_goes_on_after_a_cut (void)
{
  GenosRtpRewriter self;
  guint32 time;

  init (&self);
  g_assert_cmpint (feed (&self, 10, 90000, TRUE, KEY), ==, 10);
  /* Another run of the same track: its numbers are others, its time is the same. */
  genos_rtp_rewriter_cut (&self);
  g_assert_cmpint (feed (&self, 9, 93000, TRUE, DELTA), ==, -1);
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 5, 96000, FALSE, KEY), NULL, &time), ==, 11);
  g_assert_cmpuint (time, ==, 96000);
  /* A frame that is not whole leaves a number out, so that it is taken for broken. */
  genos_rtp_rewriter_cut (&self);
  g_assert_cmpint (feed (&self, 60000, 99000, TRUE, KEY), ==, 13);
  g_assert_cmpint (feed (&self, 60001, 102000, TRUE, DELTA), ==, 14);
}

static void
test_jumps_are_cuts (void)
{
  GenosRtpRewriter self;
  guint32 time;

  init (&self);
  g_assert_cmpint (feed (&self, 10, 90000, TRUE, KEY), ==, 10);
  g_assert_cmpint (feed (&self, 20000, 93000, TRUE, DELTA), ==, -1);
  g_assert_true (genos_rtp_rewriter_waits (&self));
  g_assert_cmpint (feed (&self, 20001, 96000, TRUE, KEY), ==, 11);

  /* Another source: its time is another as well, and is made to follow. */
  GstBuffer *other = packet_new (SSRC_IN + 1, 77, 99000, TRUE, KEY);
  guint8 far[4];
  GST_WRITE_UINT32_BE (far, 0xf0000000);
  gst_buffer_fill (other, 4, far, 4);
  g_assert_cmpint (pass (&self, other, NULL, &time), ==, 12);
  g_assert_cmpint (ABS ((int) time - 99000), <, 90);
}

/* Extensions, contributing sources and padding stay on the link that they came over. */
static void
test_only_payload_goes (void)
{
  static const guint8 packet[] = { 0xb1, 0xe4, 0x00, 0x0a, 0, 0, 0, 9, 0x11, 0x11, 0x11, 0x11, 1, 2,
    3, 4, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0, 0x10, 0x00, 0xab, 0xcd, 0, 2 };
  GenosRtpRewriter self;

  init (&self);
  g_autoptr (GstBuffer) out =
      genos_rtp_rewriter_pass (&self, gst_buffer_new_memdup (packet, sizeof packet));
  g_assert_nonnull (out);
  g_assert_cmpuint (gst_buffer_get_size (out), ==, 12 + 4);
  g_assert_cmpint (gst_buffer_memcmp (out, 12, "\x10\x00\xab\xcd", 4), ==, 0);
  /* A header that can be written without copying what it goes before. */
  g_assert_cmpuint (gst_buffer_n_memory (out), ==, 2);

  /* Only padding: nothing, and nothing is missed. */
  guint8 empty[16] = { 0xa0, 0x64, 0x00, 0x0b, 0, 0, 0, 9, 0x11, 0x11, 0x11, 0x11, 0, 0, 0, 4 };
  g_assert_cmpint (pass (&self, gst_buffer_new_memdup (empty, 16), NULL, NULL), ==, -1);
  g_assert_cmpint (feed (&self, 12, 3000, TRUE, DELTA), ==, 11);
  g_assert_cmpint (feed (&self, 13, 6000, TRUE, DELTA), ==, 12);
}

static void
test_sound_needs_no_key (void)
{
  GenosRtpRewriter self;
  gboolean key;

  genos_rtp_rewriter_init (&self, genos_media_codec_by_name ("opus"), SSRC_OUT);
  g_assert_false (genos_rtp_rewriter_waits (&self));
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 5, 960, FALSE, DELTA), &key, NULL), ==, 5);
  g_assert_true (key);
  genos_rtp_rewriter_cut (&self);
  g_assert_cmpint (pass (&self, packet_new (SSRC_IN, 500, 1920, FALSE, DELTA), &key, NULL), ==, 6);
}

static void
test_hostile (void)
{
  static const guint8 packet[] = { 0xb1, 0xe4, 0x00, 0x0a, 0, 0, 0, 9, 0x11, 0x11, 0x11, 0x11, 1, 2,
    3, 4, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0, 0x10, 0x00, 0xab, 0xcd, 0, 2 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GenosRtpRewriter self;

  init (&self);
  g_assert_cmpint (pass (&self, gst_buffer_new (), NULL, NULL), ==, -1);
  for (gsize n = 1; n <= sizeof packet; n++)
    pass (&self, gst_buffer_new_memdup (packet, n), NULL, NULL);
  for (guint i = 0; i < 20000; i++) {
    g_autofree guint8 *bytes = g_memdup2 (packet, sizeof packet);
    bytes[g_rand_int_range (rand, 0, sizeof packet)] ^= 1 << g_rand_int_range (rand, 0, 8);
    bytes[g_rand_int_range (rand, 0, sizeof packet)] = g_rand_int (rand);
    pass (&self, gst_buffer_new_memdup (bytes, g_rand_int_range (rand, 1, sizeof packet + 1)), NULL,
        NULL);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/rtp-rewriter/begins-with-key", test_begins_with_key);
  g_test_add_func ("/media/rtp-rewriter/sealed", test_sealed);
  g_test_add_func ("/media/rtp-rewriter/gaps-stay", test_gaps_stay);
  g_test_add_func ("/media/rtp-rewriter/goes-on-after-a-cut", test_goes_on_after_a_cut);
  g_test_add_func ("/media/rtp-rewriter/jumps-are-cuts", test_jumps_are_cuts);
  g_test_add_func ("/media/rtp-rewriter/only-payload-goes", test_only_payload_goes);
  g_test_add_func ("/media/rtp-rewriter/sound-needs-no-key", test_sound_needs_no_key);
  g_test_add_func ("/media/rtp-rewriter/hostile", test_hostile);
  return g_test_run ();
}
