/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When pictures and sound were taken that come by way of two others: a sender whose sound takes two seconds longer
 * than its pictures, its bridge, the bridge of another cell, and a member there. Over a relay on loopback and
 * webrtcbin. */

#include "../common/room-fixture.h"

#include <genos/room/cells/mesh-private.h>

#define WAIT 90
/* The two of each cell, and what each is there. */
#define SENDER "member1"
#define BRIDGE "member2"
#define OTHER_BRIDGE "member0"
#define VIEWER "member3"

#define PICTURE_CAPS "video/x-raw,format=I420,width=64,height=48,framerate=20/1"
#define PICTURE_SIZE (64 * 48 * 3 / 2)
#define SOUND_CAPS "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
#define SOUND_SIZE (48000 / 20 * 2)
#define TICK_MS 50
#define SOUND_LAG (2 * GST_SECOND)
/* What busy machines may make of readings of clocks; the lag would show. */
#define TOLERANCE (400 * (GstClockTimeDiff) GST_MSECOND)

/* Seals come sooner than they would. */
static const GenosMeshTimes times = {
  .quiet = 300 * G_TIME_SPAN_MILLISECOND,
  .cap = 2 * G_TIME_SPAN_SECOND,
  .shrink = 30 * G_TIME_SPAN_SECOND,
  .grace = 300 * G_TIME_SPAN_MILLISECOND,
  .tick = 100 * G_TIME_SPAN_MILLISECOND,
};

/* The last packet that said when it was taken. */
typedef struct {
  gboolean known;
  GstClockTime capture;
  guint32 rtp_time;
  GstClockTimeDiff lag; /* from then to when it came, as clocks of the origin and of ours go */
} Moment;

typedef struct {
  GenosRoom *room;
  GenosPeer *origin;
  GenosRemoteTrack *tracks[2]; /* by kind */
  GMutex lock;
  Moment moments[2];
} Watcher;

typedef struct {
  GenosRelayServer *relay;
  char *url;
  GenosRoom *sender;
  Watcher bridge, other, viewer;
  GenosLocalTrack *picture;
  GenosLocalTrack *sound;
  guint timer;
} World;

static void
on_packet (GenosRemoteTrack *track, GstBuffer *packet, gpointer user_data)
{
  Watcher *self = user_data;
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (packet, NULL);
  Moment *moment = &self->moments[genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO];
  guint8 header[12];

  g_assert_cmpuint (gst_buffer_extract (packet, 0, header, sizeof header), ==, sizeof header);
  g_mutex_lock (&self->lock);
  moment->known = meta != NULL;
  if (meta != NULL) {
    moment->capture = meta->timestamp;
    moment->rtp_time = GST_READ_UINT32_BE (header + 4);
    moment->lag = GST_CLOCK_DIFF (meta->timestamp,
        ((GstClockTime) g_get_real_time () + 2208988800 * G_USEC_PER_SEC) * GST_USECOND);
  }
  g_mutex_unlock (&self->lock);
  gst_buffer_unref (packet);
}

static void
on_track_added (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Watcher *self)
{
  guint kind = genos_remote_track_get_kind (track) == GENOS_MEDIA_VIDEO;

  g_assert_cmpstr (genos_remote_track_get_peer_id (track), ==, SENDER);
  g_set_object (&self->origin, peer);
  g_set_object (&self->tracks[kind], track);
  genos_remote_track_set_packet_func (track, on_packet, self, NULL);
}

static GenosRoom *
enter (World *self, const char *peer_id)
{
  GenosRoom *room = genos_room_new ("far-time");
  g_autoptr (GError) error = NULL;

  genos_mesh_set_times (genos_room_get_mesh (room), &times);
  g_object_set (room, "relays", self->url, "stun-server", "", "proxy", "none", "peer-id", peer_id,
      "cells", "2", NULL);
  genos_room_join (room, &error);
  g_assert_no_error (error);
  return room;
}

static void
leave (GenosRoom *room)
{
  genos_room_leave (room);
  genos_test_wait_for (genos_room_get_state (room) == GENOS_ROOM_IDLE, WAIT);
  g_assert_finalize_object (room);
}

static void
watch (World *self, Watcher *watcher, const char *peer_id)
{
  g_mutex_init (&watcher->lock);
  watcher->room = enter (self, peer_id);
  g_signal_connect (watcher->room, "track-added", G_CALLBACK (on_track_added), watcher);
}

static void
unwatch (Watcher *watcher)
{
  for (guint kind = 0; kind < 2; kind++)
    if (watcher->tracks[kind] != NULL)
      genos_remote_track_set_packet_func (watcher->tracks[kind], NULL, NULL, NULL);
  g_clear_object (&watcher->origin);
  g_clear_object (&watcher->tracks[0]);
  g_clear_object (&watcher->tracks[1]);
  leave (watcher->room);
  g_mutex_clear (&watcher->lock);
}

static GstBuffer *
new_buffer (gsize size, guint8 value, GstClockTime taken)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, value, size);
  GST_BUFFER_PTS (buffer) = taken;
  GST_BUFFER_DURATION (buffer) = TICK_MS * GST_MSECOND;
  return buffer;
}

static gboolean
on_tick (gpointer user_data)
{
  World *self = user_data;
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GstClockTime now = gst_clock_get_time (clock);

  genos_local_track_push (self->picture, new_buffer (PICTURE_SIZE, 0x80, now));
  genos_local_track_push (self->sound, new_buffer (SOUND_SIZE, 0, now - SOUND_LAG));
  return G_SOURCE_CONTINUE;
}

static GenosLocalTrack *
add_track (World *self, GenosMediaKind kind, const char *format)
{
  GenosLocalTrack *track =
      g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", kind, "stream-id", "camera", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (format);
  g_autoptr (GError) error = NULL;

  genos_local_track_set_caps (track, caps, &error);
  g_assert_no_error (error);
  genos_room_add_track (self->sender, track);
  return track;
}

static void
set_up (World *self, gconstpointer unused)
{
  self->relay = test_relay_server_new (0, &self->url);
  self->sender = enter (self, SENDER);
  watch (self, &self->bridge, BRIDGE);
  watch (self, &self->other, OTHER_BRIDGE);
  watch (self, &self->viewer, VIEWER);
  self->picture = add_track (self, GENOS_MEDIA_VIDEO, PICTURE_CAPS);
  self->sound = add_track (self, GENOS_MEDIA_AUDIO, SOUND_CAPS);
  self->timer = g_timeout_add (TICK_MS, on_tick, self);
}

static void
tear_down (World *self, gconstpointer unused)
{
  g_source_remove (self->timer);
  unwatch (&self->viewer);
  unwatch (&self->other);
  unwatch (&self->bridge);
  leave (self->sender);
  g_object_unref (self->picture);
  g_object_unref (self->sound);
  g_object_unref (self->relay);
  g_free (self->url);
}

/* Both come by way of two others, as the statistics tell. */
static guint
count_from_afar (GenosRoom *room, guint hops)
{
  g_autoptr (GstStructure) stats = genos_room_get_stats (room);
  const GValue *list = gst_structure_get_value (stats, "far-track");
  guint n = 0;

  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    const GstStructure *track = gst_value_get_structure (gst_value_list_get_value (list, i));
    guint found = 0;

    gst_structure_get_uint (track, "hops", &found);
    n += found == hops
        && g_strcmp0 (gst_structure_get_string (track, "source"),
               gst_structure_get_string (track, "parent"))
            == 0;
  }
  return n;
}

static Moment
get_moment (Watcher *watcher, guint kind)
{
  Moment moment;

  g_mutex_lock (&watcher->lock);
  moment = watcher->moments[kind];
  g_mutex_unlock (&watcher->lock);
  return moment;
}

/* What the viewer takes for the time of capture, less what who is linked to the sender does. FALSE: one does not
 * know. Headers keep their time stamps wherever they are passed on. */
static gboolean
get_error (World *self, guint kind, GstClockTimeDiff *error)
{
  gint clock_rate = kind ? 90000 : 48000;
  Moment near = get_moment (&self->bridge, kind), far = get_moment (&self->viewer, kind);
  gint64 passed = (gint32) (far.rtp_time - near.rtp_time);

  *error = GST_CLOCK_DIFF (near.capture, far.capture)
      - passed * (GstClockTimeDiff) GST_SECOND / clock_rate;
  return near.known && far.known;
}

static gboolean
is_in_step (World *self)
{
  GstClockTimeDiff picture, sound;

  return get_error (self, TRUE, &picture) && get_error (self, FALSE, &sound)
      && ABS (picture) < TOLERANCE && ABS (sound) < TOLERANCE && ABS (picture - sound) < TOLERANCE;
}

static void
test_in_step (World *self, gconstpointer unused)
{
  GstClockTimeDiff picture, sound;
  gint64 offset = G_MAXINT64;

  genos_test_wait_for (count_from_afar (self->viewer.room, 2) == 2, WAIT);
  genos_test_wait_for (is_in_step (self), WAIT);
  get_error (self, TRUE, &picture);
  get_error (self, FALSE, &sound);
  g_test_message ("off by %d µs with pictures, %d µs with sound", (int) (picture / GST_USECOND),
      (int) (sound / GST_USECOND));

  /* Sound was taken two seconds before it was sent; all clocks are one. */
  g_assert_cmpint (get_moment (&self->viewer, FALSE).lag, >, SOUND_LAG - TOLERANCE);

  g_assert_true (genos_peer_get_clock_offset (self->viewer.origin, &offset, NULL));
  g_assert_cmpint (ABS (offset), <, TOLERANCE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add ("/room-far-time/in-step", World, NULL, set_up, test_in_step, tear_down);
  return g_test_run ();
}
