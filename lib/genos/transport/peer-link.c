/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/peer-link.h>

typedef struct {
  gboolean offerer;
  gboolean opened;
  gboolean closing; /* close() was called */
  gboolean ending;  /* what is told now belongs to the end */
  gboolean closed;  /* ::closed was emitted */
} GenosPeerLinkPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GenosPeerLink, genos_peer_link, G_TYPE_OBJECT)

enum {
  PROP_OFFERER = 1,
  N_PROPS,
};

enum {
  SIGNAL_DESCRIPTION,
  SIGNAL_OPENED,
  SIGNAL_CLOSED,
  SIGNAL_FRAME,
  SIGNAL_DRAINED,
  SIGNAL_RECEIVER_ADDED,
  SIGNAL_RECEIVER_REMOVED,
  SIGNAL_WARNING,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GenosPeerLinkPrivate *
get_private (GenosPeerLink *self)
{
  return genos_peer_link_get_instance_private (self);
}

gboolean
genos_peer_link_is_offerer (GenosPeerLink *self)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), FALSE);
  return get_private (self)->offerer;
}

/* TRUE between ::opened and ::closed. */
gboolean
genos_peer_link_is_open (GenosPeerLink *self)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), FALSE);
  return get_private (self)->opened && !get_private (self)->closed;
}

/* TRUE once ::closed was emitted. */
gboolean
genos_peer_link_is_closed (GenosPeerLink *self)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), TRUE);
  return get_private (self)->closed;
}

gboolean
genos_peer_link_is_ending (GenosPeerLink *self)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), TRUE);
  return get_private (self)->ending;
}

void
genos_peer_link_set_ending (GenosPeerLink *self)
{
  g_return_if_fail (GENOS_IS_PEER_LINK (self));
  get_private (self)->ending = TRUE;
}

void
genos_peer_link_start (GenosPeerLink *self)
{
  g_return_if_fail (GENOS_IS_PEER_LINK (self));

  if (!get_private (self)->closed)
    GENOS_PEER_LINK_GET_CLASS (self)->start (self);
}

void
genos_peer_link_take_description (GenosPeerLink *self, GenosSdpKind kind, const char *sdp)
{
  g_return_if_fail (GENOS_IS_PEER_LINK (self));
  g_return_if_fail (sdp != NULL);

  if (!get_private (self)->closed)
    GENOS_PEER_LINK_GET_CLASS (self)->take_description (self, kind, sdp);
}

gboolean
genos_peer_link_send (GenosPeerLink *self, GBytes *frame, GError **error)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), FALSE);
  g_return_val_if_fail (frame != NULL && g_bytes_get_size (frame) > 0, FALSE);

  if (!genos_peer_link_is_open (self)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the data channel is not open");
    return FALSE;
  }
  return GENOS_PEER_LINK_GET_CLASS (self)->send (self, frame, error);
}

gsize
genos_peer_link_get_buffered (GenosPeerLink *self)
{
  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), 0);

  if (!genos_peer_link_is_open (self))
    return 0;
  return GENOS_PEER_LINK_GET_CLASS (self)->get_buffered (self);
}

gboolean
genos_peer_link_has_room (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), FALSE);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  if (klass->has_room != NULL && genos_peer_link_is_open (self))
    return klass->has_room (self);
  return genos_peer_link_get_buffered (self) <= GENOS_PEER_LINK_BUSY;
}

/* @stream_id and @track_id are what the other side shows as MediaStream.id and
 * MediaStreamTrack.id; no spaces. (transfer full) */
GenosLinkSender *
genos_peer_link_add_sender (
    GenosPeerLink *self, GstCaps *caps, const char *stream_id, const char *track_id, GError **error)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), NULL);
  g_return_val_if_fail (GST_IS_CAPS (caps) && gst_caps_is_fixed (caps), NULL);
  g_return_val_if_fail (stream_id != NULL && track_id != NULL, NULL);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  if (get_private (self)->closed) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");
    return NULL;
  }
  if (klass->add_sender == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "this link carries no media");
    return NULL;
  }
  return klass->add_sender (self, caps, stream_id, track_id, error);
}

void
genos_peer_link_remove_sender (GenosPeerLink *self, GenosLinkSender *sender)
{
  GenosPeerLinkClass *klass;

  g_return_if_fail (GENOS_IS_PEER_LINK (self));
  g_return_if_fail (GENOS_IS_LINK_SENDER (sender));

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  if (!get_private (self)->closed && klass->remove_sender != NULL)
    klass->remove_sender (self, sender);
}

gboolean
genos_peer_link_get_certificates (GenosPeerLink *self, GenosLinkCertificates *certificates)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), FALSE);
  g_return_val_if_fail (certificates != NULL, FALSE);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  return genos_peer_link_is_open (self) && klass->get_certificates != NULL
      && klass->get_certificates (self, certificates);
}

void
genos_peer_link_get_stats_async (GenosPeerLink *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GenosPeerLinkClass *klass;
  GTask *task;

  g_return_if_fail (GENOS_IS_PEER_LINK (self));

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_name (task, "genos_peer_link_get_stats");
  if (get_private (self)->closed)
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");
  else if (klass->get_stats == NULL)
    g_task_return_new_error (
        task, GENOS_ERROR, GENOS_ERROR_UNSUPPORTED, "this link keeps no statistics");
  else
    klass->get_stats (self, g_object_ref (task));
  g_object_unref (task);
}

/* (transfer full) */
GstStructure *
genos_peer_link_get_stats_finish (GenosPeerLink *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

GstElement *
genos_peer_link_dup_pipeline (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass = GENOS_PEER_LINK_GET_CLASS (self);

  return klass->dup_pipeline != NULL ? klass->dup_pipeline (self) : NULL;
}

GstStructure *
genos_peer_link_dup_path (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), NULL);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  return klass->dup_path != NULL ? klass->dup_path (self) : NULL;
}

GstStructure *
genos_peer_link_dup_rate (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), NULL);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  return klass->dup_rate != NULL ? klass->dup_rate (self) : NULL;
}

char *
genos_peer_link_dup_state (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), NULL);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  return !get_private (self)->closed && klass->dup_state != NULL ? klass->dup_state (self) : NULL;
}

GError *
genos_peer_link_dup_path_problem (GenosPeerLink *self)
{
  GenosPeerLinkClass *klass;

  g_return_val_if_fail (GENOS_IS_PEER_LINK (self), NULL);

  klass = GENOS_PEER_LINK_GET_CLASS (self);
  return klass->dup_path_problem != NULL ? klass->dup_path_problem (self) : NULL;
}

void
genos_peer_link_close (GenosPeerLink *self)
{
  GenosPeerLinkPrivate *priv;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GENOS_IS_PEER_LINK (self));

  priv = get_private (self);
  if (priv->closing)
    return;
  priv->closing = TRUE;

  /* The owner may drop its last reference inside ::closed. */
  g_object_ref (self);
  GENOS_PEER_LINK_GET_CLASS (self)->close (self);
  error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "closed here");
  genos_peer_link_emit_closed (self, error);
  g_object_unref (self);
}

void
genos_peer_link_emit_description (GenosPeerLink *self, GenosSdpKind kind, const char *sdp)
{
  if (!get_private (self)->closed)
    g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, (gint) kind, sdp);
}

void
genos_peer_link_emit_opened (GenosPeerLink *self)
{
  GenosPeerLinkPrivate *priv = get_private (self);

  if (priv->opened || priv->closed)
    return;
  priv->opened = TRUE;
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

void
genos_peer_link_emit_closed (GenosPeerLink *self, const GError *error)
{
  GenosPeerLinkPrivate *priv = get_private (self);

  if (priv->closed)
    return;
  priv->closed = TRUE;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}

void
genos_peer_link_emit_frame (GenosPeerLink *self, GBytes *frame)
{
  if (genos_peer_link_is_open (self))
    g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame);
}

void
genos_peer_link_emit_drained (GenosPeerLink *self)
{
  if (genos_peer_link_is_open (self))
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

void
genos_peer_link_emit_receiver_added (GenosPeerLink *self, GenosLinkReceiver *receiver)
{
  if (!get_private (self)->closed)
    g_signal_emit (self, signals[SIGNAL_RECEIVER_ADDED], 0, receiver);
}

/* Also on the way to ::closed, so that every receiver that came also goes. */
void
genos_peer_link_emit_receiver_removed (GenosPeerLink *self, GenosLinkReceiver *receiver)
{
  if (!get_private (self)->closed)
    g_signal_emit (self, signals[SIGNAL_RECEIVER_REMOVED], 0, receiver);
}

void
genos_peer_link_emit_warning (GenosPeerLink *self, const GError *error)
{
  if (!get_private (self)->closed)
    g_signal_emit (self, signals[SIGNAL_WARNING], 0, error);
}

static void
genos_peer_link_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
    case PROP_OFFERER:
      g_value_set_boolean (value, get_private (GENOS_PEER_LINK (object))->offerer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_peer_link_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
    case PROP_OFFERER:
      get_private (GENOS_PEER_LINK (object))->offerer = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static guint
new_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (g_intern_static_string (name), GENOS_TYPE_PEER_LINK, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, n_params, first, second);
}

static void
genos_peer_link_class_init (GenosPeerLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType receiver = GENOS_TYPE_LINK_RECEIVER;

  object_class->get_property = genos_peer_link_get_property;
  object_class->set_property = genos_peer_link_set_property;

  properties[PROP_OFFERER] = g_param_spec_boolean ("offerer", NULL, NULL, FALSE,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* What each of them promises stands in the header. */
  signals[SIGNAL_DESCRIPTION] = new_signal ("description", 2, G_TYPE_INT, G_TYPE_STRING);
  signals[SIGNAL_OPENED] = new_signal ("opened", 0, 0, 0);
  signals[SIGNAL_CLOSED] = new_signal ("closed", 1, G_TYPE_ERROR, 0);
  signals[SIGNAL_FRAME] = new_signal ("frame", 1, G_TYPE_BYTES, 0);
  signals[SIGNAL_DRAINED] = new_signal ("drained", 0, 0, 0);
  signals[SIGNAL_RECEIVER_ADDED] = new_signal ("receiver-added", 1, receiver, 0);
  signals[SIGNAL_RECEIVER_REMOVED] = new_signal ("receiver-removed", 1, receiver, 0);
  signals[SIGNAL_WARNING] = new_signal ("warning", 1, G_TYPE_ERROR, 0);
}

static void
genos_peer_link_init (GenosPeerLink *self)
{
}
