/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* RTP header extensions (RFC 8285) that are read here. webrtcbin leaves those that the remote offers
 * out of what it makes, and then the remote does not send them: they are agreed to in its place, under
 * the remote's numbers. */
void genos_sdp_section_agree_extensions (GenosSdpSection *self, const GenosSdpSection *remote);

G_END_DECLS
