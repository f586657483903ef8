/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/rtp/rtp.h>

#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* A live test picture or tone as RTP, in the running time of the links' pipelines, that is pushed
 * into senders. */
typedef struct _LinkSource LinkSource;

LinkSource *link_source_new (gboolean video, guint32 ssrc);
void link_source_free (LinkSource *self);

/* (transfer none): fixed, with the ssrc. */
GstCaps *link_source_get_caps (LinkSource *self);

/* Also answers the sender's requests for key frames. */
void link_source_add (LinkSource *self, GenosLinkSender *sender);
void link_source_remove (LinkSource *self, GenosLinkSender *sender);

gboolean link_packet_starts_key_frame (GstRTPBuffer *rtp);

G_END_DECLS
