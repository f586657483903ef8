/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "element-fixture.h"

/* Everything at once on a busy machine, and under a checker of memory. */
#define WAIT_MS 120000
/* Cells of one: by their ids, these are in the cells 0 to 3, and the first and the last of those are no
 * neighbours. */
#define SENDER "camera3"
#define ONE "middle2"
#define OTHER "other2"
#define VIEWER "viewer2"

typedef struct {
  TestRelay *relay;
  GstElement *sender, *one, *other, *viewer;
  gint n_buffers, n_pads; /* atomic */
} Fixture;

static GstElement *
make_receiver (Fixture *self, const char *id)
{
  return test_launch ("genosroomsrc name=src room=far relays=%s?%s stun-server=none cells=1 "
                      "peer-id=%s ! fakesink name=sink sync=false async=false",
      test_relay_get_url (self->relay), id, id);
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  g_atomic_int_inc ((gint *) n);
  return GST_PAD_PROBE_OK;
}

static void
on_pad (GstElement *src, GstPad *pad, gint *n)
{
  g_autofree char *peer_id = NULL, *track_id = NULL;

  g_object_get (pad, "peer-id", &peer_id, "track-id", &track_id, NULL);
  g_assert_cmpstr (peer_id, ==, SENDER);
  g_assert_cmpstr (track_id, ==, "picture");
  g_atomic_int_inc (n);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->relay = test_relay_new ();
  self->sender = test_launch (
      "videotestsrc is-live=true pattern=white ! video/x-raw,width=160,height=120,framerate=10/1 ! "
      "genosroomsink name=sink room=far relays=%s?sender stun-server=none cells=1 peer-id=" SENDER
      " video_0::track-id=picture",
      test_relay_get_url (self->relay));
  self->one = make_receiver (self, ONE);
  self->other = make_receiver (self, OTHER);
  self->viewer = make_receiver (self, VIEWER);
  src = gst_bin_get_by_name (GST_BIN (self->viewer), "src");
  sink = gst_bin_get_by_name (GST_BIN (self->viewer), "sink");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &self->n_buffers, NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (on_pad), &self->n_pads);
  gst_element_set_state (self->sender, GST_STATE_PLAYING);
  gst_element_set_state (self->one, GST_STATE_PLAYING);
  gst_element_set_state (self->other, GST_STATE_PLAYING);
  gst_element_set_state (self->viewer, GST_STATE_PLAYING);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  GstElement *all[] = { self->viewer, self->one, self->other, self->sender };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (all[i] != NULL)
      test_stop (all[i]);
    g_clear_object (&all[i]);
  }
  test_relay_free (self->relay);
}

/* Who the viewer has the track from, and over how many hops; NULL: nobody yet. */
static char *
dup_source (Fixture *self, guint *hops)
{
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (self->viewer), "src");
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list;

  g_object_get (src, "stats", &stats, NULL);
  list = stats != NULL ? gst_structure_get_value (stats, "far-track") : NULL;
  if (list == NULL || gst_value_list_get_size (list) != 1)
    return NULL;
  const GstStructure *one = gst_value_get_structure (gst_value_list_get_value (list, 0));
  g_assert_cmpstr (gst_structure_get_string (one, "peer-id"), ==, SENDER);
  g_assert_true (gst_structure_get_uint (one, "hops", hops));
  return g_strdup (gst_structure_get_string (one, "source"));
}

/* From somebody who passes it on, and not from @but. */
static void
wait_for_source (Fixture *self, const char *but)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;

  for (;;) {
    guint hops = 0;
    g_autofree char *source = dup_source (self, &hops);

    if (source != NULL && hops == 1 && g_strcmp0 (source, but) != 0
        && (g_str_equal (source, ONE) || g_str_equal (source, OTHER)))
      return;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (50000);
  }
}

static void
wait_for_buffers (Fixture *self)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gint wanted = g_atomic_int_get (&self->n_buffers) + 10;

  while (g_atomic_int_get (&self->n_buffers) < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

/* At first everybody is linked to everybody. When the cells are sealed, the viewer loses its link to the
 * sender, and has the track from one of the others, and then from the last: on the same pad. */
static void
test_same_pad (Fixture *self, gconstpointer unused)
{
  guint hops;

  wait_for_source (self, NULL);
  wait_for_buffers (self);
  g_autofree char *source = dup_source (self, &hops);
  GstElement **gone = g_str_equal (source, ONE) ? &self->one : &self->other;
  test_stop (*gone);
  g_clear_object (gone);
  wait_for_source (self, source);
  wait_for_buffers (self);
  g_assert_cmpint (g_atomic_int_get (&self->n_pads), ==, 1);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->viewer);
  g_autoptr (GstMessage) error = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  g_assert_null (error);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/elements/far/same-pad", Fixture, NULL, set_up, test_same_pad, tear_down);
  return g_test_run ();
}
