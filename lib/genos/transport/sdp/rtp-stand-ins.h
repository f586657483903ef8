/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/rtp/rtp-header.h>
#include <genos/transport/sdp/sdp-gate.h>

G_BEGIN_DECLS

/* Numbers that stand in for sources whose own nobody has announced. A browser page that offers several
 * encodings of a track (simulcast) and is granted one announces no source for that: its packets tell by a
 * header extension, and by their payload type, which m-line they belong to. webrtcbin knows sources by
 * their number only, and is told one made up; packets and reports are renamed on their way, in both
 * directions.
 *
 * Pure; one thread at a time. What comes in is a stranger's. */
typedef struct {
  guint32 ssrc; /* what webrtcbin has been told; that of repairs is genos_sdp_rtx_ssrc() of it */
  char mid[GENOS_SDP_MAX_MID + 1];
  guint
      mid_extension; /* number of the header extension that names the m-line; 0: none was agreed upon */
  int payload;       /* type that the line's packets have; -1: not known */
  int rtx_payload; /* … its repairs; -1: there are none */
} GenosStandIn;

typedef struct _GenosStandIns GenosStandIns;

GenosStandIns *genos_stand_ins_new (void);
void genos_stand_ins_free (GenosStandIns *self);

/* @rows: (element-type GenosStandIn): all there are. What is known of those that stay is kept. */
void genos_stand_ins_set (GenosStandIns *self, const GArray *rows);

/* What a packet of a source that nobody announced is to be called; 0: it belongs to no line. The first that fits a
 * line is its source from then on. Another takes over when that has gone silent. */
guint32 genos_stand_ins_name (GenosStandIns *self, const GenosRtpHeader *header);

/* Renames the sources of an RTCP packet: real to standing in when it @comes, else back. With @data NULL,
 * whether there is anything to rename at all. TRUE when something was changed. */
gboolean genos_stand_ins_rename (GenosStandIns *self, guint8 *data, gsize size, gboolean comes);

G_END_DECLS
