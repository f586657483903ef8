/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-seen.h>
#include <genos/mesh/mesh-transfer.h>

G_BEGIN_DECLS

/* The transfers of a peer: those that come in, and for half a minute those that are complete, for neighbours
 * that missed some of them. What they may take is bounded: for each origin, and in all. When there is too
 * much, those go first that are complete and wait in no queue; then the origin that has most loses its newest. */
typedef struct _GenosMeshTransfers GenosMeshTransfers;

#define GENOS_MESH_TRANSFERS_MAX 256
#define GENOS_MESH_TRANSFERS_OF_ORIGIN 64
#define GENOS_MESH_TRANSFERS_BYTES ((gsize) 96 * 1024 * 1024)
#define GENOS_MESH_TRANSFERS_BYTES_OF_ORIGIN ((gsize) 36 * 1024 * 1024)
#define GENOS_MESH_TRANSFER_KEPT (30 * G_TIME_SPAN_SECOND)  /* when it is complete */
#define GENOS_MESH_TRANSFER_QUIET (60 * G_TIME_SPAN_SECOND) /* without another chunk */
#define GENOS_MESH_TRANSFER_LONGEST (15 * G_TIME_SPAN_MINUTE)

typedef enum {
  GENOS_MESH_CHUNK_TAKEN,
  GENOS_MESH_CHUNK_KNOWN,   /* it was here before */
  GENOS_MESH_CHUNK_REFUSED, /* it says something else than the others, or there is too much */
} GenosMeshChunkResult;

/* @key: 16 random bytes */
GenosMeshTransfers *genos_mesh_transfers_new (const guint8 *key);
void genos_mesh_transfers_free (GenosMeshTransfers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshTransfers, genos_mesh_transfers_free)

/* (transfer none) (nullable) */
GenosMeshTransfer *genos_mesh_transfers_find (GenosMeshTransfers *self, const char *id);
/* Whether it was complete, or given up, whether or not it is still here. */
gboolean genos_mesh_transfers_is_over (GenosMeshTransfers *self, const char *id);
/* @frame: which had @chunk in it. @transfer: (out) (transfer none), when it was taken */
GenosMeshChunkResult genos_mesh_transfers_take (GenosMeshTransfers *self, GenosMeshFrame *frame,
    const GenosMeshChunk *chunk, gint64 now, GenosMeshTransfer **transfer);
/* One of our own. FALSE: too much of ours is on its way. */
gboolean genos_mesh_transfers_add (GenosMeshTransfers *self, GenosMeshTransfer *transfer);
/* How many were given up: nothing came any more. */
guint genos_mesh_transfers_expire (GenosMeshTransfers *self, gint64 now);
/* (transfer none) (nullable): the @index-th, oldest first; NULL behind the last */
GenosMeshTransfer *genos_mesh_transfers_get (GenosMeshTransfers *self, guint index);
gsize genos_mesh_transfers_get_bytes (GenosMeshTransfers *self);

G_END_DECLS
