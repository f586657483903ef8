/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-map-state.h>

G_BEGIN_DECLS

/* @section: the remote's, about to be shown to webrtcbin as that of @line. When it sends and announces no
 * source, one is made up, and counts as announced. What it says of several encodings (a=simulcast,
 * a=rid) goes: one is taken. */
void genos_sdp_stand_in_announce (
    GenosSdpMapState *self, GenosSdpMapLine *line, GenosSdpSection *section);

/* @section: ours, as it goes out, of an offer or an answer: asks for what tells lines, and encodings, apart. A
 * browser that once offered several encodings refuses an offer of ours without the latter. */
void genos_sdp_stand_in_ask (const GenosSdpMapLine *line, GenosSdpSection *section);

/* @answer: either side's: notes what the packets will look like. */
void genos_sdp_stand_in_note (GenosSdpMapLine *line, const GenosSdpSection *answer);

G_END_DECLS
