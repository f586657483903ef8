/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-rates.h>

#define MAX_BITRATE 200000000

enum {
  PROP_MIN_BITRATE = GENOS_LOCAL_TRACK_FIRST_RATE,
  PROP_MAX_BITRATE,
  PROP_START_BITRATE,
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
genos_local_track_rates_get (GenosTrackWorker *worker, guint id, GValue *value)
{
  GenosRateBounds bounds;
  guint *bound = find (&bounds, id);

  genos_track_worker_get_bounds (worker, &bounds);
  if (bound != NULL)
    g_value_set_uint (value, *bound);
  return bound != NULL;
}

gboolean
genos_local_track_rates_set (GenosTrackWorker *worker, guint id, const GValue *value)
{
  GenosRateBounds bounds;
  guint *bound = find (&bounds, id);

  if (bound == NULL)
    return FALSE;
  genos_track_worker_get_bounds (worker, &bounds);
  *bound = g_value_get_uint (value);
  genos_track_worker_set_bounds (worker, &bounds);
  return TRUE;
}

void
genos_local_track_rates_install (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * GenosLocalTrack:min-bitrate:
   *
   * What the encoder does not go below for a slow peer, bit/s; 0: a tenth of its own rate. May
   * be changed at any time.
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
}
