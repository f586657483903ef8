/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostracksrc.h"

#include "gstgenoscapturetime.h"
#include "gstgenosclockmap.h"
#include "gstgenoselements.h"
#include "gstgenosntptime.h"
#include "gstgenostrackevents.h"

#include <gst/video/video.h>

#define GST_CAT_DEFAULT gst_genos_debug

/* What may wait here: the pipeline's latency, with which sinks hold it up, and this. */
#define QUEUE_TIME (2 * GST_SECOND)
#define QUEUE_BYTES (16 * 1024 * 1024)
#define MAX_SET_BACK GST_SECOND
#define RTP_SSRC_OFFSET 8

struct _GstGenosTrackSrc {
  GstElement parent;

  GstPad *srcpad;
  guint group_id;
  guint latency_ms;        /* atomic */
  GstGenosTimeTrack *time; /* of the feed's thread, as the next */
  guint32 ssrc;
  gboolean by_capture;

  GMutex lock;
  GCond cond;
  /* under the lock */
  GstGenosTrackFeed *feed;
  GstGenosTrackFeed *former; /* (nullable): kept, as somebody may still look at it */
  gboolean fed;
  gboolean renewed;    /* the next packet comes from another feed */
  gint64 linger_until; /* µs, monotonic; 0: the track is here */
  GQueue packets;
  gsize n_bytes;
  gboolean flushing;
  gboolean playing;
  gboolean unlinked;
  gboolean ending;
  gboolean discont;
  GstClockTime position;     /* of the last packet that left; none yet: invalid */
  GstClockTime key_frame_at; /* when one is wanted; invalid: never */
  guint64 dropped;
  GstGenosCaptureTime capture_time;

  /* streaming thread */
  gboolean begun;
  GstClockTime last_pts;
  GstGenosClockMap clock_map;
};

G_DEFINE_TYPE (GstGenosTrackSrc, gst_genos_track_src, GST_TYPE_ELEMENT)

static guint ended_signal;

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp"));

static GstClockTime
get_latency (GstGenosTrackSrc *self)
{
  return g_atomic_int_get (&self->latency_ms) * GST_MSECOND;
}

/* the queue */

static void
clear_queue (GstGenosTrackSrc *self)
{
  g_queue_clear_full (&self->packets, (GDestroyNotify) gst_buffer_unref);
  self->n_bytes = 0;
  self->discont = TRUE;
}

static gboolean
is_full (GstGenosTrackSrc *self)
{
  GstBuffer *head = g_queue_peek_head (&self->packets);
  GstBuffer *tail = g_queue_peek_tail (&self->packets);
  GstClockTime first, last;

  if (head == NULL)
    return FALSE;
  first = GST_BUFFER_PTS (head);
  last = GST_BUFFER_PTS (tail);
  if (GST_CLOCK_TIME_IS_VALID (first) && GST_CLOCK_TIME_IS_VALID (last) && last > first
      && last - first > QUEUE_TIME + get_latency (self))
    return TRUE;
  return self->n_bytes > QUEUE_BYTES;
}

static GstGenosTrackFeed *
ref_feed (GstGenosTrackSrc *self)
{
  GstGenosTrackFeed *feed;

  g_mutex_lock (&self->lock);
  feed = g_object_ref (self->feed);
  g_mutex_unlock (&self->lock);
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

  g_mutex_lock (&self->lock);
  due = !GST_CLOCK_TIME_IS_VALID (when) || !GST_CLOCK_TIME_IS_VALID (self->position)
      || when <= self->position;
  if (!due && (!GST_CLOCK_TIME_IS_VALID (self->key_frame_at) || when < self->key_frame_at))
    self->key_frame_at = when;
  g_mutex_unlock (&self->lock);
  if (due)
    request_key_frame (self);
}

static void
reach (GstGenosTrackSrc *self, GstClockTime position)
{
  gboolean due;

  g_mutex_lock (&self->lock);
  self->position = position;
  due = GST_CLOCK_TIME_IS_VALID (self->key_frame_at) && GST_CLOCK_TIME_IS_VALID (position)
      && self->key_frame_at <= position;
  if (due)
    self->key_frame_at = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&self->lock);
  if (due)
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
  g_mutex_lock (&self->lock);
  gst_genos_capture_time_restart (&self->capture_time);
  g_mutex_unlock (&self->lock);
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

  while ((packet = g_queue_pop_head (ready)) != NULL) {
    g_queue_push_tail (&self->packets, packet);
    self->n_bytes += gst_buffer_get_size (packet);
  }
  g_cond_signal (&self->cond);
}

/* On the library's thread. */
static void
on_packet (GstBuffer *packet, const GstGenosPeerClock *clock, gpointer user_data)
{
  GstGenosTrackSrc *self = user_data;
  GstBuffer *placed = place_packet (self, packet, clock);
  GQueue ready = G_QUEUE_INIT;
  gboolean overrun = FALSE;

  g_mutex_lock (&self->lock);
  if (!self->playing || self->flushing || self->unlinked || self->ending) {
    gst_genos_capture_time_clear (&self->capture_time);
    self->discont = TRUE;
    gst_buffer_unref (placed);
  } else {
    overrun = is_full (self);
    if (overrun) {
      self->dropped += g_queue_get_length (&self->packets);
      clear_queue (self);
    }
    sort_out (self, placed, packet, clock, &ready);
    append (self, &ready);
  }
  g_mutex_unlock (&self->lock);
  if (overrun) {
    GST_WARNING_OBJECT (self, "the pipeline does not keep up: dropped to the next key frame");
    request_key_frame (self);
  }
}

typedef enum {
  NEXT_PACKET,
  NEXT_END,
  NEXT_STOP,
} Next;

/* With the lock held: until something happens, or the track has been away for too long. */
static void
wait_a_while (GstGenosTrackSrc *self)
{
  if (self->linger_until == 0)
    g_cond_wait (&self->cond, &self->lock);
  else if (!g_cond_wait_until (&self->cond, &self->lock, self->linger_until))
    self->ending = self->linger_until != 0 && g_get_monotonic_time () >= self->linger_until;
}

static Next
wait_for_packet (GstGenosTrackSrc *self, GstBuffer **packet)
{
  Next next = NEXT_STOP;

  g_mutex_lock (&self->lock);
  while (!self->flushing && !self->ending && g_queue_is_empty (&self->packets))
    wait_a_while (self);
  if (!self->flushing) {
    GstBuffer *head = g_queue_pop_head (&self->packets);

    next = head != NULL ? NEXT_PACKET : NEXT_END;
    if (head != NULL) {
      self->n_bytes -= gst_buffer_get_size (head);
      head = gst_buffer_make_writable (head);
      if (self->discont)
        GST_BUFFER_FLAG_SET (head, GST_BUFFER_FLAG_DISCONT);
      self->discont = FALSE;
    }
    *packet = head;
  }
  g_mutex_unlock (&self->lock);
  return next;
}

/* what goes before the first packet */

static void
begin (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);

  self->begun = TRUE;
  gst_genos_track_events_begin (
      self->srcpad, gst_genos_track_feed_get_track (feed), self->group_id);
}

/* The same track over another link. */
static void
renew (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);

  gst_genos_track_events_renew (self->srcpad, gst_genos_track_feed_get_track (feed));
}

static gboolean
take_renewed (GstGenosTrackSrc *self)
{
  gboolean renewed;

  g_mutex_lock (&self->lock);
  renewed = self->renewed;
  self->renewed = FALSE;
  g_mutex_unlock (&self->lock);
  return renewed;
}

/* the task */

static void
end (GstGenosTrackSrc *self)
{
  gst_pad_pause_task (self->srcpad);
  if (self->begun)
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
  g_signal_emit (self, ended_signal, 0);
}

static void
take_flow (GstGenosTrackSrc *self, GstFlowReturn flow)
{
  switch (flow) {
    case GST_FLOW_OK:
      break;
    case GST_FLOW_NOT_LINKED:
    case GST_FLOW_FLUSHING:
      /* Nobody wants it now: decode nothing until somebody does. When this element itself is
       * flushing, the next turn of the loop stops. */
      g_mutex_lock (&self->lock);
      self->unlinked = TRUE;
      clear_queue (self);
      g_mutex_unlock (&self->lock);
      break;
    default:
      GST_INFO_OBJECT (self, "ends: %s", gst_flow_get_name (flow));
      end (self);
  }
}

/* Bringing the tracks of a peer in step may set a packet back by some ms, which muxers and players
 * take badly. A long way back is another time line. */
static GstClockTime
keep_order (GstGenosTrackSrc *self, GstClockTime pts)
{
  GstClockTime last = self->last_pts;

  if (GST_CLOCK_TIME_IS_VALID (pts) && GST_CLOCK_TIME_IS_VALID (last) && pts < last
      && last - pts < MAX_SET_BACK)
    return last;
  self->last_pts = pts;
  return pts;
}

static void
loop (gpointer user_data)
{
  GstGenosTrackSrc *self = user_data;
  GstBuffer *packet = NULL;
  GstClockTimeDiff offset;

  switch (wait_for_packet (self, &packet)) {
    case NEXT_STOP:
      gst_pad_pause_task (self->srcpad);
      return;
    case NEXT_END:
      end (self);
      return;
    case NEXT_PACKET:
      break;
  }
  if (!self->begun)
    begin (self);
  else if (take_renewed (self))
    renew (self);
  offset = gst_genos_clock_map_get_offset (&self->clock_map, GST_ELEMENT (self));
  GST_BUFFER_PTS (packet) =
      keep_order (self, gst_genos_clock_map_shift (GST_BUFFER_PTS (packet), -offset));
  GST_BUFFER_DTS (packet) = GST_CLOCK_TIME_NONE;
  reach (self, GST_BUFFER_PTS (packet));
  take_flow (self, gst_pad_push (self->srcpad, packet));
}

void
gst_genos_track_src_end (GstGenosTrackSrc *self)
{
  GQueue ready = G_QUEUE_INIT;

  g_mutex_lock (&self->lock);
  gst_genos_capture_time_end (&self->capture_time, &ready);
  append (self, &ready);
  self->ending = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_track_src_resume (GstGenosTrackSrc *self)
{
  gboolean resumed;

  g_mutex_lock (&self->lock);
  resumed = self->unlinked;
  self->unlinked = FALSE;
  g_mutex_unlock (&self->lock);
  if (resumed)
    request_key_frame (self);
}

gboolean
gst_genos_track_src_linger (GstGenosTrackSrc *self, gint64 duration)
{
  gboolean lingers;

  g_mutex_lock (&self->lock);
  lingers = !self->ending;
  self->linger_until = g_get_monotonic_time () + duration;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return lingers;
}

/* A change of state may have come in between, and found nothing to remove. */
static void
begin_feeding (GstGenosTrackSrc *self, GstGenosTrackFeed *feed)
{
  gboolean fed;

  gst_genos_track_feed_add (feed, on_packet, self);
  g_mutex_lock (&self->lock);
  fed = self->fed && self->feed == feed;
  g_mutex_unlock (&self->lock);
  if (!fed)
    gst_genos_track_feed_remove (feed, self);
}

gboolean
gst_genos_track_src_take_feed (GstGenosTrackSrc *self, GstGenosTrackFeed *feed)
{
  GstGenosTrackFeed *old = NULL;
  gboolean taken, fed;

  g_mutex_lock (&self->lock);
  taken = self->linger_until != 0 && !self->ending;
  fed = self->fed;
  if (taken) {
    self->linger_until = 0;
    self->renewed = self->discont = TRUE;
    g_set_object (&self->former, self->feed);
    old = self->feed;
    self->feed = g_object_ref (feed);
    g_cond_signal (&self->cond);
  }
  g_mutex_unlock (&self->lock);
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

  g_mutex_lock (&self->lock);
  feed = self->feed;
  g_mutex_unlock (&self->lock);
  return feed;
}

guint64
gst_genos_track_src_get_dropped (GstGenosTrackSrc *self)
{
  guint64 dropped;

  g_mutex_lock (&self->lock);
  dropped = self->dropped;
  g_mutex_unlock (&self->lock);
  return dropped;
}

/* pad */

static gboolean
on_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (parent);

  if (gst_video_event_is_force_key_unit (event)) {
    GstClockTime when = GST_CLOCK_TIME_NONE;

    gst_video_event_parse_upstream_force_key_unit (event, &when, NULL, NULL);
    request_key_frame_at (self, when);
    gst_event_unref (event);
    return TRUE;
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE) {
    gst_genos_track_src_resume (self);
    gst_event_unref (event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
on_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (parent);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  /* A packet is here up to the jitterbuffer's latency after its timestamp, and may wait here. */
  gst_query_set_latency (query, TRUE, get_latency (self), get_latency (self) + QUEUE_TIME);
  return TRUE;
}

static gboolean
on_activate (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->flushing = !active;
  clear_queue (self);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (active)
    return gst_pad_start_task (pad, loop, self, NULL);
  return gst_pad_stop_task (pad);
}

/* element */

static void
set_playing (GstGenosTrackSrc *self, gboolean playing)
{
  g_autoptr (GstGenosTrackFeed) feed = ref_feed (self);
  gboolean was_fed;

  g_mutex_lock (&self->lock);
  self->playing = playing;
  was_fed = self->fed;
  self->fed = self->fed || playing;
  g_mutex_unlock (&self->lock);
  if (!playing)
    return;
  /* Not earlier: the feed hands over at once what it has kept. */
  if (!was_fed)
    begin_feeding (self, feed);
  request_key_frame (self);
}

static void
stop_feeding (GstGenosTrackSrc *self)
{
  g_autoptr (GstGenosTrackFeed) feed = NULL;

  g_mutex_lock (&self->lock);
  self->fed = FALSE;
  feed = g_object_ref (self->feed);
  g_mutex_unlock (&self->lock);
  gst_genos_track_feed_remove (feed, self);
}

static GstStateChangeReturn
gst_genos_track_src_change_state (GstElement *element, GstStateChange transition)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    set_playing (self, TRUE);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop_feeding (self);
  result = GST_ELEMENT_CLASS (gst_genos_track_src_parent_class)->change_state (element, transition);
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static gboolean
gst_genos_track_src_send_event (GstElement *element, GstEvent *event)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (element);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_genos_track_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  gst_genos_track_src_end (self);
  return TRUE;
}

static void
gst_genos_track_src_finalize (GObject *object)
{
  GstGenosTrackSrc *self = GST_GENOS_TRACK_SRC (object);

  clear_queue (self);
  gst_genos_capture_time_clear (&self->capture_time);
  gst_genos_clock_map_clear (&self->clock_map);
  g_clear_object (&self->feed);
  g_clear_object (&self->former);
  g_clear_pointer (&self->time, gst_genos_time_track_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (gst_genos_track_src_parent_class)->finalize (object);
}

static void
gst_genos_track_src_class_init (GstGenosTrackSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_genos_track_src_finalize;
  element_class->change_state = gst_genos_track_src_change_state;
  element_class->send_event = gst_genos_track_src_send_event;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Track of a room", "Source/Network",
      "Gives the RTP packets of one track of a room", "genosrooms contributors");
  ended_signal = g_signal_new (
      "ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_genos_track_src_init (GstGenosTrackSrc *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->packets);
  self->flushing = TRUE;
  self->last_pts = GST_CLOCK_TIME_NONE;
  self->position = self->key_frame_at = GST_CLOCK_TIME_NONE;
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->srcpad, on_src_event);
  gst_pad_set_query_function (self->srcpad, on_src_query);
  gst_pad_set_activatemode_function (self->srcpad, on_activate);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
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
  self->group_id = group_id;
  gst_structure_get_int (
      gst_caps_get_structure (
          genos_remote_track_get_caps (gst_genos_track_feed_get_track (feed)), 0),
      "clock-rate", &clock_rate);
  gst_genos_capture_time_init (&self->capture_time, clock_rate);
  gst_genos_track_src_set_latency (self, latency);
  return self;
}

void
gst_genos_track_src_set_latency (GstGenosTrackSrc *self, GstClockTime latency)
{
  g_atomic_int_set (&self->latency_ms, (guint) (latency / GST_MSECOND));
}

void
gst_genos_track_src_set_capture_time (GstGenosTrackSrc *self, gboolean by_capture)
{
  self->by_capture = by_capture;
}
