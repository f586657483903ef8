/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-frame.h>

G_BEGIN_DECLS

/* The broadcasts of the last half minute, for neighbours that missed one. */
typedef struct _GenosMeshRecent GenosMeshRecent;

#define GENOS_MESH_RECENT_MAX 128
#define GENOS_MESH_RECENT_BYTES (1024 * 1024)
#define GENOS_MESH_RECENT_AGE (30 * G_TIME_SPAN_SECOND)

typedef struct {
  GenosMeshFrame *frame;
  guint from_cell;
  gboolean told; /* the neighbours have been told of it */
  guint n_told;  /* one of our own: how often a member of our cell was */
  gint64 at;
} GenosMeshRecentFrame;

GenosMeshRecent *genos_mesh_recent_new (void);
void genos_mesh_recent_free (GenosMeshRecent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshRecent, genos_mesh_recent_free)

/* One that is too large for it is not kept. */
void
genos_mesh_recent_add (GenosMeshRecent *self, GenosMeshFrame *frame, guint from_cell, gint64 now);
void genos_mesh_recent_expire (GenosMeshRecent *self, gint64 now);
/* (transfer none) (nullable) */
GenosMeshRecentFrame *genos_mesh_recent_find (GenosMeshRecent *self, const char *id);
/* The @index-th, oldest first; NULL behind the last. Valid until the next call that changes it. */
GenosMeshRecentFrame *genos_mesh_recent_get (GenosMeshRecent *self, guint index);

G_END_DECLS
