/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-ssrc-gate.h>

static GenosSsrcGate *
gate_with (guint32 a, guint32 b)
{
  GenosSsrcGate *gate = genos_ssrc_gate_new ();
  GArray *ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_val (ssrcs, a);
  g_array_append_val (ssrcs, b);
  genos_ssrc_gate_set (gate, ssrcs);
  return gate;
}

static GstBuffer *
rtp_of (guint32 ssrc, gsize size)
{
  guint8 packet[20] = { 0x80, 96, 0, 1, 0, 0, 0, 0, ssrc >> 24, ssrc >> 16, ssrc >> 8, ssrc };

  return gst_buffer_new_memdup (packet, size);
}

static void
test_rtp (void)
{
  g_autoptr (GenosSsrcGate) gate = gate_with (7, 0xfffffff0);
  const struct {
    guint32 ssrc;
    gsize size;
    gboolean passes;
  } cases[] = {
    { 7, 20, TRUE },
    { 0xfffffff0, 12, TRUE },
    { 8, 20, FALSE },
    { 0, 20, FALSE },
    { 7, 11, FALSE },
    { 7, 1, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstBuffer) buffer = rtp_of (cases[i].ssrc, cases[i].size);

    g_assert_cmpint (genos_ssrc_gate_check_rtp (gate, &buffer), ==, cases[i].passes);
  }
}

/* Nothing is announced before the first description. */
static void
test_rtp_empty (void)
{
  g_autoptr (GenosSsrcGate) gate = genos_ssrc_gate_new ();
  g_autoptr (GstBuffer) buffer = rtp_of (7, 20);

  g_assert_false (genos_ssrc_gate_check_rtp (gate, &buffer));
}

#define SR(ssrc)                                                                                   \
  0x80, 200, 0, 6, 0, 0, 0, ssrc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define RR(ssrc) 0x80, 201, 0, 1, 0, 0, 0, ssrc
#define PLI(ssrc) 0x81, 206, 0, 2, 0, 0, 0, ssrc, 0, 0, 0, 9

static gboolean
check_rtcp (GenosSsrcGate *gate, const guint8 *data, gsize size, GBytes **after)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);
  g_autoptr (GstBuffer) original = gst_buffer_ref (buffer);
  gboolean passes = genos_ssrc_gate_check_rtcp (gate, &buffer);
  gpointer bytes;
  gsize length;

  gst_buffer_extract_dup (buffer, 0, -1, &bytes, &length);
  *after = g_bytes_new_take (bytes, length);
  gst_buffer_unref (buffer);
  g_assert_cmpint (gst_buffer_memcmp (original, 0, data, size), ==, 0);
  return passes;
}

static void
test_rtcp (void)
{
  static const guint8 announced[] = { SR (7), RR (7), PLI (7) };
  static const guint8 stranger[] = { RR (9), PLI (9) };
  static const guint8 nobody[] = { RR (1), PLI (1) };
  static const guint8 strange_report[] = { RR (7), SR (9) };
  g_autoptr (GenosSsrcGate) gate = gate_with (7, 8);
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  g_autoptr (GBytes) c = NULL;

  g_assert_true (check_rtcp (gate, announced, sizeof announced, &a));
  g_assert_cmpmem (g_bytes_get_data (a, NULL), g_bytes_get_size (a), announced, sizeof announced);
  /* Requests of those who send nothing themselves are kept, under another name. */
  g_assert_true (check_rtcp (gate, stranger, sizeof stranger, &b));
  g_assert_cmpmem (g_bytes_get_data (b, NULL), g_bytes_get_size (b), nobody, sizeof nobody);
  g_assert_false (check_rtcp (gate, strange_report, sizeof strange_report, &c));
}

static void
test_rtcp_truncated (void)
{
  static const guint8 whole[] = { RR (7), SR (7), PLI (7) };
  g_autoptr (GenosSsrcGate) gate = gate_with (7, 8);

  for (gsize size = 1; size < sizeof whole; size++) {
    g_autoptr (GBytes) after = NULL;
    gboolean at_border = size == 8 || size == 36;

    g_assert_cmpint (check_rtcp (gate, whole, size, &after), ==, at_border);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/transport/webrtc-ssrc-gate/rtp", test_rtp);
  g_test_add_func ("/transport/webrtc-ssrc-gate/rtp-empty", test_rtp_empty);
  g_test_add_func ("/transport/webrtc-ssrc-gate/rtcp", test_rtcp);
  g_test_add_func ("/transport/webrtc-ssrc-gate/rtcp-truncated", test_rtcp_truncated);
  return g_test_run ();
}
