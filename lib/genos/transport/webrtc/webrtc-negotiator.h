/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/peer-link.h>
#include <genos/transport/sdp/sdp-map.h>
#include <genos/transport/webrtc/webrtc-ssrc-gate.h>

G_BEGIN_DECLS

/* Carries the decisions of the negotiation machine, and the translations of the SDP map, to a
 * webrtcbin and back. Lives on the context of its link. */
#define GENOS_TYPE_WEBRTC_NEGOTIATOR (genos_webrtc_negotiator_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosWebrtcNegotiator, genos_webrtc_negotiator, GENOS, WEBRTC_NEGOTIATOR, GObject)

/* Called on the context; the negotiator may be closed inside any of them. */
typedef struct {
  /* Requests the pads of lines that have none. FALSE: their caps are not there yet, and
   * genos_webrtc_negotiator_pads_ready () follows. */
  gboolean (*bind_pads) (gpointer owner);
  /* (nullable) (transfer full): the data channel that an offer is made over. */
  GObject *(*dup_channel) (gpointer owner);
  void (*send) (gpointer owner, GenosSdpKind kind, const char *sdp);
  /* The lines of the map may have changed. */
  void (*lines_changed) (gpointer owner);
  void (*refused) (gpointer owner, const GError *error);
  void (*failed) (gpointer owner, const GError *error);
} GenosWebrtcNegotiatorEvents;

/* @events: static; @owner outlives close(). */
GenosWebrtcNegotiator *genos_webrtc_negotiator_new (GstElement *webrtc, gboolean offerer,
    GenosSsrcGate *gate, const GenosWebrtcNegotiatorEvents *events, gpointer owner);

/* There are TURN servers: their candidates are worth waiting for. */
void genos_webrtc_negotiator_expect_relayed (GenosWebrtcNegotiator *self);
void genos_webrtc_negotiator_start (GenosWebrtcNegotiator *self);
void genos_webrtc_negotiator_take (GenosWebrtcNegotiator *self, GenosSdpKind kind, const char *sdp);
void genos_webrtc_negotiator_opened (GenosWebrtcNegotiator *self);
void genos_webrtc_negotiator_mark_dirty (GenosWebrtcNegotiator *self);
/* Caps have come: looks whether they are all there now. */
void genos_webrtc_negotiator_pads_ready (GenosWebrtcNegotiator *self);
void genos_webrtc_negotiator_close (GenosWebrtcNegotiator *self);

GenosSdpMap *genos_webrtc_negotiator_get_map (GenosWebrtcNegotiator *self);

G_END_DECLS
