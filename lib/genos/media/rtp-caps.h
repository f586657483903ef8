/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/media-codec.h>

G_BEGIN_DECLS

/* The fixed application/x-rtp caps of a track. @media_caps: what is known of the input
 * (raw or encoded), nullable; it refines H.264's profile-level-id and Opus' sprop-stereo.
 * (transfer full) */
GstCaps *genos_rtp_caps_new (const GenosMediaCodec *codec, guint32 ssrc, GstCaps *media_caps);

G_END_DECLS
