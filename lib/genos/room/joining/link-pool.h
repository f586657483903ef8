/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* (transfer full) a link not yet started; NULL with an error when this machine cannot make one. */
typedef GenosPeerLink *(*GenosLinkFactory) (gboolean offerer, gpointer user_data, GError **error);

/* Links that dial nobody yet, and gather their candidates meanwhile: a dial that takes one has its offer
 * at once. Each costs threads and sockets, so there are few, and only while dials are to be expected.
 * Lives on the room's context. */
#define GENOS_TYPE_LINK_POOL (genos_link_pool_get_type ())
G_DECLARE_FINAL_TYPE (GenosLinkPool, genos_link_pool, GENOS, LINK_POOL, GObject)

/* A crowd gathers side by side anyway: these are for the first who come. */
#define GENOS_LINK_POOL_SIZE 2
/* Older ones are made anew: addresses change, and a NAT forgets who asked the STUN server. */
#define GENOS_LINK_POOL_AGE (60 * G_TIME_SPAN_SECOND)

GenosLinkPool *genos_link_pool_new (GenosLinkFactory factory, gpointer user_data);

/* How many are to be ready; 0 drops all. */
void genos_link_pool_set_size (GenosLinkPool *self, guint size);

/* About twice a second, with the monotonic time: makes what is missing or too old, one a call. */
void genos_link_pool_tick (GenosLinkPool *self, gint64 now);

/* Drops all, and makes them again by and by: the network is another one. */
void genos_link_pool_flush (GenosLinkPool *self);

/* A started offerer link, NULL when there is none. @offer: its first description, NULL when that is still
 * to be told by ::description. (transfer full) (nullable) */
GenosPeerLink *genos_link_pool_take (GenosLinkPool *self, char **offer);

guint genos_link_pool_get_n (GenosLinkPool *self);

G_END_DECLS
