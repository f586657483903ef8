/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/peer-struct.h>

/* ns: what of the clock is worth telling */
#define CLOCK_STEP (100 * 1000)

enum {
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_VERIFIED,
  PROP_KEY,
  PROP_CAPABILITIES,
  PROP_ENCRYPTED,
  PROP_METADATA,
  PROP_CLOCK_OFFSET,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
genos_peer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosPeer *self = GENOS_PEER (object);

  switch (id) {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_VERIFIED:
      g_value_set_boolean (value, self->proven_key != NULL);
      break;
    case PROP_KEY:
      g_value_set_string (value, self->proven_key);
      break;
    case PROP_CAPABILITIES:
      g_value_set_boxed (value, self->capabilities);
      break;
    case PROP_ENCRYPTED:
      g_value_set_boolean (value, self->seal != NULL);
      break;
    case PROP_METADATA:
      g_value_set_string (value, self->metadata);
      break;
    case PROP_CLOCK_OFFSET:
      g_value_set_int64 (value, self->clock_offset);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void
genos_peer_install_properties (GObjectClass *klass)
{
  klass->get_property = genos_peer_get_property;

  /**
   * GenosPeer:id:
   *
   * The peer's id: 1 to 64 characters of `[0-9A-Za-z]`. What a browser says of
   * itself is a claim; nothing proves it.
   */
  properties[PROP_ID] =
      g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosPeer:kind:
   *
   * What its announces say it is, such as `native`; informational. Notified when
   * it becomes known.
   */
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:verified:
   *
   * Whether it has proven, before it joined, that it holds [property@Peer:key].
   */
  properties[PROP_VERIFIED] = g_param_spec_boolean ("verified", NULL, NULL, FALSE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:key:
   *
   * The public key (BIP-340) the peer has proven to hold: 64 hex digits, else %NULL.
   */
  properties[PROP_KEY] = g_param_spec_string (
      "key", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:capabilities:
   *
   * What a verified peer understands of our extensions.
   */
  properties[PROP_CAPABILITIES] = g_param_spec_boxed (
      "capabilities", NULL, NULL, G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosPeer:encrypted:
   *
   * Whether the messages of channels to and from it are sealed end to end.
   */
  properties[PROP_ENCRYPTED] = g_param_spec_boolean (
      "encrypted", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GenosPeer:metadata:
   *
   * What the peer's application says of itself ([property@Room:metadata] there):
   * JSON text, at most 16 KiB, or %NULL. Browsers have none.
   */
  properties[PROP_METADATA] = g_param_spec_string ("metadata", NULL, NULL, NULL,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * GenosPeer:clock-offset:
   *
   * By how much its wall clock is ahead of ours, ns; 0 while it is not known, see
   * [method@Peer.get_clock_offset]. Notified when it becomes known, and when it
   * changes by more than 0.1 ms.
   */
  properties[PROP_CLOCK_OFFSET] = g_param_spec_int64 ("clock-offset", NULL, NULL, G_MININT64,
      G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (klass, N_PROPS, properties);
}

void
genos_peer_notify_verified (GenosPeer *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERIFIED]);
}

/**
 * genos_peer_get_id:
 * @self: a peer
 *
 * Gets the peer's id.
 *
 * Returns: (transfer none): the id
 */
const char *
genos_peer_get_id (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->id;
}

/**
 * genos_peer_get_kind:
 * @self: a peer
 *
 * Gets what its announces say it is.
 *
 * Returns: (transfer none) (nullable): its kind, or %NULL when it did not say
 */
const char *
genos_peer_get_kind (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->kind;
}

/**
 * genos_peer_get_key:
 * @self: a peer
 *
 * Gets the public key the peer has proven to hold.
 *
 * Returns: (transfer none) (nullable): 64 hex digits; %NULL when it is not verified
 */
const char *
genos_peer_get_key (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->proven_key;
}

/**
 * genos_peer_dup_pipeline:
 * @self: a peer
 *
 * Gets the pipeline that connects to the peer, for instance to look at its graph or to watch its
 * rtpbin: it holds a webrtcbin, and for each track that is sent an appsrc. It is the room's; whoever
 * stops it, or changes what the room has set, breaks the link. Do not keep the reference: another link
 * has another pipeline.
 *
 * Returns: (transfer full) (nullable): the pipeline, or %NULL when the peer is not linked
 */
GstElement *
genos_peer_dup_pipeline (GenosPeer *self)
{
  g_return_val_if_fail (GENOS_IS_PEER (self), NULL);
  return self->linked ? genos_peer_link_dup_pipeline (self->link) : NULL;
}

gboolean
genos_peer_set_metadata (GenosPeer *self, const char *metadata)
{
  /* Nothing at all is said as null. */
  if (g_strcmp0 (metadata, "null") == 0)
    metadata = NULL;
  if (g_strcmp0 (metadata, self->metadata) == 0)
    return FALSE;
  g_free (self->metadata);
  self->metadata = g_strdup (metadata);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METADATA]);
  return TRUE;
}

void
genos_peer_set_clock_offset (GenosPeer *self, gint64 offset)
{
  if (self->clock_told && ABS (offset - self->clock_offset) <= CLOCK_STEP)
    return;
  self->clock_told = TRUE;
  self->clock_offset = offset;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLOCK_OFFSET]);
}

void
genos_peer_set_kind (GenosPeer *self, const char *kind)
{
  if (kind == NULL || g_strcmp0 (kind, self->kind) == 0)
    return;
  g_free (self->kind);
  self->kind = g_strdup (kind);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}
