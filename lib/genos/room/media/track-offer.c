/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/track-offer-private.h>

/**
 * GenosTrackOffer:
 *
 * A track that a peer of this project could send us, whether it does or not.
 *
 * The peer tells what it has before it sends, so that nothing is sent that
 * [method@Room.set_track_filter] does not let through. Browsers tell nothing: their
 * tracks are known by [signal@Room::track-added] only.
 *
 * Lives on the room's context.
 */
struct _GenosTrackOffer {
  GObject parent_instance;

  char *peer_id;
  char *stream_id;
  char *track_id;
  char *metadata; /* (nullable) */
  GenosMediaKind kind;
  gboolean muted;
  gboolean paused;
  gboolean wanted;
  gboolean sealed;
};

G_DEFINE_FINAL_TYPE (GenosTrackOffer, genos_track_offer, G_TYPE_OBJECT)

enum {
  PROP_MUTED = 1,
  PROP_PAUSED,
  PROP_WANTED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GenosMediaKind
get_kind (const GenosTrackEntry *entry)
{
  return entry->video ? GENOS_MEDIA_VIDEO : GENOS_MEDIA_AUDIO;
}

GenosTrackOffer *
genos_track_offer_new (const char *peer_id, const GenosTrackEntry *entry)
{
  GenosTrackOffer *self = g_object_new (GENOS_TYPE_TRACK_OFFER, NULL);

  self->peer_id = g_strdup (peer_id);
  self->stream_id = g_strdup (entry->stream_id);
  self->track_id = g_strdup (entry->track_id);
  self->metadata = g_strdup (entry->metadata);
  self->kind = get_kind (entry);
  self->muted = entry->muted;
  self->paused = entry->paused;
  self->sealed = entry->sealed;
  return self;
}

static void
set_flag (GenosTrackOffer *self, gboolean *flag, gboolean value, guint id)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

gboolean
genos_track_offer_update (GenosTrackOffer *self, const GenosTrackEntry *entry)
{
  if (self->kind != get_kind (entry) || self->sealed != entry->sealed
      || g_strcmp0 (self->metadata, entry->metadata) != 0)
    return FALSE;
  set_flag (self, &self->muted, entry->muted, PROP_MUTED);
  set_flag (self, &self->paused, entry->paused, PROP_PAUSED);
  return TRUE;
}

gboolean
genos_track_offer_is_sealed (GenosTrackOffer *self)
{
  return self->sealed;
}

void
genos_track_offer_set_wanted (GenosTrackOffer *self, gboolean wanted)
{
  set_flag (self, &self->wanted, wanted, PROP_WANTED);
}

/**
 * genos_track_offer_get_peer_id:
 * @self: an offer
 *
 * Gets who could send the track.
 *
 * Returns: (transfer none): the peer's id
 */
const char *
genos_track_offer_get_peer_id (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), NULL);
  return self->peer_id;
}

/**
 * genos_track_offer_get_stream_id:
 * @self: an offer
 *
 * Gets the stream that the track belongs to, as [method@RemoteTrack.get_stream_id] does.
 *
 * Returns: (transfer none): the stream id
 */
const char *
genos_track_offer_get_stream_id (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), NULL);
  return self->stream_id;
}

/**
 * genos_track_offer_get_track_id:
 * @self: an offer
 *
 * Gets the name that the peer gave the track.
 *
 * Returns: (transfer none): the track id
 */
const char *
genos_track_offer_get_track_id (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), NULL);
  return self->track_id;
}

/**
 * genos_track_offer_get_kind:
 * @self: an offer
 *
 * Gets whether it is sound or pictures.
 *
 * Returns: what the track carries
 */
GenosMediaKind
genos_track_offer_get_kind (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), GENOS_MEDIA_AUDIO);
  return self->kind;
}

/**
 * genos_track_offer_get_metadata:
 * @self: an offer
 *
 * Gets what the peer says of the track. What is longer than 4096 bytes comes with the
 * track only.
 *
 * Returns: (transfer none) (nullable): JSON text
 */
const char *
genos_track_offer_get_metadata (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), NULL);
  return self->metadata;
}

/**
 * genos_track_offer_get_muted:
 * @self: an offer
 *
 * Gets whether the peer has muted the track.
 *
 * Returns: [property@TrackOffer:muted]
 */
gboolean
genos_track_offer_get_muted (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), FALSE);
  return self->muted;
}

/**
 * genos_track_offer_get_paused:
 * @self: an offer
 *
 * Gets whether the peer has paused the track.
 *
 * Returns: [property@TrackOffer:paused]
 */
gboolean
genos_track_offer_get_paused (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), FALSE);
  return self->paused;
}

/**
 * genos_track_offer_get_wanted:
 * @self: an offer
 *
 * Gets whether we let the peer send the track.
 *
 * Returns: [property@TrackOffer:wanted]
 */
gboolean
genos_track_offer_get_wanted (GenosTrackOffer *self)
{
  g_return_val_if_fail (GENOS_IS_TRACK_OFFER (self), FALSE);
  return self->wanted;
}

static void
genos_track_offer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosTrackOffer *self = GENOS_TRACK_OFFER (object);

  switch (id) {
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_WANTED:
      g_value_set_boolean (value, self->wanted);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_track_offer_finalize (GObject *object)
{
  GenosTrackOffer *self = GENOS_TRACK_OFFER (object);

  g_free (self->peer_id);
  g_free (self->stream_id);
  g_free (self->track_id);
  g_free (self->metadata);
  G_OBJECT_CLASS (genos_track_offer_parent_class)->finalize (object);
}

static void
genos_track_offer_class_init (GenosTrackOfferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = genos_track_offer_get_property;
  object_class->finalize = genos_track_offer_finalize;
  /**
   * GenosTrackOffer:muted:
   *
   * Whether the peer says that it sends black or silence.
   */
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  /**
   * GenosTrackOffer:paused:
   *
   * Whether the peer says that it sends us nothing for now.
   */
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  /**
   * GenosTrackOffer:wanted:
   *
   * What [method@Room.set_track_filter] said of it last; %TRUE without a filter.
   */
  properties[PROP_WANTED] = g_param_spec_boolean ("wanted", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
genos_track_offer_init (GenosTrackOffer *self)
{
}
