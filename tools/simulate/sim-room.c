/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-room-private.h"

#include <math.h>
#include <string.h>

#define WALL_MS G_GINT64_CONSTANT (1700000000000)
#define ID_LENGTH 20

/* --- who is there --- */

SimPeer *
sim_room_find_number (SimRoom *self, guint32 number)
{
  guint32 index = number < self->by_number->len ? g_array_index (self->by_number, guint32, number)
                                                : SIM_NO_INDEX;

  return index != SIM_NO_INDEX ? sim_room_get_peer (self, index) : NULL;
}

SimPeer *
sim_room_pick (SimRoom *self)
{
  if (self->present->len == 0)
    return NULL;
  return sim_room_get_peer (self,
      g_array_index (
          self->present, guint32, g_rand_int_range (self->random, 0, self->present->len)));
}

void
sim_room_push (SimRoom *self, gint64 after, SimEventKind kind, guint32 a, guint32 b)
{
  sim_heap_push (&self->heap, (SimEvent){ .at = self->now + after, .kind = kind, .a = a, .b = b });
}

gint64
sim_room_next_of_rate (SimRoom *self, double per_second)
{
  double pause = -log (1 - g_rand_double (self->random)) / per_second;

  return (gint64) (MIN (pause, 1e6) * G_TIME_SPAN_SECOND) + 1;
}

static void
choose_id (SimRoom *self, char id[ID_LENGTH + 1])
{
  static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  for (guint i = 0; i < ID_LENGTH; i++)
    id[i] = letters[g_rand_int_range (self->random, 0, sizeof letters - 1)];
  id[ID_LENGTH] = '\0';
}

static void
register_number (SimRoom *self, SimPeer *peer)
{
  guint32 nobody = SIM_NO_INDEX;

  while (self->by_number->len <= peer->number)
    g_array_append_val (self->by_number, nobody);
  g_array_index (self->by_number, guint32, peer->number) = peer->index;
}

static void
begin_overlay (SimRoom *self, SimPeer *peer)
{
  GenosMeshConfig config = {
    .cell_size = self->config.cell_size,
    .wall_ms = WALL_MS + self->now / 1000,
  };
  char id[ID_LENGTH + 1];

  choose_id (self, id);
  for (guint i = 0; i < sizeof config.key; i++)
    config.key[i] = g_rand_int_range (self->random, 0, 256);
  peer->overlay =
      genos_mesh_overlay_new (self->topology, id, &config, &sim_link_events, peer, self->now);
  peer->number = genos_mesh_overlay_get_self (peer->overlay);
  /* Until the end: what is in the log, and in the census of others, means this one. */
  genos_mesh_topology_hold (self->topology, peer->number);
}

SimPeer *
sim_room_join (SimRoom *self)
{
  SimPeer *peer = g_new0 (SimPeer, 1);

  peer->room = self;
  peer->index = self->peers->len;
  peer->links = g_array_new (FALSE, FALSE, sizeof (SimLink));
  peer->dials = g_array_new (FALSE, FALSE, sizeof (SimDial));
  peer->relays = self->split ? SIM_HALF (peer->index) : SIM_BOTH_RELAYS;
  peer->heard = self->log_base + self->log->len;
  peer->joined = self->now;
  begin_overlay (self, peer);
  genos_announcer_init (&peer->announcer);
  genos_announcer_look (&peer->announcer);
  g_ptr_array_add (self->peers, peer);
  register_number (self, peer);
  g_array_append_val (self->present, peer->index);
  self->n_joined++;
  sim_relay_publish (self, peer, FALSE);
  sim_room_push (
      self, (gint64) (g_rand_double (self->random) * SIM_STEP), SIM_STEP_PEER, peer->index, 0);
  return peer;
}

static void
remove_present (SimRoom *self, guint32 index)
{
  for (guint i = 0; i < self->present->len; i++) {
    if (g_array_index (self->present, guint32, i) == index) {
      g_array_remove_index_fast (self->present, i);
      return;
    }
  }
}

void
sim_room_leave (SimRoom *self, SimPeer *peer, gboolean bye)
{
  if (bye)
    sim_relay_publish (self, peer, TRUE);
  else
    peer->gone = self->now;
  sim_links_end_all (self, peer, bye ? SIM_END_LEFT : SIM_END_BROKEN);
  g_array_set_size (peer->links, 0);
  g_array_set_size (peer->dials, 0);
  genos_mesh_overlay_stop (peer->overlay);
  g_clear_pointer (&peer->overlay, genos_mesh_overlay_unref);
  remove_present (self, peer->index);
  self->n_left++;
}

static void
peer_free (gpointer data)
{
  SimPeer *peer = data;

  g_clear_pointer (&peer->overlay, genos_mesh_overlay_unref);
  g_array_unref (peer->links);
  g_array_unref (peer->dials);
  g_free (peer);
}

/* --- what happens --- */

static void
step (SimRoom *self, SimPeer *peer)
{
  if (peer->overlay == NULL || peer->hangs)
    return;
  sim_relay_hear (self, peer);
  if (genos_announcer_next (&peer->announcer) <= self->now)
    sim_relay_publish (self, peer, FALSE);
  sim_links_watch (self, peer);
  if (peer->n_steps++ % SIM_STEPS_PER_TICK == 0) {
    genos_mesh_overlay_tick (peer->overlay, self->now);
    sim_links_prune (self, peer);
    sim_links_dial_wanted (self, peer);
    if (peer->lies)
      sim_faults_lie (self, peer);
  }
  sim_room_push (self, SIM_STEP, SIM_STEP_PEER, peer->index, 0);
}

static gboolean
is_over (SimRoom *self)
{
  return self->now >= self->begun + self->config.span;
}

static void
say (SimRoom *self, gboolean directed)
{
  double rate = directed ? self->config.directed : self->config.rate;

  if (is_over (self))
    return;
  sim_traffic_say (self, directed);
  sim_room_push (self, sim_room_next_of_rate (self, rate), directed ? SIM_SAY_ONE : SIM_SAY, 0, 0);
}

/* One goes, and another one comes. */
static void
churn (SimRoom *self)
{
  SimPeer *peer = sim_room_pick (self);
  double per_second = self->config.churn * self->config.n_peers / 60;

  if (is_over (self))
    return;
  if (peer != NULL && self->present->len > 1)
    sim_room_leave (self, peer, g_rand_boolean (self->random));
  sim_room_push (self, sim_room_next_of_rate (self, per_second), SIM_JOIN, 0, 0);
  sim_room_push (self, sim_room_next_of_rate (self, per_second), SIM_LEAVE, 0, 0);
}

static void
take_links (SimRoom *self, SimPoint *point)
{
  for (guint i = 0; i < self->present->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));
    guint n = genos_mesh_overlay_get_n_links (peer->overlay);

    sim_tally_add (&self->links, n);
    if (genos_mesh_overlay_is_bridge (peer->overlay))
      sim_tally_add (&self->bridge_links, n);
    point->mean_links += (double) n / self->present->len;
    point->worst_links = MAX (point->worst_links, n);
  }
}

static void
take_point (SimRoom *self)
{
  SimPoint point = {
    .at = (double) (self->now - self->begun) / G_TIME_SPAN_SECOND,
    .n_peers = self->present->len,
    .events = (double) (self->n_events - self->events_of_point) * G_TIME_SPAN_SECOND / SIM_POINT,
  };
  guint64 latency = 0, n_got = 0, n_most = 0;

  take_links (self, &point);
  for (guint i = self->first_of_point; i < self->messages->len; i++) {
    const SimMessage *message = &g_array_index (self->messages, SimMessage, i);

    if (message->target != SIM_NO_INDEX)
      continue;
    latency += message->latency;
    n_got += message->n_got;
    n_most += self->present->len - 1;
  }
  point.delivery = n_most > 0 ? MIN (1, (double) n_got / n_most) : 1;
  point.latency = n_got > 0 ? (double) latency / n_got / 1000 : 0;
  g_array_append_val (self->points, point);
  self->first_of_point = self->messages->len;
  self->events_of_point = self->n_events;
  sim_relay_trim (self);
  if (!is_over (self))
    sim_room_push (self, SIM_POINT, SIM_TAKE_POINT, 0, 0);
}

static void
happen (SimRoom *self, const SimEvent *event)
{
  switch ((SimEventKind) event->kind) {
    case SIM_STEP_PEER:
      step (self, sim_room_get_peer (self, event->a));
      break;
    case SIM_FRAME:
      sim_links_take_frame (self, event);
      break;
    case SIM_OFFER:
      sim_links_take_offer (self, event);
      break;
    case SIM_OPEN:
      sim_links_open (self, event);
      break;
    case SIM_CLOSED:
      sim_links_closed (self, event);
      break;
    case SIM_JOIN:
      sim_room_join (self);
      break;
    case SIM_LEAVE:
      churn (self);
      break;
    case SIM_SAY:
    case SIM_SAY_ONE:
      say (self, event->kind == SIM_SAY_ONE);
      break;
    case SIM_JUDGE:
      sim_traffic_judge (self, event->a);
      break;
    case SIM_FAULT:
      sim_faults_happen (self);
      break;
    case SIM_TAKE_POINT:
      take_point (self);
      break;
  }
}

static void
run_until (SimRoom *self, gint64 until)
{
  gint64 next_check = self->now;
  SimEvent event;

  while (sim_heap_pop (&self->heap, until, &event)) {
    self->now = event.at;
    happen (self, &event);
    g_clear_pointer (&event.frame, genos_mesh_frame_unref);
    if (self->disturbed != 0 && self->now >= next_check) {
      sim_faults_check_healed (self);
      next_check = self->now + SIM_STEP;
    }
  }
  self->now = until;
}

/* --- the whole of it --- */

SimRoom *
sim_room_new (const SimConfig *config)
{
  SimRoom *self = g_new0 (SimRoom, 1);

  self->config = *config;
  self->random = g_rand_new_with_seed (config->seed);
  self->topology = genos_mesh_topology_new ();
  sim_heap_init (&self->heap);
  self->now = G_TIME_SPAN_SECOND;
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->by_number = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->present = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->log = g_array_new (FALSE, FALSE, sizeof (SimNotice));
  self->messages = g_array_new (FALSE, FALSE, sizeof (SimMessage));
  self->accidents = g_ptr_array_new_with_free_func (sim_accident_free);
  self->watched = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->points = g_array_new (FALSE, FALSE, sizeof (SimPoint));
  sim_tally_init (&self->hops);
  sim_tally_init (&self->latency);
  sim_tally_init (&self->reseal);
  sim_tally_init (&self->links);
  sim_tally_init (&self->bridge_links);
  return self;
}

void
sim_room_free (SimRoom *self)
{
  g_ptr_array_unref (self->peers);
  g_ptr_array_unref (self->accidents);
  g_array_unref (self->watched);
  sim_heap_clear (&self->heap);
  g_clear_pointer (&self->measured, genos_mesh_frame_unref);
  for (guint i = 0; i < self->messages->len; i++)
    g_free (g_array_index (self->messages, SimMessage, i).hops);
  g_array_unref (self->messages);
  g_array_unref (self->by_number);
  g_array_unref (self->present);
  g_array_unref (self->log);
  g_array_unref (self->points);
  sim_tally_clear (&self->hops);
  sim_tally_clear (&self->latency);
  sim_tally_clear (&self->reseal);
  sim_tally_clear (&self->links);
  sim_tally_clear (&self->bridge_links);
  genos_mesh_topology_unref (self->topology);
  g_rand_free (self->random);
  g_free (self);
}

static void
warm_up (SimRoom *self)
{
  for (guint i = 0; i < self->config.n_peers; i++)
    sim_room_push (
        self, (gint64) (g_rand_double (self->random) * self->config.ramp), SIM_JOIN, 0, 0);
  run_until (self, self->now + self->config.warm_up);
}

static void
begin_measuring (SimRoom *self)
{
  self->begun = self->now;
  self->measuring = TRUE;
  self->n_events = self->n_heard = self->n_joined = self->n_left = 0;
  for (guint i = 0; i < self->peers->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, i);

    peer->joined = self->now;
    if (peer->overlay != NULL)
      peer->before = *genos_mesh_overlay_get_counters (peer->overlay);
  }
  if (self->config.rate > 0)
    sim_room_push (self, sim_room_next_of_rate (self, self->config.rate), SIM_SAY, 0, 0);
  if (self->config.directed > 0)
    sim_room_push (self, sim_room_next_of_rate (self, self->config.directed), SIM_SAY_ONE, 0, 0);
  if (self->config.churn > 0)
    sim_room_push (self,
        sim_room_next_of_rate (self, self->config.churn * self->config.n_peers / 60), SIM_LEAVE, 0,
        0);
  sim_room_push (self, SIM_POINT, SIM_TAKE_POINT, 0, 0);
  sim_faults_begin (self);
}

static SimSpread
measure_bytes (SimRoom *self)
{
  SimTally tally;
  SimSpread spread;

  sim_tally_init (&tally);
  for (guint i = 0; i < self->present->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));
    gint64 span = self->now - peer->joined;

    sim_tally_add (&tally, peer->n_bytes * G_TIME_SPAN_SECOND / MAX (span, G_TIME_SPAN_SECOND));
  }
  spread = sim_tally_get (&tally);
  sim_tally_clear (&tally);
  return spread;
}

static guint64
count_repaired (SimRoom *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->present->len; i++) {
    SimPeer *peer = sim_room_get_peer (self, g_array_index (self->present, guint32, i));

    n += genos_mesh_overlay_get_counters (peer->overlay)->repaired - peer->before.repaired;
  }
  return n;
}

static void
fill_result (SimRoom *self, SimResult *result)
{
  double span = (double) (self->now - self->begun) / G_TIME_SPAN_SECOND;
  double deliveries = MAX (1, self->deliveries);

  *result = (SimResult){
    .rules = "genosrooms",
    .n_peers = self->present->len,
    .n_cells = genos_mesh_count_cells (self->present->len, self->config.cell_size),
    .links = sim_tally_get (&self->links),
    .bridge_links = sim_tally_get (&self->bridge_links),
    .hops = sim_tally_get (&self->hops),
    .latency = sim_tally_get (&self->latency),
    .bytes_out = measure_bytes (self),
    .n_messages = self->n_said,
    .n_expected = self->n_expected,
    .n_delivered = self->n_delivered,
    .n_twice = self->n_twice,
    .n_repaired = count_repaired (self),
    .frames_per_delivery = (self->frames[0] + self->frames[1]) / deliveries,
    .control_per_delivery = self->frames[1] / deliveries,
    .n_directed = self->n_directed,
    .n_directed_arrived = self->n_arrived,
    .directed_hops = self->frames[2] / (double) MAX (1, self->n_directed),
    .n_joined = self->n_joined,
    .n_left = self->n_left,
    .n_forged = self->n_forged,
    .n_events = self->n_events,
    .events_per_second = self->n_events / span,
    .heard_per_second = self->n_heard / span / MAX (1, self->present->len),
    .n_faults = self->accidents->len,
    .n_resealed = self->reseal.n,
    .reseal = sim_tally_get (&self->reseal),
    .healed = self->healed < 0 ? -1 : (double) self->healed / G_TIME_SPAN_SECOND,
  };
}

void
sim_room_run (SimRoom *self, SimResult *result)
{
  warm_up (self);
  begin_measuring (self);
  run_until (self, self->begun + self->config.span + SIM_VERDICT + G_TIME_SPAN_SECOND);
  fill_result (self, result);
}

const GArray *
sim_room_get_points (SimRoom *self)
{
  return self->points;
}
