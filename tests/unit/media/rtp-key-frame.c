/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/rtp-key-frame.h>

#include "media-fixture.h"

typedef struct {
  GenosCodecId codec;
  gboolean begins;
  guint n;
  guint8 bytes[12];
} Row;

static const Row rows[] = {
  /* RFC 7741: the shortest descriptor; another partition; not the first packet; not a key frame */
  { GENOS_CODEC_VP8, TRUE, 2, { 0x10, 0x00 } },
  { GENOS_CODEC_VP8, FALSE, 2, { 0x11, 0x00 } },
  { GENOS_CODEC_VP8, FALSE, 2, { 0x00, 0x00 } },
  { GENOS_CODEC_VP8, FALSE, 2, { 0x10, 0x01 } },
  /* A picture id of 7 and of 15 bits, TL0PICIDX, TID and KEYIDX. */
  { GENOS_CODEC_VP8, TRUE, 4, { 0x90, 0x80, 0x7f, 0x02 } },
  { GENOS_CODEC_VP8, TRUE, 5, { 0x90, 0x80, 0xff, 0xff, 0x02 } },
  { GENOS_CODEC_VP8, TRUE, 7, { 0x90, 0xf0, 0x80, 0x01, 0x01, 0x01, 0x10 } },
  { GENOS_CODEC_VP8, FALSE, 7, { 0x90, 0xf0, 0x80, 0x00, 0x00, 0x00, 0x11 } },
  /* RFC 9628: a whole frame; predicted; its end only; of two spatial layers */
  { GENOS_CODEC_VP9, TRUE, 4, { 0x8c, 0x01, 0x00, 0x00 } },
  { GENOS_CODEC_VP9, FALSE, 4, { 0xcc, 0x01, 0x00, 0x00 } },
  { GENOS_CODEC_VP9, FALSE, 4, { 0x84, 0x01, 0x00, 0x00 } },
  { GENOS_CODEC_VP9, TRUE, 5, { 0xa8, 0x80, 0x01, 0x10, 0x00 } },
  { GENOS_CODEC_VP9, FALSE, 5, { 0xa8, 0x80, 0x01, 0x12, 0x00 } },
  /* RFC 6184: IDR, SPS, a slice; the set behind a delimiter; fragments */
  { GENOS_CODEC_H264, TRUE, 2, { 0x65, 0x00 } },
  { GENOS_CODEC_H264, TRUE, 2, { 0x67, 0x00 } },
  { GENOS_CODEC_H264, FALSE, 2, { 0x41, 0x00 } },
  { GENOS_CODEC_H264, TRUE, 9, { 0x78, 0x00, 0x02, 0x09, 0x10, 0x00, 0x02, 0x67, 0x42 } },
  { GENOS_CODEC_H264, FALSE, 9, { 0x78, 0x00, 0x02, 0x09, 0x10, 0x00, 0x02, 0x41, 0x42 } },
  { GENOS_CODEC_H264, TRUE, 2, { 0x7c, 0x85 } },
  { GENOS_CODEC_H264, FALSE, 2, { 0x7c, 0x05 } },
  { GENOS_CODEC_H264, FALSE, 2, { 0x7c, 0x81 } },
  /* RFC 7798: CRA, VPS, a slice; an aggregate; fragments */
  { GENOS_CODEC_H265, TRUE, 3, { 0x2a, 0x01, 0x00 } },
  { GENOS_CODEC_H265, TRUE, 3, { 0x40, 0x01, 0x00 } },
  { GENOS_CODEC_H265, FALSE, 3, { 0x02, 0x01, 0x00 } },
  { GENOS_CODEC_H265, TRUE, 10, { 0x60, 0x01, 0x00, 0x02, 0x46, 0x01, 0x00, 0x02, 0x42, 0x01 } },
  { GENOS_CODEC_H265, TRUE, 3, { 0x62, 0x01, 0x93 } },
  { GENOS_CODEC_H265, FALSE, 3, { 0x62, 0x01, 0x13 } },
  /* AV1: the bit N */
  { GENOS_CODEC_AV1, TRUE, 2, { 0x18, 0x0a } },
  { GENOS_CODEC_AV1, FALSE, 2, { 0x10, 0x32 } },
  { GENOS_CODEC_OPUS, TRUE, 1, { 0xfc } },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %u", i);
    g_assert_cmpint (
        genos_rtp_begins_key_frame (rows[i].codec, rows[i].bytes, rows[i].n), ==, rows[i].begins);
  }
}

/* Behind the end there is memory that a checker knows to be forbidden. */
static void
test_truncated (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint n = 0; n <= rows[i].n; n++) {
      g_autofree guint8 *bytes = g_memdup2 (rows[i].bytes, n);
      genos_rtp_begins_key_frame (rows[i].codec, bytes, n);
    }
  }
  g_assert_false (genos_rtp_begins_key_frame (GENOS_CODEC_VP8, NULL, 0));
}

static void
test_noise (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  guint n_key = 0;

  for (guint i = 0; i < 20000; i++) {
    guint n = g_rand_int_range (rand, 1, 24);
    g_autofree guint8 *bytes = g_malloc (n);
    for (guint k = 0; k < n; k++)
      bytes[k] = g_rand_int (rand);
    n_key += genos_rtp_begins_key_frame (i % (GENOS_CODEC_PCMA + 1), bytes, n);
  }
  g_assert_cmpuint (n_key, >, 0);
}

/* What our own payloaders make of pictures: one key frame, then others. */
static void
check_encoder (GenosCodecId codec, const char *encoder, const char *settings, const char *payloader)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (encoder);
  g_autofree char *launch = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GPtrArray) packets = NULL;
  guint n_key = 0;

  if (found == NULL)
    return;
  launch =
      g_strdup_printf ("videotestsrc num-buffers=4 pattern=snow ! " VIDEO_SMALL " ! %s %s ! %s",
          encoder, settings, payloader);
  packets = media_test_encode (launch, &caps);
  g_assert_cmpuint (packets->len, >=, 4);
  guint32 key_time = 0;
  for (guint i = 0; i < packets->len; i++) {
    GstMapInfo map;
    g_assert_true (gst_buffer_map (g_ptr_array_index (packets, i), &map, GST_MAP_READ));
    if (genos_rtp_begins_key_frame (codec, map.data + 12, map.size - 12)) {
      n_key++;
      key_time = GST_READ_UINT32_BE (map.data + 4);
    }
    gst_buffer_unmap (g_ptr_array_index (packets, i), &map);
  }
  GstMapInfo first;
  g_assert_true (gst_buffer_map (g_ptr_array_index (packets, 0), &first, GST_MAP_READ));
  g_assert_cmpuint (n_key, >=, 1);
  g_assert_cmpuint (key_time, ==, GST_READ_UINT32_BE (first.data + 4));
  gst_buffer_unmap (g_ptr_array_index (packets, 0), &first);
}

static void
test_encoders (void)
{
  check_encoder (
      GENOS_CODEC_VP8, "vp8enc", "deadline=1 cpu-used=16 threads=1", "rtpvp8pay picture-id-mode=2");
  check_encoder (GENOS_CODEC_H264, "x264enc", "speed-preset=ultrafast tune=zerolatency threads=1",
      "rtph264pay aggregate-mode=zero-latency");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/rtp-key-frame/rows", test_rows);
  g_test_add_func ("/media/rtp-key-frame/truncated", test_truncated);
  g_test_add_func ("/media/rtp-key-frame/noise", test_noise);
  g_test_add_func ("/media/rtp-key-frame/encoders", test_encoders);
  return g_test_run ();
}
