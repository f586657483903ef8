/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-census.h>

#include <string.h>

/* A slot: three flags, and when it was last heard in tenths of a second since the beginning. */
#define KNOWN (1u << 31)
#define SEALED (1u << 30)
#define MISSED (1u << 29)
#define TIME_MASK (MISSED - 1)
#define TENTH (G_TIME_SPAN_SECOND / 10)

struct _GenosMeshCensus {
  GenosMeshTopology *topology;
  guint32 self_peer;
  guint max_peers;
  gint64 base;    /* µs: time 0 of the slots */
  gint64 oldest;  /* µs: nobody known was last heard before */
  guint32 *slots; /* of each number */
  guint n_slots;
  guint n_known, n_sealed, n_missed; /* those missed are known */
};

static guint32
to_tenths (GenosMeshCensus *self, gint64 now)
{
  return (guint32) (MAX (0, now - self->base) / TENTH) & TIME_MASK;
}

GenosMeshCensus *
genos_mesh_census_new (GenosMeshTopology *topology, guint32 self_peer, guint max_peers, gint64 now)
{
  GenosMeshCensus *self = g_new0 (GenosMeshCensus, 1);

  self->topology = genos_mesh_topology_ref (topology);
  self->self_peer = self_peer;
  self->max_peers = max_peers;
  self->base = now;
  self->oldest = now;
  genos_mesh_census_heard (self, self_peer, now);
  return self;
}

void
genos_mesh_census_free (GenosMeshCensus *self)
{
  for (guint32 peer = 0; peer < self->n_slots; peer++)
    if (self->slots[peer] & (KNOWN | SEALED))
      genos_mesh_topology_release (self->topology, peer);
  genos_mesh_topology_unref (self->topology);
  g_free (self->slots);
  g_free (self);
}

static void
make_room (GenosMeshCensus *self, guint32 peer)
{
  guint n = MAX (genos_mesh_topology_get_bound (self->topology), peer + 1);

  if (peer < self->n_slots)
    return;
  /* An eighth more, as ten thousand views grow at the same time in a simulation. */
  n += n / 8;
  self->slots = g_renew (guint32, self->slots, n);
  memset (self->slots + self->n_slots, 0, (n - self->n_slots) * sizeof (guint32));
  self->n_slots = n;
}

GenosMeshHeard
genos_mesh_census_heard (GenosMeshCensus *self, guint32 peer, gint64 now)
{
  guint32 slot;

  make_room (self, peer);
  slot = self->slots[peer];
  if (!(slot & KNOWN) && self->n_known >= self->max_peers)
    return GENOS_MESH_HEARD_FULL;
  if (!(slot & (KNOWN | SEALED)))
    genos_mesh_topology_hold (self->topology, peer);
  if (!(slot & KNOWN))
    self->n_known++;
  if (slot & MISSED)
    self->n_missed--;
  self->slots[peer] = (slot & SEALED) | KNOWN | to_tenths (self, now);
  /* One that said goodbye and is back changes nothing that was sealed. */
  return slot & (SEALED | KNOWN) ? GENOS_MESH_HEARD_AGAIN : GENOS_MESH_HEARD_NEW;
}

static void
forget_missed (GenosMeshCensus *self, guint32 peer)
{
  if (self->slots[peer] & MISSED)
    self->n_missed--;
  self->slots[peer] &= ~MISSED;
}

static void
drop (GenosMeshCensus *self, guint32 peer)
{
  forget_missed (self, peer);
  self->slots[peer] = 0;
  genos_mesh_topology_release (self->topology, peer);
}

gboolean
genos_mesh_census_left (GenosMeshCensus *self, guint32 peer)
{
  if (peer == self->self_peer || !genos_mesh_census_knows (self, peer))
    return FALSE;
  forget_missed (self, peer);
  self->n_known--;
  self->slots[peer] &= ~KNOWN;
  if (!(self->slots[peer] & SEALED))
    drop (self, peer);
  return TRUE;
}

gboolean
genos_mesh_census_missed (GenosMeshCensus *self, guint32 peer)
{
  if (peer == self->self_peer || !genos_mesh_census_knows (self, peer)
      || (self->slots[peer] & MISSED))
    return FALSE;
  self->slots[peer] |= MISSED;
  self->n_missed++;
  return TRUE;
}

void
genos_mesh_census_settle (GenosMeshCensus *self, guint cell_size)
{
  if (genos_mesh_count_cells (self->n_known - self->n_missed, cell_size)
      != genos_mesh_count_cells (self->n_known, cell_size))
    return;
  for (guint32 peer = 0; peer < self->n_slots && self->n_missed > 0; peer++)
    if (self->slots[peer] & MISSED)
      genos_mesh_census_left (self, peer);
}

static gboolean
is_silent (GenosMeshCensus *self, guint32 peer, gint64 now)
{
  guint32 limit = GENOS_MESH_SILENCE / TENTH;

  return peer != self->self_peer && (self->slots[peer] & KNOWN)
      && to_tenths (self, now) - (self->slots[peer] & TIME_MASK) >= limit;
}

/* All slots are looked at only when the oldest of them may be too old, about once a minute. */
guint
genos_mesh_census_count_silent (GenosMeshCensus *self, gint64 now)
{
  guint32 oldest = to_tenths (self, now);
  guint n = 0;

  if (now - self->oldest < GENOS_MESH_SILENCE)
    return 0;
  for (guint32 peer = 0; peer < self->n_slots; peer++) {
    if (!(self->slots[peer] & KNOWN) || peer == self->self_peer)
      continue;
    oldest = MIN (oldest, self->slots[peer] & TIME_MASK);
    n += is_silent (self, peer, now);
  }
  self->oldest = self->base + oldest * TENTH;
  return n;
}

void
genos_mesh_census_forgive (GenosMeshCensus *self, gint64 span)
{
  self->base += span;
  self->oldest += span;
}

void
genos_mesh_census_seal (GenosMeshCensus *self, gboolean drop_silent, gint64 now)
{
  self->n_sealed = 0;
  for (guint32 peer = 0; peer < self->n_slots; peer++) {
    if (self->slots[peer] == 0)
      continue;
    if (drop_silent && is_silent (self, peer, now)) {
      self->n_known--;
      drop (self, peer);
    } else if (self->slots[peer] & KNOWN) {
      self->slots[peer] |= SEALED;
      self->n_sealed++;
    } else {
      drop (self, peer);
    }
  }
}

gboolean
genos_mesh_census_knows (GenosMeshCensus *self, guint32 peer)
{
  return peer < self->n_slots && (self->slots[peer] & KNOWN);
}

gboolean
genos_mesh_census_has_sealed (GenosMeshCensus *self, guint32 peer)
{
  return peer < self->n_slots && (self->slots[peer] & SEALED);
}

guint
genos_mesh_census_get_n_known (GenosMeshCensus *self)
{
  return self->n_known;
}

guint
genos_mesh_census_get_n_sealed (GenosMeshCensus *self)
{
  return self->n_sealed;
}

static guint32
find_next (GenosMeshCensus *self, guint32 peer, guint32 flag)
{
  for (peer = peer == GENOS_MESH_NOBODY ? 0 : peer + 1; peer < self->n_slots; peer++)
    if (self->slots[peer] & flag)
      return peer;
  return GENOS_MESH_NOBODY;
}

guint32
genos_mesh_census_next_sealed (GenosMeshCensus *self, guint32 peer)
{
  return find_next (self, peer, SEALED);
}

guint32
genos_mesh_census_next_known (GenosMeshCensus *self, guint32 peer)
{
  return find_next (self, peer, KNOWN);
}
