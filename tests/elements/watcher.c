/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "watcher.h"

static void
take_caps (WatchedPad *self, GstEvent *event)
{
  GstCaps *caps;
  int width = 0;

  gst_event_parse_caps (event, &caps);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &width);
  g_atomic_int_set (&self->width, width);
}

/* RFC 3550, 5.1; what does not begin with version 2 is no RTP. */
static void
take_rtp (WatchedPad *self, GstBuffer *buffer)
{
  guint8 head[4];

  if (gst_buffer_extract (buffer, 0, head, sizeof head) < sizeof head || head[0] >> 6 != 2)
    return;
  if (self->last_seqnum >= 0)
    g_atomic_int_add (
        &self->n_lost, (guint16) (GST_READ_UINT16_BE (head + 2) - (guint16) self->last_seqnum - 1));
  self->last_seqnum = GST_READ_UINT16_BE (head + 2);
}

static void
take_buffer (WatchedPad *self, GstBuffer *buffer)
{
  guint8 first = 0;

  if (GST_CLOCK_TIME_IS_VALID (self->last_pts) && GST_BUFFER_PTS (buffer) < self->last_pts)
    g_atomic_int_inc (&self->n_backwards);
  self->last_pts = GST_BUFFER_PTS (buffer);
  take_rtp (self, buffer);
  gst_buffer_extract (buffer, 0, &first, 1);
  g_atomic_int_set (&self->brightness, first);
  g_atomic_int_inc (&self->n_buffers);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  WatchedPad *self = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    take_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    take_caps (self, GST_PAD_PROBE_INFO_EVENT (info));
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_STREAM_START)
    g_atomic_int_inc (&self->n_starts);
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    g_atomic_int_set (&self->eos, TRUE);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement *src, GstPad *pad, Watcher *self)
{
  WatchedPad *watched = g_new0 (WatchedPad, 1);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  watched->name = gst_pad_get_name (pad);
  watched->pad = gst_object_ref (pad);
  watched->last_pts = GST_CLOCK_TIME_NONE;
  watched->last_seqnum = -1;
  g_object_get (pad, "peer-id", &watched->peer_id, "stream-id", &watched->stream_id, "track-id",
      &watched->track_id, NULL);
  gst_pad_add_probe (target, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_data, watched, NULL);
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->pads, watched);
  g_mutex_unlock (&self->lock);
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
}

static void
on_pad_removed (GstElement *src, GstPad *pad, Watcher *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->pads->len; i++) {
    WatchedPad *watched = g_ptr_array_index (self->pads, i);

    if (watched->pad == pad)
      g_atomic_int_set (&watched->gone, TRUE);
  }
  g_mutex_unlock (&self->lock);
}

static void
watched_pad_free (gpointer data)
{
  WatchedPad *self = data;

  g_free (self->name);
  g_free (self->peer_id);
  g_free (self->stream_id);
  g_free (self->track_id);
  gst_object_unref (self->pad);
  g_free (self);
}

Watcher *
watcher_new (const char *room, const char *relays, const char *properties)
{
  Watcher *self = g_new0 (Watcher, 1);

  g_mutex_init (&self->lock);
  self->pads = g_ptr_array_new_with_free_func (watched_pad_free);
  /* Two elements, so that gst_parse_launch() makes a pipeline of them. */
  self->pipeline =
      test_launch ("genosroomsrc name=r room=%s relays=\"%s\" stun-server=\"\" %s fakesink async=0",
          room, relays, properties);
  self->src = gst_bin_get_by_name (GST_BIN (self->pipeline), "r");
  g_signal_connect (self->src, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (self->src, "pad-removed", G_CALLBACK (on_pad_removed), self);
  test_reach (self->pipeline, GST_STATE_PLAYING);
  return self;
}

void
watcher_free (Watcher *self)
{
  test_stop (self->pipeline);
  gst_object_unref (self->src);
  gst_object_unref (self->pipeline);
  g_ptr_array_unref (self->pads);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
watcher_count (Watcher *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->pads->len;
  g_mutex_unlock (&self->lock);
  return n;
}

WatchedPad *
watcher_find (Watcher *self, const char *track_id)
{
  WatchedPad *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->pads->len; i++) {
    WatchedPad *watched = g_ptr_array_index (self->pads, i);

    if (g_strcmp0 (watched->track_id, track_id) == 0)
      found = watched;
  }
  g_mutex_unlock (&self->lock);
  return found;
}

WatchedPad *
watcher_wait_pad (Watcher *self, const char *track_id)
{
  watch_until (watcher_find (self, track_id) != NULL);
  return watcher_find (self, track_id);
}
