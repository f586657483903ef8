/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-channel.h>

/* What a message costs beside its bytes, on its way from webrtcbin's thread. */
#define NOTE_COST 512

#include <genos/base/error.h>

struct _GenosWebrtcChannel {
  GstWebRTCDataChannel *channel;
  GenosHome *home;
  const GenosWebrtcChannelEvents *events;
  GMutex lock;  /* of starting and closing, which may come at once */
  gint closed;  /* atomic: no more events; set with the lock held */
  gint inbox;   /* atomic: bytes on their way home */
  gint flooded; /* atomic: already said so */
};

/* One call home. */
typedef struct {
  GenosWebrtcChannel *channel;
  GBytes *frame;
  GError *error;
  gint cost; /* what it takes of the inbox */
} Note;

static Note *
new_note (GenosWebrtcChannel *self)
{
  Note *note = g_new0 (Note, 1);

  note->channel = genos_webrtc_channel_ref (self);
  return note;
}

static void
free_note (Note *note)
{
  g_atomic_int_add (&note->channel->inbox, -note->cost);
  g_clear_pointer (&note->frame, g_bytes_unref);
  g_clear_error (&note->error);
  genos_webrtc_channel_unref (note->channel);
  g_free (note);
}

static void
post (GenosWebrtcChannel *self, GenosHomeFunc func, Note *note)
{
  genos_home_post (self->home, func, note, (GDestroyNotify) free_note);
}

static gboolean
is_live (const Note *note)
{
  return !g_atomic_int_get (&note->channel->closed);
}

static void
tell_opened (gpointer object, gpointer data)
{
  Note *note = data;

  if (is_live (note))
    note->channel->events->opened (object);
}

static void
tell_closed (gpointer object, gpointer data)
{
  Note *note = data;

  if (is_live (note))
    note->channel->events->closed (object, note->error);
}

static void
tell_frame (gpointer object, gpointer data)
{
  Note *note = data;

  if (is_live (note))
    note->channel->events->frame (object, note->frame);
}

static void
tell_drained (gpointer object, gpointer data)
{
  Note *note = data;

  if (is_live (note))
    note->channel->events->drained (object);
}

static void
tell_refused (gpointer object, gpointer data)
{
  Note *note = data;

  if (is_live (note))
    note->channel->events->refused (object, note->error);
}

static void
on_open (GstWebRTCDataChannel *channel, GenosWebrtcChannel *self)
{
  post (self, tell_opened, new_note (self));
}

static void
post_closed (GenosWebrtcChannel *self, GenosError code, const char *why)
{
  Note *note = new_note (self);

  note->error = g_error_new_literal (GENOS_ERROR, code, why);
  post (self, tell_closed, note);
}

static void
on_close (GstWebRTCDataChannel *channel, GenosWebrtcChannel *self)
{
  post_closed (self, GENOS_ERROR_CLOSED, "the other side closed the data channel");
}

static void
on_error (GstWebRTCDataChannel *channel, GError *error, GenosWebrtcChannel *self)
{
  post_closed (
      self, GENOS_ERROR_CLOSED, error != NULL ? error->message : "the data channel failed");
}

/* A note for a message of @size bytes, NULL when too much is on its way home already: then the peer is
 * given up, for it would go on. A message of one byte costs what it costs here, not one byte. */
static Note *
new_message_note (GenosWebrtcChannel *self, gsize size)
{
  gint cost = (gint) MIN (size, GENOS_WEBRTC_CHANNEL_MESSAGE) + NOTE_COST;
  Note *note;

  if (g_atomic_int_get (&self->inbox) + cost > GENOS_WEBRTC_CHANNEL_INBOX) {
    if (g_atomic_int_compare_and_exchange (&self->flooded, FALSE, TRUE))
      post_closed (self, GENOS_ERROR_LIMIT, "the peer sends faster than it is read");
    return NULL;
  }
  note = new_note (self);
  note->cost = cost;
  g_atomic_int_add (&self->inbox, cost);
  return note;
}

static void
refuse (GenosWebrtcChannel *self, const char *why)
{
  Note *note = new_message_note (self, 0);

  if (note == NULL)
    return;
  note->error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_PROTOCOL, why);
  post (self, tell_refused, note);
}

/* webrtcbin shows an empty message as NULL, and an empty binary one as a string: both mean
 * nothing here. */
static void
on_message_data (GstWebRTCDataChannel *channel, GBytes *data, GenosWebrtcChannel *self)
{
  gsize size = data == NULL ? 0 : g_bytes_get_size (data);
  Note *note;

  if (size == 0)
    return;
  if (size > GENOS_WEBRTC_CHANNEL_MESSAGE) {
    refuse (self, "a data-channel message is too large");
    return;
  }
  note = new_message_note (self, size);
  if (note == NULL)
    return;
  note->frame = g_bytes_ref (data);
  post (self, tell_frame, note);
}

static void
on_message_string (GstWebRTCDataChannel *channel, const char *text, GenosWebrtcChannel *self)
{
  if (text != NULL && *text != '\0')
    refuse (self, "a data-channel message is text");
}

static void
on_buffered_amount_low (GstWebRTCDataChannel *channel, GenosWebrtcChannel *self)
{
  post (self, tell_drained, new_note (self));
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  genos_webrtc_channel_unref (data);
}

static void
connect_event (GenosWebrtcChannel *self, const char *signal, GCallback callback)
{
  g_signal_connect_data (
      self->channel, signal, callback, genos_webrtc_channel_ref (self), closure_unref, 0);
}

GenosWebrtcChannel *
genos_webrtc_channel_new (
    GstWebRTCDataChannel *channel, GenosHome *home, const GenosWebrtcChannelEvents *events)
{
  GenosWebrtcChannel *self = g_atomic_rc_box_new0 (GenosWebrtcChannel);

  self->channel = g_object_ref (channel);
  self->home = genos_home_ref (home);
  self->events = events;
  g_mutex_init (&self->lock);
  g_object_set (
      channel, "buffered-amount-low-threshold", (guint64) GENOS_WEBRTC_CHANNEL_BUSY, NULL);
  return self;
}

/* Each of the handlers holds us, and we hold the channel: once closed, none may be added. */
static gboolean
connect_events (GenosWebrtcChannel *self)
{
  gboolean live;

  g_mutex_lock (&self->lock);
  live = !g_atomic_int_get (&self->closed);
  if (live) {
    connect_event (self, "on-open", G_CALLBACK (on_open));
    connect_event (self, "on-close", G_CALLBACK (on_close));
    connect_event (self, "on-error", G_CALLBACK (on_error));
    connect_event (self, "on-message-data", G_CALLBACK (on_message_data));
    connect_event (self, "on-message-string", G_CALLBACK (on_message_string));
    connect_event (self, "on-buffered-amount-low", G_CALLBACK (on_buffered_amount_low));
  }
  g_mutex_unlock (&self->lock);
  return live;
}

void
genos_webrtc_channel_start (GenosWebrtcChannel *self)
{
  GstWebRTCDataChannelState state;

  if (!connect_events (self))
    return;

  /* The answerer's channel is open when it comes; whether ::on-open follows differs. */
  g_object_get (self->channel, "ready-state", &state, NULL);
  if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN)
    post (self, tell_opened, new_note (self));
}

GenosWebrtcChannel *
genos_webrtc_channel_ref (GenosWebrtcChannel *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (GenosWebrtcChannel *self)
{
  g_object_unref (self->channel);
  genos_home_unref (self->home);
  g_mutex_clear (&self->lock);
}

void
genos_webrtc_channel_unref (GenosWebrtcChannel *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

gboolean
genos_webrtc_channel_send (GenosWebrtcChannel *self, GBytes *frame, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GstWebRTCDataChannelState state;

  if (g_bytes_get_size (frame) > GENOS_WEBRTC_CHANNEL_MESSAGE) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_LIMIT, "more than one data-channel message holds");
    return FALSE;
  }
  /* What webrtcbin refuses on a channel that is not open, it also forgets to free. */
  g_object_get (self->channel, "ready-state", &state, NULL);
  if (state != GST_WEBRTC_DATA_CHANNEL_STATE_OPEN) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the data channel is not open");
    return FALSE;
  }
  if (gst_webrtc_data_channel_send_data_full (self->channel, frame, &reason))
    return TRUE;
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the data channel took nothing: %s",
      reason != NULL ? reason->message : "no reason given");
  return FALSE;
}

gsize
genos_webrtc_channel_get_buffered (GenosWebrtcChannel *self)
{
  guint64 buffered = 0;

  g_object_get (self->channel, "buffered-amount", &buffered, NULL);
  return buffered;
}

void
genos_webrtc_channel_close (GenosWebrtcChannel *self)
{
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->closed, TRUE);
  g_mutex_unlock (&self->lock);
  g_signal_handlers_disconnect_by_data (self->channel, self);
  gst_webrtc_data_channel_close (self->channel);
}

GObject *
genos_webrtc_channel_dup_object (GenosWebrtcChannel *self)
{
  return g_object_ref (G_OBJECT (self->channel));
}
