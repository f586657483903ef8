/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenostimeline.h"

#include "gstgenosclockmap.h"

/* One part in so many of what a measurement differs by is taken: of less lag much, since a packet
 * cannot come before it was sent, of more lag little. */
#define FALLING 8
#define RISING 64
/* What is added changes by one part in so many of the time that passes: not to be heard. */
#define SLEW 20
/* … and not at all for less. */
#define DEAD_BAND (2 * GST_MSECOND)
/* A track that has just begun has no listeners that a jump would disturb. */
#define BEGINNING GST_SECOND
/* Its first packets come as they can; other peers do not wait for it before that is over. */
#define SETTLING (2 * GST_SECOND)
/* More is another clock, no drift. */
#define JUMP (400 * GST_MSECOND)
/* Nobody waits longer for the slowest track of a peer, unless told otherwise, … */
#define DEFAULT_WAIT GST_SECOND
/* More is no skew that one gives way to by and by. */
#define MAX_SKEW GST_SECOND
/* … or for the slowest peer. */
#define MAX_TRANSIT (500 * GST_MSECOND)
/* Measured clocks are wrong by that much, so that something may seem to have come too early. */
#define MIN_TRANSIT (-100 * (GstClockTimeDiff) GST_MSECOND)
/* Nobody waits for what has stopped. */
#define STALE (5 * GST_SECOND)

typedef struct {
  char *id;
  GPtrArray *tracks; /* not owned */
  gboolean known;    /* how its clock stands to ours */
  GstClockTimeDiff to_local;
  gboolean placed;
  GstClockTimeDiff lag; /* from capture to being shown */
} Peer;

struct _GstGenosTimeTrack {
  GstGenosTimeLine *line;
  Peer *peer;
  gboolean measured;
  GstClockTimeDiff lag; /* from capture to coming, averaged */
  GstClockTime last;    /* when a packet came */
  GstClockTime first;   /* … that had a capture */
  GstClockTimeDiff shift;
};

struct _GstGenosTimeLine {
  gatomicrefcount ref_count;
  GMutex lock;
  gboolean common;
  gboolean by_capture;
  GstClockTimeDiff max_wait;
  GPtrArray *peers;
  GstClockTime now;       /* the latest packet of all */
  GstClockTimeDiff delay; /* common: from capture to being shown */
  gboolean delayed;
};

/* life */

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_ptr_array_unref (peer->tracks);
  g_free (peer->id);
  g_free (peer);
}

GstGenosTimeLine *
gst_genos_time_line_new (void)
{
  GstGenosTimeLine *self = g_new0 (GstGenosTimeLine, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->max_wait = DEFAULT_WAIT;
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  return self;
}

GstGenosTimeLine *
gst_genos_time_line_ref (GstGenosTimeLine *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_genos_time_line_unref (GstGenosTimeLine *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->peers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_genos_time_line_set_common (GstGenosTimeLine *self, gboolean common)
{
  g_mutex_lock (&self->lock);
  self->common = common;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_genos_time_line_get_common (GstGenosTimeLine *self)
{
  gboolean common;

  g_mutex_lock (&self->lock);
  common = self->common;
  g_mutex_unlock (&self->lock);
  return common;
}

void
gst_genos_time_line_set_max_wait (GstGenosTimeLine *self, GstClockTime max_wait)
{
  g_mutex_lock (&self->lock);
  self->max_wait = (GstClockTimeDiff) max_wait;
  g_mutex_unlock (&self->lock);
}

void
gst_genos_time_line_set_by_capture (GstGenosTimeLine *self, gboolean by_capture)
{
  g_mutex_lock (&self->lock);
  self->by_capture = by_capture;
  g_mutex_unlock (&self->lock);
}

/* Under the lock, as all below that does not take it. */
static Peer *
find_peer (GstGenosTimeLine *self, const char *id)
{
  for (guint i = 0; i < self->peers->len; i++) {
    Peer *peer = self->peers->pdata[i];

    if (g_str_equal (peer->id, id))
      return peer;
  }
  return NULL;
}

static Peer *
add_peer (GstGenosTimeLine *self, const char *id)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->id = g_strdup (id);
  peer->tracks = g_ptr_array_new ();
  g_ptr_array_add (self->peers, peer);
  return peer;
}

GstGenosTimeTrack *
gst_genos_time_track_new (GstGenosTimeLine *line, const char *peer_id)
{
  GstGenosTimeTrack *self = g_new0 (GstGenosTimeTrack, 1);

  self->line = gst_genos_time_line_ref (line);
  g_mutex_lock (&line->lock);
  self->peer = find_peer (line, peer_id);
  if (self->peer == NULL)
    self->peer = add_peer (line, peer_id);
  g_ptr_array_add (self->peer->tracks, self);
  g_mutex_unlock (&line->lock);
  return self;
}

void
gst_genos_time_track_free (GstGenosTimeTrack *self)
{
  GstGenosTimeLine *line = self->line;

  g_mutex_lock (&line->lock);
  g_ptr_array_remove (self->peer->tracks, self);
  if (self->peer->tracks->len == 0)
    g_ptr_array_remove (line->peers, self->peer);
  g_mutex_unlock (&line->lock);
  gst_genos_time_line_unref (line);
  g_free (self);
}

void
gst_genos_time_track_restart (GstGenosTimeTrack *self)
{
  g_mutex_lock (&self->line->lock);
  self->measured = FALSE;
  self->shift = 0;
  g_mutex_unlock (&self->line->lock);
}

/* what is measured */

static void
measure (GstGenosTimeTrack *self, GstClockTimeDiff lag, GstClockTime pts)
{
  GstClockTimeDiff difference = lag - self->lag;

  self->last = pts;
  self->line->now = MAX (self->line->now, pts);
  if (!self->measured || ABS (difference) > (GstClockTimeDiff) JUMP) {
    self->measured = TRUE;
    self->first = pts;
    self->lag = lag;
  } else {
    self->lag += difference / (difference < 0 ? FALLING : RISING);
  }
}

static gboolean
is_fresh (const GstGenosTimeTrack *self)
{
  return self->measured && self->last + STALE > self->line->now;
}

static gboolean
has_settled (const GstGenosTimeTrack *self)
{
  return is_fresh (self) && self->last - self->first >= SETTLING;
}

typedef gboolean (*Choice) (const GstGenosTimeTrack *self);

/* That of the slowest track, as far as the others wait for it. FALSE: there is none. */
static gboolean
get_slowest (const Peer *peer, Choice is_chosen, GstClockTimeDiff *slowest)
{
  GstClockTimeDiff least = G_MAXINT64;

  for (guint i = 0; i < peer->tracks->len; i++) {
    const GstGenosTimeTrack *track = peer->tracks->pdata[i];

    if (is_chosen (track))
      least = MIN (least, track->lag);
  }
  if (least == G_MAXINT64)
    return FALSE;
  *slowest = least;
  for (guint i = 0; i < peer->tracks->len; i++) {
    const GstGenosTimeTrack *track = peer->tracks->pdata[i];

    if (is_chosen (track) && track->lag <= least + track->line->max_wait)
      *slowest = MAX (*slowest, track->lag);
  }
  return TRUE;
}

/* How long what the peer takes is on its way. FALSE: not known, or so long that nobody waits. */
static gboolean
get_transit (const Peer *peer, Choice is_chosen, GstClockTimeDiff *transit)
{
  GstClockTimeDiff lag;

  if (!peer->known || !get_slowest (peer, is_chosen, &lag))
    return FALSE;
  *transit = lag - peer->to_local;
  return *transit >= MIN_TRANSIT && *transit <= (GstClockTimeDiff) MAX_TRANSIT;
}

static gboolean
get_delay_of (GstGenosTimeLine *self, Choice is_chosen, GstClockTimeDiff *delay)
{
  gboolean known = FALSE;

  for (guint i = 0; i < self->peers->len; i++) {
    GstClockTimeDiff transit;

    if (!get_transit (self->peers->pdata[i], is_chosen, &transit))
      continue;
    *delay = known ? MAX (*delay, transit) : transit;
    known = TRUE;
  }
  return known;
}

static gboolean
get_delay (GstGenosTimeLine *self, GstClockTimeDiff *delay)
{
  return get_delay_of (self, has_settled, delay) || get_delay_of (self, is_fresh, delay);
}

/* what follows from it */

/* Small changes are noise. */
static void
settle (gboolean *known, GstClockTimeDiff *value, GstClockTimeDiff now)
{
  GstClockTimeDiff difference = now - *value;

  if (*known && ABS (difference) <= (GstClockTimeDiff) DEAD_BAND)
    return;
  *known = TRUE;
  *value = now;
}

static void
place (GstGenosTimeLine *self, Peer *peer)
{
  GstClockTimeDiff lag, transit, delay;

  if (!get_slowest (peer, is_fresh, &lag))
    return;
  if (self->common && get_transit (peer, is_fresh, &transit) && get_delay (self, &delay)) {
    settle (&self->delayed, &self->delay, delay);
    /* Who has just come is not shown before it came, though nobody waits for it yet. */
    lag = MAX (lag, MIN (peer->to_local + self->delay, lag + self->max_wait));
  }
  settle (&peer->placed, &peer->lag, lag);
}

static void
follow (GstGenosTimeTrack *self, GstClockTimeDiff passed)
{
  /* What nobody waits for comes when it comes. */
  GstClockTimeDiff difference = MAX (self->peer->lag - self->lag, 0) - self->shift;
  GstClockTimeDiff step = MAX (passed, 0) / SLEW;

  if (self->last - self->first < BEGINNING || ABS (difference) > (GstClockTimeDiff) MAX_SKEW)
    self->shift += difference;
  else if (ABS (difference) > (GstClockTimeDiff) DEAD_BAND)
    self->shift += CLAMP (difference, -step, step);
}

GstClockTime
gst_genos_time_track_map (GstGenosTimeTrack *self, GstClockTime pts, GstClockTime capture,
    const GstClockTimeDiff *to_local)
{
  GstGenosTimeLine *line = self->line;
  GstClockTime mapped;

  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return pts;
  g_mutex_lock (&line->lock);
  /* The packets of a picture have one time, and keep it. */
  if (GST_CLOCK_TIME_IS_VALID (capture) && (!self->measured || pts != self->last)) {
    GstClockTimeDiff passed = GST_CLOCK_DIFF (self->last, pts);

    if (to_local != NULL) {
      self->peer->known = TRUE;
      self->peer->to_local = *to_local;
    }
    measure (self, GST_CLOCK_DIFF (capture, pts), pts);
    place (line, self->peer);
    follow (self, passed);
  }
  mapped = gst_genos_clock_map_shift (pts, self->shift);
  g_mutex_unlock (&line->lock);
  return mapped;
}

gboolean
gst_genos_time_line_map (
    GstGenosTimeLine *self, const char *peer_id, GstClockTime capture, GstClockTime *time)
{
  Peer *peer;
  gboolean placed;

  g_mutex_lock (&self->lock);
  peer = find_peer (self, peer_id);
  placed = peer != NULL && peer->placed;
  if (placed)
    *time = gst_genos_clock_map_shift (
        capture, self->by_capture && peer->known ? peer->to_local : peer->lag);
  g_mutex_unlock (&self->lock);
  return placed;
}
