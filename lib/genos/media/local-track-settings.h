/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

enum {
  PROP_KIND = 1,
  PROP_STREAM_ID,
  PROP_TRACK_ID,
  PROP_SOURCE,
  PROP_METADATA,
  PROP_CODEC,
  PROP_CODECS,
  PROP_MAX_CODECS,
  PROP_BITRATE,
  PROP_INBAND_FEC,
  PROP_PACKET_LOSS,
  PROP_DTX,
  PROP_RTP_CAPS,
  GENOS_LOCAL_TRACK_N_PROPS,
};

/* From metadata to rtp-caps: what may be said, and is to be known, of a track. */
void genos_local_track_make_settings (GParamSpec **properties);

G_END_DECLS
