/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/local-track-private.h>

#include <genos/media/remote-track.h>

void
genos_local_track_make_identity (GParamSpec **properties)
{
  /**
   * GenosLocalTrack:kind:
   *
   * What the track carries.
   */
  properties[0] = g_param_spec_enum ("kind", NULL, NULL, GENOS_TYPE_MEDIA_KIND, GENOS_MEDIA_VIDEO,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:stream-id:
   *
   * The stream it belongs to; random when %NULL is given.
   */
  properties[1] = g_param_spec_string ("stream-id", NULL, NULL, NULL,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:track-id:
   *
   * Its own name; random when %NULL is given.
   */
  properties[2] = g_param_spec_string ("track-id", NULL, NULL, NULL,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * GenosLocalTrack:source:
   *
   * The track of a peer that is passed on, or %NULL: see [ctor@LocalTrack.new_forward].
   */
  properties[3] = g_param_spec_object ("source", NULL, NULL, GENOS_TYPE_REMOTE_TRACK,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
}
