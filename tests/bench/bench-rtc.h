/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The signalling of a bare webrtcbin: descriptions leave as lines "sdp TYPE BASE64" on stdout and
 * come in through take(). With what a program without this library would know to set: no UPnP, no
 * TCP candidates. */
void bench_rtc_prepare (GstElement *webrtc, GstElement *depay);

/* Once its sink pads have caps. */
void bench_rtc_offer (GstElement *webrtc);
void bench_rtc_take (GstElement *webrtc, const char *type, const char *base64);

G_END_DECLS
