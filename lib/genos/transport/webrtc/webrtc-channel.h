/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtc/webrtc.h>

#include <genos/transport/home.h>

G_BEGIN_DECLS

/* One GstWebRTCDataChannel, whose callbacks are brought home.
 *
 * Threading contract: made on any thread, inside on-data-channel, so that no message is missed;
 * everything else on the home context. */
typedef struct _GenosWebrtcChannel GenosWebrtcChannel;

/* Called at home with the home's object. */
typedef struct {
  void (*opened) (gpointer object);
  void (*closed) (gpointer object, const GError *error);
  void (*frame) (gpointer object, GBytes *frame);
  void (*drained) (gpointer object);
  void (*refused) (gpointer object, const GError *error);
} GenosWebrtcChannelEvents;

/* Bytes above which a channel counts as busy, as in browser peers. */
#define GENOS_WEBRTC_CHANNEL_BUSY 65535
/* The most one message may hold: what webrtcbin takes and delivers whole. */
#define GENOS_WEBRTC_CHANNEL_MESSAGE 65536
/* Bytes that may wait for the home context before the peer counts as flooding. */
#define GENOS_WEBRTC_CHANNEL_INBOX (64 * 1024 * 1024)

/* @events: static. */
GenosWebrtcChannel *genos_webrtc_channel_new (
    GstWebRTCDataChannel *channel, GenosHome *home, const GenosWebrtcChannelEvents *events);
/* Events come from here on, so that an owner can be told of the channel before. Once, on any
 * thread; does nothing to a channel that was closed meanwhile. */
void genos_webrtc_channel_start (GenosWebrtcChannel *self);
GenosWebrtcChannel *genos_webrtc_channel_ref (GenosWebrtcChannel *self);
void genos_webrtc_channel_unref (GenosWebrtcChannel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosWebrtcChannel, genos_webrtc_channel_unref)

gboolean genos_webrtc_channel_send (GenosWebrtcChannel *self, GBytes *frame, GError **error);
gsize genos_webrtc_channel_get_buffered (GenosWebrtcChannel *self);

/* Says goodbye to the other side. No event comes afterwards. */
void genos_webrtc_channel_close (GenosWebrtcChannel *self);

/* (transfer full): for whoever drops it on a safe thread. */
GObject *genos_webrtc_channel_dup_object (GenosWebrtcChannel *self);

G_END_DECLS
