/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/sdp/sdp-text.h>

G_BEGIN_DECLS

/* The formats of an audio or video section (RFC 8866, 5.14 and 6.6), by payload type. Pure; what cannot be
 * read is as if it were not there. */

#define GENOS_SDP_N_FORMATS 128

typedef struct {
  const char *encoding;   /* (nullable) "VP8/90000", of a=rtpmap or RFC 3551 */
  const char *parameters; /* (nullable) "profile-id=0;…", of a=fmtp */
  int repaired;           /* of rtx: the payload type that it repairs; else -1 */
} GenosSdpFormat;

/* @formats: GENOS_SDP_N_FORMATS. The texts belong to the lines of @section. */
void genos_sdp_formats_read (GenosSdpFormat *formats, const GenosSdpSection *section);

/* Whether it has that name (any case), whatever follows. */
gboolean genos_sdp_format_is_called (const GenosSdpFormat *self, const char *name);

/* The payload types of the m= line, in its order: guint, none twice. @head (nullable): how many bytes of it
 * come before them. NULL: it cannot be read. */
GArray *genos_sdp_section_list_formats (
    const GenosSdpSection *section, gsize *head) G_GNUC_WARN_UNUSED_RESULT;

/* The payload type that @line, "a=NAME:96 …", is about; -1: another line. @name: rtpmap, fmtp or rtcp-fb; NULL: any
 * of them. @rest: (nullable): what follows the blank. */
int genos_sdp_line_get_format (const char *line, const char *name, const char **rest);

G_END_DECLS
