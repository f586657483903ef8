/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The gate of a sender, before it has a pad: what it lets into its queue. */

#include <genos/transport/webrtc/webrtc-sender.h>

typedef struct {
  GenosWebrtcSender *sender;
  GenosLinkSender *link_sender;
  guint16 next_seqnum; /* of the last one that was taken, and one */
  guint n_requests;
  guint n_active;
} Fixture;

static void
on_request (GenosLinkSender *sender, Fixture *fixture)
{
  fixture->n_requests++;
}

static void
on_active (GObject *sender, GParamSpec *pspec, Fixture *fixture)
{
  fixture->n_active++;
}

static void
set_up (Fixture *fixture, gconstpointer media)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "application/x-rtp", "media", G_TYPE_STRING, media, "ssrc", G_TYPE_UINT, 5, NULL);

  fixture->sender = genos_webrtc_sender_new (caps, "m", "s", 0);
  fixture->link_sender = GENOS_LINK_SENDER (fixture->sender);
  g_signal_connect (fixture->sender, "key-frame-request", G_CALLBACK (on_request), fixture);
  g_signal_connect (fixture->sender, "notify::active", G_CALLBACK (on_active), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer media)
{
  g_assert_finalize_object (fixture->sender);
}

static GstBuffer *
seal_while_there_is_a_key (GstBuffer *packet, gpointer has_key)
{
  if (*(gboolean *) has_key)
    return packet;
  gst_buffer_unref (packet);
  return NULL;
}

/* TRUE when the gate kept the packet for sending. It has the number that it goes out with, so that it
 * is not copied, and is the last one of its frame. */
static gboolean
is_taken (Fixture *fixture, gboolean delta, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  guint8 header[4] = { 0x80, 0x80 | 96, fixture->next_seqnum >> 8, fixture->next_seqnum & 0xff };
  gboolean taken;

  gst_buffer_memset (buffer, 0, 0, size);
  gst_buffer_fill (buffer, 0, header, sizeof header);

  if (delta)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gst_buffer_ref (buffer);
  genos_link_sender_push (fixture->link_sender, buffer);
  taken = GST_MINI_OBJECT_REFCOUNT_VALUE (buffer) == 2;
  fixture->next_seqnum += taken ? 1 : 0;
  gst_buffer_unref (buffer);
  return taken;
}

static void
test_gate (Fixture *fixture, gconstpointer media)
{
  g_assert_false (is_taken (fixture, FALSE, 20));
  g_assert_cmpuint (fixture->n_requests, ==, 0);

  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_true (genos_link_sender_get_active (fixture->link_sender));
  g_assert_cmpuint (fixture->n_active, ==, 1);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_false (is_taken (fixture, TRUE, 20));
  g_assert_true (is_taken (fixture, FALSE, 20));
  g_assert_true (is_taken (fixture, TRUE, 20));

  genos_webrtc_sender_set_accepted (fixture->sender, FALSE);
  g_assert_false (is_taken (fixture, FALSE, 20));
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_false (is_taken (fixture, TRUE, 20));
  g_assert_true (is_taken (fixture, FALSE, 20));
  g_assert_cmpuint (genos_link_sender_get_dropped (fixture->link_sender), ==, 0);
}

static void
test_held (Fixture *fixture, gconstpointer media)
{
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_true (is_taken (fixture, FALSE, 20));

  genos_link_sender_set_held (fixture->link_sender, TRUE);
  g_assert_false (genos_link_sender_get_active (fixture->link_sender));
  g_assert_true (genos_link_sender_get_accepted (fixture->link_sender));
  g_assert_false (is_taken (fixture, FALSE, 20));
  g_assert_cmpuint (fixture->n_requests, ==, 1);

  genos_link_sender_set_held (fixture->link_sender, FALSE);
  genos_link_sender_set_held (fixture->link_sender, FALSE);
  g_assert_true (genos_link_sender_get_active (fixture->link_sender));
  g_assert_cmpuint (fixture->n_active, ==, 3);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
  g_assert_false (is_taken (fixture, TRUE, 20));
  g_assert_true (is_taken (fixture, FALSE, 20));

  /* Held before it is accepted, it does not begin when it is. */
  genos_webrtc_sender_set_accepted (fixture->sender, FALSE);
  genos_link_sender_set_held (fixture->link_sender, TRUE);
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_false (genos_link_sender_get_active (fixture->link_sender));
  g_assert_false (is_taken (fixture, FALSE, 20));
}

/* What cannot be sealed does not go out as it is. */
static void
test_sealed (Fixture *fixture, gconstpointer media)
{
  gboolean has_key = FALSE;

  genos_link_sender_set_seal_func (fixture->link_sender, seal_while_there_is_a_key, &has_key, NULL);
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_false (is_taken (fixture, FALSE, 20));
  has_key = TRUE;
  g_assert_true (is_taken (fixture, FALSE, 20));
}

/* Nobody reads: after the bound a packet is dropped and counted, and so is the rest of its group. */
static void
test_overrun (Fixture *fixture, gconstpointer media)
{
  guint n = 0;

  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  while (is_taken (fixture, n > 0, 10000) && n < 100000)
    n++;
  g_assert_cmpuint (n, >, 100);
  g_assert_cmpuint (n, <, 1000);
  g_assert_cmpuint (genos_link_sender_get_dropped (fixture->link_sender), ==, 1);
  g_assert_false (is_taken (fixture, TRUE, 20));
  g_assert_cmpuint (genos_link_sender_get_dropped (fixture->link_sender), ==, 1);
}

static void
test_audio (Fixture *fixture, gconstpointer media)
{
  genos_webrtc_sender_set_accepted (fixture->sender, TRUE);
  g_assert_true (is_taken (fixture, FALSE, 20));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/transport/link-sender/gate", Fixture, "video", set_up, test_gate, tear_down);
  g_test_add ("/transport/link-sender/held", Fixture, "video", set_up, test_held, tear_down);
  g_test_add ("/transport/link-sender/sealed", Fixture, "video", set_up, test_sealed, tear_down);
  g_test_add ("/transport/link-sender/overrun", Fixture, "video", set_up, test_overrun, tear_down);
  g_test_add ("/transport/link-sender/audio", Fixture, "audio", set_up, test_audio, tear_down);
  return g_test_run ();
}
