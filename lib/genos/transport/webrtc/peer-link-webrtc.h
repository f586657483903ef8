/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/peer-link.h>
#include <genos/transport/webrtc/webrtc-ice.h>

G_BEGIN_DECLS

/* A peer link on GStreamer's webrtcbin, with a pipeline of its own whose running time is the time of
 * the system clock (gst_system_clock_obtain (), base time 0), as in every pipeline of a session.
 *
 * Threading contract: that of GenosPeerLink; the context is the thread-default one of the
 * constructor's caller. Nothing of webrtcbin is ever torn down on the context or inside one of its
 * callbacks: a thread of the reaper does it, at most some 100 ms after close(). */
#define GENOS_TYPE_PEER_LINK_WEBRTC (genos_peer_link_webrtc_get_type ())
G_DECLARE_FINAL_TYPE (
    GenosPeerLinkWebrtc, genos_peer_link_webrtc, GENOS, PEER_LINK_WEBRTC, GenosPeerLink)

/* @ice: (nullable): how to find a way. @latency_ms: of the jitterbuffer. GENOS_ERROR_MISSING_PLUGIN
 * names what to install. */
GenosPeerLink *genos_peer_link_webrtc_new (
    gboolean offerer, const GenosIceConfig *ice, guint latency_ms, GError **error);

/* What else is asked of what comes in. The lists hold RTP's names of codecs, best first; NULL: any. */
typedef struct {
  gboolean drop_on_latency;
  const char *const *video_codecs;
  const char *const *audio_codecs;
} GenosReception;

/* Before start() and the first description. */
void
genos_peer_link_webrtc_set_reception (GenosPeerLinkWebrtc *self, const GenosReception *reception);

/* Blocks until every link closed so far is torn down; FALSE when that took longer than @timeout_us.
 * For the end of a process and for tests; on any thread but those of webrtcbin. */
gboolean genos_peer_link_webrtc_flush (gint64 timeout_us);

/* Links that are closed but not torn down yet. Any thread. */
guint genos_peer_link_webrtc_get_n_closing (void);

G_END_DECLS
