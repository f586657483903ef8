/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-topology.h>

G_BEGIN_DECLS

/* Who is in the room as far as one of its peers has heard, and who was when it last looked: the roster.
 * Pure: it is told the time (µs, monotonic). Four bytes a peer. */
typedef struct _GenosMeshCensus GenosMeshCensus;

#define GENOS_MESH_SILENCE (90 * G_TIME_SPAN_SECOND) /* without an announce: it may be gone */

typedef enum {
  GENOS_MESH_HEARD_AGAIN,
  GENOS_MESH_HEARD_NEW,  /* it is not in the roster */
  GENOS_MESH_HEARD_FULL, /* too many are known: not remembered */
} GenosMeshHeard;

/* @self_id is always there. */
GenosMeshCensus *
genos_mesh_census_new (GenosMeshTopology *topology, guint32 self_peer, guint max_peers, gint64 now);
void genos_mesh_census_free (GenosMeshCensus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshCensus, genos_mesh_census_free)

GenosMeshHeard genos_mesh_census_heard (GenosMeshCensus *self, guint32 peer, gint64 now);
/* It left: TRUE when it was known. It stays in the roster until the next one. */
gboolean genos_mesh_census_left (GenosMeshCensus *self, guint32 peer);
/* Its link broke, which those who had one to it know and nobody else: TRUE when that is news. Until it is heard
 * again, or settled. */
gboolean genos_mesh_census_missed (GenosMeshCensus *self, guint32 peer);
/* Whoever is missed has left, unless there would be fewer cells without them: then we had another layout than all who
 * do not miss them, and wait until they are silent for everybody. */
void genos_mesh_census_settle (GenosMeshCensus *self, guint cell_size);
/* How many were silent for too long. */
guint genos_mesh_census_count_silent (GenosMeshCensus *self, gint64 now);
/* Nobody could be heard for that long: it does not count as silence. */
void genos_mesh_census_forgive (GenosMeshCensus *self, gint64 span);

/* The roster becomes whoever is known now; with @drop_silent the silent ones are forgotten first. */
void genos_mesh_census_seal (GenosMeshCensus *self, gboolean drop_silent, gint64 now);

/* Heard of and not gone; in the roster or not. */
gboolean genos_mesh_census_knows (GenosMeshCensus *self, guint32 peer);
gboolean genos_mesh_census_has_sealed (GenosMeshCensus *self, guint32 peer);
guint genos_mesh_census_get_n_known (GenosMeshCensus *self);
guint genos_mesh_census_get_n_sealed (GenosMeshCensus *self);
/* The next of the roster after @peer, in no particular order; from and to GENOS_MESH_NOBODY. */
guint32 genos_mesh_census_next_sealed (GenosMeshCensus *self, guint32 peer);
/* The same of those that are known. */
guint32 genos_mesh_census_next_known (GenosMeshCensus *self, guint32 peer);

G_END_DECLS
