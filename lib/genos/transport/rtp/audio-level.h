/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/rtp/rtp-header.h>

G_BEGIN_DECLS

/* How loud a packet of sound is (RFC 6464). Pure. */

#define GENOS_AUDIO_LEVEL_URI "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

/* The number that browsers give it as well: what goes over one transport has to agree about numbers. */
#define GENOS_AUDIO_LEVEL_ID 1
#define GENOS_AUDIO_LEVEL_CAPS_FIELD "extmap-1"

/* The number that was agreed upon: from the fields extmap-… of RTP caps; 0: none. */
guint genos_audio_level_find_id (GstCaps *caps);

/* @power: 0 to 1, of full scale squared. FALSE: this packet does not tell. */
gboolean genos_audio_level_read (const GenosRtpHeader *header, guint id, double *power);

G_END_DECLS
