/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The payload types of one m-line where the remote calls its formats by other numbers than webrtcbin does.
 * "Inner" is what webrtcbin knows, "wire" what the remote sends and gets. Pure. */

/* A codec with its repair, and the same again for redundancy. */
#define GENOS_RTP_MAX_PAYLOADS 4

typedef struct {
  guint8 inner;
  guint8 wire;
} GenosRtpPayload;

typedef struct {
  guint n; /* 0: both call them the same */
  GenosRtpPayload pairs[GENOS_RTP_MAX_PAYLOADS];
} GenosRtpPayloads;

/* -1: there is no such format on this m-line. */
int genos_rtp_payloads_to_wire (const GenosRtpPayloads *self, guint inner);
int genos_rtp_payloads_to_inner (const GenosRtpPayloads *self, guint wire);

/* FALSE when one of the numbers has a pair already, or there are too many. */
gboolean genos_rtp_payloads_add (GenosRtpPayloads *self, guint inner, guint wire);
/* Whether any format has two numbers. */
gboolean genos_rtp_payloads_differ (const GenosRtpPayloads *self);

/* What the packets of one source are renumbered by. */
typedef struct {
  guint32 ssrc;
  GenosRtpPayloads payloads;
} GenosRtpRoute;

/* Packets of the type @repair bring packets of the type @repaired again (RFC 4588). Inner numbers. */
typedef struct {
  guint8 repair;
  guint8 repaired;
} GenosRtpRepair;

/* @routes: GenosRtpRoute, ascending by ssrc. @head: the first 12 bytes of a packet. The type that it is to have, 0
 * to 127; -1: it stays as it is. */
int genos_rtp_routes_find (const GArray *routes, const guint8 *head, gboolean to_wire);
/* Puts it in its place; a source that is there already is replaced. */
void genos_rtp_routes_add (GArray *routes, guint32 ssrc, const GenosRtpPayloads *payloads);

G_END_DECLS
