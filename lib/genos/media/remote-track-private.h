/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/media/remote-track.h>
#include <genos/transport/link-receiver.h>

G_BEGIN_DECLS

/* @metadata: JSON text, nullable. */
GenosRemoteTrack *genos_remote_track_new (const char *peer_id, const char *metadata,
    GenosLinkReceiver *receiver);

GenosLinkReceiver *genos_remote_track_get_receiver (GenosRemoteTrack *self);

G_END_DECLS
