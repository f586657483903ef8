/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostrackfeed.h"

#include "gstgenosntptime.h"

/* What comes before the first consumer is ready: it begins with the key frame that was asked for,
 * and the next one is half a second away. Some 0.7 s of 6 Mbit/s. */
#define MAX_EARLY 512

typedef struct {
  GstGenosTrackFeedFunc func;
  gpointer user_data;
} Consumer;

struct _GstGenosTrackFeed {
  GObject parent;

  GenosRemoteTrack *track;
  GMutex lock;
  GArray *consumers;
  gboolean consumed; /* there has been a consumer, or too much came before one */
  GQueue early;      /* GstBuffer */
  gboolean clock_known;
  GstClockTimeDiff clock_offset; /* the peer's wall clock − ours */
  GstGenosWallClock wall_clock;
};

G_DEFINE_TYPE (GstGenosTrackFeed, gst_genos_track_feed, G_TYPE_OBJECT)

/* Under the lock. */
static void
stop_keeping (GstGenosTrackFeed *self)
{
  self->consumed = TRUE;
  g_queue_clear_full (&self->early, (GDestroyNotify) gst_buffer_unref);
}

/* Under the lock. */
static void
keep (GstGenosTrackFeed *self, GstBuffer *buffer)
{
  g_queue_push_tail (&self->early, gst_buffer_ref (buffer));
  if (self->early.length > MAX_EARLY)
    stop_keeping (self);
}

/* Under the lock. FALSE: the clocks are not known. */
static gboolean
get_clock (GstGenosTrackFeed *self, GstGenosPeerClock *clock)
{
  if (!self->clock_known)
    return FALSE;
  clock->ahead = self->clock_offset;
  clock->to_system = gst_genos_wall_clock_get (&self->wall_clock) - self->clock_offset;
  return TRUE;
}

static void
on_packet (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  GstGenosTrackFeed *self = user_data;
  GstGenosPeerClock clock;
  gboolean known;

  g_mutex_lock (&self->lock);
  known = get_clock (self, &clock);
  if (!self->consumed)
    keep (self, buffer);
  for (guint i = 0; i < self->consumers->len; i++) {
    Consumer *consumer = &g_array_index (self->consumers, Consumer, i);

    consumer->func (buffer, known ? &clock : NULL, consumer->user_data);
  }
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (buffer);
}

void
gst_genos_track_feed_add (GstGenosTrackFeed *self, GstGenosTrackFeedFunc func, gpointer user_data)
{
  Consumer consumer = { func, user_data };
  GstGenosPeerClock clock;
  gboolean known;

  g_mutex_lock (&self->lock);
  known = get_clock (self, &clock);
  g_array_append_val (self->consumers, consumer);
  for (GList *l = self->early.head; l != NULL; l = l->next)
    func (l->data, known ? &clock : NULL, user_data);
  stop_keeping (self);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_track_feed_remove (GstGenosTrackFeed *self, gpointer user_data)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->consumers->len; i++) {
    if (g_array_index (self->consumers, Consumer, i).user_data == user_data) {
      g_array_remove_index (self->consumers, i);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
}

void
gst_genos_track_feed_set_clock_offset (GstGenosTrackFeed *self, GstClockTimeDiff offset)
{
  g_mutex_lock (&self->lock);
  self->clock_known = TRUE;
  self->clock_offset = offset;
  g_mutex_unlock (&self->lock);
}

GenosRemoteTrack *
gst_genos_track_feed_get_track (GstGenosTrackFeed *self)
{
  return self->track;
}

void
gst_genos_track_feed_close (GstGenosTrackFeed *self)
{
  genos_remote_track_set_packet_func (self->track, NULL, NULL, NULL);
}

static void
gst_genos_track_feed_finalize (GObject *object)
{
  GstGenosTrackFeed *self = GST_GENOS_TRACK_FEED (object);

  stop_keeping (self);
  g_clear_object (&self->track);
  g_array_unref (self->consumers);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_genos_track_feed_parent_class)->finalize (object);
}

static void
gst_genos_track_feed_class_init (GstGenosTrackFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_genos_track_feed_finalize;
}

static void
gst_genos_track_feed_init (GstGenosTrackFeed *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->early);
  self->consumers = g_array_new (FALSE, FALSE, sizeof (Consumer));
}

GstGenosTrackFeed *
gst_genos_track_feed_new (GenosRemoteTrack *track)
{
  GstGenosTrackFeed *self = g_object_new (GST_TYPE_GENOS_TRACK_FEED, NULL);

  self->track = g_object_ref (track);
  /* The track's function keeps the feed alive until close(). */
  genos_remote_track_set_packet_func (track, on_packet, g_object_ref (self), g_object_unref);
  return self;
}
