/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/rtp/rtp-payloads.h>
#include <genos/transport/sdp/rtp-stand-ins.h>
#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* Translates every description between the wire and webrtcbin, so that webrtcbin always sees own
 * lines as sendrecv, remote ones as sent to it, and m-lines that never move, stop or vanish.
 *
 * "Wire" is what the other side sends and gets; "internal" what webrtcbin makes and is given. Lines
 * are known by mid only. Pure: no GStreamer, time or I/O; one thread at a time.
 *
 *   we offer      create-offer → out_offer → send … answer → set-local (the create-offer text)
 *                 → in_answer → set-remote → remote_applied
 *   they offer    in_offer → set-remote → remote_applied → create-answer → local_answer → set-local
 *                 → out_answer → send
 *   bind          (they offer while ours is out, or own pads are in no offer yet) create-offer and
 *                 out_offer if there is none, set-local, self_answer → set-remote, then they offer
 *
 * For the first offer, out_offer gets the gathered local-description instead of create-offer's text,
 * and out_answer that of the answer; later ones may as well.
 *
 * Each call either succeeds or changes nothing. */
typedef struct _GenosSdpMap GenosSdpMap;

/* @offerer: whether we made the very first offer of this connection. */
GenosSdpMap *genos_sdp_map_new (gboolean offerer) G_GNUC_WARN_UNUSED_RESULT;
void genos_sdp_map_free (GenosSdpMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSdpMap, genos_sdp_map_free)

/* One m-line as it stands. Valid until the next call that is not a getter. */
typedef struct {
  const char *mid;
  GenosSdpMedia media;
  gboolean own;       /* has a sink pad of ours; else the remote side made it */
  gboolean bound;     /* webrtcbin has it in a finished exchange */
  gboolean want;      /* own: we want to send */
  gboolean sending;   /* negotiated: the remote takes our media. Sender gate open only while TRUE */
  gboolean receiving; /* negotiated: the remote sends. TRUE to FALSE is "track gone" */
  gboolean dead; /* rejected or stopped on the wire, for good: media sent here needs a new line */
  const char *stream_id, *track_id;               /* own: as announced */
  const char *remote_stream_id, *remote_track_id; /* (nullable) of the remote's latest section */
} GenosSdpLine;

/* Declares a line of ours and gives its mid (valid as long as the map), unique on both sides. The sink pad
 * must carry it: caps field `a-mid=(string)MID`, and its transceiver must be SENDRECV for ever.
 * GENOS_ERROR_INVALID_ARGUMENT unless both ids are RFC 8830 tokens of 1 to 64 characters;
 * GENOS_ERROR_LIMIT when there are too many lines. Then mark the negotiation dirty. */
const char *genos_sdp_map_add_own (GenosSdpMap *self, GenosSdpMedia media, const char *stream_id,
    const char *track_id, GError **error);
/* Stops sending on an own line, or sends there again with its kept pad. Takes effect with the next
 * offer (stopping: `sending` is FALSE at once). Unknown, dead and remote mids: FALSE. */
gboolean genos_sdp_map_set_want (GenosSdpMap *self, const char *mid, gboolean want);

/* Of lines that the remote makes of @media, take only these codecs (RTP's names), in this order; NULL:
 * any, in the remote's. A line that offers none of them is refused. Before the first description. */
void genos_sdp_map_take_only (GenosSdpMap *self, GenosSdpMedia media, const char *const *codecs);

/* internal → wire, of our offer. Removes ice-options, adds a=msid. Remembers the text as the pending
 * offer; a second call replaces it. */
char *genos_sdp_map_out_offer (
    GenosSdpMap *self, const char *internal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* wire → internal, of the answer to the pending offer, which is then no longer pending. */
char *genos_sdp_map_in_answer (
    GenosSdpMap *self, const char *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An answer of our own making to the pending offer, which is then no longer pending: its new lines
 * are bound but not on the wire. Needs one finished exchange before. */
char *genos_sdp_map_self_answer (GenosSdpMap *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* wire → internal, of their offer. */
char *genos_sdp_map_in_offer (
    GenosSdpMap *self, const char *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* create-answer's text → what to set-local: a rejected section gets our own fingerprint back. */
char *genos_sdp_map_local_answer (
    GenosSdpMap *self, const char *internal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* internal → wire, of our answer. Removes ice-options. */
char *genos_sdp_map_out_answer (
    GenosSdpMap *self, const char *internal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Would in_offer or in_answer take this text now? Changes nothing. */
gboolean genos_sdp_map_check_offer (GenosSdpMap *self, const char *wire, GError **error);
gboolean genos_sdp_map_check_answer (GenosSdpMap *self, const char *wire, GError **error);

/* Call when set-remote of an in_offer or in_answer text has returned: only then the SSRCs it
 * announced are let through. */
void genos_sdp_map_remote_applied (GenosSdpMap *self);
/* Call when set-remote of an in_offer or in_answer text failed: the map is again as it was before
 * (after in_answer: the offer is pending again, to be bound with self_answer). */
void genos_sdp_map_remote_failed (GenosSdpMap *self);

/* Once after in_answer: TRUE when the answer showed that the remote wants to send where our offer
 * did not ask for it. Offer again at once, the remote will not. */
gboolean genos_sdp_map_take_follow_up (GenosSdpMap *self);

/* TRUE when own lines exist that no finished exchange has (only they can be bound). */
gboolean genos_sdp_map_has_unbound (GenosSdpMap *self);
gboolean genos_sdp_map_has_pending_offer (GenosSdpMap *self);

guint genos_sdp_map_get_n_lines (GenosSdpMap *self);
gboolean genos_sdp_map_get_line (GenosSdpMap *self, guint index, GenosSdpLine *line);
gboolean genos_sdp_map_lookup (GenosSdpMap *self, const char *mid, GenosSdpLine *line);

/* The value of the remote's a=fingerprint, the same for the life of the link; NULL before its first
 * description. */
const char *genos_sdp_map_get_fingerprint (GenosSdpMap *self);

/* The number, 1 to 14, under which this link knows the header extension of @uri: the remote's own, or
 * one that it uses for nothing else. A number has to mean the same in all lines of a bundle, so keep
 * it once it has been used. */
guint genos_sdp_map_choose_extension (GenosSdpMap *self, const char *uri);

/* For the SSRC gate: the names of sources that the remote sends from without announcing them; they are among
 * the SSRCs below. (transfer full) (element-type GenosStandIn) */
GArray *genos_sdp_map_dup_stand_ins (GenosSdpMap *self) G_GNUC_WARN_UNUSED_RESULT;

/* For the packets: which of the remote's sources (@to_wire FALSE), or of ours, are renumbered, and how. Empty as
 * long as the remote calls all formats what we do. (transfer full) (element-type GenosRtpRoute): ascending */
GArray *genos_sdp_map_dup_routes (GenosSdpMap *self, gboolean to_wire) G_GNUC_WARN_UNUSED_RESULT;

/* What repairs what on the lines that are agreed upon: of what the remote sends again (@sent FALSE), or of what
 * we do; what leaves has one. (transfer full) (element-type GenosRtpRepair) */
GArray *genos_sdp_map_dup_repairs (GenosSdpMap *self, gboolean sent) G_GNUC_WARN_UNUSED_RESULT;

/* For the SSRC gate: every SSRC announced by applied remote descriptions, ascending. A copy, for
 * the streaming threads to search: (transfer full) (element-type guint32) */
GArray *genos_sdp_map_dup_ssrcs (GenosSdpMap *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
