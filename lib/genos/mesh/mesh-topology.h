/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is in which cell: a pure function of a peer's id and the number of cells, bit for bit that of the
 * browsers (protocol chapter 6).
 *
 * A topology also gives peers numbers, and remembers what it worked out about them, so that many views of
 * one room (a simulation has ten thousand) share it. Numbers are small, and given again once nobody holds
 * them: they fit for arrays. Not thread-safe. */
typedef struct _GenosMeshTopology GenosMeshTopology;

#define GENOS_MESH_NOBODY G_MAXUINT32
#define GENOS_MESH_MAX_CELLS 65536
#define GENOS_MESH_MAX_TTL 150
#define GENOS_MESH_DEFAULT_CELL_SIZE 10
#define GENOS_MESH_MAX_CELL_SIZE 1000
#define GENOS_MESH_MAX_NEIGHBOURS 32 /* cells one apart in a power of two, in both directions */

/* Over the UTF-16 code units of @text, as JavaScript sees it. @text: valid UTF-8. */
guint32 genos_mesh_hash (const char *text);
/* How many cells @n_peers make: at least 1. */
guint genos_mesh_count_cells (guint n_peers, guint cell_size);
guint genos_mesh_ttl (guint n_cells);
/* The cells that a bridge of @cell may have an edge to, ascending, whether or not they have members.
 * Returns how many. */
guint
genos_mesh_neighbours (guint cell, guint n_cells, guint neighbours[GENOS_MESH_MAX_NEIGHBOURS]);

GenosMeshTopology *genos_mesh_topology_new (void);
GenosMeshTopology *genos_mesh_topology_ref (GenosMeshTopology *self);
void genos_mesh_topology_unref (GenosMeshTopology *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshTopology, genos_mesh_topology_unref)

/* The number of a peer, which is valid until it was released as often as it was acquired and held. */
guint32 genos_mesh_topology_acquire (GenosMeshTopology *self, const char *peer_id);
void genos_mesh_topology_hold (GenosMeshTopology *self, guint32 peer);
void genos_mesh_topology_release (GenosMeshTopology *self, guint32 peer);
/* GENOS_MESH_NOBODY when nobody holds it. */
guint32 genos_mesh_topology_find (GenosMeshTopology *self, const char *peer_id);
/* (transfer none): valid as long as the number */
const char *genos_mesh_topology_get_id (GenosMeshTopology *self, guint32 peer);
/* Every number is less than that. */
guint genos_mesh_topology_get_bound (GenosMeshTopology *self);

/* The cell of a peer in a room of @n_cells: worked out once. */
guint genos_mesh_topology_get_cell (GenosMeshTopology *self, guint32 peer, guint n_cells);
/* The same of anybody. */
guint genos_mesh_topology_find_cell (GenosMeshTopology *self, const char *peer_id, guint n_cells);
/* The greater it is, the sooner the peer is bridge of that cell. */
guint32 genos_mesh_topology_get_rank (GenosMeshTopology *self, guint32 peer, guint cell);
/* Whether @a comes before @b in the succession of @cell. Of equal ranks, which is once in four thousand
 * million, the lesser id comes first. */
gboolean genos_mesh_topology_precedes (GenosMeshTopology *self, guint cell, guint32 a, guint32 b);

G_END_DECLS
