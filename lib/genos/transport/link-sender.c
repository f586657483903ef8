/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/link-sender.h>

typedef struct {
  GMutex lock;
  gboolean accepted;
  gboolean ever_accepted;
  gboolean refused;
  gboolean held;
  gboolean secondary;
  guint rate;
  GenosSentTier tier;
  guint64 dropped;
  GenosRtpMeter meter;

  GenosLinkSealFunc seal; /* (nullable) */
  gpointer seal_data;
  GDestroyNotify seal_destroy;
} GenosLinkSenderPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GenosLinkSender, genos_link_sender, G_TYPE_OBJECT)

enum {
  PROP_ACTIVE = 1,
  PROP_RATE,
  PROP_TIER,
  N_PROPS,
};

enum {
  SIGNAL_KEY_FRAME_REQUEST,
  SIGNAL_REFUSED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* Takes ownership of @buffer: one RTP packet whose PTS is in the running time shared by all
 * pipelines of the session. Any thread; never blocks. */
void
genos_link_sender_push (GenosLinkSender *self, GstBuffer *buffer)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean held;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));
  g_return_if_fail (GST_IS_BUFFER (buffer));

  g_mutex_lock (&priv->lock);
  held = priv->held;
  g_mutex_unlock (&priv->lock);
  if (held)
    g_clear_pointer (&buffer, gst_buffer_unref);
  else if (priv->seal != NULL)
    buffer = priv->seal (buffer, priv->seal_data);
  if (buffer != NULL)
    GENOS_LINK_SENDER_GET_CLASS (self)->push (self, buffer);
}

void
genos_link_sender_set_seal_func (
    GenosLinkSender *self, GenosLinkSealFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));
  g_return_if_fail (priv->seal == NULL);

  priv->seal = func;
  priv->seal_data = user_data;
  priv->seal_destroy = destroy;
}

gboolean
genos_link_sender_get_active (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean active;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), FALSE);

  g_mutex_lock (&priv->lock);
  active = priv->accepted && !priv->held;
  g_mutex_unlock (&priv->lock);
  return active;
}

gboolean
genos_link_sender_get_accepted (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean accepted;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), FALSE);

  g_mutex_lock (&priv->lock);
  accepted = priv->accepted;
  g_mutex_unlock (&priv->lock);
  return accepted;
}

/* For implementations. */
void
genos_link_sender_set_active (GenosLinkSender *self, gboolean active)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean changed;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  changed = priv->accepted != active;
  priv->accepted = active;
  priv->ever_accepted = priv->ever_accepted || active;
  g_mutex_unlock (&priv->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

gboolean
genos_link_sender_get_refused (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean refused;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), FALSE);

  g_mutex_lock (&priv->lock);
  refused = priv->refused;
  g_mutex_unlock (&priv->lock);
  return refused;
}

/* For implementations. */
void
genos_link_sender_refuse (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean changed;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  changed = !priv->refused && !priv->ever_accepted;
  priv->refused = priv->refused || changed;
  g_mutex_unlock (&priv->lock);
  if (changed)
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0);
}

void
genos_link_sender_set_held (GenosLinkSender *self, gboolean held)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  GenosLinkSenderClass *klass;
  gboolean changed;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  klass = GENOS_LINK_SENDER_GET_CLASS (self);
  g_mutex_lock (&priv->lock);
  changed = priv->held != held;
  g_mutex_unlock (&priv->lock);
  if (!changed)
    return;
  /* First, so that no packet slips through an open gate. */
  if (!held && klass->restart != NULL)
    klass->restart (self);
  g_mutex_lock (&priv->lock);
  priv->held = held;
  g_mutex_unlock (&priv->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
  if (!held && genos_link_sender_get_active (self))
    genos_link_sender_emit_key_frame_request (self);
}

/* For implementations: the remote side, or the closed gate, needs a key frame. */
void
genos_link_sender_emit_key_frame_request (GenosLinkSender *self)
{
  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_signal_emit (self, signals[SIGNAL_KEY_FRAME_REQUEST], 0);
}

guint
genos_link_sender_get_rate (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  guint rate;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), GENOS_RATE_UNBOUNDED);

  g_mutex_lock (&priv->lock);
  rate = priv->rate;
  g_mutex_unlock (&priv->lock);
  return rate;
}

/* For implementations. */
void
genos_link_sender_set_rate (GenosLinkSender *self, guint rate)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean changed;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  changed = priv->rate != rate;
  priv->rate = rate;
  g_mutex_unlock (&priv->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
}

void
genos_link_sender_set_secondary (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  priv->secondary = TRUE;
  g_mutex_unlock (&priv->lock);
}

gboolean
genos_link_sender_is_secondary (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean secondary;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), FALSE);

  g_mutex_lock (&priv->lock);
  secondary = priv->secondary;
  g_mutex_unlock (&priv->lock);
  return secondary;
}

static const char *const tier_names[] = {
  [GENOS_SENT_FULL] = "full",
  [GENOS_SENT_SECOND] = "second",
  [GENOS_SENT_THIRD] = "third",
  [GENOS_SENT_THINNED] = "thinned",
  [GENOS_SENT_AUDIO_ONLY] = "audio-only",
};

const char *
genos_sent_tier_get_name (GenosSentTier tier)
{
  g_return_val_if_fail (tier < G_N_ELEMENTS (tier_names), NULL);
  return tier_names[tier];
}

gboolean
genos_sent_tier_from_name (const char *name, GenosSentTier *tier)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (tier_names); i++) {
    if (!g_str_equal (name, tier_names[i]))
      continue;
    *tier = i;
    return TRUE;
  }
  return FALSE;
}

GenosSentTier
genos_link_sender_get_tier (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  GenosSentTier tier;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), GENOS_SENT_FULL);

  g_mutex_lock (&priv->lock);
  tier = priv->tier;
  g_mutex_unlock (&priv->lock);
  return tier;
}

void
genos_link_sender_set_tier (GenosLinkSender *self, GenosSentTier tier)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  gboolean changed;

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  changed = priv->tier != tier;
  priv->tier = tier;
  g_mutex_unlock (&priv->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TIER]);
}

guint64
genos_link_sender_get_dropped (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  guint64 dropped;

  g_return_val_if_fail (GENOS_IS_LINK_SENDER (self), 0);

  g_mutex_lock (&priv->lock);
  dropped = priv->dropped;
  g_mutex_unlock (&priv->lock);
  return dropped;
}

/* For implementations. */
void
genos_link_sender_add_dropped (GenosLinkSender *self, guint64 n)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  priv->dropped += n;
  g_mutex_unlock (&priv->lock);
}

/* For implementations. */
void
genos_link_sender_note_sent (GenosLinkSender *self, GstBuffer *buffer, gboolean has_frames)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);
  guint8 head[GENOS_RTP_HEAD_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, head, sizeof head);
  GenosRtpHeader header;

  if (!genos_rtp_header_parse (&header, head, size))
    return;
  g_mutex_lock (&priv->lock);
  genos_rtp_meter_take (
      &priv->meter, &header, gst_buffer_get_size (buffer), has_frames, g_get_monotonic_time ());
  g_mutex_unlock (&priv->lock);
}

void
genos_link_sender_get_meter (GenosLinkSender *self, GenosRtpMeter *meter)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);

  g_return_if_fail (GENOS_IS_LINK_SENDER (self));

  g_mutex_lock (&priv->lock);
  *meter = priv->meter;
  g_mutex_unlock (&priv->lock);
}

static void
genos_link_sender_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosLinkSender *self = GENOS_LINK_SENDER (object);

  switch (id) {
    case PROP_ACTIVE:
      g_value_set_boolean (value, genos_link_sender_get_active (self));
      break;
    case PROP_RATE:
      g_value_set_uint (value, genos_link_sender_get_rate (self));
      break;
    case PROP_TIER:
      g_value_set_uint (value, genos_link_sender_get_tier (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_link_sender_finalize (GObject *object)
{
  GenosLinkSenderPrivate *priv =
      genos_link_sender_get_instance_private (GENOS_LINK_SENDER (object));

  if (priv->seal_destroy != NULL)
    priv->seal_destroy (priv->seal_data);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (genos_link_sender_parent_class)->finalize (object);
}

static void
genos_link_sender_class_init (GenosLinkSenderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_link_sender_get_property;
  object_class->finalize = genos_link_sender_finalize;

  /* Whether packets are wanted: the remote side takes them, and nobody holds them. */
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /* bit/s that it may use. */
  properties[PROP_RATE] = g_param_spec_uint ("rate", NULL, NULL, 0, G_MAXUINT, G_MAXUINT,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /* A GenosSentTier. */
  properties[PROP_TIER] =
      g_param_spec_uint ("tier", NULL, NULL, GENOS_SENT_FULL, GENOS_SENT_AUDIO_ONLY,
          GENOS_SENT_FULL, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* ::key-frame-request (): the next packets should begin a key frame. On any thread. */
  signals[SIGNAL_REFUSED] = g_signal_new (
      "refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_KEY_FRAME_REQUEST] = g_signal_new (g_intern_static_string ("key-frame-request"),
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_link_sender_init (GenosLinkSender *self)
{
  GenosLinkSenderPrivate *priv = genos_link_sender_get_instance_private (self);

  g_mutex_init (&priv->lock);
  priv->rate = GENOS_RATE_UNBOUNDED;
}
