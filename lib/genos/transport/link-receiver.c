/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/link-receiver.h>

#include <genos/transport/rtp/audio-level.h>

/* Of a packet that does not follow the one before. */
#define PACKET_TIME (20 * GST_MSECOND)
#define MAX_PACKET_TIME (200 * GST_MSECOND)

typedef struct {
  char *mid;
  char *stream_id;
  char *track_id;
  GstCaps *caps;

  /* Held over every call of @func, which is what makes taking the function away a barrier. */
  GMutex lock;
  GenosLinkPacketFunc func;
  gpointer user_data;
  GDestroyNotify destroy;

  GenosLinkLevelFunc level_func;
  gpointer level_data;
  GDestroyNotify level_destroy;
  guint level_id;
  guint clock_rate;
  guint32 level_timestamp; /* of the streaming thread */

  gboolean has_frames; /* it carries pictures */
  GMutex meter_lock;   /* a leaf */
  GenosRtpMeter meter;
} GenosLinkReceiverPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GenosLinkReceiver, genos_link_receiver, G_TYPE_OBJECT)

enum {
  PROP_MID = 1,
  PROP_STREAM_ID,
  PROP_TRACK_ID,
  PROP_CAPS,
  PROP_AUDIO_LEVEL_ID,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* @func (nullable) is called with every packet from now on; the one before is gone, and no call
 * of it is under way, when this returns. Not to be called inside @func. */
void
genos_link_receiver_set_packet_func (
    GenosLinkReceiver *self, GenosLinkPacketFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (GENOS_IS_LINK_RECEIVER (self));

  g_mutex_lock (&priv->lock);
  old_destroy = priv->destroy;
  old_data = priv->user_data;
  priv->func = func;
  priv->user_data = user_data;
  priv->destroy = destroy;
  g_mutex_unlock (&priv->lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}

void
genos_link_receiver_set_level_func (
    GenosLinkReceiver *self, GenosLinkLevelFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (GENOS_IS_LINK_RECEIVER (self));

  g_mutex_lock (&priv->lock);
  old_destroy = priv->level_destroy;
  old_data = priv->level_data;
  priv->level_func = func;
  priv->level_data = user_data;
  priv->level_destroy = destroy;
  g_mutex_unlock (&priv->lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}

static GstClockTime
get_duration (GenosLinkReceiverPrivate *priv, guint32 timestamp)
{
  guint32 ticks = timestamp - priv->level_timestamp;
  GstClockTime duration = priv->clock_rate > 0
      ? gst_util_uint64_scale_int (ticks, GST_SECOND, (gint) priv->clock_rate)
      : 0;

  priv->level_timestamp = timestamp;
  return duration > 0 && duration <= MAX_PACKET_TIME ? duration : PACKET_TIME;
}

static void
tell_level (GenosLinkReceiverPrivate *priv, const GenosRtpHeader *header)
{
  GstClockTime duration;
  double power;

  if (priv->level_id == 0 || !genos_audio_level_read (header, priv->level_id, &power))
    return;
  duration = get_duration (priv, header->timestamp);
  g_mutex_lock (&priv->lock);
  if (priv->level_func != NULL)
    priv->level_func (power, duration, priv->level_data);
  g_mutex_unlock (&priv->lock);
}

static void
note_packet (GenosLinkReceiverPrivate *priv, GstBuffer *buffer)
{
  guint8 head[GENOS_RTP_HEAD_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, head, sizeof head);
  GenosRtpHeader header;

  if (!genos_rtp_header_parse (&header, head, size))
    return;
  tell_level (priv, &header);
  g_mutex_lock (&priv->meter_lock);
  genos_rtp_meter_take (&priv->meter, &header, gst_buffer_get_size (buffer), priv->has_frames,
      g_get_monotonic_time ());
  g_mutex_unlock (&priv->meter_lock);
}

void
genos_link_receiver_get_meter (GenosLinkReceiver *self, GenosRtpMeter *meter)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_RECEIVER (self));

  g_mutex_lock (&priv->meter_lock);
  *meter = priv->meter;
  g_mutex_unlock (&priv->meter_lock);
}

/* For implementations, on their streaming thread. Takes ownership of @buffer. */
void
genos_link_receiver_deliver (GenosLinkReceiver *self, GstBuffer *buffer)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_RECEIVER (self));

  note_packet (priv, buffer);
  g_mutex_lock (&priv->lock);
  if (priv->func != NULL)
    priv->func (self, buffer, priv->user_data);
  else
    gst_buffer_unref (buffer);
  g_mutex_unlock (&priv->lock);
}

/* Asks the remote encoder for a key frame. Any thread; the caller limits the rate. */
void
genos_link_receiver_request_key_frame (GenosLinkReceiver *self)
{
  GenosLinkReceiverClass *klass;

  g_return_if_fail (GENOS_IS_LINK_RECEIVER (self));

  klass = GENOS_LINK_RECEIVER_GET_CLASS (self);
  if (klass->request_key_frame != NULL)
    klass->request_key_frame (self);
}

/* (transfer none) */
const char *
genos_link_receiver_get_mid (GenosLinkReceiver *self)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (self), NULL);
  return priv->mid;
}

/* (transfer none) (nullable) */
const char *
genos_link_receiver_get_stream_id (GenosLinkReceiver *self)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (self), NULL);
  return priv->stream_id;
}

/* (transfer none) (nullable) */
const char *
genos_link_receiver_get_track_id (GenosLinkReceiver *self)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (self), NULL);
  return priv->track_id;
}

/* (transfer none): fixed application/x-rtp. */
GstCaps *
genos_link_receiver_get_caps (GenosLinkReceiver *self)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_return_val_if_fail (GENOS_IS_LINK_RECEIVER (self), NULL);
  return priv->caps;
}

static void
genos_link_receiver_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosLinkReceiverPrivate *priv =
      genos_link_receiver_get_instance_private (GENOS_LINK_RECEIVER (object));

  switch (id) {
    case PROP_MID:
      g_value_set_string (value, priv->mid);
      break;
    case PROP_STREAM_ID:
      g_value_set_string (value, priv->stream_id);
      break;
    case PROP_TRACK_ID:
      g_value_set_string (value, priv->track_id);
      break;
    case PROP_CAPS:
      g_value_set_boxed (value, priv->caps);
      break;
    case PROP_AUDIO_LEVEL_ID:
      g_value_set_uint (value, priv->level_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static gboolean
carries_pictures (GstCaps *caps)
{
  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return FALSE;
  return g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0), "media"), "video")
      == 0;
}

static guint
get_clock_rate (GstCaps *caps)
{
  gint rate = 0;

  if (caps != NULL && !gst_caps_is_any (caps) && !gst_caps_is_empty (caps))
    gst_structure_get_int (gst_caps_get_structure (caps, 0), "clock-rate", &rate);
  return (guint) MAX (rate, 0);
}

static void
genos_link_receiver_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosLinkReceiverPrivate *priv =
      genos_link_receiver_get_instance_private (GENOS_LINK_RECEIVER (object));

  switch (id) {
    case PROP_MID:
      priv->mid = g_value_dup_string (value);
      break;
    case PROP_STREAM_ID:
      priv->stream_id = g_value_dup_string (value);
      break;
    case PROP_TRACK_ID:
      priv->track_id = g_value_dup_string (value);
      break;
    case PROP_CAPS:
      priv->caps = g_value_dup_boxed (value);
      priv->has_frames = carries_pictures (priv->caps);
      priv->clock_rate = get_clock_rate (priv->caps);
      break;
    case PROP_AUDIO_LEVEL_ID:
      priv->level_id = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_link_receiver_finalize (GObject *object)
{
  GenosLinkReceiverPrivate *priv =
      genos_link_receiver_get_instance_private (GENOS_LINK_RECEIVER (object));

  if (priv->destroy != NULL)
    priv->destroy (priv->user_data);
  if (priv->level_destroy != NULL)
    priv->level_destroy (priv->level_data);
  g_mutex_clear (&priv->lock);
  g_mutex_clear (&priv->meter_lock);
  g_clear_pointer (&priv->caps, gst_caps_unref);
  g_free (priv->mid);
  g_free (priv->stream_id);
  g_free (priv->track_id);
  G_OBJECT_CLASS (genos_link_receiver_parent_class)->finalize (object);
}

static GParamSpec *
string_property (const char *name)
{
  return g_param_spec_string (
      name, NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
}

static void
genos_link_receiver_class_init (GenosLinkReceiverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_link_receiver_get_property;
  object_class->set_property = genos_link_receiver_set_property;
  object_class->finalize = genos_link_receiver_finalize;

  properties[PROP_MID] = string_property ("mid");
  properties[PROP_STREAM_ID] = string_property ("stream-id");
  properties[PROP_TRACK_ID] = string_property ("track-id");
  properties[PROP_CAPS] = g_param_spec_boxed ("caps", NULL, NULL, GST_TYPE_CAPS,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_AUDIO_LEVEL_ID] = g_param_spec_uint ("audio-level-id", NULL, NULL, 0, 255, 0,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
genos_link_receiver_init (GenosLinkReceiver *self)
{
  GenosLinkReceiverPrivate *priv = genos_link_receiver_get_instance_private (self);

  g_mutex_init (&priv->lock);
  g_mutex_init (&priv->meter_lock);
}
