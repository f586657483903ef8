/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/home.h>
#include <genos/transport/peer-link.h>
#include <genos/transport/sdp/sdp-map.h>
#include <genos/transport/webrtc/webrtc-receiver.h>
#include <genos/transport/webrtc/webrtc-rate.h>
#include <genos/transport/webrtc/webrtc-sender.h>

G_BEGIN_DECLS

/* The media lines of one link: its senders, and the outlets and receivers of what comes in, kept in
 * step with the SDP map. On the link's context. */
typedef struct _GenosWebrtcMedia GenosWebrtcMedia;

/* @link is not referenced: it owns the media. */
GenosWebrtcMedia *genos_webrtc_media_new (GenosPeerLink *link, GstElement *pipeline,
    GstElement *webrtc, GenosWebrtcRate *rate, GenosHome *home, GenosSdpMap *map);
/* Call close() first. */
void genos_webrtc_media_free (GenosWebrtcMedia *self);

/* (transfer full) */
GenosLinkSender *genos_webrtc_media_add_sender (GenosWebrtcMedia *self, GstCaps *caps,
    const char *stream_id, const char *track_id, GError **error);
/* FALSE when it is none of ours. */
gboolean genos_webrtc_media_remove_sender (GenosWebrtcMedia *self, GenosLinkSender *sender);

/* Requests missing pads; FALSE while one has no caps yet: then @ready is posted to the home. */
gboolean genos_webrtc_media_bind_pads (GenosWebrtcMedia *self, GenosHomeFunc ready);

/* A source pad's outlet, made in pad-added. Takes ownership. Not after close(). */
void genos_webrtc_media_add_outlet (GenosWebrtcMedia *self, GenosWebrtcOutlet *outlet);

/* Follows the map: opens and closes sender gates, makes and removes receivers. */
void genos_webrtc_media_update (GenosWebrtcMedia *self);

/* What the link can take has changed. */
void genos_webrtc_media_share (GenosWebrtcMedia *self);

/* Every receiver is told gone; no packet passes any more. */
void genos_webrtc_media_close (GenosWebrtcMedia *self);

G_END_DECLS
