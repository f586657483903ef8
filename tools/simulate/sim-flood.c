/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-flood.h"

#include <genos/mesh/mesh-topology.h>

#include "sim-heap.h"

#define FRAME_BYTES 270 /* besides its data: what sim-links.c counts, for ids of 20 letters */
#define CHANNEL_BYTES 107

typedef struct {
  const SimConfig *config;
  GRand *random;
  guint n_cells;
  guint *cell_of;
  GArray **members; /* of each cell: guint32 */
  guint32 *bridges; /* of each cell; GENOS_MESH_NOBODY */
  guint *hops;      /* of the message that is under way; G_MAXUINT: not there */
  guint64 *sent;    /* frames of each peer */
  guint64 n_sent;
  SimHeap heap;
  SimTally hop_tally, latency;
} Flood;

static void
choose_bridges (Flood *self, GenosMeshTopology *topology)
{
  for (guint cell = 0; cell < self->n_cells; cell++) {
    self->bridges[cell] = GENOS_MESH_NOBODY;
    for (guint i = 0; i < self->members[cell]->len; i++) {
      guint32 peer = g_array_index (self->members[cell], guint32, i);

      if (self->bridges[cell] == GENOS_MESH_NOBODY
          || genos_mesh_topology_precedes (topology, cell, peer, self->bridges[cell]))
        self->bridges[cell] = peer;
    }
  }
}

static void
lay_out (Flood *self, guint n)
{
  g_autoptr (GenosMeshTopology) topology = genos_mesh_topology_new ();

  self->n_cells = genos_mesh_count_cells (n, self->config->cell_size);
  self->cell_of = g_new (guint, n);
  self->members = g_new (GArray *, self->n_cells);
  self->bridges = g_new (guint32, self->n_cells);
  for (guint cell = 0; cell < self->n_cells; cell++)
    self->members[cell] = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("peer%08x%08x", g_rand_int (self->random), i);
    guint32 peer = genos_mesh_topology_acquire (topology, id);

    self->cell_of[peer] = genos_mesh_topology_get_cell (topology, peer, self->n_cells);
    g_array_append_val (self->members[self->cell_of[peer]], peer);
  }
  choose_bridges (self, topology);
}

static void
send (Flood *self, gint64 now, guint32 from, guint32 to, guint hops)
{
  gint64 delay =
      self->config->delay / 2 + (gint64) (g_rand_double (self->random) * self->config->delay);

  if (from == to)
    return;
  self->n_sent++;
  self->sent[from]++;
  sim_heap_push (&self->heap, (SimEvent){ .at = now + delay, .a = from, .b = to, .ttl = hops });
}

static void
send_to_cell (Flood *self, gint64 now, guint32 from, guint cell, guint hops)
{
  for (guint i = 0; i < self->members[cell]->len; i++)
    send (self, now, from, g_array_index (self->members[cell], guint32, i), hops);
}

static void
pass_on (Flood *self, gint64 now, guint32 peer, guint hops)
{
  guint cells[GENOS_MESH_MAX_NEIGHBOURS];
  guint cell = self->cell_of[peer];
  guint n = genos_mesh_neighbours (cell, self->n_cells, cells);

  if (hops == 0 || self->bridges[cell] == peer)
    send_to_cell (self, now, peer, cell, hops + 1);
  if (self->bridges[cell] == peer)
    for (guint i = 0; i < n; i++)
      send_to_cell (self, now, peer, cells[i], hops + 1);
}

static void
run_message (Flood *self, guint n)
{
  guint32 origin = g_rand_int_range (self->random, 0, n);
  SimEvent event;

  for (guint i = 0; i < n; i++)
    self->hops[i] = G_MAXUINT;
  self->hops[origin] = 0;
  pass_on (self, 0, origin, 0);
  while (sim_heap_pop (&self->heap, G_MAXINT64, &event)) {
    if (self->hops[event.b] != G_MAXUINT)
      continue;
    self->hops[event.b] = event.ttl;
    sim_tally_add (&self->hop_tally, event.ttl);
    sim_tally_add (&self->latency, event.at / 1000);
    pass_on (self, event.at, event.b, event.ttl);
  }
}

static void
count_links (Flood *self, guint n, SimResult *result)
{
  SimTally links, bridges;
  g_autofree guint *counts = g_new0 (guint, n);

  sim_tally_init (&links);
  sim_tally_init (&bridges);
  for (guint i = 0; i < n; i++)
    counts[i] = self->members[self->cell_of[i]]->len - 1;
  for (guint cell = 0; cell < self->n_cells; cell++) {
    guint cells[GENOS_MESH_MAX_NEIGHBOURS];
    guint n_cells = genos_mesh_neighbours (cell, self->n_cells, cells);

    if (self->bridges[cell] == GENOS_MESH_NOBODY)
      continue;
    for (guint i = 0; i < n_cells; i++) {
      GArray *members = self->members[cells[i]];

      counts[self->bridges[cell]] += members->len;
      /* The link of two bridges is one: it is counted from both sides already. */
      for (guint j = 0; j < members->len; j++)
        if (g_array_index (members, guint32, j) != self->bridges[cells[i]])
          counts[g_array_index (members, guint32, j)]++;
    }
  }
  for (guint i = 0; i < n; i++) {
    sim_tally_add (&links, counts[i]);
    if (self->bridges[self->cell_of[i]] == i)
      sim_tally_add (&bridges, counts[i]);
  }
  result->links = sim_tally_get (&links);
  result->bridge_links = sim_tally_get (&bridges);
  sim_tally_clear (&links);
  sim_tally_clear (&bridges);
}

/* At the rate of the room. */
static SimSpread
measure_bytes (Flood *self, guint n, guint n_messages)
{
  double per_frame = FRAME_BYTES + self->config->size;
  SimTally tally;
  SimSpread spread;

  sim_tally_init (&tally);
  for (guint i = 0; i < n; i++)
    sim_tally_add (&tally, (guint64) (self->sent[i] * per_frame * self->config->rate / n_messages));
  spread = sim_tally_get (&tally);
  sim_tally_clear (&tally);
  return spread;
}

static void
flood_clear (Flood *self)
{
  for (guint cell = 0; cell < self->n_cells; cell++)
    g_array_unref (self->members[cell]);
  g_free (self->members);
  g_free (self->cell_of);
  g_free (self->bridges);
  g_free (self->hops);
  g_free (self->sent);
  sim_heap_clear (&self->heap);
  sim_tally_clear (&self->hop_tally);
  sim_tally_clear (&self->latency);
  g_rand_free (self->random);
}

void
sim_flood_run (const SimConfig *config, guint n_messages, SimResult *result)
{
  guint n = config->n_peers;
  Flood self = { .config = config, .random = g_rand_new_with_seed (config->seed) };

  sim_heap_init (&self.heap);
  sim_tally_init (&self.hop_tally);
  sim_tally_init (&self.latency);
  lay_out (&self, n);
  self.hops = g_new (guint, n);
  self.sent = g_new0 (guint64, n);
  for (guint i = 0; i < n_messages; i++)
    run_message (&self, n);

  *result = (SimResult){
    .rules = "browsers",
    .n_peers = n,
    .n_cells = self.n_cells,
    .n_messages = n_messages,
    .n_expected = (guint64) n_messages * (n - 1),
    .n_delivered = self.hop_tally.n,
    .hops = sim_tally_get (&self.hop_tally),
    .latency = sim_tally_get (&self.latency),
    .frames_per_delivery = (double) self.n_sent / MAX (1, self.hop_tally.n),
    .bytes_out = measure_bytes (&self, n, n_messages),
  };
  count_links (&self, n, result);
  flood_clear (&self);
}

void
sim_full_mesh_run (const SimConfig *config, SimResult *result)
{
  guint n = config->n_peers;
  double links = n - 1;
  double bytes = links * (CHANNEL_BYTES + config->size) * config->rate / n;
  double delay = (double) config->delay / G_TIME_SPAN_MILLISECOND;

  *result = (SimResult){
    .rules = "full mesh",
    .n_peers = n,
    .n_cells = 1,
    .links = { links, links, links, links },
    .hops = { 1, 1, 1, 1 },
    .latency = { delay, delay, 1.49 * delay, 1.5 * delay },
    .bytes_out = { bytes, bytes, bytes, bytes },
    .n_messages = 1,
    .n_expected = n - 1,
    .n_delivered = n - 1,
    .frames_per_delivery = 1,
  };
}
