/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes wrong on purpose. */

#include "sim-room-private.h"

#define CROWD_SPAN (5 * G_TIME_SPAN_SECOND)
#define CROWD_MAX 500
#define FIRST (10 * G_TIME_SPAN_SECOND)
#define LIARS 100 /* one in so many */
/* A link whose other side answers no ping is replaced; a ping is sent when nothing came for so long. */
#define PING_MISSES (35 * G_TIME_SPAN_SECOND)

void
sim_accident_free (gpointer data)
{
  SimAccident *accident = data;

  g_array_unref (accident->beside);
  g_free (accident);
}

static SimPeer *
pick_bridge (SimRoom *self)
{
  for (guint i = 0; i < 10 * self->config.n_peers; i++) {
    SimPeer *peer = sim_room_pick (self);

    if (peer != NULL && !peer->hangs && genos_mesh_overlay_is_bridge (peer->overlay))
      return peer;
  }
  return NULL;
}

/* Its neighbours are those who have to notice. */
static void
note_accident (SimRoom *self, SimPeer *victim)
{
  SimAccident *accident = g_new0 (SimAccident, 1);

  accident->at = self->now;
  accident->number = victim->number;
  accident->beside = g_array_new (FALSE, FALSE, sizeof (guint32));
  genos_mesh_topology_hold (self->topology, victim->number);
  for (guint i = 0; i < victim->links->len; i++)
    g_array_append_val (accident->beside, g_array_index (victim->links, SimLink, i).index);
  g_ptr_array_add (self->accidents, accident);
}

static void
strike_bridge (SimRoom *self)
{
  SimPeer *victim = pick_bridge (self);

  if (victim == NULL)
    return;
  note_accident (self, victim);
  if (self->config.fault == SIM_FAULT_DIE) {
    sim_room_leave (self, victim, FALSE);
    return;
  }
  victim->hangs = TRUE;
  victim->gone = self->now;
  for (guint i = 0; i < victim->links->len; i++) {
    const SimLink *link = &g_array_index (victim->links, SimLink, i);

    sim_heap_push (&self->heap,
        (SimEvent){ .at = self->now + PING_MISSES,
            .kind = SIM_CLOSED,
            .flag = SIM_END_BROKEN,
            .a = link->index,
            .b = victim->index,
            .serial = link->serial });
  }
}

/* --- everybody at once --- */

static void
split (SimRoom *self, gboolean apart)
{
  for (guint i = 0; i < self->present->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));

    peer->relays = apart ? SIM_HALF (peer->index) : SIM_BOTH_RELAYS;
    /* Connected again, it looks who is there. */
    if (!apart)
      genos_announcer_look (&peer->announcer);
  }
  self->split = apart;
  self->disturbed = apart ? 0 : self->now;
  self->healed = apart ? 0 : -1;
}

static void
bring_crowd (SimRoom *self)
{
  guint n = MIN (CROWD_MAX, self->config.n_peers / 2);

  for (guint i = 0; i < n; i++)
    sim_room_push (self, (gint64) (g_rand_double (self->random) * CROWD_SPAN), SIM_JOIN, 0, 0);
  self->disturbed = self->now;
  self->healed = -1;
}

/* The first of a cell are believed: what they pass on is what others say. */
static gboolean
passes_on (SimPeer *peer)
{
  const GenosMeshView *view = genos_mesh_overlay_get_view (peer->overlay);

  for (guint i = 0; view != NULL && i < MIN (view->n_mates, GENOS_MESH_N_HEADS); i++)
    if (view->mates[i] == peer->number)
      return TRUE;
  return view == NULL;
}

static void
make_liars (SimRoom *self)
{
  guint n = MAX (1, self->present->len / LIARS);

  for (guint i = 0; i < 100 && n > 0; i++) {
    SimPeer *peer = sim_room_pick (self);

    if (peer->lies || passes_on (peer))
      continue;
    peer->lies = TRUE;
    n--;
  }
}

/* In the name of somebody, and from wherever it likes. */
void
sim_faults_lie (SimRoom *self, SimPeer *peer)
{
  SimPeer *victim = sim_room_pick (self);
  g_autoptr (GenosMeshFrame) forged = NULL;

  if (victim == peer)
    return;
  forged = genos_mesh_frame_new (GENOS_MESH_MSG,
      genos_mesh_topology_get_id (self->topology, victim->number),
      g_rand_int_range (self->random, 0, 9), 1700000000000 + self->now / 1000,
      G_MAXUINT - peer->n_steps, NULL, "\"forged\"");
  for (guint i = 0; i < peer->links->len; i++)
    sim_links_send (
        self, peer, &g_array_index (peer->links, SimLink, i), forged->origin_cell, forged, 100);
}

/* --- when --- */

void
sim_faults_begin (SimRoom *self)
{
  if (self->config.fault != SIM_FAULT_NONE)
    sim_room_push (self, FIRST, SIM_FAULT, 0, 0);
}

void
sim_faults_happen (SimRoom *self)
{
  gint64 left = self->begun + self->config.span - self->now;

  switch (self->config.fault) {
    case SIM_FAULT_DIE:
    case SIM_FAULT_FREEZE:
      strike_bridge (self);
      if (left > 2 * SIM_FAULT_EVERY)
        sim_room_push (self, SIM_FAULT_EVERY, SIM_FAULT, 0, 0);
      break;
    case SIM_FAULT_LIE:
      make_liars (self);
      break;
    case SIM_FAULT_SPLIT:
      split (self, !self->split);
      if (self->split)
        sim_room_push (self, SIM_SPLIT_SPAN, SIM_FAULT, 0, 0);
      break;
    case SIM_FAULT_CROWD:
      bring_crowd (self);
      break;
    default:
      break;
  }
}

/* --- what became of it --- */

static void
notice (SimRoom *self, SimAccident *accident, SimPeer *peer)
{
  if (genos_mesh_census_has_sealed (
          genos_mesh_overlay_get_census (peer->overlay), accident->number))
    return;
  for (guint i = 0; i < accident->beside->len; i++) {
    if (g_array_index (accident->beside, guint32, i) != peer->index)
      continue;
    g_array_remove_index_fast (accident->beside, i);
    sim_tally_add (&self->reseal, (self->now - accident->at) / 1000);
    return;
  }
}

void
sim_faults_sealed (SimRoom *self, SimPeer *peer)
{
  for (guint i = 0; i < self->accidents->len; i++)
    notice (self, g_ptr_array_index (self->accidents, i), peer);
}

void
sim_faults_check_healed (SimRoom *self)
{
  guint n = self->present->len;

  if (self->disturbed == 0
      || (self->config.fault == SIM_FAULT_CROWD && self->now < self->disturbed + CROWD_SPAN))
    return;
  for (guint i = 0; i < n; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));
    const GenosMeshView *view = genos_mesh_overlay_get_view (peer->overlay);

    if (view == NULL || view->n_peers != n)
      return;
  }
  self->healed = self->now - self->disturbed;
  self->disturbed = 0;
}
