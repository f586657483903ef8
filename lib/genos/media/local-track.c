/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-struct.h>

#include <genos/media/encoder-choice.h>
#include <genos/media/input-format.h>
#include <genos/media/local-track-rates.h>
#include <genos/media/local-track-settings.h>
#include <genos/media/parameter-sets.h>
#include <genos/media/rtp-caps.h>
#include <genos/media/sender-list.h>
#include <genos/media/track-audience-private.h>
#include <genos/media/track-encodings.h>
#include <genos/media/track-forward.h>
#include <genos/media/track-hooks.h>
#include <genos/media/track-mute.h>
#include <genos/media/track-worker.h>

/**
 * GenosLocalTrack:
 *
 * One outgoing picture or sound: raw or encoded buffers come in, and every peer that watches gets the
 * same packets.
 *
 * There is one encoder, however many peers watch, and it runs only while somebody does, at the rate
 * that the slowest of them can take. Raw video becomes VP8, VP9, H.264, H.265 or AV1, raw audio Opus,
 * PCMU or PCMA; what comes in encoded as one of these passes through.
 *
 * Feed it with [method@GenosRooms.LocalTrack.set_caps] and [method@GenosRooms.LocalTrack.push], one
 * thread at a time; neither waits for anybody. Everything else may be called from any thread.
 */
G_DEFINE_FINAL_TYPE (GenosLocalTrack, genos_local_track, G_TYPE_OBJECT)

enum {
  SIGNAL_ERROR,
  SIGNAL_KEY_FRAME_REQUEST,
  N_SIGNALS,
};

static GParamSpec *properties[GENOS_LOCAL_TRACK_N_PROPS];
static guint signals[N_SIGNALS];

/**
 * genos_local_track_new:
 * @kind: what the track carries
 *
 * Makes a track with a random stream id and track id. To choose those, use
 * g_object_new().
 *
 * Returns: (transfer full): a new track
 */
GenosLocalTrack *
genos_local_track_new (GenosMediaKind kind)
{
  return g_object_new (GENOS_TYPE_LOCAL_TRACK, "kind", kind, NULL);
}

/**
 * genos_local_track_list_caps:
 * @kind: what a track carries
 *
 * Gets the caps that tracks of a kind take here, as far as they can be told beforehand:
 * raw media, every codec, and for pictures the kinds of memory other than the system's
 * that an installed encoder takes. What costs least comes first. The first call may open hardware.
 *
 * Returns: (transfer full): caps, not fixed
 */
GstCaps *
genos_local_track_list_caps (GenosMediaKind kind)
{
  return genos_input_format_list_caps (kind);
}

/* --- what the worker asks for, on its thread --- */

static void
weak_ref_free (gpointer data)
{
  GWeakRef *weak = data;
  g_weak_ref_clear (weak);
  g_free (weak);
}

/* Who is to speak for the track. (transfer full) (nullable) */
static GenosLocalTrack *
ref_speaker (gpointer weak)
{
  g_autoptr (GenosLocalTrack) self = g_weak_ref_get (weak);
  GenosLocalTrack *owner = self != NULL ? g_weak_ref_get (&self->owner) : NULL;
  return owner != NULL ? owner : g_steal_pointer (&self);
}

static void
on_worker_key_frame_request (gpointer user_data)
{
  g_autoptr (GenosLocalTrack) self = ref_speaker (user_data);
  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_KEY_FRAME_REQUEST], 0);
}

static void
on_worker_error (const GError *error, gpointer user_data)
{
  g_autoptr (GenosLocalTrack) self = ref_speaker (user_data);
  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_ERROR], 0, error);
}

static gboolean
on_worker_built (GstBin *pipeline, GenosEncoderChoice *choice, GError **error, gpointer user_data)
{
  g_autoptr (GenosLocalTrack) self = ref_speaker (user_data);
  return self == NULL || genos_track_hooks_apply (G_OBJECT (self), pipeline, choice, error);
}

static gboolean
on_worker_may_repeat (gpointer user_data)
{
  g_autoptr (GenosLocalTrack) self = ref_speaker (user_data);
  return self != NULL && !genos_track_audience_get_muted (self->audience)
      && !genos_track_audience_get_paused (self->audience);
}

static const GenosTrackWorkerFuncs worker_funcs = {
  on_worker_key_frame_request,
  on_worker_error,
  on_worker_built,
  on_worker_may_repeat,
};

/* --- codec and caps --- */

/* With the lock held; TRUE: notify. */
static gboolean
update_rtp_caps (GenosLocalTrack *self, const GenosMediaCodec *codec, GstCaps *media_caps)
{
  if (self->announced || codec == NULL || codec->kind != self->kind)
    return FALSE;
  g_autoptr (GstCaps) caps = genos_rtp_caps_new (codec, self->ssrc, media_caps);
  self->rtp_codec = codec;
  if (self->rtp_caps != NULL && gst_caps_is_equal (self->rtp_caps, caps))
    return FALSE;
  gst_caps_replace (&self->rtp_caps, caps);
  return TRUE;
}

/* The first codec of the user's order that these caps can be encoded as; why not the first. */
static GenosEncoderChoice *
choose_in_order (GenosLocalTrack *self, GenosEncoderWish *wish, GstCaps *caps, GError **error)
{
  g_auto (GStrv) codecs = genos_track_encodings_dup_codecs (self->encodings);
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  if (wish->codec != NULL || codecs == NULL || codecs[0] == NULL
      || !g_str_equal (type, genos_media_codec_raw_type (self->kind)))
    return genos_encoder_choice_new (self->kind, wish, caps, error);
  for (guint i = 0; codecs[i] != NULL; i++) {
    wish->codec = codecs[i];
    GenosEncoderChoice *choice =
        genos_encoder_choice_new (self->kind, wish, caps, i == 0 ? error : NULL);
    if (choice == NULL)
      continue;
    if (i > 0)
      g_clear_error (error);
    return choice;
  }
  return NULL;
}

static GenosEncoderChoice *
choose (GenosLocalTrack *self, GstCaps *caps, GError **error)
{
  GenosEncoderWish wish = { .n_threads = g_get_num_processors () };
  g_mutex_lock (&self->lock);
  g_autofree char *codec = g_strdup (self->codec);
  wish.bitrate = self->bitrate;
  wish.inband_fec = self->inband_fec;
  wish.packet_loss = self->packet_loss;
  wish.dtx = self->dtx;
  const GenosMediaCodec *fixed = self->announced ? self->rtp_codec : NULL;
  g_mutex_unlock (&self->lock);

  g_auto (GStrv) codecs = genos_track_encodings_dup_codecs (self->encodings);
  gboolean in_order = codec == NULL && codecs != NULL && fixed != NULL;
  wish.codec = in_order ? fixed->name : codec;
  g_autoptr (GenosEncoderChoice) choice = choose_in_order (self, &wish, caps, error);
  if (choice == NULL || fixed == NULL || choice->codec == fixed)
    return g_steal_pointer (&choice);
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
      "the track has been offered to peers "
      "as %s and cannot become %s: make another track",
      fixed->name, choice->codec->name);
  return NULL;
}

/* (nullable): the tier is not to be had. */
static GenosEncoderChoice *
choose_tier (GenosLocalTrack *self, const GenosEncoderChoice *first, GstCaps *caps,
    const GenosTierShape *shape)
{
  GenosEncoderWish wish = { .codec = first->codec->name,
    .bitrate = shape->bitrate,
    .divide_size = shape->divide_size,
    .divide_rate = shape->divide_rate,
    .n_threads = g_get_num_processors () };
  return genos_encoder_choice_new (self->kind, &wish, caps, NULL);
}

/* Pictures whose rate is not ours to set. @choice: nullable */
static gboolean
is_fixed (GenosLocalTrack *self, GenosEncoderChoice *choice)
{
  return self->kind == GENOS_MEDIA_VIDEO && choice != NULL && choice->encoded;
}

/* @choice: nullable. Only raw pictures can be had in several ways. */
static void
plan_tiers (GenosLocalTrack *self, GenosEncoderChoice *choice, const GenosTierWish *wish,
    GenosTierPlan *plan)
{
  if (self->kind == GENOS_MEDIA_VIDEO && choice != NULL && !choice->encoded)
    genos_tier_plan_init (plan, wish, choice->width, choice->height, choice->bitrate);
  else
    *plan = (GenosTierPlan){ 0 };
}

/* While choosing. @choice: nullable */
static void
hand_over (GenosLocalTrack *self, GenosEncoderChoice *choice, GstCaps *caps)
{
  GenosTierPlan plan;
  g_mutex_lock (&self->lock);
  GenosTierWish wish = self->tier_wish;
  g_mutex_unlock (&self->lock);
  genos_track_worker_get_bounds (self->worker, &wish.bounds);
  plan_tiers (self, choice, &wish, &plan);
  genos_sender_list_set_fixed (self->senders, is_fixed (self, choice));

  for (guint i = 1; i < GENOS_MAX_TIERS; i++) {
    g_autoptr (GenosEncoderChoice) tier = NULL;
    if (i < plan.ladder.n)
      tier = choose_tier (self, choice, caps, &plan.shapes[i]);
    if (tier == NULL && i < plan.ladder.n) {
      plan.ladder.n = i;
      plan.ladder.thin = FALSE;
    }
    genos_track_worker_set_bounds (self->tiers[i], &plan.shapes[i].bounds);
    genos_track_worker_set_choice (self->tiers[i], tier);
  }
  g_mutex_lock (&self->lock);
  self->ladder = plan.ladder;
  g_mutex_unlock (&self->lock);
  genos_track_worker_set_ladder (self->worker, &plan.ladder);
  genos_track_worker_set_choice (self->worker, choice);
}

/**
 * genos_local_track_set_caps:
 * @self: a track
 * @caps: fixed caps of the buffers that follow: `video/x-raw`, `video/x-vp8`, `video/x-vp9`,
 *   `video/x-h264` (byte-stream, avc or avc3), `video/x-h265` (byte-stream, hvc1 or hev1),
 *   `video/x-av1`; `audio/x-raw`, `audio/x-opus`, `audio/x-mulaw` or `audio/x-alaw` (both 8000 Hz,
 *   one channel)
 * @error: return location for an error
 *
 * Says what the next buffers hold. May be called again at any time, with another size,
 * format or rate; an error leaves the track without an encoder until caps come that can
 * be sent.
 *
 * Errors: %GENOS_ERROR_UNSUPPORTED, the message says what is accepted;
 * %GENOS_ERROR_MISSING_PLUGIN, the message names the element and its package.
 *
 * Returns: %TRUE when buffers of this kind can be sent
 */
gboolean
genos_local_track_set_caps (GenosLocalTrack *self, GstCaps *caps, GError **error)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), FALSE);
  g_return_val_if_fail (GST_IS_CAPS (caps), FALSE);

  if (self->source != NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED,
        "the track passes another one on and takes nothing else: make another track");
    return FALSE;
  }
  g_mutex_lock (&self->choosing);
  g_autoptr (GenosEncoderChoice) choice = choose (self, caps, error);
  gboolean changed = FALSE;
  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->caps, choice != NULL ? caps : NULL);
  if (choice != NULL)
    changed = update_rtp_caps (self, choice->codec, caps);
  g_mutex_unlock (&self->lock);

  hand_over (self, choice, caps);
  g_mutex_unlock (&self->choosing);
  genos_track_mute_set_caps (self->mute, choice != NULL ? caps : NULL);
  g_clear_pointer (&self->sets, genos_parameter_sets_free);
  if (choice != NULL && choice->encoded)
    self->sets = genos_parameter_sets_new (caps);
  genos_track_encodings_set_caps (self->encodings, choice != NULL ? caps : NULL);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RTP_CAPS]);
  return choice != NULL;
}

/* A setting of the encoder changed while it may be running. */
static void
choose_again (GenosLocalTrack *self)
{
  g_mutex_lock (&self->choosing);
  g_mutex_lock (&self->lock);
  g_autoptr (GstCaps) caps = self->caps != NULL ? gst_caps_ref (self->caps) : NULL;
  g_mutex_unlock (&self->lock);
  g_autoptr (GenosEncoderChoice) choice = caps != NULL ? choose (self, caps, NULL) : NULL;
  if (choice != NULL)
    hand_over (self, choice, caps);
  g_mutex_unlock (&self->choosing);
}

/**
 * genos_local_track_push:
 * @self: a track
 * @buffer: (transfer full): raw or encoded data, as the caps say; PTS in the time of the system
 *   clock ([func@Gst.SystemClock.obtain]), without one: now
 *
 * Feeds the track. Never waits: when the encoder is behind, the oldest raw picture is
 * dropped, or everything encoded up to the next key frame; while nobody watches,
 * everything is.
 */
void
genos_local_track_push (GenosLocalTrack *self, GstBuffer *buffer)
{
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (self));
  g_return_if_fail (GST_IS_BUFFER (buffer));

  if (self->sets != NULL)
    buffer = genos_parameter_sets_pass (self->sets, buffer);
  buffer = genos_track_mute_filter (self->mute, buffer);
  if (buffer == NULL)
    return;
  genos_track_encodings_push (self->encodings, buffer);
  for (guint i = 1; i < GENOS_MAX_TIERS; i++)
    genos_track_worker_push (self->tiers[i], gst_buffer_ref (buffer));
  genos_track_worker_push (self->worker, buffer);
}

GstCaps *
genos_local_track_dup_rtp_caps (GenosLocalTrack *self)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);

  g_mutex_lock (&self->lock);
  GstCaps *caps = self->rtp_caps != NULL ? gst_caps_ref (self->rtp_caps) : NULL;
  self->announced = self->announced || caps != NULL;
  g_mutex_unlock (&self->lock);
  return caps;
}

/* --- senders --- */

void
genos_local_track_add_sender (GenosLocalTrack *self, GenosLinkSender *sender)
{
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (self));
  g_return_if_fail (GENOS_IS_LINK_SENDER (sender));

  if (self->forward == NULL && self->outlet == NULL)
    genos_track_worker_start (self->worker);
  genos_sender_list_add (self->senders, sender);
}

void
genos_local_track_remove_sender (GenosLocalTrack *self, GenosLinkSender *sender)
{
  g_return_if_fail (GENOS_IS_LOCAL_TRACK (self));
  g_return_if_fail (GENOS_IS_LINK_SENDER (sender));

  genos_sender_list_remove (self->senders, sender);
}

GenosLocalTrack *
genos_local_track_dup_encoding (GenosLocalTrack *self, guint refused, GError **error)
{
  g_return_val_if_fail (GENOS_IS_LOCAL_TRACK (self), NULL);
  return genos_track_encodings_dup (self->encodings, refused, error);
}

void
genos_local_track_set_owner (GenosLocalTrack *self, GenosLocalTrack *owner)
{
  g_weak_ref_set (&self->owner, owner);
}

/* --- GObject --- */

static void
genos_local_track_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosLocalTrack *self = GENOS_LOCAL_TRACK (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_STREAM_ID:
      g_value_set_string (value, self->stream_id);
      break;
    case PROP_TRACK_ID:
      g_value_set_string (value, self->track_id);
      break;
    case PROP_SOURCE:
      g_value_set_object (value, self->source);
      break;
    case PROP_METADATA:
      g_value_set_string (value, self->metadata);
      break;
    case PROP_CODEC:
      g_value_set_string (value, self->codec);
      break;
    case PROP_CODECS:
      g_value_take_boxed (value, genos_track_encodings_dup_codecs (self->encodings));
      break;
    case PROP_MAX_CODECS:
      g_value_set_uint (value, genos_track_encodings_get_max (self->encodings));
      break;
    case PROP_BITRATE:
      g_value_set_uint (value, self->bitrate);
      break;
    case PROP_INBAND_FEC:
      g_value_set_boolean (value, self->inband_fec);
      break;
    case PROP_PACKET_LOSS:
      g_value_set_uint (value, self->packet_loss);
      break;
    case PROP_DTX:
      g_value_set_boolean (value, self->dtx);
      break;
    case PROP_RTP_CAPS:
      g_value_set_boxed (value, self->rtp_caps);
      break;
    default:
      if (!genos_local_track_rates_get (self, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
set_string (GenosLocalTrack *self, char **field, const GValue *value)
{
  g_mutex_lock (&self->lock);
  g_free (*field);
  *field = g_value_dup_string (value);
  g_mutex_unlock (&self->lock);
}

static void
set_codec (GenosLocalTrack *self, const GValue *value)
{
  set_string (self, &self->codec, value);
  g_mutex_lock (&self->lock);
  gboolean changed = self->caps == NULL && self->source == NULL
      && update_rtp_caps (self, genos_media_codec_by_name (self->codec), NULL);
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RTP_CAPS]);
}

/* What the encoder is told. */
static void
set_number (GenosLocalTrack *self, int *field, int value)
{
  g_mutex_lock (&self->lock);
  *field = value;
  g_mutex_unlock (&self->lock);
  choose_again (self);
}

static void
genos_local_track_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosLocalTrack *self = GENOS_LOCAL_TRACK (object);

  switch (id) {
    case PROP_KIND:
      self->kind = g_value_get_enum (value);
      break;
    case PROP_STREAM_ID:
      self->stream_id = g_value_dup_string (value);
      break;
    case PROP_TRACK_ID:
      self->track_id = g_value_dup_string (value);
      break;
    case PROP_SOURCE:
      self->source = g_value_dup_object (value);
      break;
    case PROP_METADATA:
      set_string (self, &self->metadata, value);
      break;
    case PROP_CODEC:
      set_codec (self, value);
      break;
    case PROP_CODECS:
      genos_track_encodings_set_codecs (self->encodings, g_value_get_boxed (value));
      break;
    case PROP_MAX_CODECS:
      genos_track_encodings_set_max (self->encodings, g_value_get_uint (value));
      break;
    case PROP_BITRATE:
      set_number (self, (int *) &self->bitrate, g_value_get_uint (value));
      break;
    case PROP_INBAND_FEC:
      set_number (self, &self->inband_fec, g_value_get_boolean (value));
      break;
    case PROP_PACKET_LOSS:
      set_number (self, (int *) &self->packet_loss, g_value_get_uint (value));
      break;
    case PROP_DTX:
      set_number (self, &self->dtx, g_value_get_boolean (value));
      break;
    default:
      if (!genos_local_track_rates_set (self, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
start_forward (GenosLocalTrack *self)
{
  const GenosMediaCodec *codec = genos_track_forward_get_codec (self->source);

  if (!update_rtp_caps (self, codec, NULL))
    return;
  genos_sender_list_set_fixed (self->senders, self->kind == GENOS_MEDIA_VIDEO);
  self->forward = genos_track_forward_new (self->source, codec, self->ssrc, self->senders);
  /* What is passed on is not understood, so there is nothing to replace it with. */
  genos_track_audience_set_mute_pauses (self->audience, TRUE);
}

static void
genos_local_track_constructed (GObject *object)
{
  GenosLocalTrack *self = GENOS_LOCAL_TRACK (object);

  if (self->stream_id == NULL)
    self->stream_id = g_uuid_string_random ();
  if (self->track_id == NULL)
    self->track_id = g_uuid_string_random ();
  if (self->source != NULL)
    start_forward (self);
  G_OBJECT_CLASS (genos_local_track_parent_class)->constructed (object);
}

static void
genos_local_track_finalize (GObject *object)
{
  GenosLocalTrack *self = GENOS_LOCAL_TRACK (object);

  g_clear_pointer (&self->forward, genos_track_forward_free);
  g_clear_pointer (&self->outlet, genos_track_tier_free);
  g_clear_object (&self->tier_of);
  g_clear_object (&self->source);
  for (guint i = 0; i < GENOS_MAX_TIERS; i++) {
    genos_track_worker_stop (self->tiers[i]);
    genos_track_worker_unref (self->tiers[i]);
  }
  genos_sender_list_clear (self->senders);
  genos_sender_list_unref (self->senders);
  genos_track_mute_free (self->mute);
  g_object_unref (self->audience);
  g_clear_pointer (&self->sets, genos_parameter_sets_free);
  genos_track_encodings_free (self->encodings);
  g_weak_ref_clear (&self->owner);
  gst_clear_caps (&self->caps);
  gst_clear_caps (&self->rtp_caps);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->metadata);
  g_free (self->codec);
  g_mutex_clear (&self->choosing);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (genos_local_track_parent_class)->finalize (object);
}

static void
install_signals (GType type)
{
  /**
   * GenosLocalTrack::error:
   * @self: the track
   * @error: what the encoder said
   *
   * The encoder failed and was stopped. It is tried again after a while, with the next caps, and when
   * another peer comes. Emitted on a thread of the library.
   */
  signals[SIGNAL_ERROR] = g_signal_new (
      "error", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  /**
   * GenosLocalTrack::key-frame-request:
   * @self: the track
   *
   * Encoded input should go on with a key frame: a peer has come, or has lost something. At most once
   * in 300 ms; never for raw input. Emitted on a thread of the library.
   */
  signals[SIGNAL_KEY_FRAME_REQUEST] = g_signal_new (
      "key-frame-request", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_local_track_class_init (GenosLocalTrackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_local_track_get_property;
  object_class->set_property = genos_local_track_set_property;
  object_class->constructed = genos_local_track_constructed;
  object_class->finalize = genos_local_track_finalize;
  genos_local_track_make_identity (properties + PROP_KIND);
  genos_local_track_make_settings (properties);
  g_object_class_install_properties (object_class, GENOS_LOCAL_TRACK_N_PROPS, properties);
  genos_local_track_rates_install (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
  genos_track_hooks_install (G_TYPE_FROM_CLASS (klass));
}

static void
genos_local_track_init (GenosLocalTrack *self)
{
  g_mutex_init (&self->choosing);
  g_mutex_init (&self->lock);
  /* Zero is what a receiver sees when no SSRC is known. */
  self->ssrc = g_random_int_range (1, G_MAXINT32);
  self->audience = genos_track_audience_new ();
  self->mute = genos_track_mute_new (self->audience);
  g_weak_ref_init (&self->owner, NULL);
  self->encodings = genos_track_encodings_new (self);
  self->senders = genos_sender_list_new ();
  GenosTrackSource source = { self->ssrc, g_random_int_range (0, G_MAXINT32) };
  for (guint i = 0; i < GENOS_MAX_TIERS; i++) {
    GWeakRef *weak = g_new0 (GWeakRef, 1);
    g_weak_ref_init (weak, self);
    self->tiers[i] =
        genos_track_worker_new (self->senders, i, &source, &worker_funcs, weak, weak_ref_free);
  }
  self->worker = self->tiers[0];
}
