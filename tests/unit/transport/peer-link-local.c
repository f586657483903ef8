/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The twin of the tests keeps the promises of the abstract link. */

#include "../../common/peer-link-local.h"

typedef struct {
  GenosPeerLink *links[2];
  guint opened[2];
  guint closed[2];
  GPtrArray *frames;
  GPtrArray *receivers;
  guint key_frames;
  guint packets;
} Fixture;

static void
on_opened (GenosPeerLink *link, Fixture *fixture)
{
  fixture->opened[link == fixture->links[1]]++;
}

static void
on_closed (GenosPeerLink *link, const GError *error, Fixture *fixture)
{
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  fixture->closed[link == fixture->links[1]]++;
}

static void
on_frame (GenosPeerLink *link, GBytes *frame, Fixture *fixture)
{
  g_ptr_array_add (fixture->frames, g_bytes_ref (frame));
}

static void
on_receiver_added (GenosPeerLink *link, GenosLinkReceiver *receiver, Fixture *fixture)
{
  g_ptr_array_add (fixture->receivers, g_object_ref (receiver));
}

static void
on_receiver_removed (GenosPeerLink *link, GenosLinkReceiver *receiver, Fixture *fixture)
{
  g_assert_true (g_ptr_array_remove (fixture->receivers, receiver));
}

static void
spin (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  fixture->receivers = g_ptr_array_new_with_free_func (g_object_unref);
  peer_link_local_new_pair (&fixture->links[0], &fixture->links[1]);
  for (guint i = 0; i < 2; i++) {
    g_signal_connect (fixture->links[i], "opened", G_CALLBACK (on_opened), fixture);
    g_signal_connect (fixture->links[i], "closed", G_CALLBACK (on_closed), fixture);
  }
  g_signal_connect (fixture->links[1], "frame", G_CALLBACK (on_frame), fixture);
  g_signal_connect (fixture->links[1], "receiver-added", G_CALLBACK (on_receiver_added), fixture);
  g_signal_connect (
      fixture->links[1], "receiver-removed", G_CALLBACK (on_receiver_removed), fixture);
  spin ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    genos_peer_link_close (fixture->links[i]);
    g_assert_finalize_object (fixture->links[i]);
    g_assert_cmpuint (fixture->closed[i], ==, 1);
  }
  g_assert_cmpuint (fixture->receivers->len, ==, 0);
  g_ptr_array_unref (fixture->receivers);
  g_ptr_array_unref (fixture->frames);
}

static void
test_open_close (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->opened[0], ==, 1);
  g_assert_cmpuint (fixture->opened[1], ==, 1);
  genos_peer_link_close (fixture->links[0]);
  genos_peer_link_close (fixture->links[0]);
  g_assert_cmpuint (fixture->closed[0], ==, 1);
  spin ();
  g_assert_cmpuint (fixture->closed[1], ==, 1);
  g_assert_false (genos_peer_link_is_open (fixture->links[1]));
}

static GBytes *
lose_short (GBytes *frame, gpointer data)
{
  return g_bytes_get_size (frame) < 3 ? NULL : g_bytes_new_from_bytes (frame, 1, 2);
}

static void
test_frames (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) short_bytes = g_bytes_new_static ("ab", 2);
  PeerLinkLocal *link = PEER_LINK_LOCAL (fixture->links[0]);

  peer_link_local_set_held (link, TRUE);
  g_assert_true (genos_peer_link_send (fixture->links[0], bytes, NULL));
  spin ();
  g_assert_cmpuint (fixture->frames->len, ==, 0);
  g_assert_cmpuint (genos_peer_link_get_buffered (fixture->links[0]), ==, 3);
  peer_link_local_set_held (link, FALSE);
  spin ();
  g_assert_cmpuint (fixture->frames->len, ==, 1);
  g_assert_cmpuint (genos_peer_link_get_buffered (fixture->links[0]), ==, 0);

  peer_link_local_set_filter (link, lose_short, NULL);
  g_assert_true (genos_peer_link_send (fixture->links[0], short_bytes, NULL));
  g_assert_true (genos_peer_link_send (fixture->links[0], bytes, NULL));
  spin ();
  g_assert_cmpuint (fixture->frames->len, ==, 2);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (fixture->frames, 1)), ==, 2);
  g_assert_cmpuint (peer_link_local_get_n_sent (link), ==, 3);
}

static void
on_packet (GenosLinkReceiver *receiver, GstBuffer *buffer, gpointer data)
{
  ((Fixture *) data)->packets++;
  gst_buffer_unref (buffer);
}

static void
on_key_frame_request (GenosLinkSender *sender, Fixture *fixture)
{
  fixture->key_frames++;
}

static void
test_tracks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("application/x-rtp, media=video, payload=96");
  g_autoptr (GenosLinkSender) sender =
      genos_peer_link_add_sender (fixture->links[0], caps, "s", "t", NULL);
  GenosLinkReceiver *receiver;

  g_signal_connect (sender, "key-frame-request", G_CALLBACK (on_key_frame_request), fixture);
  spin ();
  g_assert_cmpuint (fixture->receivers->len, ==, 1);
  g_assert_cmpuint (fixture->key_frames, ==, 1);
  g_assert_true (genos_link_sender_get_active (sender));
  receiver = g_ptr_array_index (fixture->receivers, 0);
  g_assert_cmpstr (genos_link_receiver_get_stream_id (receiver), ==, "s");
  g_assert_cmpstr (genos_link_receiver_get_track_id (receiver), ==, "t");
  genos_link_receiver_set_packet_func (receiver, on_packet, fixture, NULL);
  genos_link_sender_push (sender, gst_buffer_new ());
  g_assert_cmpuint (fixture->packets, ==, 1);
  genos_link_receiver_request_key_frame (receiver);
  g_assert_cmpuint (fixture->key_frames, ==, 2);
  genos_link_receiver_set_packet_func (receiver, NULL, NULL, NULL);
  genos_link_sender_push (sender, gst_buffer_new ());
  g_assert_cmpuint (fixture->packets, ==, 1);

  genos_peer_link_remove_sender (fixture->links[0], sender);
  g_assert_false (genos_link_sender_get_active (sender));
  spin ();
  g_assert_cmpuint (fixture->receivers->len, ==, 0);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  add ("/transport/peer-link-local/open-close", test_open_close);
  add ("/transport/peer-link-local/frames", test_frames);
  add ("/transport/peer-link-local/tracks", test_tracks);
  return g_test_run ();
}
