/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/webrtc/webrtc-channel.h>
#include <genos/transport/webrtc/webrtc-receiver.h>

G_BEGIN_DECLS

/* What a webrtcbin tells on its own threads, brought home: all but the answers to calls (webrtc-calls.h). */

/* Called at home with the home's object. What a function takes, by returning TRUE, is its own; what nobody
 * takes is closed. */
typedef struct {
  /* An element in the pipeline has another latency. */
  void (*latency) (gpointer object);
  /* webrtcbin's children say ERROR for what a remote peer does: it means that the peer is gone. */
  void (*broken) (gpointer object, const GError *error);
  /* The peer opened a data channel. The channel's own events come after this. */
  gboolean (*channel) (gpointer object, GenosWebrtcChannel *channel);
  /* There is a pad for what the peer sends. */
  gboolean (*outlet) (gpointer object, GenosWebrtcOutlet *outlet);
  const GenosWebrtcChannelEvents *channel_events;
} GenosWebrtcWatchEvents;

/* Until @webrtc and the bus of @pipeline, which holds it, are finalized. @events: static. */
void genos_webrtc_watch (GstElement *pipeline, GstElement *webrtc, GenosHome *home,
    const GenosWebrtcWatchEvents *events);

G_END_DECLS
