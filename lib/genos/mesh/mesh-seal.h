/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When to look again who is there: not at each coming and going, or every peer would move all the time;
 * and at about the same time everywhere, without a word about it. Pure: it is told the time (µs).
 *
 *   coming, bye, dead bridge ──► 2 s without another one, or 10 s in all ──► seal
 *   silent for too long ───────► 30 s later it is still silent ────────────► seal
 */
typedef struct {
  gint64 quiet;  /* µs: without a further change */
  gint64 cap;    /* from the first change */
  gint64 shrink; /* for whoever is silent */
  gint64 grace;  /* after a seal: old links and roles still count */
  gint64 tick;   /* how often somebody looks */
} GenosMeshTimes;

extern const GenosMeshTimes genos_mesh_default_times;

typedef enum {
  GENOS_MESH_SEAL_NOT_DUE,
  GENOS_MESH_SEAL_CHANGE, /* whoever is silent stays */
  GENOS_MESH_SEAL_SHRINK, /* without the silent ones */
} GenosMeshSealDue;

typedef struct {
  GenosMeshTimes times;
  gint64 first_change, last_change; /* 0: none */
  gint64 silent_since;              /* 0: nobody */
  gint64 sealed_at;
  guint64 epoch; /* of seals: 0 before the first one */
} GenosMeshSeal;

/* @times (nullable): the usual ones. The first seal waits like one after a change. */
void genos_mesh_seal_init (GenosMeshSeal *self, const GenosMeshTimes *times, gint64 now);
void genos_mesh_seal_changed (GenosMeshSeal *self, gint64 now);
void genos_mesh_seal_set_silent (GenosMeshSeal *self, guint n_silent, gint64 now);
GenosMeshSealDue genos_mesh_seal_is_due (const GenosMeshSeal *self, gint64 now);
void genos_mesh_seal_done (GenosMeshSeal *self, GenosMeshSealDue which, gint64 now);
gboolean genos_mesh_seal_in_grace (const GenosMeshSeal *self, gint64 now);

G_END_DECLS
