/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/rtp/rtp-payloads.h>
#include <genos/transport/sdp/rtp-stand-ins.h>
#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* What the map remembers of one m-line, and how single sections are rewritten. Private to the map. */
typedef struct {
  char *mid;
  GenosSdpMedia media;
  gboolean own;
  gboolean bound;
  gboolean want;
  gboolean sending;
  gboolean receiving;
  gboolean dead;
  char *stream_id, *track_id;
  char *remote_stream_id, *remote_track_id;
  GenosStandIn stand_in;     /* ssrc 0: the remote announces its sources itself */
  GenosRtpPayloads payloads; /* own: what the remote calls our formats */
  GenosSdpDirection off;     /* of the remote offer that is being answered, on the wire */
  gboolean asked;            /* our last offer had receive on */
  gboolean offered;          /* our last offer had send on */
  GenosSdpSection *last;     /* (nullable) the remote's latest living section */
  GenosSdpSection *self;     /* (nullable) our latest section of it, as webrtcbin made it */
} GenosSdpMapLine;

/* Which end of DTLS the remote is, once the first exchange has settled it. */
typedef enum {
  GENOS_SDP_ROLE_UNKNOWN,
  GENOS_SDP_ROLE_ACTIVE,
  GENOS_SDP_ROLE_PASSIVE,
} GenosSdpRole;

GenosSdpMapLine *genos_sdp_map_line_new (const char *mid, GenosSdpMedia media, gboolean own);
GenosSdpMapLine *genos_sdp_map_line_copy (const GenosSdpMapLine *self);
void genos_sdp_map_line_free (GenosSdpMapLine *self);

gboolean genos_sdp_map_line_is_av (const GenosSdpMapLine *self);
/* Keeps @section as the remote's latest, and its msid. */
void genos_sdp_map_line_note_remote (GenosSdpMapLine *self, const GenosSdpSection *section);
void genos_sdp_map_line_note_self (GenosSdpMapLine *self, const GenosSdpSection *section);
void genos_sdp_map_line_die (GenosSdpMapLine *self);
/* Notes what @section, the remote's, calls the formats of a line of ours; FALSE when it has none of the codecs
 * that our side was made with. */
gboolean genos_sdp_map_line_match_codecs (GenosSdpMapLine *self, const GenosSdpSection *section);

/* internal → wire */
GenosSdpSection *genos_sdp_map_line_to_wire (
    const GenosSdpMapLine *self, const GenosSdpSection *internal, gboolean send, gboolean receive);
GenosSdpSection *
genos_sdp_map_line_dead_section (const GenosSdpMapLine *self, const GenosSdpSection *internal);

/* wire → internal. With @wire NULL, the section is made up from what was seen last, its transport
 * taken from @transport (a living remote section of now). */
GenosSdpSection *
genos_sdp_map_line_to_internal (const GenosSdpMapLine *self, const GenosSdpSection *wire,
    const GenosSdpSection *transport, gboolean is_offer, GenosSdpRole role);

G_END_DECLS
