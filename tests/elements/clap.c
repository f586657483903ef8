/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Claps through real links: whether the flash comes with the beep, and that of one peer with that of
 * another. Times are those in the buffers, so a slow machine only makes it take longer. */

#include "clap-source.h"
#include "element-fixture.h"

#define WAIT (90 * G_TIME_SPAN_SECOND)
#define CLAPS 3
/* A frame is 33 ms. */
#define NEAR (20 * (GstClockTimeDiff) GST_MSECOND)
#define MAX_METERS 16
/* Cells of one: by their ids these are in the cells 0 to 3, and the first and the last are no neighbours. */
#define CELLS "cells=1 "
#define CAMERA "camera3"
#define ONE "middle2"
#define OTHER "other2"
#define VIEWER "viewer2"

typedef struct {
  GstElement *pipeline;
  GMutex lock;
  guint n;
  struct {
    char *name; /* the peer's id and the kind */
    ClapMeter *meter;
  } meters[MAX_METERS];
} Receiver;

static void
on_pad_added (GstElement *source, GstPad *pad, Receiver *self)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");
  g_autofree char *peer_id = NULL;

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  g_object_get (pad, "peer-id", &peer_id, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->n, <, MAX_METERS);
  self->meters[self->n].name =
      g_strconcat (peer_id, g_str_has_prefix (GST_PAD_NAME (pad), "video") ? " v" : " a", NULL);
  self->meters[self->n].meter = clap_meter_new (target, self->pipeline);
  self->n++;
  g_mutex_unlock (&self->lock);
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
}

static void
receiver_init (Receiver *self, TestRelay *relay, const char *more)
{
  g_autoptr (GstElement) source = NULL;

  *self = (Receiver){ 0 };
  g_mutex_init (&self->lock);
  self->pipeline =
      test_launch ("genosroomsrc name=r room=claps relays=%s/?r stun-server=\"\" output=raw %s",
          test_relay_get_url (relay), more);
  if (!GST_IS_PIPELINE (self->pipeline)) {
    GstElement *only = self->pipeline;

    self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
    gst_bin_add (GST_BIN (self->pipeline), only);
    gst_object_unref (only);
  }
  source = gst_bin_get_by_name (GST_BIN (self->pipeline), "r");
  g_signal_connect (source, "pad-added", G_CALLBACK (on_pad_added), self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static void
receiver_clear (Receiver *self)
{
  test_stop (self->pipeline);
  for (guint i = 0; i < self->n; i++) {
    clap_meter_free (self->meters[i].meter);
    g_free (self->meters[i].name);
  }
  gst_object_unref (self->pipeline);
  g_mutex_clear (&self->lock);
}

/* (nullable): of the newest track of that name. */
static ClapMeter *
find_meter (Receiver *self, const char *name)
{
  ClapMeter *meter = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n; i++) {
    if (g_str_equal (self->meters[i].name, name))
      meter = self->meters[i].meter;
  }
  g_mutex_unlock (&self->lock);
  return meter;
}

static gboolean
get_median (Receiver *self, const char *name, GstClockTimeDiff *lag)
{
  ClapMeter *meter = find_meter (self, name);

  return meter != NULL && clap_meter_get_median (meter, CLAPS, lag);
}

/* Until the last claps of all these come together, and some that are newer. */
static void
wait_together (Receiver *self, const char *const *names)
{
  gint64 deadline = g_get_monotonic_time () + WAIT;
  GstClockTimeDiff least, most;

  do {
    gboolean complete = TRUE;

    least = G_MAXINT64;
    most = G_MININT64;
    for (guint i = 0; names[i] != NULL; i++) {
      GstClockTimeDiff lag;

      complete = complete && get_median (self, names[i], &lag);
      if (!complete)
        break;
      least = MIN (least, lag);
      most = MAX (most, lag);
    }
    if (complete && most - least <= NEAR) {
      g_test_message ("the claps of %s and others: from %" GST_STIME_FORMAT
                      " to %" GST_STIME_FORMAT,
          names[0], GST_STIME_ARGS (least), GST_STIME_ARGS (most));
      return;
    }
    g_usleep (50 * 1000);
  } while (g_get_monotonic_time () < deadline);
  g_error ("the claps of %s and others are apart: from %" GST_STIME_FORMAT " to %" GST_STIME_FORMAT,
      names[0], GST_STIME_ARGS (least), GST_STIME_ARGS (most));
}

/* With -m slow: how it goes on for a minute. */
static void
tell_minute (Receiver *self, const char *const *names)
{
  const guint n = 60;

  while (clap_meter_get_n (find_meter (self, names[0])) < n + CLAPS)
    g_usleep (100 * 1000);
  for (guint i = 0; names[i] != NULL; i++) {
    ClapMeter *meter = find_meter (self, names[i]);
    GstClockTimeDiff lag;

    if (clap_meter_get_median (meter, n - CLAPS, &lag))
      g_test_message ("%s: median %" GST_STIME_FORMAT ", at most %" GST_STIME_FORMAT " from it",
          names[i], GST_STIME_ARGS (lag),
          GST_STIME_ARGS (clap_meter_get_worst (meter, n - CLAPS, lag)));
  }
  for (guint i = 1; names[i] != NULL; i++) {
    GstClockTimeDiff median, worst;
    guint found = clap_meter_compare (
        find_meter (self, names[0]), find_meter (self, names[i]), n, &median, &worst);

    g_test_message ("%s behind %s in %u claps: median %" GST_STIME_FORMAT
                    ", at most %" GST_STIME_FORMAT,
        names[i], names[0], found, GST_STIME_ARGS (median), GST_STIME_ARGS (worst));
  }
}

static ClapSource *
new_source (TestRelay *relay, const char *name, const char *more, guint delay_ms)
{
  g_autofree char *sink =
      g_strdup_printf ("genosroomsink room=claps relays=%s/?%s stun-server=\"\" peer-id=%s %s",
          test_relay_get_url (relay), name, name, more);

  return clap_source_new (sink, delay_ms);
}

/* What one of them takes comes a quarter of a second later; then that one begins anew. A picture is
 * encoded for longer than a sound. */
static void
test_common_time (void)
{
  static const char *const names[] = { "near v", "near a", "far v", "far a", NULL };
  static const char *const again[] = { "near v", "near a", "again v", "again a", NULL };
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (ClapSource) near_source = new_source (relay, "near", "", 0);
  g_autoptr (ClapSource) far_source = new_source (relay, "far", "", 250);
  Receiver receiver;

  receiver_init (&receiver, relay, "common-time=true");
  wait_together (&receiver, names);
  if (g_test_slow ())
    tell_minute (&receiver, names);
  clap_source_free (g_steal_pointer (&far_source));
  far_source = new_source (relay, "again", "", 150);
  wait_together (&receiver, again);
  receiver_clear (&receiver);
}

/* In a room in cells: who passes the camera on, and wants nothing itself. */
static GstElement *
new_passer (TestRelay *relay, const char *id)
{
  GstElement *element =
      test_launch ("genosroomsrc room=claps relays=%s/?%s stun-server=\"\" peer-id=%s " CELLS,
          test_relay_get_url (relay), id, id);

  gst_element_set_state (element, GST_STATE_PLAYING);
  return element;
}

/* That both tracks are passed on, once. */
static gboolean
is_far (Receiver *self)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self->pipeline), "r");
  g_autoptr (GstStructure) stats = NULL;
  const GValue *list;
  guint n = 0;

  g_object_get (source, "stats", &stats, NULL);
  list = gst_structure_get_value (stats, "far-track");
  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    guint hops = 0;

    gst_structure_get_uint (
        gst_value_get_structure (gst_value_list_get_value (list, i)), "hops", &hops);
    n += hops == 1;
  }
  return n == 2;
}

static void
wait_far (Receiver *self)
{
  gint64 deadline = g_get_monotonic_time () + WAIT;

  while (!is_far (self)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (50 * 1000);
  }
}

/* Of so many claps, from now on. */
static void
wait_for_claps (Receiver *self, const char *name, guint n)
{
  gint64 deadline = g_get_monotonic_time () + WAIT;
  ClapMeter *meter = find_meter (self, name);
  guint wanted = n + (meter != NULL ? clap_meter_get_n (meter) : 0);

  while (meter == NULL || clap_meter_get_n (meter) < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (50 * 1000);
    meter = find_meter (self, name);
  }
}

/* The camera's cell is no neighbour of the viewer's: what it sends comes by way of others. */
static void
test_far (void)
{
  static const char *const names[] = { CAMERA " v", CAMERA " a", NULL };
  g_autoptr (TestRelay) relay = test_relay_new ();
  g_autoptr (GstElement) one = new_passer (relay, ONE);
  g_autoptr (GstElement) other = new_passer (relay, OTHER);
  g_autoptr (ClapSource) source = new_source (relay, CAMERA, CELLS, 0);
  Receiver receiver;

  receiver_init (&receiver, relay, CELLS "peer-id=" VIEWER);
  wait_far (&receiver);
  wait_for_claps (&receiver, names[0], CLAPS);
  wait_for_claps (&receiver, names[1], CLAPS);
  wait_together (&receiver, names);
  wait_far (&receiver);
  if (g_test_slow ())
    tell_minute (&receiver, names);
  receiver_clear (&receiver);
  test_stop (one);
  test_stop (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/clap/common-time", test_common_time);
  g_test_add_func ("/clap/far", test_far);
  return g_test_run ();
}
