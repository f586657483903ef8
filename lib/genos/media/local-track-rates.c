/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-rates.h>

#include <genos/media/local-track-struct.h>

#define MAX_BITRATE 200000000

enum {
  PROP_MIN_BITRATE = GENOS_LOCAL_TRACK_FIRST_RATE,
  PROP_MAX_BITRATE,
  PROP_START_BITRATE,
  PROP_TIERS,
  PROP_DEGRADATION,
};

static guint *
find (GenosRateBounds *bounds, guint id)
{
  switch (id) {
    case PROP_MIN_BITRATE:
      return &bounds->min;
    case PROP_MAX_BITRATE:
      return &bounds->max;
    case PROP_START_BITRATE:
      return &bounds->start;
    default:
      return NULL;
  }
}

gboolean
genos_local_track_rates_get (GenosLocalTrack *self, guint id, GValue *value)
{
  GenosRateBounds bounds;
  guint *bound = find (&bounds, id);

  genos_track_worker_get_bounds (self->worker, &bounds);
  if (bound != NULL)
    g_value_set_uint (value, *bound);
  else if (id == PROP_TIERS)
    g_value_set_uint (value, self->tier_wish.tiers);
  else if (id == PROP_DEGRADATION)
    g_value_set_enum (value, self->tier_wish.degradation);
  else
    return FALSE;
  return TRUE;
}

static gboolean
set_wish (GenosLocalTrack *self, guint id, const GValue *value)
{
  if (id != PROP_TIERS && id != PROP_DEGRADATION)
    return FALSE;
  g_mutex_lock (&self->lock);
  if (id == PROP_TIERS)
    self->tier_wish.tiers = g_value_get_uint (value);
  else
    self->tier_wish.degradation = g_value_get_enum (value);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

gboolean
genos_local_track_rates_set (GenosLocalTrack *self, guint id, const GValue *value)
{
  GenosRateBounds bounds;
  guint *bound = find (&bounds, id);

  if (bound == NULL)
    return set_wish (self, id, value);
  genos_track_worker_get_bounds (self->worker, &bounds);
  *bound = g_value_get_uint (value);
  genos_track_worker_set_bounds (self->worker, &bounds);
  return TRUE;
}

void
genos_local_track_rates_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * GenosLocalTrack:min-bitrate:
   *
   * What the encoder does not go below for a slow peer, bit/s; 0: a tenth of its own rate, or a fifth of
   * the last of its [property@LocalTrack:tiers]. A peer that cannot take it gets a few pictures a second, or
   * none. May be changed at any time.
   */
  g_object_class_install_property (klass, PROP_MIN_BITRATE,
      g_param_spec_uint ("min-bitrate", NULL, NULL, 0, MAX_BITRATE, 0, flags));
  /**
   * GenosLocalTrack:max-bitrate:
   *
   * What the encoder does not go above when all peers can take it, bit/s; 0:
   * [property@LocalTrack:bitrate]. May be changed at any time.
   */
  g_object_class_install_property (klass, PROP_MAX_BITRATE,
      g_param_spec_uint ("max-bitrate", NULL, NULL, 0, MAX_BITRATE, 0, flags));
  /**
   * GenosLocalTrack:start-bitrate:
   *
   * What the encoder begins with, bit/s, before it is known what the peers can take; it goes up
   * from there within seconds while none of them objects. 0: what it may have at most. Counts from
   * the next start of the encoder on.
   */
  g_object_class_install_property (klass, PROP_START_BITRATE,
      g_param_spec_uint ("start-bitrate", NULL, NULL, 0, MAX_BITRATE, 0, flags));
  /**
   * GenosLocalTrack:tiers:
   *
   * How many encodings of raw pictures there may be, of different size and rate, for peers that cannot
   * take the first: 1 to 3; 0: as many as the size of the pictures is worth. Each is made only while a
   * peer gets it. With 1, all get what the slowest can take. A peer that is too slow for the last of them
   * gets one more, of a few pictures a second, except with 1; and none at all, which leaves the link to
   * sound, when that is too much. Counts from the next caps on.
   */
  g_object_class_install_property (klass, PROP_TIERS,
      g_param_spec_uint ("tiers", NULL, NULL, 0, GENOS_MAX_FULL_TIERS, 0, flags));
  /**
   * GenosLocalTrack:degradation:
   *
   * What the further [property@LocalTrack:tiers] go without. Counts from the next caps on.
   */
  g_object_class_install_property (klass, PROP_DEGRADATION,
      g_param_spec_enum (
          "degradation", NULL, NULL, GENOS_TYPE_DEGRADATION, GENOS_DEGRADATION_BALANCED, flags));
}
