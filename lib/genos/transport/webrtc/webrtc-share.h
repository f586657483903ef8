/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/webrtc/webrtc-rate.h>
#include <genos/transport/webrtc/webrtc-sender.h>

G_BEGIN_DECLS

/* Gives each track of a link its share of what the link can take: sound what it needs, pictures equal
 * parts of the rest, secondary ones what these leave (rate-share.h). On the link's context. */
typedef struct _GenosWebrtcShare GenosWebrtcShare;

/* @senders: GenosWebrtcSender, as the owner changes it. */
GenosWebrtcShare *
genos_webrtc_share_new (GenosWebrtcRate *rate, GenosHome *home, GPtrArray *senders);
void genos_webrtc_share_free (GenosWebrtcShare *self);

/* The rate has changed, or who sends. */
void genos_webrtc_share_update (GenosWebrtcShare *self);
void genos_webrtc_share_stop (GenosWebrtcShare *self);

G_END_DECLS
