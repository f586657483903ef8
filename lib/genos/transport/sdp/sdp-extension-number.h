/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-line.h>

G_BEGIN_DECLS

/* Numbers packets of all sources in one sequence, for feedback about them. */
#define GENOS_TRANSPORT_CC_URI                                                                     \
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* @lines: GenosSdpMapLine. See genos_sdp_map_choose_extension(). */
guint genos_sdp_choose_extension (GPtrArray *lines, const char *uri);

/* Takes out of an answer of ours what @offer has not, or under another number: webrtcbin puts in what
 * our own sender has, and Firefox refuses the whole answer for it (RFC 8285, 6). */
void genos_sdp_section_keep_extensions (GenosSdpSection *self, const GenosSdpSection *offer);

/* Takes the extension into an answer of ours, when @offer has it and webrtcbin has left it out. */
void genos_sdp_section_answer_extension (
    GenosSdpSection *self, const GenosSdpSection *offer, const char *uri);

/* The number, 1 to 14, under which @self has it; 0: it has not. */
guint genos_sdp_section_find_extension (const GenosSdpSection *self, const char *uri);

G_END_DECLS
