/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-frame.h>
#include <genos/mesh/mesh-transfer.h>

G_BEGIN_DECLS

/* What waits for one link that takes no more at the moment, in three lanes: what the mesh says for itself,
 * messages, and bulk (parts of something large). Each lane goes before the next. In a lane each origin has
 * a queue of its own, and they take turns by bytes (deficit round robin; Shreedhar and Varghese, 1995): one
 * that floods waits for itself. When there is too much, the origin that has most in a lane loses its newest
 * frame. Bulk for one peer, and chunks of what is said to everybody (mesh-feed.h), take turns as well; chunks
 * are not kept here, and so are not too much. */
typedef struct _GenosMeshQueue GenosMeshQueue;

#define GENOS_MESH_QUEUE_BYTES (4 * 1024 * 1024)
#define GENOS_MESH_QUEUE_FRAMES 2048
#define GENOS_MESH_QUEUE_CONTROL 256

GenosMeshQueue *genos_mesh_queue_new (void);
void genos_mesh_queue_free (GenosMeshQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshQueue, genos_mesh_queue_free)

/* How many frames were dropped for it; that may be itself. */
guint genos_mesh_queue_push (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl);
/* A chunk that is here; once. */
void genos_mesh_queue_push_chunk (
    GenosMeshQueue *self, GenosMeshTransfer *transfer, guint index, guint ttl);
/* Whose turn it is: (transfer full) (nullable) */
GenosMeshFrame *genos_mesh_queue_pop (GenosMeshQueue *self, guint *ttl);
/* The one that was popped last was not taken after all. */
void genos_mesh_queue_unpop (GenosMeshQueue *self, GenosMeshFrame *frame, guint ttl);
/* Chunks, too. */
guint genos_mesh_queue_get_n (GenosMeshQueue *self);
gsize genos_mesh_queue_get_bytes (GenosMeshQueue *self);
/* Whether something waits that @frame may not overtake. */
gboolean genos_mesh_queue_is_behind (GenosMeshQueue *self, GenosMeshFrame *frame);

G_END_DECLS
