/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-map-state.h>

G_BEGIN_DECLS

/* What both kinds of remote description have in common. Private to the map. */

/* Gate, continuity, fingerprint and SSRC bounds; remembers header, fingerprint and fresh SSRCs. */
GenosSdp *genos_sdp_map_remote_check (GenosSdpMapState *self, const char *text, gboolean is_offer,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The section of the data channel, which every accepted description has alive. */
const GenosSdpSection *genos_sdp_map_remote_transport (const GenosSdp *sdp);
/* (nullable) */
const GenosSdpSection *genos_sdp_map_remote_last_transport (const GenosSdpMapState *self);

G_END_DECLS
