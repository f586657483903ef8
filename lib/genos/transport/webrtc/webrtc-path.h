/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <nice/agent.h>

#include <genos/transport/home.h>

G_BEGIN_DECLS

/* The way that packets take: the pair of candidates that ICE chose, as a structure with local-type
 * and remote-type (host, srflx, prflx, relay: RFC 8445, section 5.1.1), local-address, local-port,
 * remote-address, remote-port, protocol (udp, tcp); with a relay of ours also relay-protocol (udp,
 * tcp: how its server is spoken to), relay-address and relay-port (the server's). */
GstStructure *genos_webrtc_path_describe (const NiceCandidate *local, const NiceCandidate *remote);

/* @func gets each chosen pair (GstStructure), the first and those that take its place, at home. */
void genos_webrtc_path_watch (NiceAgent *agent, GenosHome *home, GenosHomeFunc func);

G_END_DECLS
