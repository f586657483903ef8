/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes over the relays: announces and goodbyes. (Offers and answers are in sim-links.c.) */

#include "sim-room-private.h"

static void
publish_at (SimRoom *self, SimPeer *peer, gboolean bye)
{
  SimNotice notice = { self->now, peer->index, peer->relays, bye };

  g_array_append_val (self->log, notice);
  self->n_events++;
}

void
sim_relay_publish (SimRoom *self, SimPeer *peer, gboolean bye)
{
  guint n = genos_mesh_census_get_n_known (genos_mesh_overlay_get_census (peer->overlay));

  publish_at (self, peer, bye);
  if (!bye)
    genos_announcer_announced (&peer->announcer, n, g_rand_double (self->random), self->now);
}

static void
hear_announce (SimRoom *self, SimPeer *peer, SimPeer *other)
{
  GenosMeshCensus *census = genos_mesh_overlay_get_census (peer->overlay);
  gboolean is_new = !genos_mesh_census_knows (census, other->number);

  genos_mesh_overlay_heard (peer->overlay, other->number, self->now);
  if (!is_new)
    return;
  genos_announcer_asked (&peer->announcer, genos_mesh_census_get_n_known (census),
      g_rand_double (self->random), self->now);
  if (genos_mesh_overlay_judge (peer->overlay, other->number, self->now) == GENOS_MESH_WANTED)
    sim_links_dial (self, peer, other->number);
}

void
sim_relay_hear (SimRoom *self, SimPeer *peer)
{
  gint64 until = self->now - self->config.relay_delay;

  for (; peer->heard - self->log_base < self->log->len; peer->heard++) {
    const SimNotice *notice = &g_array_index (self->log, SimNotice, peer->heard - self->log_base);
    SimPeer *other = sim_room_get_peer (self, notice->index);

    if (notice->at > until)
      break;
    if (other == peer || (notice->relays & peer->relays) == 0)
      continue;
    self->n_heard++;
    if (notice->bye)
      genos_mesh_overlay_left (peer->overlay, other->number, self->now);
    else
      hear_announce (self, peer, other);
  }
}

void
sim_relay_trim (SimRoom *self)
{
  guint64 oldest = self->log_base + self->log->len;

  for (guint i = 0; i < self->present->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));

    if (!peer->hangs)
      oldest = MIN (oldest, peer->heard);
  }
  g_array_remove_range (self->log, 0, oldest - self->log_base);
  self->log_base = oldest;
}
