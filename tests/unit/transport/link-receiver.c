/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/link-receiver.h>

#define TEST_TYPE_RECEIVER (test_receiver_get_type ())
G_DECLARE_FINAL_TYPE (TestReceiver, test_receiver, TEST, RECEIVER, GenosLinkReceiver)

struct _TestReceiver {
  GenosLinkReceiver parent_instance;
};

G_DEFINE_FINAL_TYPE (TestReceiver, test_receiver, GENOS_TYPE_LINK_RECEIVER)

static void
test_receiver_class_init (TestReceiverClass *klass)
{
}

static void
test_receiver_init (TestReceiver *self)
{
}

static GenosLinkReceiver *
new_receiver (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("application/x-rtp, media=audio");

  return g_object_new (TEST_TYPE_RECEIVER, "mid", "m", "stream-id", "s", "caps", caps, NULL);
}

static void
test_properties (void)
{
  g_autoptr (GenosLinkReceiver) receiver = new_receiver ();

  g_assert_cmpstr (genos_link_receiver_get_mid (receiver), ==, "m");
  g_assert_cmpstr (genos_link_receiver_get_stream_id (receiver), ==, "s");
  g_assert_null (genos_link_receiver_get_track_id (receiver));
  g_assert_true (gst_caps_is_fixed (genos_link_receiver_get_caps (receiver)));
  /* No implementation, no harm. */
  genos_link_receiver_request_key_frame (receiver);
}

typedef struct {
  gint inside; /* atomic: a call is under way */
  gint calls;  /* atomic */
  gint stop;   /* atomic */
  GenosLinkReceiver *receiver;
} Traffic;

static void
on_packet (GenosLinkReceiver *receiver, GstBuffer *buffer, gpointer data)
{
  Traffic *traffic = data;

  g_atomic_int_set (&traffic->inside, TRUE);
  gst_buffer_unref (buffer);
  g_usleep (200);
  g_atomic_int_inc (&traffic->calls);
  g_atomic_int_set (&traffic->inside, FALSE);
}

static gpointer
deliver (gpointer data)
{
  Traffic *traffic = data;

  while (!g_atomic_int_get (&traffic->stop))
    genos_link_receiver_deliver (traffic->receiver, gst_buffer_new ());
  return NULL;
}

/* After the function was taken away no call is under way, and none comes. */
static void
test_barrier (void)
{
  g_autoptr (GenosLinkReceiver) receiver = new_receiver ();
  Traffic traffic = { .receiver = receiver };
  GThread *thread = g_thread_new ("deliver", deliver, &traffic);

  for (guint i = 0; i < 50; i++) {
    gint before = g_atomic_int_get (&traffic.calls);

    genos_link_receiver_set_packet_func (receiver, on_packet, &traffic, NULL);
    while (g_atomic_int_get (&traffic.calls) == before)
      g_thread_yield ();
    genos_link_receiver_set_packet_func (receiver, NULL, NULL, NULL);
    g_assert_false (g_atomic_int_get (&traffic.inside));
    before = g_atomic_int_get (&traffic.calls);
    g_thread_yield ();
    g_assert_cmpint (g_atomic_int_get (&traffic.calls), ==, before);
  }
  g_atomic_int_set (&traffic.stop, TRUE);
  g_thread_join (thread);
}

static void
count (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_destroy (void)
{
  GenosLinkReceiver *receiver = new_receiver ();
  guint n = 0;

  genos_link_receiver_set_packet_func (receiver, on_packet, &n, count);
  g_assert_cmpuint (n, ==, 0);
  genos_link_receiver_set_packet_func (receiver, on_packet, &n, count);
  g_assert_cmpuint (n, ==, 1);
  g_assert_finalize_object (receiver);
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/transport/link-receiver/properties", test_properties);
  g_test_add_func ("/transport/link-receiver/barrier", test_barrier);
  g_test_add_func ("/transport/link-receiver/destroy", test_destroy);
  return g_test_run ();
}
