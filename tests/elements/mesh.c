/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

#define PEER_WAIT 60000

static void
on_state (GstElement *element, const GstStructure *state, gint *n)
{
  g_assert_true (gst_structure_has_name (state, "genos-mesh"));
  g_atomic_int_inc (n);
}

/* Both at once, so that one layout has them: it takes two seconds, and four at most, to be sealed. */
static void
test_told (void)
{
  g_autoptr (TestRelay) relay = test_relay_new ();
  const char *url = test_relay_get_url (relay);
  g_autoptr (GstElement) sender = test_launch (
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=5/1 ! "
      "genosroomsink name=sink room=mesh relays=%s stun-server=none cells=auto peer-id=sender",
      url);
  g_autoptr (GstElement) receiver = test_launch ("genosroomsrc name=src room=mesh relays=%s?second "
                                                 "stun-server=none cells=10 peer-id=receiver ! "
                                                 "fakesink async=false",
      url);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (sender), "sink");
  g_autoptr (GstMessage) linked = NULL;
  gint n_states = 0;
  gint64 deadline;
  guint n_peers = 0;

  g_signal_connect (sink, "mesh-state", G_CALLBACK (on_state), &n_states);
  test_reach (sender, GST_STATE_PLAYING);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  linked = test_wait_element (sender, "genos-mesh-peer-state", "state", "linked", PEER_WAIT);
  g_assert_cmpstr (
      gst_structure_get_string (gst_message_get_structure (linked), "peer-id"), ==, "receiver");
  while (n_peers < 2) {
    g_autoptr (GstMessage) message =
        test_wait_element (sender, "genos-mesh-state", NULL, NULL, PEER_WAIT);
    const GstStructure *state = gst_message_get_structure (message);
    guint n_cells, cell_size;
    int cell;

    g_assert_true (
        gst_structure_get (state, "peers", G_TYPE_UINT, &n_peers, "total-cells", G_TYPE_UINT,
            &n_cells, "cell-size", G_TYPE_UINT, &cell_size, "cell", G_TYPE_INT, &cell, NULL));
    g_assert_cmpuint (n_cells, ==, 1);
    g_assert_cmpuint (cell_size, ==, 10);
    g_assert_cmpint (cell, ==, 0);
  }
  /* The message is posted before the signal. */
  deadline = g_get_monotonic_time () + PEER_WAIT * G_TIME_SPAN_MILLISECOND;
  while (g_atomic_int_get (&n_states) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  test_stop (receiver);
  test_stop (sender);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/mesh/told", test_told);
  return g_test_run ();
}
