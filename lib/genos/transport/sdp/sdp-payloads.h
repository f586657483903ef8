/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/rtp/rtp-payloads.h>
#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* Payload types in sections. The remote may offer, and answer, an m-line of ours with other numbers for the
 * same formats (RFC 3264, 8.3.2); webrtcbin would end it. Firefox does, once its page calls
 * setCodecPreferences(). */

/* Looks for the codecs of @own, our section as webrtcbin made it, and for their repair, in @remote, the other
 * side's of the same line. @payloads: what they were called so far, which is kept where it still holds. FALSE when
 * there is none of our codecs: nothing is changed then. */
gboolean genos_sdp_payloads_match (GenosRtpPayloads *payloads, const GenosSdpSection *own,
    const GenosSdpSection *remote) G_GNUC_WARN_UNUSED_RESULT;

/* Renumber @section. Formats without a pair go: on the wire their numbers may mean something else. */
void genos_sdp_payloads_to_wire (const GenosRtpPayloads *payloads, GenosSdpSection *section);
void genos_sdp_payloads_to_inner (const GenosRtpPayloads *payloads, GenosSdpSection *section);

/* What is known of a line on the same transport, where a number has one meaning (RFC 8843, 9.1). */
typedef struct {
  const GenosSdpSection *own;    /* (nullable) as webrtcbin made it */
  const GenosSdpSection *remote; /* (nullable) as it came */
  GenosRtpPayloads payloads;
} GenosSdpNeighbour;

/* Of @section, of a line that the remote does not know yet: makes numbers of its own for formats whose numbers
 * have become others' in @neighbours (element-type GenosSdpNeighbour). */
void genos_sdp_payloads_make_way (
    GenosRtpPayloads *payloads, const GenosSdpSection *section, const GArray *neighbours);

G_END_DECLS
