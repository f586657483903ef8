/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/home.h>
#include <genos/transport/link-sender.h>
#include <genos/transport/webrtc/webrtc-rate.h>

G_BEGIN_DECLS

/* A link sender: an appsrc in front of one sink pad of a webrtcbin, with a gate before it that lets
 * media start at a key frame only. */
#define GENOS_TYPE_WEBRTC_SENDER (genos_webrtc_sender_get_type ())
G_DECLARE_FINAL_TYPE (GenosWebrtcSender, genos_webrtc_sender, GENOS, WEBRTC_SENDER, GenosLinkSender)

/* @ssrc: what packets get instead of their own, 0: they keep it. */
GenosWebrtcSender *
genos_webrtc_sender_new (GstCaps *caps, const char *mid, const char *stream_id, guint32 ssrc);

gboolean genos_webrtc_sender_is_video (GenosWebrtcSender *self);
const char *genos_webrtc_sender_get_mid (GenosWebrtcSender *self);

/* @extension: the number under which packets carry GENOS_TRANSPORT_CC_URI.
 * Requests the pad and puts the appsrc before it, once. Pictures leave it at the pace of @rate.
 * @func is posted to @home when caps have
 * reached the pad. */
gboolean
genos_webrtc_sender_bind (GenosWebrtcSender *self, GstElement *pipeline, GstElement *webrtc,
    guint extension, GenosWebrtcRate *rate, GenosHome *home, GenosHomeFunc func, GError **error);
gboolean genos_webrtc_sender_is_bound (GenosWebrtcSender *self);
gboolean genos_webrtc_sender_has_caps (GenosWebrtcSender *self);

/* Whether the remote takes the media: opens and closes the gate. */
void genos_webrtc_sender_set_accepted (GenosWebrtcSender *self, gboolean accepted);

/* Closes the gate for ever and takes the appsrc out of @pipeline, on another thread. The pad stays:
 * webrtcbin keeps its m-line anyway. */
void genos_webrtc_sender_unbind (GenosWebrtcSender *self, GstElement *pipeline);

G_END_DECLS
