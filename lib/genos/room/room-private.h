/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/room/joining/dialler.h>
#include <genos/room/membership.h>
#include <genos/room/room-settings.h>
#include <genos/room/room.h>
#include <genos/room/transfer/stream-book.h>
#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* Another way to find peers, and another kind of link, than relays and webrtcbin: for tests and
 * simulation. To be called before join. */
void genos_room_set_signaller (GenosRoom *self, GenosSignaller *signaller);
void genos_room_set_link_factory (GenosRoom *self, GenosLinkFactory factory, gpointer user_data);

/* (transfer none): as they were set, checked only by join */
const GenosRoomSettings *genos_room_get_settings (GenosRoom *self);
/* (transfer none) (nullable): NULL while idle */
GenosMembership *genos_room_get_membership (GenosRoom *self);
/* (transfer none) */
GenosRoster *genos_room_get_roster (GenosRoom *self);

/* What the statistics have of tracks that come by way of others. */
void genos_room_describe_far (GenosRoom *self, GstStructure *stats);

/* (transfer none) (nullable) */
const char *genos_room_get_speaker_id (GenosRoom *self);
/* (transfer none) (element-type GenosLocalTrack): those whose codec is known */
GPtrArray *genos_room_get_ready_tracks (GenosRoom *self);

/* (transfer none) */
GenosStreamBook *genos_room_get_stream_book (GenosRoom *self);

G_END_DECLS
