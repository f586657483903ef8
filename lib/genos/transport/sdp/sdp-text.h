/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An SDP text as lines: a session header and m-sections. Pure, bounded, no GstSDP. Knows syntax
 * only: whether a text makes sense for us is the gate's business (sdp-gate.h). */

#define GENOS_SDP_MAX_SIZE                                                                         \
  (256 * 1024)                   /* bytes of a whole text; a browser's with 12 lines has 60 KiB */
#define GENOS_SDP_MAX_LINE 4096  /* bytes of one line */
#define GENOS_SDP_MAX_LINES 8192 /* of a whole text */
#define GENOS_SDP_MAX_SECTIONS 64

typedef enum {
  GENOS_SDP_MEDIA_OTHER, /* text, image, message …: nothing we speak */
  GENOS_SDP_MEDIA_APPLICATION,
  GENOS_SDP_MEDIA_AUDIO,
  GENOS_SDP_MEDIA_VIDEO,
} GenosSdpMedia;

/* Bits, so that "has send" and "has recv" of the negotiation rules are one test each. */
typedef enum {
  GENOS_SDP_INACTIVE = 0,
  GENOS_SDP_SENDONLY = 1 << 0,
  GENOS_SDP_RECVONLY = 1 << 1,
  GENOS_SDP_SENDRECV = GENOS_SDP_SENDONLY | GENOS_SDP_RECVONLY,
} GenosSdpDirection;

/* Lines without line ends; lines[0] of a section is its m= line. */
typedef struct {
  GPtrArray *lines;
} GenosSdpSection;

typedef struct {
  GPtrArray *header;   /* char*: v= up to the first m= */
  GPtrArray *sections; /* GenosSdpSection* */
} GenosSdp;

/* CRLF or LF. GENOS_ERROR_LIMIT over a bound; GENOS_ERROR_PROTOCOL when a line is not `x=…`, the
 * first one is not v=0, or the text is not UTF-8 or holds control characters. */
GenosSdp *genos_sdp_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *genos_sdp_to_string (const GenosSdp *self) G_GNUC_WARN_UNUSED_RESULT;
GenosSdp *genos_sdp_new_with_header (GPtrArray *header) G_GNUC_WARN_UNUSED_RESULT;
void genos_sdp_free (GenosSdp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSdp, genos_sdp_free)

/* (nullable) */
GenosSdpSection *genos_sdp_find (const GenosSdp *self, const char *mid);
/* Writes `a=group:BUNDLE` anew from the sections that are alive, none when there are none. */
void genos_sdp_rebuild_bundle (GenosSdp *self);

/* Attributes of the header or of a section's lines: the value after `a=name:`, "" for a bare
 * `a=name`, NULL when absent. The string belongs to the line. */
const char *genos_sdp_lines_get (GPtrArray *lines, const char *name);
void genos_sdp_lines_remove (GPtrArray *lines, const char *name);
/* Replaces the first and removes the others; appends when there is none. */
void genos_sdp_lines_set (GPtrArray *lines, const char *name, const char *value);
void genos_sdp_lines_add (GPtrArray *lines, const char *name, const char *value);
/* RFC 8866 token of 1 to @max bytes: nothing that could end a value or a line. */
gboolean genos_sdp_is_token (const char *text, gsize max);
GPtrArray *genos_sdp_lines_copy (GPtrArray *lines) G_GNUC_WARN_UNUSED_RESULT;

GenosSdpSection *genos_sdp_section_copy (const GenosSdpSection *self) G_GNUC_WARN_UNUSED_RESULT;
void genos_sdp_section_free (GenosSdpSection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSdpSection, genos_sdp_section_free)

const char *genos_sdp_section_get (const GenosSdpSection *self, const char *name);
const char *genos_sdp_section_get_mid (const GenosSdpSection *self); /* (nullable) */
GenosSdpMedia genos_sdp_section_get_media (const GenosSdpSection *self);
/* -1 when the m= line holds none. */
gint genos_sdp_section_get_port (const GenosSdpSection *self);
void genos_sdp_section_set_port (GenosSdpSection *self, guint port);
/* Port 0 rejects or stops a line, except together with a=bundle-only. */
gboolean genos_sdp_section_is_alive (const GenosSdpSection *self);
/* sendrecv when none is written, as RFC 8866 says. */
GenosSdpDirection genos_sdp_section_get_direction (const GenosSdpSection *self);
void genos_sdp_section_set_direction (GenosSdpSection *self, GenosSdpDirection direction);

/* a=msid, or else a=ssrc:N msid:. FALSE when there is neither. Either may be NULL afterwards: a
 * stream of "-" means none. (transfer full) */
gboolean
genos_sdp_section_get_msid (const GenosSdpSection *self, char **stream_id, char **track_id);
/* Adds the numbers of all a=ssrc lines to @ssrcs (guint32). */
void genos_sdp_section_collect_ssrcs (const GenosSdpSection *self, GArray *ssrcs);
/* a=ssrc, a=ssrc-group and a=msid. */
void genos_sdp_section_drop_sources (GenosSdpSection *self);

G_END_DECLS
