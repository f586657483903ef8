/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/remote-track-struct.h>

typedef struct _PacketClosure PacketClosure;
typedef struct _Outlet Outlet;
typedef struct _Opener Opener;

/**
 * GenosRemoteTrack:
 *
 * One incoming picture or sound of a peer, as RTP packets behind the jitterbuffer.
 *
 * May be used from any thread; packets come on a streaming thread of the library.
 */
G_DEFINE_FINAL_TYPE (GenosRemoteTrack, genos_remote_track, G_TYPE_OBJECT)

/* Where packets go. */
struct _Outlet {
  GenosRemoteTrackFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

struct _Opener {
  GenosRemoteTrackOpenFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

/* Shared by the track and the receiver that calls it; only moved changes. */
struct _PacketClosure {
  GWeakRef track;
  GPtrArray *outlets; /* of Outlet, … */
  guint n_raw;        /* … the first ones raw */
  Opener *opener;     /* (nullable) */
  gint moved;         /* atomic: the next packet comes from another receiver */
};

static void
on_level (double power, GstClockTime duration, gpointer level)
{
  genos_track_level_take_told (level, power, duration, g_get_monotonic_time ());
}

static void
unref_level (gpointer level)
{
  genos_track_level_unref (level);
}

static void
attach_level (GenosRemoteTrack *self)
{
  genos_link_receiver_set_level_func (
      self->receiver, on_level, genos_track_level_ref (self->level), unref_level);
}

static int
get_clock_rate (GstCaps *caps)
{
  int rate = 0;

  if (caps != NULL && gst_caps_get_size (caps) > 0)
    gst_structure_get_int (gst_caps_get_structure (caps, 0), "clock-rate", &rate);
  return rate > 0 ? rate : 90000;
}

static void
take_receiver (GenosRemoteTrack *self, GenosLinkReceiver *receiver)
{
  gst_caps_replace (&self->caps, genos_link_receiver_get_caps (receiver));
  genos_rtp_splice_init (&self->splice, get_clock_rate (self->caps));
  self->receiver = g_object_ref (receiver);
  attach_level (self);
}

GenosRemoteTrack *
genos_remote_track_new_far (const char *peer_id, const char *stream_id, const char *track_id,
    const char *metadata, GenosLinkReceiver *receiver)
{
  GenosRemoteTrack *self = g_object_new (GENOS_TYPE_REMOTE_TRACK, NULL);

  self->peer_id = g_strdup (peer_id);
  self->metadata = g_strdup (metadata);
  self->stream_id = g_strdup (stream_id);
  self->track_id = g_strdup (track_id);
  self->is_far = TRUE;
  take_receiver (self, receiver);
  return self;
}

GenosRemoteTrack *
genos_remote_track_new (const char *peer_id, const char *metadata, GenosLinkReceiver *receiver)
{
  g_return_val_if_fail (peer_id != NULL, NULL);
  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (receiver), NULL);

  GenosRemoteTrack *self = g_object_new (GENOS_TYPE_REMOTE_TRACK, NULL);
  self->peer_id = g_strdup (peer_id);
  self->metadata = g_strdup (metadata);
  self->stream_id = g_strdup (genos_link_receiver_get_stream_id (receiver));
  self->track_id = g_strdup (genos_link_receiver_get_track_id (receiver));
  take_receiver (self, receiver);
  return self;
}

GenosLinkReceiver *
genos_remote_track_get_receiver (GenosRemoteTrack *self)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), NULL);
  return self->receiver;
}

static void
outlet_clear (gpointer data)
{
  Outlet *outlet = data;
  if (outlet->destroy != NULL)
    outlet->destroy (outlet->user_data);
}

static void
outlet_unref (gpointer outlet)
{
  g_atomic_rc_box_release_full (outlet, outlet_clear);
}

static Outlet *
outlet_new (GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Outlet *outlet = g_atomic_rc_box_new (Outlet);
  *outlet = (Outlet){ func, user_data, destroy };
  return outlet;
}

static void
opener_clear (gpointer data)
{
  Opener *opener = data;
  if (opener->destroy != NULL)
    opener->destroy (opener->user_data);
}

static void
opener_unref (gpointer opener)
{
  g_atomic_rc_box_release_full (opener, opener_clear);
}

static void
packet_closure_clear (gpointer data)
{
  PacketClosure *closure = data;
  g_clear_pointer (&closure->opener, opener_unref);
  g_ptr_array_unref (closure->outlets);
  g_weak_ref_clear (&closure->track);
}

static void
packet_closure_unref (gpointer closure)
{
  g_atomic_rc_box_release_full (closure, packet_closure_clear);
}

/* Times of what comes by way of others are of whoever passes it on. */
static GstBuffer *
fit (GenosRemoteTrack *self, GstBuffer *buffer)
{
  g_mutex_lock (&self->splice_lock);
  buffer = genos_rtp_splice_pass (&self->splice, buffer);
  if (g_atomic_int_get (&self->is_far))
    buffer = genos_capture_clock_shift (&self->clock, buffer);
  g_mutex_unlock (&self->splice_lock);
  return buffer;
}

/* The last one gets ours: who is alone may write into it. (transfer full) */
static void
hand_out (GenosRemoteTrack *self, GPtrArray *outlets, guint from, guint to, GstBuffer *buffer)
{
  for (guint i = from; i < to; i++) {
    Outlet *outlet = g_ptr_array_index (outlets, i);
    gboolean last = i + 1 == to;
    outlet->func (self, last ? buffer : gst_buffer_ref (buffer), outlet->user_data);
  }
  if (from == to)
    gst_buffer_unref (buffer);
}

/* FALSE: those who cannot do with it as it came got nothing. */
static gboolean
hand_out_opened (GenosRemoteTrack *self, PacketClosure *closure, GstBuffer *buffer)
{
  GPtrArray *outlets = closure->outlets;

  if (closure->opener == NULL || closure->n_raw == outlets->len) {
    hand_out (self, outlets, 0, outlets->len, buffer);
    return TRUE;
  }
  hand_out (self, outlets, 0, closure->n_raw, gst_buffer_ref (buffer));
  buffer = closure->opener->func (buffer, closure->opener->user_data);
  if (buffer == NULL)
    return FALSE;
  hand_out (self, outlets, closure->n_raw, outlets->len, buffer);
  return TRUE;
}

static void
on_packet (GenosLinkReceiver *receiver, GstBuffer *buffer, gpointer user_data)
{
  PacketClosure *closure = user_data;
  GenosRemoteTrack *self = g_weak_ref_get (&closure->track);
  if (self == NULL) {
    gst_buffer_unref (buffer);
    return;
  }
  buffer = fit (self, buffer);
  gboolean moved = g_atomic_int_compare_and_exchange (&closure->moved, TRUE, FALSE);
  if (moved) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  }
  if (!hand_out_opened (self, closure, buffer) && moved)
    g_atomic_int_set (&closure->moved, TRUE);
  g_object_unref (self);
}

/* With the feed lock held. */
static void
attach_closure (GenosRemoteTrack *self)
{
  if (self->closure == NULL)
    genos_link_receiver_set_packet_func (self->receiver, NULL, NULL, NULL);
  else
    genos_link_receiver_set_packet_func (
        self->receiver, on_packet, g_atomic_rc_box_acquire (self->closure), packet_closure_unref);
}

static gpointer
outlet_ref (gconstpointer outlet, gpointer unused)
{
  return g_atomic_rc_box_acquire ((gpointer) outlet);
}

/* With the feed lock held: what takes packets has changed. (transfer full) (nullable): the closure before,
 * to be let go of without the lock. */
static PacketClosure *
replace_closure (GenosRemoteTrack *self)
{
  PacketClosure *old = self->closure, *closure = NULL;
  if (self->outlet != NULL || self->taps->len > 0 || self->raw_taps->len > 0) {
    closure = g_atomic_rc_box_new0 (PacketClosure);
    g_weak_ref_init (&closure->track, self);
    closure->outlets = g_ptr_array_new_with_free_func (outlet_unref);
    closure->n_raw = self->raw_taps->len;
    if (self->opener != NULL)
      closure->opener = g_atomic_rc_box_acquire (self->opener);
    g_ptr_array_extend (closure->outlets, self->raw_taps, outlet_ref, NULL);
    g_ptr_array_extend (closure->outlets, self->taps, outlet_ref, NULL);
    if (self->outlet != NULL)
      g_ptr_array_add (closure->outlets, outlet_ref (self->outlet, NULL));
  }
  /* The old one may be called until the new one is attached: better said twice than not at all. */
  if (closure != NULL && old != NULL)
    closure->moved = g_atomic_int_get (&old->moved);
  self->closure = closure;
  attach_closure (self);
  return old;
}

static gboolean
is_same_track (GenosRemoteTrack *self, GenosLinkReceiver *receiver)
{
  GstCaps *caps = genos_link_receiver_get_caps (receiver);

  if (g_strcmp0 (self->stream_id, genos_link_receiver_get_stream_id (receiver)) != 0
      || g_strcmp0 (self->track_id, genos_link_receiver_get_track_id (receiver)) != 0)
    return FALSE;
  return self->caps != NULL && caps != NULL && gst_caps_is_equal (self->caps, caps);
}

/* @far: -1: as it was */
static void
switch_receiver (GenosRemoteTrack *self, GenosLinkReceiver *receiver, int far)
{
  GenosLinkReceiver *old;

  g_mutex_lock (&self->feed_lock);
  genos_link_receiver_set_packet_func (self->receiver, NULL, NULL, NULL);
  genos_link_receiver_set_level_func (self->receiver, NULL, NULL, NULL);
  g_atomic_int_inc (&self->n_moves);
  if (far >= 0) {
    g_mutex_lock (&self->splice_lock);
    genos_rtp_splice_cut (&self->splice);
    self->clock = (GenosCaptureClock){ FALSE };
    g_mutex_unlock (&self->splice_lock);
    g_atomic_int_set (&self->is_far, far);
  }
  g_mutex_lock (&self->lock);
  old = self->receiver;
  self->receiver = g_object_ref (receiver);
  g_mutex_unlock (&self->lock);
  if (self->closure != NULL)
    g_atomic_int_set (&self->closure->moved, TRUE);
  attach_closure (self);
  attach_level (self);
  g_mutex_unlock (&self->feed_lock);
  g_object_unref (old);
}

gboolean
genos_remote_track_move (GenosRemoteTrack *self, GenosLinkReceiver *receiver)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), FALSE);
  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (receiver), FALSE);

  if (!is_same_track (self, receiver))
    return FALSE;
  switch_receiver (self, receiver, g_atomic_int_get (&self->is_far) ? FALSE : -1);
  return TRUE;
}

static gboolean
is_same_codec (GstCaps *a, GstCaps *b)
{
  static const char *const names[] = { "media", "encoding-name", "clock-rate" };

  if (a == NULL || b == NULL || gst_caps_get_size (a) == 0 || gst_caps_get_size (b) == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const GValue *of_a = gst_structure_get_value (gst_caps_get_structure (a, 0), names[i]);
    const GValue *of_b = gst_structure_get_value (gst_caps_get_structure (b, 0), names[i]);

    if (of_a == NULL || of_b == NULL || gst_value_compare (of_a, of_b) != GST_VALUE_EQUAL)
      return FALSE;
  }
  return TRUE;
}

gboolean
genos_remote_track_take_over (GenosRemoteTrack *self, GenosLinkReceiver *receiver, gboolean far)
{
  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), FALSE);
  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (receiver), FALSE);

  if (!is_same_codec (self->caps, genos_link_receiver_get_caps (receiver)))
    return FALSE;
  switch_receiver (self, receiver, far);
  return TRUE;
}

void
genos_remote_track_set_clock (GenosRemoteTrack *self, const GenosCaptureClock *clock)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));

  g_mutex_lock (&self->splice_lock);
  self->clock = *clock;
  g_mutex_unlock (&self->splice_lock);
}

GstClockTime
genos_remote_track_get_capture (GenosRemoteTrack *self, GstBuffer *packet)
{
  GstClockTime time;

  g_return_val_if_fail (GENOS_IS_REMOTE_TRACK (self), GST_CLOCK_TIME_NONE);

  g_mutex_lock (&self->splice_lock);
  time = genos_capture_clock_get (&self->clock, packet, genos_wall_offset_get (&self->wall));
  g_mutex_unlock (&self->splice_lock);
  return time;
}

int
genos_remote_track_get_n_moves (GenosRemoteTrack *self)
{
  return g_atomic_int_get (&self->n_moves);
}

/**
 * genos_remote_track_set_packet_func:
 * @self: a track
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): takes the packets;
 *   %NULL: they are dropped
 * @user_data: user data
 * @destroy: (nullable): frees @user_data
 *
 * Says where the packets go. When this returns, the function that was set before is not
 * running and will not be called again; do not call this inside it.
 */
void
genos_remote_track_set_packet_func (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));

  Outlet *outlet = func != NULL ? outlet_new (func, user_data, destroy) : NULL;
  if (func == NULL && destroy != NULL)
    destroy (user_data);
  g_mutex_lock (&self->feed_lock);
  Outlet *old = self->outlet;
  self->outlet = outlet;
  PacketClosure *old_closure = replace_closure (self);
  g_mutex_unlock (&self->feed_lock);
  g_clear_pointer (&old_closure, packet_closure_unref);
  g_clear_pointer (&old, outlet_unref);
}

static void
add_to (GenosRemoteTrack *self, GPtrArray *taps, Outlet *tap)
{
  g_mutex_lock (&self->feed_lock);
  g_ptr_array_add (taps, tap);
  PacketClosure *old_closure = replace_closure (self);
  g_mutex_unlock (&self->feed_lock);
  g_clear_pointer (&old_closure, packet_closure_unref);
}

void
genos_remote_track_add_tap (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));
  g_return_if_fail (func != NULL);

  add_to (self, self->taps, outlet_new (func, user_data, destroy));
}

void
genos_remote_track_add_raw_tap (
    GenosRemoteTrack *self, GenosRemoteTrackFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));
  g_return_if_fail (func != NULL);

  add_to (self, self->raw_taps, outlet_new (func, user_data, destroy));
}

void
genos_remote_track_set_open_func (GenosRemoteTrack *self, GenosRemoteTrackOpenFunc func,
    gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));
  g_return_if_fail (func != NULL);

  Opener *opener = g_atomic_rc_box_new (Opener);
  *opener = (Opener){ func, user_data, destroy };
  PacketClosure *old_closure = NULL;
  g_mutex_lock (&self->feed_lock);
  if (self->opener == NULL) {
    self->opener = g_steal_pointer (&opener);
    old_closure = replace_closure (self);
  }
  g_mutex_unlock (&self->feed_lock);
  g_clear_pointer (&old_closure, packet_closure_unref);
  g_clear_pointer (&opener, opener_unref);
}

/* (transfer full) (nullable) */
static Outlet *
steal_tap (GPtrArray *taps, gpointer user_data)
{
  for (guint i = 0; i < taps->len; i++)
    if (((Outlet *) g_ptr_array_index (taps, i))->user_data == user_data)
      return g_ptr_array_steal_index (taps, i);
  return NULL;
}

void
genos_remote_track_remove_tap (GenosRemoteTrack *self, gpointer user_data)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));

  PacketClosure *old_closure = NULL;
  g_mutex_lock (&self->feed_lock);
  Outlet *tap = steal_tap (self->taps, user_data);
  if (tap == NULL)
    tap = steal_tap (self->raw_taps, user_data);
  if (tap != NULL)
    old_closure = replace_closure (self);
  g_mutex_unlock (&self->feed_lock);
  g_clear_pointer (&old_closure, packet_closure_unref);
  g_clear_pointer (&tap, outlet_unref);
}

static GenosLinkReceiver *
ref_receiver (GenosRemoteTrack *self)
{
  g_mutex_lock (&self->lock);
  GenosLinkReceiver *receiver = g_object_ref (self->receiver);
  g_mutex_unlock (&self->lock);
  return receiver;
}

static void
send_key_frame_request (GenosRemoteTrack *self)
{
  g_autoptr (GenosLinkReceiver) receiver = ref_receiver (self);

  genos_link_receiver_request_key_frame (receiver);
}

static void
drop_timer (GenosRemoteTrack *self)
{
  if (self->timer == NULL)
    return;
  gst_clock_id_unschedule (self->timer);
  g_clear_pointer (&self->timer, gst_clock_id_unref);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gboolean
on_timer (GstClock *clock, GstClockTime time, GstClockID id, gpointer user_data)
{
  g_autoptr (GenosRemoteTrack) self = g_weak_ref_get (user_data);
  if (self == NULL)
    return TRUE;
  g_mutex_lock (&self->lock);
  gboolean now = genos_key_frame_gate_poll (&self->gate, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  if (now)
    send_key_frame_request (self);
  return TRUE;
}

/* With the lock held. The clock's own thread is used, because a caller need not have a
 * main loop; one microsecond more, so that the gate is not asked too early. */
static void
set_timer (GenosRemoteTrack *self, gint64 delay)
{
  drop_timer (self);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  self->timer =
      gst_clock_new_single_shot_id (clock, gst_clock_get_time (clock) + (delay + 1) * GST_USECOND);
  gst_clock_id_wait_async (self->timer, on_timer, weak, weak_ref_free);
}

/**
 * genos_remote_track_request_key_frame:
 * @self: a track
 *
 * Asks the peer for a key frame. Requests are merged: at most one in 300 ms is sent, and
 * the last one is not lost.
 */
void
genos_remote_track_request_key_frame (GenosRemoteTrack *self)
{
  g_return_if_fail (GENOS_IS_REMOTE_TRACK (self));

  g_mutex_lock (&self->lock);
  gint64 now = g_get_monotonic_time ();
  gboolean waiting = genos_key_frame_gate_next (&self->gate) >= 0;
  gboolean send = genos_key_frame_gate_request (&self->gate, now);
  if (!send && !waiting)
    set_timer (self, genos_key_frame_gate_next (&self->gate) - now);
  g_mutex_unlock (&self->lock);
  if (send)
    send_key_frame_request (self);
}

static void
genos_remote_track_finalize (GObject *object)
{
  GenosRemoteTrack *self = GENOS_REMOTE_TRACK (object);

  drop_timer (self);
  g_clear_object (&self->receiver);
  genos_track_level_unref (self->level);
  g_clear_pointer (&self->closure, packet_closure_unref);
  g_clear_pointer (&self->outlet, outlet_unref);
  g_clear_pointer (&self->opener, opener_unref);
  g_ptr_array_unref (self->taps);
  g_ptr_array_unref (self->raw_taps);
  gst_clear_caps (&self->caps);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->peer_id);
  g_free (self->metadata);
  g_mutex_clear (&self->feed_lock);
  g_mutex_clear (&self->splice_lock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (genos_remote_track_parent_class)->finalize (object);
}

static void
genos_remote_track_class_init (GenosRemoteTrackClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_remote_track_finalize;
}

static void
genos_remote_track_init (GenosRemoteTrack *self)
{
  self->level = genos_track_level_new ();
  g_mutex_init (&self->feed_lock);
  g_mutex_init (&self->splice_lock);
  g_mutex_init (&self->lock);
  self->taps = g_ptr_array_new_with_free_func (outlet_unref);
  self->raw_taps = g_ptr_array_new_with_free_func (outlet_unref);
  genos_key_frame_gate_init (&self->gate, GENOS_KEY_FRAME_INTERVAL);
}
