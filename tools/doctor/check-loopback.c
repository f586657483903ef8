/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

/* A whole room on this machine: a relay of our own, two peers, a message there and a second of video
 * back. What fails here is in the installation, not in the network. */

#define CHANNEL "doctor"
#define CAPS "video/x-raw,format=I420,width=160,height=120,framerate=15/1"
#define ENOUGH_PACKETS 10
#define MEDIA_TIME G_TIME_SPAN_SECOND

typedef struct {
  Doctor *doctor;
  GenosRelayServer *relay;
  GenosRoom *one;
  GenosRoom *other;
  GstElement *camera;
  GenosLocalTrack *track;
  guint timeout;
  guint idle;
  gint64 started;
  gint64 linked; /* 0: not yet, as below */
  gint64 heard;
  GMutex lock; /* protects what the streaming thread writes: */
  gint64 first_packet;
  guint n_packets;
} Loopback;

static void finish (Loopback *self, GError *error);

static int
to_ms (gint64 from, gint64 to)
{
  return (int) ((to - from) / 1000);
}

/* --- the end --- */

static void
stop_room (GenosRoom **room, gpointer data)
{
  if (*room == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*room, data);
  genos_room_leave (*room);
}

static void
report_success (Loopback *self, guint n_packets, gint64 first_packet)
{
  DoctorRow *row = doctor_report_add (self->doctor->report, DOCTOR_CHECK_LOOPBACK, NULL, DOCTOR_OK,
      GENOS_REASON_UNKNOWN,
      "two peers linked in %d ms, a message arrived %d ms later, video began %d ms after the "
      "link: %u packets in a second",
      to_ms (self->started, self->linked), to_ms (self->linked, self->heard),
      to_ms (self->linked, first_packet), n_packets);

  doctor_row_set_value (row, "link-ms", to_ms (self->started, self->linked));
  doctor_row_set_value (row, "message-ms", to_ms (self->linked, self->heard));
  doctor_row_set_value (row, "media-ms", to_ms (self->linked, first_packet));
  doctor_row_set_value (row, "packets", n_packets);
}

static void
free_loopback (Loopback *self)
{
  g_clear_object (&self->one);
  g_clear_object (&self->other);
  genos_relay_server_stop (self->relay);
  g_clear_object (&self->relay);
  g_clear_object (&self->track);
  g_mutex_clear (&self->lock);
  doctor_release (self->doctor);
  g_free (self);
}

static gboolean
on_idle (gpointer user_data)
{
  Loopback *self = user_data;

  if ((self->one != NULL && genos_room_get_state (self->one) != GENOS_ROOM_IDLE)
      || (self->other != NULL && genos_room_get_state (self->other) != GENOS_ROOM_IDLE))
    return G_SOURCE_CONTINUE;
  free_loopback (self);
  return G_SOURCE_REMOVE;
}

/* @error (transfer full) (nullable) */
static void
finish (Loopback *self, GError *error)
{
  if (self->idle != 0) {
    g_clear_error (&error);
    return;
  }
  if (error != NULL)
    doctor_report_add_error (self->doctor->report, DOCTOR_CHECK_LOOPBACK, NULL, error);
  g_clear_error (&error);
  if (self->timeout != 0)
    g_source_remove (self->timeout);
  if (self->camera != NULL) {
    gst_element_set_state (self->camera, GST_STATE_NULL);
    g_clear_pointer (&self->camera, gst_object_unref);
  }
  stop_room (&self->one, self);
  stop_room (&self->other, self);
  /* Their farewells end by themselves. */
  self->idle = g_timeout_add (20, on_idle, self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Loopback *self = user_data;

  self->timeout = 0;
  finish (self,
      g_error_new_literal (GENOS_ERROR, GENOS_ERROR_TIMED_OUT,
          self->linked == 0 ? "two peers on this machine do not find or reach each other in time"
              : self->heard == 0 ? "two peers on this machine are linked, but no message arrives"
                                 : "two peers on this machine are linked, but no video arrives"));
  return G_SOURCE_REMOVE;
}

/* --- media --- */

static void
on_packet (GenosRemoteTrack *track, GstBuffer *buffer, gpointer user_data)
{
  Loopback *self = user_data;

  gst_buffer_unref (buffer);
  g_mutex_lock (&self->lock);
  if (self->n_packets++ == 0)
    self->first_packet = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
}

static gboolean
has_seen_enough (Loopback *self, guint *n_packets, gint64 *first_packet)
{
  g_mutex_lock (&self->lock);
  *n_packets = self->n_packets;
  *first_packet = self->first_packet;
  g_mutex_unlock (&self->lock);
  return self->heard != 0 && *n_packets >= ENOUGH_PACKETS
      && g_get_monotonic_time () - *first_packet >= MEDIA_TIME;
}

static gboolean
watch_media (gpointer user_data)
{
  Loopback *self = user_data;
  guint n_packets;
  gint64 first_packet;

  if (self->idle != 0)
    return G_SOURCE_REMOVE;
  if (!has_seen_enough (self, &n_packets, &first_packet))
    return G_SOURCE_CONTINUE;
  report_success (self, n_packets, first_packet);
  finish (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_track (GenosRoom *room, GenosPeer *peer, GenosRemoteTrack *track, Loopback *self)
{
  genos_remote_track_set_packet_func (track, on_packet, self, NULL);
}

static void
on_frame (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer track)
{
  genos_local_track_push (track, gst_buffer_ref (buffer));
}

/* fakesink's handoff spares the doctor a library. */
static gboolean
start_camera (Loopback *self, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS ",pixel-aspect-ratio=1/1");
  g_autoptr (GstElement) sink = NULL;

  self->track = genos_local_track_new (GENOS_MEDIA_VIDEO);
  if (!genos_local_track_set_caps (self->track, caps, error))
    return FALSE;
  self->camera = gst_parse_launch ("videotestsrc is-live=true pattern=ball ! " CAPS
                                   " ! fakesink name=sink signal-handoffs=true sync=false",
      error);
  if (self->camera == NULL)
    return FALSE;
  sink = gst_bin_get_by_name (GST_BIN (self->camera), "sink");
  g_signal_connect_object (sink, "handoff", G_CALLBACK (on_frame), self->track, 0);
  genos_room_add_track (self->one, self->track);
  return gst_element_set_state (self->camera, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

/* --- the room --- */

static void
on_joined (GenosRoom *room, GenosPeer *peer, Loopback *self)
{
  g_autoptr (GenosChannel) channel = genos_room_open_channel (room, CHANNEL, NULL);
  g_autoptr (GenosMessage) message = genos_message_new_string ("hello");

  self->linked = g_get_monotonic_time ();
  genos_channel_send (channel, message, NULL, NULL);
}

static void
on_message (GenosRoom *room, const char *channel, const char *peer_id, GenosMessage *message,
    Loopback *self)
{
  if (self->heard == 0)
    self->heard = g_get_monotonic_time ();
}

static void
on_join_error (GenosRoom *room, const char *peer_id, const GError *error, Loopback *self)
{
  finish (self, g_error_copy (error));
}

static gboolean
start (Loopback *self, GError **error)
{
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *url = NULL;

  if (!genos_relay_server_listen (self->relay, "127.0.0.1", 0, error))
    return FALSE;
  url = genos_relay_server_dup_url (self->relay);
  self->one = genos_room_new (name);
  self->other = genos_room_new (name);
  g_object_set (self->one, "relays", url, "stun-server", "none", NULL);
  g_object_set (self->other, "relays", url, "stun-server", "none", NULL);
  g_signal_connect (self->one, "peer-joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->one, "join-error", G_CALLBACK (on_join_error), self);
  g_signal_connect (self->other, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->other, "track-added", G_CALLBACK (on_track), self);
  self->started = g_get_monotonic_time ();
  return genos_room_join (self->one, error) && genos_room_join (self->other, error)
      && start_camera (self, error);
}

void
doctor_check_loopback (Doctor *doctor)
{
  Loopback *self = g_new0 (Loopback, 1);
  GError *error = NULL;

  self->doctor = doctor;
  self->relay = genos_relay_server_new ();
  g_mutex_init (&self->lock);
  doctor_hold (doctor);
  if (!start (self, &error)) {
    finish (self,
        error != NULL ? error
                      : g_error_new_literal (
                          GENOS_ERROR, GENOS_ERROR_FAILED, "the test picture does not start"));
    return;
  }
  self->timeout = g_timeout_add (doctor->timeout_ms, on_timeout, self);
  g_timeout_add (50, watch_media, self);
}
