/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers offer, and which of it is wanted. */

#include <genos/room/room-signals.h>
#include <genos/room/room-struct.h>

static gboolean
is_wanted (GenosPeer *peer, GenosTrackOffer *offer, gpointer user_data)
{
  g_autoptr (GenosRoom) self = g_object_ref (GENOS_ROOM (user_data));
  gboolean wanted = self->filter == NULL || self->filter (self, offer, self->filter_data);

  return self->far != NULL ? genos_far_tracks_judge (self->far, offer, wanted) : wanted;
}

static void
on_offered (GenosRoster *roster, GenosPeer *peer, GenosTrackOffer *offer, GenosRoom *self)
{
  g_autoptr (GenosRoom) alive = g_object_ref (self);

  if (self->far != NULL)
    genos_far_tracks_near_offered (self->far, offer);
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_OFFERED], 0, offer);
}

static void
on_withdrawn (GenosRoster *roster, GenosPeer *peer, GenosTrackOffer *offer, GenosRoom *self)
{
  g_signal_emit (self, genos_room_signals[GENOS_ROOM_SIGNAL_TRACK_WITHDRAWN], 0, offer);
}

void
genos_room_begin_offers (GenosRoom *self)
{
  genos_roster_set_track_filter (self->roster, is_wanted, self);
  g_signal_connect (self->roster, "track-offered", G_CALLBACK (on_offered), self);
  g_signal_connect (self->roster, "track-withdrawn", G_CALLBACK (on_withdrawn), self);
}

void
genos_room_end_offers (GenosRoom *self)
{
  GDestroyNotify destroy = self->filter_destroy;

  self->filter = NULL;
  self->filter_destroy = NULL;
  if (destroy != NULL)
    destroy (self->filter_data);
}

/**
 * genos_room_set_track_filter:
 * @self: a room
 * @filter: (nullable) (scope notified) (closure user_data) (destroy destroy): says what
 *   is wanted; %NULL: everything
 * @user_data: user data
 * @destroy: (nullable): frees @user_data
 *
 * Says which tracks of peers are wanted. What is not, a peer of this project is told not
 * to send, before it begins; it stays known by [method@Room.get_track_offers]. Browsers
 * cannot be told: they send, and whoever does not want a [class@RemoteTrack] of theirs
 * takes no packets of it.
 */
void
genos_room_set_track_filter (
    GenosRoom *self, GenosTrackFilterFunc filter, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (GENOS_IS_ROOM (self));

  genos_room_end_offers (self);
  self->filter = filter;
  self->filter_data = user_data;
  self->filter_destroy = destroy;
  genos_room_refilter_tracks (self);
}

/**
 * genos_room_refilter_tracks:
 * @self: a room
 *
 * Asks the filter again for every track that is offered, because it would say something
 * else now. Tracks that become wanted begin with a key frame.
 */
void
genos_room_refilter_tracks (GenosRoom *self)
{
  g_autoptr (GPtrArray) peers = NULL;

  g_return_if_fail (GENOS_IS_ROOM (self));

  peers = genos_room_get_peers (self);
  for (guint i = 0; i < peers->len; i++)
    genos_peer_tracks_refilter (
        genos_peer_media_get_tracks (genos_peer_get_media (g_ptr_array_index (peers, i))));
  if (self->far != NULL)
    genos_far_tracks_refilter (self->far);
}

/**
 * genos_room_get_track_offers:
 * @self: a room
 *
 * Gets what the peers of this project offer, wanted or not.
 *
 * Returns: (transfer container) (element-type GenosTrackOffer): the offers, in no order
 */
GPtrArray *
genos_room_get_track_offers (GenosRoom *self)
{
  GPtrArray *all;
  g_autoptr (GPtrArray) peers = NULL;

  g_return_val_if_fail (GENOS_IS_ROOM (self), NULL);

  all = g_ptr_array_new_with_free_func (g_object_unref);
  peers = genos_room_get_peers (self);
  for (guint i = 0; i < peers->len; i++) {
    GenosPeerMedia *media = genos_peer_get_media (g_ptr_array_index (peers, i));
    GPtrArray *offers = genos_peer_tracks_get_offers (genos_peer_media_get_tracks (media));

    for (guint j = 0; j < offers->len; j++)
      g_ptr_array_add (all, g_object_ref (g_ptr_array_index (offers, j)));
  }
  genos_far_tracks_list_offers (self->far, all);
  return all;
}
