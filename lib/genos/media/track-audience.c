/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-audience-private.h>

/**
 * GenosTrackAudience:
 *
 * Who gets a [class@LocalTrack], and whether anything of it is sent now.
 *
 * All of it may be changed at any time. [property@TrackAudience:targets] says who is
 * offered the track at all, and a change is negotiated with whom it concerns. The rest is
 * not negotiated: the track stays, and goes on where it stopped.
 *
 * | | what is sent | W3C's counterpart |
 * |---|---|---|
 * | muted | black, twice a second, or silence; what comes encoded is not sent | `MediaStreamTrack.enabled = false` |
 * | paused | nothing, and nothing is encoded | `RTCRtpSender.setParameters()` with `active: false` |
 * | paused for a peer | nothing to that peer; nothing is encoded when that was the last one | the same |
 *
 * A peer that is sent something again gets a key frame first.
 *
 * May be used from any thread.
 */
struct _GenosTrackAudience {
  GObject parent_instance;

  GMutex lock;        /* guards what follows; a leaf */
  GStrv targets;      /* (nullable) */
  GStrv paused_peers; /* (nullable) */
  gboolean muted;
  gboolean paused;
  gboolean mute_pauses;
};

G_DEFINE_FINAL_TYPE (GenosTrackAudience, genos_track_audience, G_TYPE_OBJECT)

enum {
  PROP_TARGETS = 1,
  PROP_PAUSED_PEERS,
  PROP_MUTED,
  PROP_PAUSED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

GenosTrackAudience *
genos_track_audience_new (void)
{
  return g_object_new (GENOS_TYPE_TRACK_AUDIENCE, NULL);
}

static gboolean
contains (GStrv ids, const char *peer_id)
{
  return ids != NULL && g_strv_contains ((const char *const *) ids, peer_id);
}

/**
 * genos_track_audience_includes:
 * @self: an audience
 * @peer_id: id of a peer
 *
 * Finds out whether a peer is offered the track.
 *
 * Returns: whether the peer is one of [property@TrackAudience:targets], or there is no
 *   such choice
 */
gboolean
genos_track_audience_includes (GenosTrackAudience *self, const char *peer_id)
{
  gboolean included;

  g_return_val_if_fail (GENOS_IS_TRACK_AUDIENCE (self), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);

  g_mutex_lock (&self->lock);
  included = self->targets == NULL || contains (self->targets, peer_id);
  g_mutex_unlock (&self->lock);
  return included;
}

/**
 * genos_track_audience_is_paused_for:
 * @self: an audience
 * @peer_id: id of a peer
 *
 * Finds out whether nothing is sent to a peer.
 *
 * Returns: whether the track is paused, for all or for this peer, or is muted and comes
 *   encoded
 */
gboolean
genos_track_audience_is_paused_for (GenosTrackAudience *self, const char *peer_id)
{
  gboolean paused;

  g_return_val_if_fail (GENOS_IS_TRACK_AUDIENCE (self), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);

  g_mutex_lock (&self->lock);
  paused =
      self->paused || (self->muted && self->mute_pauses) || contains (self->paused_peers, peer_id);
  g_mutex_unlock (&self->lock);
  return paused;
}

gboolean
genos_track_audience_is_everybody (GenosTrackAudience *self)
{
  gboolean everybody;

  g_mutex_lock (&self->lock);
  everybody = self->targets == NULL && (self->paused_peers == NULL || self->paused_peers[0] == NULL);
  g_mutex_unlock (&self->lock);
  return everybody;
}

static gboolean
get_flag (GenosTrackAudience *self, gboolean *flag)
{
  gboolean value;

  g_mutex_lock (&self->lock);
  value = *flag;
  g_mutex_unlock (&self->lock);
  return value;
}

/**
 * genos_track_audience_get_muted:
 * @self: an audience
 *
 * Gets whether black or silence is sent.
 *
 * Returns: [property@TrackAudience:muted]
 */
gboolean
genos_track_audience_get_muted (GenosTrackAudience *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_AUDIENCE (self), FALSE);
  return get_flag (self, &self->muted);
}

/**
 * genos_track_audience_get_paused:
 * @self: an audience
 *
 * Gets whether nothing is sent to anybody.
 *
 * Returns: [property@TrackAudience:paused]
 */
gboolean
genos_track_audience_get_paused (GenosTrackAudience *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_AUDIENCE (self), FALSE);
  return get_flag (self, &self->paused);
}

static gboolean
same_ids (GStrv a, GStrv b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

static gboolean
set_ids (GenosTrackAudience *self, GStrv *field, const char *const *ids)
{
  GStrv copy = g_strdupv ((GStrv) ids);
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = !same_ids (*field, copy);
  if (changed) {
    GStrv old = *field;

    *field = copy;
    copy = old;
  }
  g_mutex_unlock (&self->lock);
  g_strfreev (copy);
  return changed;
}

static gboolean
set_flag (GenosTrackAudience *self, gboolean *flag, gboolean value)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = *flag != value;
  *flag = value;
  g_mutex_unlock (&self->lock);
  return changed;
}

void
genos_track_audience_set_mute_pauses (GenosTrackAudience *self, gboolean pauses)
{
  g_return_if_fail (GENOS_IS_TRACK_AUDIENCE (self));

  if (set_flag (self, &self->mute_pauses, pauses) && genos_track_audience_get_muted (self))
    g_signal_emit (self, changed_signal, 0);
}

static gboolean
set_value (GenosTrackAudience *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_TARGETS:
      return set_ids (self, &self->targets, g_value_get_boxed (value));
    case PROP_PAUSED_PEERS:
      return set_ids (self, &self->paused_peers, g_value_get_boxed (value));
    case PROP_MUTED:
      return set_flag (self, &self->muted, g_value_get_boolean (value));
    default:
      return set_flag (self, &self->paused, g_value_get_boolean (value));
  }
}

static void
genos_track_audience_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GenosTrackAudience *self = GENOS_TRACK_AUDIENCE (object);

  if (!set_value (self, id, value))
    return;
  g_object_notify_by_pspec (object, pspec);
  g_signal_emit (self, changed_signal, 0);
}

static void
genos_track_audience_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosTrackAudience *self = GENOS_TRACK_AUDIENCE (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_TARGETS:
      g_value_set_boxed (value, self->targets);
      break;
    case PROP_PAUSED_PEERS:
      g_value_set_boxed (value, self->paused_peers);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
genos_track_audience_finalize (GObject *object)
{
  GenosTrackAudience *self = GENOS_TRACK_AUDIENCE (object);

  g_strfreev (self->targets);
  g_strfreev (self->paused_peers);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (genos_track_audience_parent_class)->finalize (object);
}

static void
genos_track_audience_class_init (GenosTrackAudienceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = genos_track_audience_set_property;
  object_class->get_property = genos_track_audience_get_property;
  object_class->finalize = genos_track_audience_finalize;
  /**
   * GenosTrackAudience:targets:
   *
   * The ids of the peers that are offered the track, also of such as have not come yet;
   * %NULL: everybody. An empty list is nobody.
   */
  properties[PROP_TARGETS] = g_param_spec_boxed ("targets", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * GenosTrackAudience:paused-peers:
   *
   * The ids of the peers that are sent nothing for now, though they are offered the track.
   */
  properties[PROP_PAUSED_PEERS] =
      g_param_spec_boxed ("paused-peers", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * GenosTrackAudience:muted:
   *
   * Whether black pictures or silence are sent instead of what comes in. Takes effect with
   * the next buffer.
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  /**
   * GenosTrackAudience:paused:
   *
   * Whether nothing is sent to anybody. Takes effect with the next buffer.
   */
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GenosTrackAudience::changed:
   * @self: the audience
   *
   * One of the properties has another value. Emitted for each change, on the thread that
   * made it.
   */
  changed_signal = g_signal_new (
      "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_track_audience_init (GenosTrackAudience *self)
{
  g_mutex_init (&self->lock);
}
