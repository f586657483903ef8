/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-transfer.h>

G_BEGIN_DECLS

/* The chunks that one link is to be given, and that are kept but once for all links: their frames are made when
 * it is their turn. Origins take turns, chunk by chunk; what one of them said first goes first. */
typedef struct _GenosMeshFeed GenosMeshFeed;

GenosMeshFeed *genos_mesh_feed_new (void);
void genos_mesh_feed_free (GenosMeshFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMeshFeed, genos_mesh_feed_free)

/* Nothing happens when it waits already. */
void
genos_mesh_feed_push (GenosMeshFeed *self, GenosMeshTransfer *transfer, guint index, guint ttl);
/* (transfer full) (nullable) */
GenosMeshFrame *genos_mesh_feed_pop (GenosMeshFeed *self, guint *ttl);
/* The one that was popped last was not taken after all. */
void genos_mesh_feed_unpop (GenosMeshFeed *self);
guint genos_mesh_feed_get_n (GenosMeshFeed *self);

G_END_DECLS
