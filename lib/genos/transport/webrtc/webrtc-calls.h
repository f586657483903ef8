/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/home.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* webrtcbin's promises, answered at home. */

/* @sdp: of create-description, else NULL. @error: why webrtcbin refused. */
typedef void (*GenosWebrtcReplyFunc) (gpointer object, const char *sdp, const GError *error);

/* An offer, made only while @channel is open: else the reply is GENOS_ERROR_CLOSED. */
void genos_webrtc_create_offer_over (
    GstElement *webrtc, GObject *channel, GenosHome *home, GenosWebrtcReplyFunc reply);

void genos_webrtc_create_description (
    GstElement *webrtc, GenosSdpKind kind, GenosHome *home, GenosWebrtcReplyFunc reply);

/* A text that is no SDP is answered with an error, too, and always later. */
void genos_webrtc_set_description (GstElement *webrtc, gboolean local, GenosSdpKind kind,
    const char *sdp, GenosHome *home, GenosWebrtcReplyFunc reply);

/* With the candidates gathered so far. (nullable) (transfer full) */
char *genos_webrtc_get_local_description (GstElement *webrtc);

G_END_DECLS
