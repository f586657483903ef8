/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/rtp/rtp-own-header.h>

#include <gst/rtp/rtp.h>

#include <string.h>

#define PAYLOAD "hello, world"

static GstBuffer *
new_packet (guint n_csrc)
{
  GstBuffer *packet = gst_rtp_buffer_new_allocate (sizeof PAYLOAD, 0, n_csrc);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  g_assert_true (gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp));
  gst_rtp_buffer_set_ssrc (&rtp, 11);
  gst_rtp_buffer_set_seq (&rtp, 12);
  gst_rtp_buffer_set_timestamp (&rtp, 13);
  gst_rtp_buffer_set_marker (&rtp, TRUE);
  for (guint i = 0; i < n_csrc; i++)
    gst_rtp_buffer_set_csrc (&rtp, i, 100 + i);
  memcpy (gst_rtp_buffer_get_payload (&rtp), PAYLOAD, sizeof PAYLOAD);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_PTS (packet) = 14;
  GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  return packet;
}

static void
check (GstBuffer *packet, guint number, guint32 ssrc, guint16 seqnum, guint n_csrc)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gpointer data;
  guint size;

  g_assert_true (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  g_assert_cmpuint (gst_rtp_buffer_get_ssrc (&rtp), ==, ssrc);
  g_assert_cmpuint (gst_rtp_buffer_get_seq (&rtp), ==, seqnum);
  g_assert_cmpuint (gst_rtp_buffer_get_timestamp (&rtp), ==, 13);
  g_assert_true (gst_rtp_buffer_get_marker (&rtp));
  g_assert_cmpuint (gst_rtp_buffer_get_csrc_count (&rtp), ==, n_csrc);
  for (guint i = 0; i < n_csrc; i++)
    g_assert_cmpuint (gst_rtp_buffer_get_csrc (&rtp, i), ==, 100 + i);
  g_assert_cmpuint (gst_rtp_buffer_get_payload_len (&rtp), ==, sizeof PAYLOAD);
  g_assert_cmpstr (gst_rtp_buffer_get_payload (&rtp), ==, PAYLOAD);
  if (number != 0) {
    g_assert_true (gst_rtp_buffer_get_extension_onebyte_header (&rtp, number, 0, &data, &size));
    g_assert_cmpuint (size, ==, 2);
  }
  gst_rtp_buffer_unmap (&rtp);
  g_assert_cmpuint (GST_BUFFER_PTS (packet), ==, 14);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT));
}

static void
test_plain (void)
{
  for (guint n_csrc = 0; n_csrc <= 15; n_csrc += 5) {
    g_autoptr (GstBuffer) shared = new_packet (n_csrc);
    g_autoptr (GstBuffer) same = genos_rtp_own_header (gst_buffer_ref (shared), 0, 12, 3);
    g_autoptr (GstBuffer) other = genos_rtp_own_header (gst_buffer_ref (shared), 77, 65535, 14);
    g_autoptr (GstBuffer) bare = genos_rtp_own_header (gst_buffer_ref (shared), 78, 0, 0);

    check (same, 3, 11, 12, n_csrc);
    check (other, 14, 77, 65535, n_csrc);
    check (bare, 0, 78, 0, n_csrc);
    check (shared, 0, 11, 12, n_csrc);
  }
}

static void
test_beside_another (void)
{
  GstBuffer *packet = new_packet (2);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 level = 55;
  gpointer data;
  guint size;

  g_assert_true (gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp));
  g_assert_true (gst_rtp_buffer_add_extension_onebyte_header (&rtp, 1, &level, 1));
  gst_rtp_buffer_unmap (&rtp);
  packet = genos_rtp_own_header (packet, 0, 12, 3);
  check (packet, 3, 11, 12, 2);
  g_assert_true (gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp));
  g_assert_true (gst_rtp_buffer_get_extension_onebyte_header (&rtp, 1, 0, &data, &size));
  g_assert_cmpuint (*(guint8 *) data, ==, level);
  gst_rtp_buffer_unmap (&rtp);
  gst_buffer_unref (packet);
}

static void
test_of_another_kind (void)
{
  GstBuffer *packet = new_packet (0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint8 value = 1;

  g_assert_true (gst_rtp_buffer_map (packet, GST_MAP_READWRITE, &rtp));
  g_assert_true (gst_rtp_buffer_add_extension_twobytes_header (&rtp, 0, 1, &value, 1));
  gst_rtp_buffer_unmap (&rtp);
  guint extent = gst_buffer_get_size (packet);
  packet = genos_rtp_own_header (packet, 5, 6, 3);
  g_assert_cmpuint (gst_buffer_get_size (packet), ==, extent);
  check (packet, 0, 5, 6, 0);
  gst_buffer_unref (packet);
}

/* Cut short at every length, with extensions that claim to be long. */
static void
test_truncated (void)
{
  const guint8 bytes[40] = { 0x92, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0xbe,
    0xde, 0xff, 0xff, 0x10, 1, 0, 0 };

  for (guint size = 1; size <= sizeof bytes; size++) {
    GstBuffer *packet = gst_buffer_new_memdup (bytes, size);

    g_assert_true (genos_rtp_own_header (packet, 9, 1, 3) == packet);
    gst_buffer_unref (packet);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/rtp-own-header/plain", test_plain);
  g_test_add_func ("/transport/rtp-own-header/beside-another", test_beside_another);
  g_test_add_func ("/transport/rtp-own-header/of-another-kind", test_of_another_kind);
  g_test_add_func ("/transport/rtp-own-header/truncated", test_truncated);
  return g_test_run ();
}
