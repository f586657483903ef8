/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-payloads.h>

#define SSRC 7
#define HEADER_SIZE 12

static GArray *
routes (guint inner, guint wire)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute));
  GenosRtpPayloads payloads = { 0 };

  g_assert_true (genos_rtp_payloads_add (&payloads, inner, wire));
  genos_rtp_routes_add (rows, SSRC, &payloads);
  return rows;
}

/* A header and what it carries, each in a memory of its own. */
static GstBuffer *
packet (guint8 second, guint8 ssrc)
{
  static guint8 payload[1000];
  guint8 header[HEADER_SIZE] = { 0x80, second, 0, 1, 0, 0, 0, 0, 0, 0, 0, ssrc };
  GstBuffer *buffer = gst_buffer_new_memdup (header, sizeof header);

  gst_buffer_append_memory (buffer,
      gst_memory_new_wrapped (
          GST_MEMORY_FLAG_READONLY, payload, sizeof payload, 0, sizeof payload, NULL, NULL));
  return buffer;
}

static guint8
second_byte (GstBuffer *buffer)
{
  guint8 byte = 0;

  g_assert_cmpuint (gst_buffer_extract (buffer, 1, &byte, 1), ==, 1);
  return byte;
}

/* A packet that others have too is not changed, and what it carries is not copied. */
static void
test_shared (void)
{
  g_autoptr (GstElement) webrtc = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GenosWebrtcPayloads) payloads = genos_webrtc_payloads_new (webrtc);
  g_autoptr (GstBuffer) kept = packet (0x80 | 98, SSRC);
  GstBuffer *sent = gst_buffer_ref (kept);

  genos_webrtc_payloads_renumber (payloads, TRUE, &sent);
  g_assert_true (sent == kept);
  genos_webrtc_payloads_set (payloads, TRUE, routes (98, 121));
  genos_webrtc_payloads_renumber (payloads, FALSE, &sent);
  g_assert_true (sent == kept);
  genos_webrtc_payloads_renumber (payloads, TRUE, &sent);
  g_assert_cmpuint (second_byte (sent), ==, 0x80 | 121);
  g_assert_cmpuint (second_byte (kept), ==, 0x80 | 98);
  g_assert_true (gst_buffer_peek_memory (sent, 1) == gst_buffer_peek_memory (kept, 1));
  gst_buffer_unref (sent);
}

static void
test_own (void)
{
  g_autoptr (GstElement) webrtc = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GenosWebrtcPayloads) payloads = genos_webrtc_payloads_new (webrtc);
  GstBuffer *own = packet (121, SSRC);
  GstBuffer *same = own;
  GstBuffer *other = packet (121, SSRC + 1);
  GstBuffer *part = gst_buffer_new_allocate (NULL, HEADER_SIZE - 1, NULL);

  genos_webrtc_payloads_set (payloads, FALSE, routes (98, 121));
  genos_webrtc_payloads_renumber (payloads, FALSE, &own);
  g_assert_true (own == same);
  g_assert_cmpuint (second_byte (own), ==, 98);
  genos_webrtc_payloads_renumber (payloads, FALSE, &other);
  g_assert_cmpuint (second_byte (other), ==, 121);
  genos_webrtc_payloads_renumber (payloads, FALSE, &part);
  g_assert_cmpuint (gst_buffer_get_size (part), ==, HEADER_SIZE - 1);
  gst_buffer_unref (own);
  gst_buffer_unref (other);
  gst_buffer_unref (part);
}

/* --- at the pads of something that has webrtcbin's names */

typedef struct {
  GstElement *webrtc, *transport;
  GstPad *pad; /* of the transport */
  GstPad *from;
  guint8 seen[4];
  guint n_seen;
} Transport;

static GstFlowReturn
on_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Transport *self = g_object_get_data (G_OBJECT (pad), "test");

  g_assert_cmpuint (self->n_seen, <, G_N_ELEMENTS (self->seen));
  self->seen[self->n_seen++] = second_byte (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
set_up (Transport *self)
{
  *self = (Transport){ 0 };
  self->webrtc = gst_object_ref_sink (gst_bin_new (NULL));
  self->transport = gst_bin_new ("transportsendbin0");
  self->pad = gst_pad_new ("rtp_sink", GST_PAD_SINK);
  self->from = gst_object_ref_sink (gst_pad_new ("from", GST_PAD_SRC));
  g_object_set_data (G_OBJECT (self->pad), "test", self);
  gst_pad_set_chain_function (self->pad, on_chain);
  gst_element_add_pad (self->transport, self->pad);
}

/* A bin takes its elements with nothing linked. */
static void
add_transport (Transport *self)
{
  GstSegment segment;

  gst_bin_add (GST_BIN (self->webrtc), self->transport);
  gst_pad_set_active (self->pad, TRUE);
  gst_pad_set_active (self->from, TRUE);
  g_assert_cmpint (gst_pad_link (self->from, self->pad), ==, GST_PAD_LINK_OK);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->from, gst_event_new_stream_start ("test"));
  gst_pad_push_event (self->from, gst_event_new_segment (&segment));
}

static void
tear_down (Transport *self)
{
  gst_pad_set_active (self->from, FALSE);
  gst_clear_object (&self->from);
  gst_clear_object (&self->webrtc);
}

/* Nobody looks at packets as long as there is nothing to renumber. */
static void
test_pads (void)
{
  GstBufferList *list = gst_buffer_list_new ();
  g_autoptr (GenosWebrtcPayloads) payloads = NULL;
  Transport self;

  set_up (&self);
  payloads = genos_webrtc_payloads_new (self.webrtc);
  add_transport (&self);
  genos_webrtc_payloads_set (payloads, TRUE, g_array_new (FALSE, FALSE, sizeof (GenosRtpRoute)));
  genos_webrtc_payloads_set (payloads, FALSE, routes (98, 100));
  g_assert_cmpuint (self.pad->num_probes, ==, 0);
  g_assert_cmpint (gst_pad_push (self.from, packet (98, SSRC)), ==, GST_FLOW_OK);
  genos_webrtc_payloads_set (payloads, TRUE, routes (98, 121));
  genos_webrtc_payloads_set (payloads, TRUE, routes (98, 122));
  g_assert_cmpuint (self.pad->num_probes, ==, 1);
  g_assert_cmpint (gst_pad_push (self.from, packet (98, SSRC)), ==, GST_FLOW_OK);
  gst_buffer_list_add (list, packet (98, SSRC + 1));
  gst_buffer_list_add (list, packet (98, SSRC));
  g_assert_cmpint (gst_pad_push_list (self.from, list), ==, GST_FLOW_OK);
  g_assert_cmpuint (self.n_seen, ==, 4);
  g_assert_cmpuint (self.seen[0], ==, 98);
  g_assert_cmpuint (self.seen[1], ==, 122);
  g_assert_cmpuint (self.seen[2], ==, 98);
  g_assert_cmpuint (self.seen[3], ==, 122);
  tear_down (&self);
}

/* A transport that comes when there is something to renumber already. */
static void
test_late_transport (void)
{
  g_autoptr (GenosWebrtcPayloads) payloads = NULL;
  Transport self;

  set_up (&self);
  payloads = genos_webrtc_payloads_new (self.webrtc);
  genos_webrtc_payloads_set (payloads, TRUE, routes (98, 121));
  add_transport (&self);
  g_assert_cmpint (gst_pad_push (self.from, packet (98, SSRC)), ==, GST_FLOW_OK);
  g_assert_cmpuint (self.seen[0], ==, 121);
  tear_down (&self);
  genos_webrtc_payloads_set (payloads, TRUE, routes (98, 122));
}

static GArray *
repairs (guint repair, guint repaired)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (GenosRtpRepair));
  GenosRtpRepair row = { (guint8) repair, (guint8) repaired };

  g_array_append_val (rows, row);
  return rows;
}

static void
expect_map (GstElement *element, const char *expected)
{
  g_autoptr (GstStructure) map = NULL;
  g_autofree char *text = NULL;

  g_object_get (element, "payload-type-map", &map, NULL);
  text = gst_structure_to_string (map);
  g_assert_cmpstr (text, ==, expected);
}

/* Whoever else tells it something. */
static void
test_repairs (void)
{
  g_autoptr (GstElement) webrtc = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (GenosWebrtcPayloads) payloads = genos_webrtc_payloads_new (webrtc);
  g_autoptr (GstStructure) other =
      gst_structure_new ("application/x-rtp-pt-map", "96", G_TYPE_UINT, 100, NULL);
  GstElement *bin = gst_bin_new ("auxiliary");
  GstElement *receiver = gst_element_factory_make ("rtprtxreceive", NULL);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (GenosRtpRepair));
  g_autoptr (GArray) one = repairs (97, 96);
  g_autoptr (GArray) several = repairs (97, 96);
  GenosRtpRepair further = { 100, 96 };

  g_assert_nonnull (receiver);
  gst_bin_add (GST_BIN (webrtc), bin);
  gst_bin_add (GST_BIN (bin), receiver);
  genos_webrtc_payloads_set_repairs (payloads, FALSE, none);
  genos_webrtc_payloads_set_repairs (payloads, TRUE, one);
  g_object_set (receiver, "payload-type-map", other, NULL);
  expect_map (receiver, "application/x-rtp-pt-map, 96=(uint)100;");
  genos_webrtc_payloads_set_repairs (payloads, FALSE, one);
  expect_map (receiver, "application/x-rtp-pt-map, 96=(uint)97;");
  g_object_set (receiver, "payload-type-map", other, NULL);
  expect_map (receiver, "application/x-rtp-pt-map, 96=(uint)97;");
  g_array_append_val (several, further);
  genos_webrtc_payloads_set_repairs (payloads, FALSE, several);
  expect_map (receiver, "application/x-rtp-pt-map, 96=(uint)97, 096=(uint)100;");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/transport/webrtc-payloads/shared", test_shared);
  g_test_add_func ("/transport/webrtc-payloads/own", test_own);
  g_test_add_func ("/transport/webrtc-payloads/pads", test_pads);
  g_test_add_func ("/transport/webrtc-payloads/late-transport", test_late_transport);
  g_test_add_func ("/transport/webrtc-payloads/repairs", test_repairs);
  return g_test_run ();
}
