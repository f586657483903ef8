/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-chunk.h>
#include <genos/mesh/mesh-frame.h>

G_BEGIN_DECLS

/* Something large on its way to everybody, as far as it is here: its chunks are put together, and handed on
 * from here to each neighbour as fast as that one takes them. Counted references; one thread. */
typedef struct {
  guint n_refs;
  char *id;
  char *origin;
  guint origin_cell;
  guint64 ms; /* from the id */
  gsize size;
  guint n_chunks;
  GBytes **chunks; /* each (nullable): not here; NULL: dropped */
  guint n_have;
  gsize n_bytes; /* that are here */
  guint n_feeds; /* queues that it waits in */

  gint64 begun;       /* µs: the first chunk came */
  gint64 at;          /* µs: the last one came */
  gint64 unasked_at;  /* µs: the last one that was not asked for; 0: none */
  gboolean told;      /* who is near has been told that we have it */
  guint32 teller;     /* who said that it has all of it; GENOS_MESH_NOBODY */
  guint32 asked_peer; /* whom we asked last; GENOS_MESH_NOBODY */
  gint64 asked_at;    /* µs: 0: nobody yet */
  guint n_asks;       /* how often nothing had come for a while */
  guint n_awaited;    /* chunks that we asked for, and that did not come yet */
} GenosMeshTransfer;

/* @id: of the whole; @size: checked */
GenosMeshTransfer *genos_mesh_transfer_new (
    const char *id, const char *origin, guint origin_cell, guint64 ms, gsize size, gint64 now);
GenosMeshTransfer *genos_mesh_transfer_ref (GenosMeshTransfer *self);
void genos_mesh_transfer_unref (GenosMeshTransfer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshTransfer, genos_mesh_transfer_unref)

/* All at once, without copies; of one's own. */
void genos_mesh_transfer_fill (GenosMeshTransfer *self, GBytes *content);
gboolean genos_mesh_transfer_has (const GenosMeshTransfer *self, guint index);
/* FALSE: it was here already. */
gboolean genos_mesh_transfer_put (GenosMeshTransfer *self, guint index, GBytes *bytes, gint64 now);
gboolean genos_mesh_transfer_is_complete (const GenosMeshTransfer *self);
/* Its bytes go; who still holds it has nothing of it. */
void genos_mesh_transfer_drop (GenosMeshTransfer *self);
/* Of one that is complete. (transfer full) */
GBytes *genos_mesh_transfer_join (const GenosMeshTransfer *self);
/* (transfer full) (nullable): the frame of a chunk that is here */
GenosMeshFrame *genos_mesh_transfer_make_frame (const GenosMeshTransfer *self, guint index);
/* The ids of the first @max chunks that are missing. (transfer full) (element-type utf8) */
GPtrArray *genos_mesh_transfer_list_missing (const GenosMeshTransfer *self, guint max);

G_END_DECLS
