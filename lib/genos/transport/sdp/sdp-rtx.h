/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* The source that packets of the source @ssrc of ours are sent again with (RFC 4588, section 4). webrtcbin draws
 * another for each description that it makes, while rtprtxsend keeps the first it was told or, told
 * none in time, one of its own: what the remote is told is then not what is sent, and it drops it. */
guint32 genos_sdp_rtx_ssrc (guint32 ssrc);

/* Announces that source in @section, one of ours, in place of the drawn one. */
void genos_sdp_section_pin_rtx (GenosSdpSection *section);

G_END_DECLS
