/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostracksrc.h"

#include "gstgenoscapturetime.h"
#include "gstgenoselements.h"
#include "gstgenosframeorder.h"
#include "gstgenosntptime.h"
#include "gstgenostrackevents.h"

#include <gst/video/video.h>

#define GST_CAT_DEFAULT gst_genos_debug

#define RTP_SSRC_OFFSET 8

struct _GstGenosTrackSrc {
  GstGenosQueueSrc base;

  GstGenosTimeTrack *time; /* of the feed's thread, as the next */
  guint32 ssrc;
  gboolean by_capture;
  GstClockTime key_frame_interval; /* 0: none; never changes while it runs */

  /* under the base's lock */
  GstGenosTrackFeed *feed;
  GstGenosTrackFeed *former; /* (nullable): kept, as somebody may still look at it */
  gboolean fed;
  gboolean renewed;          /* the next packet comes from another feed */
  gint64 linger_until;       /* µs, monotonic; 0: the track is here */
  GstClockTime position;     /* of the last packet that left; none yet: invalid */
  GstClockTime key_frame_at; /* when one is wanted; invalid: never */
  GstGenosCaptureTime capture_time;

  /* streaming thread */
  GstGenosFrameOrder order;
  GstClockTime key_frame_asked; /* when the interval began; invalid: not yet */
};

G_DEFINE_TYPE (GstGenosTrackSrc, gst_genos_track_src, GST_TYPE_GENOS_QUEUE_SRC)

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp"));

/* Under the lock. */
static gboolean
is_full (GstGenosQueueSrc *base)
{
  GstBuffer *head = g_queue_peek_head (&base->buffers);
  GstBuffer *tail = g_queue_peek_tail (&base->buffers);
  GstClockTime first, last;

  if (head == NULL)
    return FALSE;
  first = GST_BUFFER_PTS (head);
  last = GST_BUFFER_PTS (tail);
  if (GST_CLOCK_TIME_IS_VALID (first) && GST_CLOCK_TIME_IS_VALID (last) && last > first
      && last - first > GST_GENOS_QUEUE_SRC_TIME + gst_genos_queue_src_get_latency (base))
    return TRUE;
  return base->n_bytes > GST_GENOS_QUEUE_SRC_BYTES;
}

static GstGenosTrackFeed *
ref_feed (GstGenosTrackSrc *self)
{
  GstGenosTrackFeed *feed;

  g_mutex_lock (&self->base.lock);
  feed = g_object_ref (self->feed);
  g_mutex_unlock (&self->base.lock);
  return feed;
}

/* The track merges what comes too often. */
static void
request_key_frame (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);
  GenosRemoteTrack *track = gst_genos_track_feed_get_track (feed);

  if (genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO)
    genos_remote_track_request_key_frame (track);
}

/* A muxer that wants to cut says when, and has no use for a key frame before. */
static void
request_key_frame_at (GstGenosTrackSrc *self, GstClockTime when)
{
  gboolean due;

  g_mutex_lock (&self->base.lock);
  due = !GST_CLOCK_TIME_IS_VALID (when) || !GST_CLOCK_TIME_IS_VALID (self->position)
      || when <= self->position;
  if (!due && (!GST_CLOCK_TIME_IS_VALID (self->key_frame_at) || when < self->key_frame_at))
    self->key_frame_at = when;
  g_mutex_unlock (&self->base.lock);
  if (due)
    request_key_frame (self);
}

/* Time may go back, with another clock. */
static gboolean
is_interval_over (GstGenosTrackSrc *self, GstClockTime position)
{
  gboolean begun = GST_CLOCK_TIME_IS_VALID (self->key_frame_asked);

  if (self->key_frame_interval == 0 || !GST_CLOCK_TIME_IS_VALID (position)
      || (begun && position >= self->key_frame_asked
          && position - self->key_frame_asked < self->key_frame_interval))
    return FALSE;
  self->key_frame_asked = position;
  return begun;
}

static void
reach (GstGenosTrackSrc *self, GstClockTime position)
{
  gboolean over = is_interval_over (self, position);
  gboolean due;

  g_mutex_lock (&self->base.lock);
  self->position = position;
  due = GST_CLOCK_TIME_IS_VALID (self->key_frame_at) && GST_CLOCK_TIME_IS_VALID (position)
      && self->key_frame_at <= position;
  if (due)
    self->key_frame_at = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&self->base.lock);
  if (due || over)
    request_key_frame (self);
}

/* A peer that was away sends the same track from another source, over another way. */
static void
note_source (GstGenosTrackSrc *self, GstBuffer *packet)
{
  guint32 ssrc = 0;

  if (gst_buffer_extract (packet, RTP_SSRC_OFFSET, &ssrc, sizeof ssrc) < sizeof ssrc
      || ssrc == self->ssrc)
    return;
  self->ssrc = ssrc;
  gst_genos_time_track_restart (self->time);
  g_mutex_lock (&self->base.lock);
  gst_genos_capture_time_restart (&self->capture_time);
  g_mutex_unlock (&self->base.lock);
}

static GstClockTime
get_capture (GstBuffer *packet)
{
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (packet, gst_genos_ntp_time_get_caps ());

  return meta != NULL ? meta->timestamp : GST_CLOCK_TIME_NONE;
}

/* (transfer full): with its place in the time of all tracks, and, when the clocks are known, with the
 * time of our wall clock at which it was taken. */
static GstBuffer *
place_packet (GstGenosTrackSrc *self, GstBuffer *packet, const GstGenosPeerClock *clock)
{
  GstClockTime capture = get_capture (packet);
  GstBuffer *placed = gst_buffer_copy (packet);

  note_source (self, packet);
  GST_BUFFER_PTS (placed) = gst_genos_time_track_map (
      self->time, GST_BUFFER_PTS (packet), capture, clock != NULL ? &clock->to_system : NULL);
  if (GST_CLOCK_TIME_IS_VALID (capture) && clock != NULL)
    gst_genos_ntp_time_add_unix_meta (placed, capture, clock->ahead);
  return placed;
}

/* Under the lock: what can go on, of what waits to be known when it was taken. */
static void
sort_out (GstGenosTrackSrc *self, GstBuffer *placed, GstBuffer *packet,
    const GstGenosPeerClock *clock, GQueue *ready)
{
  if (self->by_capture)
    gst_genos_capture_time_take (&self->capture_time, placed, GST_BUFFER_PTS (packet),
        get_capture (packet), clock != NULL ? &clock->to_system : NULL, ready);
  else
    g_queue_push_tail (ready, placed);
}

/* Under the lock. */
static void
append (GstGenosTrackSrc *self, GQueue *ready)
{
  GstBuffer *packet;

  while ((packet = g_queue_pop_head (ready)) != NULL)
    gst_genos_queue_src_append (&self->base, packet);
}

/* On the library's thread. */
static void
on_packet (GstBuffer *packet, const GstGenosPeerClock *clock, gpointer user_data)
{
  GstGenosTrackSrc *self = user_data;
  GstGenosQueueSrc *base = &self->base;
  GstBuffer *placed = place_packet (self, packet, clock);
  GQueue ready = G_QUEUE_INIT;
  gboolean overrun = FALSE;

  g_mutex_lock (&base->lock);
  if (!gst_genos_queue_src_is_open (base)) {
    gst_genos_capture_time_clear (&self->capture_time);
    base->discont = TRUE;
    gst_buffer_unref (placed);
  } else {
    overrun = is_full (base);
    if (overrun) {
      base->dropped += g_queue_get_length (&base->buffers);
      gst_genos_queue_src_clear (base);
    }
    sort_out (self, placed, packet, clock, &ready);
    append (self, &ready);
  }
  g_mutex_unlock (&base->lock);
  if (overrun) {
    GST_WARNING_OBJECT (self, "the pipeline does not keep up: dropped to the next key frame");
    request_key_frame (self);
  }
}

/* the time for which a track that is away is waited for */

static gint64
gst_genos_track_src_get_wake_time (GstGenosQueueSrc *base, gint64 since)
{
  return GST_GENOS_TRACK_SRC (base)->linger_until;
}

static void
gst_genos_track_src_wake (GstGenosQueueSrc *base)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (base);

  g_mutex_lock (&base->lock);
  if (self->linger_until != 0 && g_get_monotonic_time () >= self->linger_until)
    base->ending = TRUE;
  g_mutex_unlock (&base->lock);
}

/* what goes before the first packet */

static void
begin (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);

  self->base.begun = TRUE;
  gst_genos_track_events_begin (
      self->base.srcpad, gst_genos_track_feed_get_track (feed), self->base.group_id);
}

/* The same track over another link. */
static void
renew (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);

  gst_genos_track_events_renew (self->base.srcpad, gst_genos_track_feed_get_track (feed));
}

static gboolean
take_renewed (GstGenosTrackSrc *self)
{
  gboolean renewed;

  g_mutex_lock (&self->base.lock);
  renewed = self->renewed;
  self->renewed = FALSE;
  g_mutex_unlock (&self->base.lock);
  return renewed;
}

static void
gst_genos_track_src_prepare (GstGenosQueueSrc *base, GstBuffer *packet)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (base);

  if (!base->begun)
    begin (self);
  else if (take_renewed (self))
    renew (self);
  GST_BUFFER_PTS (packet) = gst_genos_frame_order_take (
      &self->order, packet, gst_genos_queue_src_to_running_time (base, GST_BUFFER_PTS (packet)));
  GST_BUFFER_DTS (packet) = GST_CLOCK_TIME_NONE;
  reach (self, GST_BUFFER_PTS (packet));
}

static void
gst_genos_track_src_finish (GstGenosQueueSrc *base)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (base);
  GQueue ready = G_QUEUE_INIT;

  gst_genos_capture_time_end (&self->capture_time, &ready);
  append (self, &ready);
}

static void
gst_genos_track_src_resumed (GstGenosQueueSrc *base)
{
  request_key_frame (GST_GENOS_TRACK_SRC (base));
}

gboolean
gst_genos_track_src_linger (GstGenosTrackSrc *self, gint64 duration)
{
  gboolean lingers;

  g_mutex_lock (&self->base.lock);
  lingers = !self->base.ending;
  self->linger_until = g_get_monotonic_time () + duration;
  g_cond_signal (&self->base.cond);
  g_mutex_unlock (&self->base.lock);
  return lingers;
}

/* A change of state may have come in between, and found nothing to remove. */
static void
begin_feeding (GstGenosTrackSrc *self, GstGenosTrackFeed *feed)
{
  gboolean fed;

  gst_genos_track_feed_add (feed, on_packet, self);
  g_mutex_lock (&self->base.lock);
  fed = self->fed && self->feed == feed;
  g_mutex_unlock (&self->base.lock);
  if (!fed)
    gst_genos_track_feed_remove (feed, self);
}

gboolean
gst_genos_track_src_take_feed (GstGenosTrackSrc *self, GstGenosTrackFeed *feed)
{
  GstGenosTrackFeed *old = NULL;
  gboolean taken, fed;

  g_mutex_lock (&self->base.lock);
  taken = self->linger_until != 0 && !self->base.ending;
  fed = self->fed;
  if (taken) {
    self->linger_until = 0;
    self->renewed = self->base.discont = TRUE;
    g_set_object (&self->former, self->feed);
    old = self->feed;
    self->feed = g_object_ref (feed);
    g_cond_signal (&self->base.cond);
  }
  g_mutex_unlock (&self->base.lock);
  if (!taken)
    return FALSE;
  gst_genos_track_feed_remove (old, self);
  g_object_unref (old);
  if (fed)
    begin_feeding (self, feed);
  request_key_frame (self);
  return TRUE;
}

GstGenosTrackFeed *
gst_genos_track_src_get_feed (GstGenosTrackSrc *self)
{
  GstGenosTrackFeed *feed;

  g_mutex_lock (&self->base.lock);
  feed = self->feed;
  g_mutex_unlock (&self->base.lock);
  return feed;
}

static gboolean
gst_genos_track_src_take_event (GstGenosQueueSrc *base, GstEvent *event)
{
  GstClockTime when = GST_CLOCK_TIME_NONE;

  if (!gst_video_event_is_force_key_unit (event))
    return FALSE;
  gst_video_event_parse_upstream_force_key_unit (event, &when, NULL, NULL);
  request_key_frame_at (GST_GENOS_TRACK_SRC (base), when);
  return TRUE;
}

/* element */

static void
gst_genos_track_src_playing_changed (GstGenosQueueSrc *base, gboolean playing)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (base);
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);
  gboolean was_fed;

  if (!playing)
    return;
  g_mutex_lock (&base->lock);
  was_fed = self->fed;
  self->fed = TRUE;
  g_mutex_unlock (&base->lock);
  /* Not earlier: the feed hands over at once what it has kept. */
  if (!was_fed)
    begin_feeding (self, feed);
  request_key_frame (self);
}

static void
stop_feeding (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = NULL;

  g_mutex_lock (&self->base.lock);
  self->fed = FALSE;
  feed = g_object_ref (self->feed);
  g_mutex_unlock (&self->base.lock);
  gst_genos_track_feed_remove (feed, self);
}

static GstStateChangeReturn
gst_genos_track_src_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop_feeding (GST_GENOS_TRACK_SRC (element));
  return GST_ELEMENT_CLASS (gst_genos_track_src_parent_class)->change_state (element, transition);
}

static void
gst_genos_track_src_finalize (GObject *object)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (object);

  gst_genos_capture_time_clear (&self->capture_time);
  g_clear_object (&self->feed);
  g_clear_object (&self->former);
  g_clear_pointer (&self->time, gst_genos_time_track_free);
  G_OBJECT_CLASS (gst_genos_track_src_parent_class)->finalize (object);
}

static void
gst_genos_track_src_class_init (GstGenosTrackSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstGenosQueueSrcClass *queue_class = GST_GENOS_QUEUE_SRC_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_track_src_finalize;
  element_class->change_state = gst_genos_track_src_change_state;
  queue_class->prepare = gst_genos_track_src_prepare;
  queue_class->get_wake_time = gst_genos_track_src_get_wake_time;
  queue_class->wake = gst_genos_track_src_wake;
  queue_class->playing_changed = gst_genos_track_src_playing_changed;
  queue_class->resumed = gst_genos_track_src_resumed;
  queue_class->finish = gst_genos_track_src_finish;
  queue_class->take_event = gst_genos_track_src_take_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Track of a room", "Source/Network",
      "Gives the RTP packets of one track of a room", "genosrooms contributors");
}

static void
gst_genos_track_src_init (GstGenosTrackSrc *self)
{
  self->base.discont = TRUE;
  self->position = self->key_frame_at = GST_CLOCK_TIME_NONE;
  self->key_frame_asked = GST_CLOCK_TIME_NONE;
}

GstGenosTrackSrc *
gst_genos_track_src_new (
    GstGenosTrackFeed *feed, GstGenosTimeLine *time_line, guint group_id, GstClockTime latency)
{
  GstGenosTrackSrc *self = g_object_new (GST_TYPE_GENOS_TRACK_SRC, NULL);
  int clock_rate = 0;

  self->feed = g_object_ref (feed);
  self->time = gst_genos_time_track_new (
      time_line, genos_remote_track_get_peer_id (gst_genos_track_feed_get_track (feed)));
  self->base.group_id = group_id;
  gst_structure_get_int (
      gst_caps_get_structure (
          genos_remote_track_get_caps (gst_genos_track_feed_get_track (feed)), 0),
      "clock-rate", &clock_rate);
  gst_genos_capture_time_init (&self->capture_time, clock_rate);
  gst_genos_queue_src_set_latency (&self->base, latency);
  return self;
}

void
gst_genos_track_src_set_capture_time (GstGenosTrackSrc *self, gboolean by_capture)
{
  self->by_capture = by_capture;
}

void
gst_genos_track_src_set_key_frame_interval (GstGenosTrackSrc *self, GstClockTime interval)
{
  self->key_frame_interval = interval;
}
