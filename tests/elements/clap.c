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
}

static ClapSource *
new_source (TestRelay *relay, const char *name, guint delay_ms)
{
  g_autofree char *sink =
      g_strdup_printf ("genosroomsink room=claps relays=%s/?%s stun-server=\"\" peer-id=%s",
          test_relay_get_url (relay), name, name);

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
  g_autoptr (ClapSource) near_source = new_source (relay, "near", 0);
  g_autoptr (ClapSource) far_source = new_source (relay, "far", 250);
  Receiver receiver;

  receiver_init (&receiver, relay, "common-time=true");
  wait_together (&receiver, names);
  if (g_test_slow ())
    tell_minute (&receiver, names);
  clap_source_free (g_steal_pointer (&far_source));
  far_source = new_source (relay, "again", 150);
  wait_together (&receiver, again);
  receiver_clear (&receiver);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/clap/common-time", test_common_time);
  return g_test_run ();
}
