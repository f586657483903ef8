/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* In a list of codecs: those behind it, up to the next one, are all equally good. */
#define GENOS_SDP_IN_THEIR_ORDER "*"

/* Leaves of the formats of @section, a remote offer's, those of @codecs (RTP's names, any case), in that
 * order, what follows a "*" in that of @section, with what repairs them, and what is no codec of its
 * own (red, ulpfec, comfort noise …). FALSE when none is left: @section is as it was then. Pure; what
 * cannot be read counts as another codec. */
gboolean genos_sdp_section_choose_codecs (
    GenosSdpSection *section, const char *const *codecs) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
