/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-worker.h>

#include <genos/media/key-frame-gate.h>
#include <genos/media/still-picture.h>
#include <genos/media/track-encoder.h>

/* A viewer that reloads its page is back within this. */
#define LINGER (2 * G_TIME_SPAN_SECOND)
#define FIRST_RETRY (1 * G_TIME_SPAN_SECOND)
#define MAX_RETRY (30 * G_TIME_SPAN_SECOND)

#define NEVER G_MAXINT64

/* How often tiers are chosen while not everybody has the first. */
#define CHOOSE_EVERY (200 * G_TIME_SPAN_MILLISECOND)

struct _GenosTrackWorker {
  GenosSenderList *senders;
  guint tier;
  GenosEncodeMeter *meter;
  GenosTrackWorkerFuncs funcs;
  gpointer user_data;
  GDestroyNotify destroy;

  GMutex push_lock; /* held while the queue is given something; taken after lock, where both are */

  GMutex lock; /* guards all down to the next comment */
  GCond cond;
  GThread *thread;
  gboolean quit;
  gboolean senders_changed;
  gboolean input_needs_key;
  gboolean needs_restart;
  GenosEncoderChoice *wanted;
  GenosEncoderChoice *running;
  GenosInputQueue *queue; /* of the running encoder … */
  gboolean queue_open;    /* … which may be on its way out */
  GError *failure;        /* what the running encoder said */
  gint64 retry_at;
  gint64 retry_after;
  GenosKeyFrameGate gate;
  GenosStillPicture still;
  GenosRateControl control;
  GenosTierLadder ladder; /* of tier 0 */
  GenosTrackStats stats;

  /* of the thread */
  GenosTrackEncoder *encoder;
  GenosRtpPosition position;
  guint n_active;
  guint viewer_rate; /* of the slowest */
  gint64 choose_at;
  gint64 idle_since;
};

static GenosTrackWorker *
worker_ref (GenosTrackWorker *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
worker_clear (GenosTrackWorker *self)
{
  g_clear_pointer (&self->wanted, genos_encoder_choice_unref);
  g_clear_error (&self->failure);
  genos_still_picture_clear (&self->still);
  g_mutex_clear (&self->push_lock);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  genos_sender_list_unref (self->senders);
  genos_encode_meter_unref (self->meter);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}

void
genos_track_worker_unref (GenosTrackWorker *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) worker_clear);
}

/* --- what the encoder says, on its threads --- */

static void
on_packet (GstBuffer *packet, gpointer user_data)
{
  GenosTrackWorker *self = user_data;
  g_mutex_lock (&self->lock);
  self->stats.packets_out++;
  self->stats.bytes_out += gst_buffer_get_size (packet);
  if (!GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT)) {
    self->stats.key_frames++;
    genos_key_frame_gate_passed (&self->gate, g_get_monotonic_time ());
  }
  self->retry_after = FIRST_RETRY;
  g_mutex_unlock (&self->lock);
  genos_sender_list_push (self->senders, self->tier, packet);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  GenosTrackWorker *self = user_data;
  g_mutex_lock (&self->lock);
  if (self->failure == NULL)
    self->failure = g_error_copy (error);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
on_built (GstBin *pipeline, GError **error, gpointer user_data)
{
  GenosTrackWorker *self = user_data;
  return self->funcs.built (pipeline, self->running, error, self->user_data);
}

static const GenosTrackEncoderFuncs encoder_funcs = { on_packet, on_built, on_failed };

/* --- the thread; functions named …_unlocked let go of the lock and take it again --- */

static gboolean
same_chain (GenosEncoderChoice *a, GenosEncoderChoice *b)
{
  return a != NULL && b != NULL && g_str_equal (a->chain, b->chain);
}

/* The choice may have changed while the encoder was being made. */
static void
open_queue (GenosTrackWorker *self)
{
  self->queue = genos_input_queue_ref (genos_track_encoder_get_queue (self->encoder));
  self->queue_open = same_chain (self->wanted, self->running);
  self->needs_restart = !self->queue_open;
  if (self->queue_open && self->wanted != self->running)
    genos_input_queue_set_caps (self->queue, self->wanted->caps);
}

static void
start_unlocked (GenosTrackWorker *self)
{
  self->running = genos_encoder_choice_ref (self->wanted);
  genos_key_frame_gate_init (&self->gate, GENOS_KEY_FRAME_INTERVAL);
  g_mutex_unlock (&self->lock);

  GError *error = NULL;
  self->encoder =
      genos_track_encoder_new (self->running, &self->position, &encoder_funcs, self, &error);
  if (self->encoder != NULL)
    genos_track_encoder_measure (self->encoder, self->meter);

  guint rate = self->encoder != NULL ? genos_track_encoder_get_rate (self->encoder) : 0;
  g_mutex_lock (&self->lock);
  if (self->encoder != NULL) {
    genos_rate_control_start (&self->control, rate, g_get_monotonic_time ());
    self->stats.rate = rate;
    open_queue (self);
    self->stats.encoding = TRUE;
    self->input_needs_key = self->running->encoded;
    genos_still_picture_want (&self->still, g_get_monotonic_time ());
  } else if (self->failure == NULL) {
    self->failure = error;
  } else {
    g_error_free (error);
  }
}

static void
stop_unlocked (GenosTrackWorker *self)
{
  g_autoptr (GenosEncoderChoice) running = g_steal_pointer (&self->running);
  g_autoptr (GenosInputQueue) queue = g_steal_pointer (&self->queue);
  self->queue_open = FALSE;
  self->needs_restart = FALSE;
  self->still.repeat_at = GENOS_STILL_NEVER;
  self->stats.encoding = FALSE;
  self->stats.rate = 0;
  if (queue != NULL)
    self->stats.dropped += genos_input_queue_get_dropped (queue);
  g_mutex_unlock (&self->lock);

  if (self->encoder != NULL)
    genos_track_encoder_free (g_steal_pointer (&self->encoder), &self->position);
  g_mutex_lock (&self->lock);
  /* What it complained about while it was being stopped is of no interest. */
  g_clear_error (&self->failure);
}

static void
report_failure_unlocked (GenosTrackWorker *self, gint64 now)
{
  g_autoptr (GError) error = g_steal_pointer (&self->failure);
  stop_unlocked (self);
  self->stats.errors++;
  self->retry_at = now + self->retry_after;
  self->retry_after = MIN (self->retry_after * 2, MAX_RETRY);
  g_mutex_unlock (&self->lock);
  self->funcs.error (error, self->user_data);
  g_mutex_lock (&self->lock);
}

static void
poll_senders_unlocked (GenosTrackWorker *self, gint64 now)
{
  GenosSenderListState state;
  self->senders_changed = FALSE;
  g_mutex_unlock (&self->lock);
  genos_sender_list_poll (self->senders, self->tier, &state);
  g_mutex_lock (&self->lock);

  if (state.n_active == 0 && self->n_active > 0)
    self->idle_since = now;
  self->n_active = state.n_active;
  self->viewer_rate = state.rate;
  /* A newcomer is reason enough to try again what failed before. */
  if (state.newcomer)
    self->retry_at = 0;
  if (state.newcomer || state.wants_key)
    self->input_needs_key = TRUE;
}

/* Who gets which tier is the first one's to say. */
static void
choose_tiers_unlocked (GenosTrackWorker *self, gint64 now)
{
  GenosTierLadder ladder = self->ladder;
  self->choose_at = NEVER;
  if (self->tier > 0)
    return;
  /* Somebody may have given the encoder another one than was planned. */
  if (self->encoder != NULL && self->control.own > 0 && ladder.most[0] > 0)
    ladder.most[0] = genos_rate_control_get_max (&self->control);
  g_mutex_unlock (&self->lock);
  gboolean again = genos_sender_list_choose (self->senders, &ladder, now);
  g_mutex_lock (&self->lock);
  if (again)
    self->choose_at = now + CHOOSE_EVERY;
}

static gboolean
want_encoder (GenosTrackWorker *self, gint64 now)
{
  if (self->wanted == NULL)
    return FALSE;
  if (self->encoder == NULL)
    return self->n_active > 0 && now >= self->retry_at;
  return self->n_active > 0 || now - self->idle_since < LINGER;
}

static void
ask_for_key_unlocked (GenosTrackWorker *self)
{
  gboolean encoded = self->running->encoded;
  genos_still_picture_want (&self->still, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  if (encoded)
    self->funcs.key_frame_request (self->user_data);
  else
    genos_track_encoder_force_key_frame (self->encoder);
  g_mutex_lock (&self->lock);
}

static void
serve_key_request_unlocked (GenosTrackWorker *self, gint64 now)
{
  if (self->encoder == NULL)
    return;
  gboolean asked = self->input_needs_key;
  self->input_needs_key = FALSE;
  if (asked ? genos_key_frame_gate_request (&self->gate, now)
            : genos_key_frame_gate_poll (&self->gate, now))
    ask_for_key_unlocked (self);
}

static void
note_result (GenosTrackWorker *self, GenosInputQueue *queue, GenosInputResult result)
{
  if (queue != self->queue)
    return;
  if (result == GENOS_INPUT_NEEDS_KEY)
    self->input_needs_key = TRUE;
  else if (result == GENOS_INPUT_NEEDS_RESTART)
    self->needs_restart = TRUE;
  else
    return;
  g_cond_signal (&self->cond);
}

/* The source has nothing new of which a key frame could be made. */
static void
repeat_picture_unlocked (GenosTrackWorker *self, gint64 now)
{
  if (!self->queue_open)
    return;
  GstBuffer *picture = genos_still_picture_repeat (&self->still, now);
  if (picture == NULL)
    return;
  g_autoptr (GenosInputQueue) queue = genos_input_queue_ref (self->queue);
  g_mutex_unlock (&self->lock);
  if (self->funcs.may_repeat (self->user_data)) {
    g_mutex_lock (&self->push_lock);
    genos_input_queue_push (queue, g_steal_pointer (&picture));
    g_mutex_unlock (&self->push_lock);
  }
  gst_clear_buffer (&picture);
  g_mutex_lock (&self->lock);
}

static void
follow_rate_unlocked (GenosTrackWorker *self, gint64 now)
{
  if (self->encoder == NULL || !genos_rate_control_update (&self->control, self->viewer_rate, now))
    return;
  guint aim = self->control.aim;
  self->stats.rate = aim;
  g_mutex_unlock (&self->lock);
  genos_track_encoder_set_rate (self->encoder, aim);
  g_mutex_lock (&self->lock);
}

static gint64
earlier (gint64 deadline, gint64 other)
{
  return other >= 0 ? MIN (deadline, other) : deadline;
}

/* When there is something to do although nobody signals. */
static gint64
next_deadline (GenosTrackWorker *self)
{
  if (self->encoder == NULL)
    return self->wanted != NULL && self->n_active > 0 ? MIN (self->retry_at, self->choose_at)
                                                      : self->choose_at;
  gint64 deadline = earlier (self->choose_at, genos_key_frame_gate_next (&self->gate));
  deadline = earlier (deadline, genos_rate_control_next (&self->control));
  deadline = MIN (deadline, self->still.repeat_at);
  return self->n_active > 0 ? deadline : MIN (deadline, self->idle_since + LINGER);
}

static gboolean
has_work (GenosTrackWorker *self)
{
  return self->quit || self->senders_changed || self->failure != NULL || self->needs_restart
      || (self->encoder != NULL && self->input_needs_key);
}

static void
wait_unlocked (GenosTrackWorker *self)
{
  while (!has_work (self)) {
    gint64 deadline = next_deadline (self);
    if (deadline == NEVER)
      g_cond_wait (&self->cond, &self->lock);
    else if (!g_cond_wait_until (&self->cond, &self->lock, deadline))
      return;
  }
}

static void
run_once_unlocked (GenosTrackWorker *self)
{
  gint64 now = g_get_monotonic_time ();
  if (self->senders_changed || now >= self->choose_at)
    choose_tiers_unlocked (self, now);
  if (self->senders_changed)
    poll_senders_unlocked (self, now);
  if (self->failure != NULL)
    report_failure_unlocked (self, now);
  if (self->encoder != NULL && (self->needs_restart || !want_encoder (self, now)))
    stop_unlocked (self);
  self->needs_restart = FALSE;
  if (self->encoder == NULL && want_encoder (self, now))
    start_unlocked (self);
  follow_rate_unlocked (self, now);
  serve_key_request_unlocked (self, now);
  repeat_picture_unlocked (self, g_get_monotonic_time ());
}

static gpointer
worker_main (gpointer data)
{
  GenosTrackWorker *self = data;
  g_mutex_lock (&self->lock);
  while (!self->quit) {
    run_once_unlocked (self);
    wait_unlocked (self);
  }
  stop_unlocked (self);
  g_mutex_unlock (&self->lock);
  genos_track_worker_unref (self);
  return NULL;
}

/* --- the outside --- */

static void
on_senders_changed (gpointer user_data)
{
  GenosTrackWorker *self = user_data;
  /* Most tracks never need a second encoding. */
  if (self->tier > 0)
    genos_track_worker_start (self);
  g_mutex_lock (&self->lock);
  self->senders_changed = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

GenosTrackWorker *
genos_track_worker_new (GenosSenderList *senders, guint tier, const GenosTrackSource *source,
    const GenosTrackWorkerFuncs *funcs, gpointer user_data, GDestroyNotify destroy)
{
  GenosTrackWorker *self = g_atomic_rc_box_new0 (GenosTrackWorker);
  g_mutex_init (&self->push_lock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  genos_still_picture_init (&self->still);
  self->senders = genos_sender_list_ref (senders);
  self->meter = genos_encode_meter_new ();
  self->funcs = *funcs;
  self->user_data = user_data;
  self->destroy = destroy;
  self->retry_after = FIRST_RETRY;
  self->viewer_rate = GENOS_RATE_UNBOUNDED;
  self->tier = tier;
  self->choose_at = NEVER;
  self->position = (GenosRtpPosition){
    .ssrc = source->ssrc,
    /* RFC 3550, 5.1: both start at random. The highest time stamp offset means "random"
     * to the payloaders, and a sequence that starts in the lower half does not wrap at
     * once, which is where SRTP implementations differ. */
    .timestamp_offset = source->timestamp_offset,
    .next_seqnum = g_random_int_range (0, 0x8000),
    .next_picture_id = g_random_int_range (0, 0x8000),
  };
  genos_sender_list_set_listener (senders, tier, on_senders_changed, self);
  return self;
}

void
genos_track_worker_start (GenosTrackWorker *self)
{
  g_mutex_lock (&self->lock);
  if (self->thread == NULL && !self->quit)
    self->thread = g_thread_new ("genos-track", worker_main, worker_ref (self));
  g_mutex_unlock (&self->lock);
}

void
genos_track_worker_stop (GenosTrackWorker *self)
{
  genos_sender_list_set_listener (self->senders, self->tier, NULL, NULL);
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  GThread *thread = g_steal_pointer (&self->thread);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);

  if (thread == NULL)
    return;
  if (thread == g_thread_self ())
    g_thread_unref (thread);
  else
    g_thread_join (thread);
}

/* The thread may be repeating a picture. */
static void
set_queue_caps (GenosTrackWorker *self, GstCaps *caps)
{
  g_mutex_lock (&self->push_lock);
  genos_input_queue_set_caps (self->queue, caps);
  g_mutex_unlock (&self->push_lock);
}

void
genos_track_worker_set_choice (GenosTrackWorker *self, GenosEncoderChoice *choice)
{
  g_mutex_lock (&self->lock);
  g_autoptr (GenosEncoderChoice) old = g_steal_pointer (&self->wanted);
  self->wanted = choice != NULL ? genos_encoder_choice_ref (choice) : NULL;
  self->retry_at = 0;
  self->retry_after = FIRST_RETRY;
  if (old == NULL || choice == NULL || !gst_caps_is_equal (old->caps, choice->caps))
    genos_still_picture_clear (&self->still);
  if (self->queue_open && same_chain (self->wanted, self->running)) {
    if (!gst_caps_is_equal (old->caps, self->wanted->caps))
      set_queue_caps (self, self->wanted->caps);
  } else if (self->queue_open) {
    self->queue_open = FALSE;
    self->needs_restart = TRUE;
  }
  self->senders_changed = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
genos_track_worker_set_bounds (GenosTrackWorker *self, const GenosRateBounds *bounds)
{
  g_mutex_lock (&self->lock);
  genos_rate_control_set_bounds (&self->control, bounds);
  self->senders_changed = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
genos_track_worker_set_ladder (GenosTrackWorker *self, const GenosTierLadder *ladder)
{
  g_mutex_lock (&self->lock);
  self->ladder = *ladder;
  self->control.floor = ladder->n > 1 ? ladder->least[0] : 0;
  self->senders_changed = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
genos_track_worker_get_bounds (GenosTrackWorker *self, GenosRateBounds *bounds)
{
  g_mutex_lock (&self->lock);
  *bounds = self->control.bounds;
  g_mutex_unlock (&self->lock);
}

/* In system memory: of others there are few, and one must not be kept. @choice: nullable */
static gboolean
is_raw_picture (const GenosEncoderChoice *choice)
{
  return choice != NULL && choice->width > 0;
}

void
genos_track_worker_push (GenosTrackWorker *self, GstBuffer *buffer)
{
  g_autoptr (GenosInputQueue) queue = NULL;
  g_mutex_lock (&self->lock);
  self->stats.frames_in++;
  if (is_raw_picture (self->wanted))
    genos_still_picture_take (&self->still, buffer, g_get_monotonic_time ());
  if (self->queue_open)
    queue = genos_input_queue_ref (self->queue);
  else
    self->stats.unwanted++;
  g_mutex_unlock (&self->lock);

  if (queue == NULL) {
    gst_buffer_unref (buffer);
    return;
  }
  g_mutex_lock (&self->push_lock);
  GenosInputResult result = genos_input_queue_push (queue, buffer);
  g_mutex_unlock (&self->push_lock);
  g_mutex_lock (&self->lock);
  note_result (self, queue, result);
  g_mutex_unlock (&self->lock);
}

void
genos_track_worker_get_stats (GenosTrackWorker *self, GenosTrackStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  if (self->queue != NULL)
    stats->dropped += genos_input_queue_get_dropped (self->queue);
  genos_encode_meter_get (self->meter, &stats->frames_encoded, &stats->encode_time);
  g_mutex_unlock (&self->lock);
}
