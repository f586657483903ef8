/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* The one gate for descriptions from outside. What webrtcbin answers with an abort, with silence or
 * with a broken state is refused here, with a reason that can be shown; what would only upset it
 * (unparsable candidates, caps fields smuggled in through fmtp, names that nobody knows) is taken
 * out.
 *
 * Reasons: GENOS_ERROR_LIMIT over a bound, GENOS_ERROR_PROTOCOL for everything else. */

#define GENOS_SDP_MAX_CANDIDATES 64 /* kept per section; further ones are dropped */
#define GENOS_SDP_MAX_MID 32        /* bytes */

/* What the gate must know of the m-line that was at one index of the last description on the wire. */
typedef struct {
  const char *mid;
  GenosSdpMedia media;
  gboolean dead; /* port 0: the index may be taken over by a new mid */
} GenosSdpSlot;

/* Structure of one text on its own. What comes back is normalised: ufrag, pwd, fingerprint and
 * setup stand in every living section, whatever level they came on. */
GenosSdp *genos_sdp_gate_check (
    const char *text, gboolean is_offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Against what was on the wire before: an offer keeps the mid and kind of every index (dead ones may
 * be recycled), may append, never shrinks; an answer has exactly the offer's mids in their order. */
gboolean genos_sdp_gate_check_continuity (const GenosSdp *sdp, gboolean is_offer,
    const GenosSdpSlot *slots, guint n_slots, GError **error);

G_END_DECLS
