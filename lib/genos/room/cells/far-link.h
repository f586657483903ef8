/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/mesh/mesh-circuit.h>
#include <genos/transport/peer-link.h>

G_BEGIN_DECLS

/* A link to a peer of our own kind that is reached by way of others: a circuit of the mesh where near peers have a
 * data channel, so that messages, requests and streams go over it as they do there. No media. Open from the
 * beginning. */
#define GENOS_TYPE_FAR_LINK (genos_far_link_get_type ())
G_DECLARE_FINAL_TYPE (GenosFarLink, genos_far_link, GENOS, FAR_LINK, GenosPeerLink)

typedef struct {
  /* As in GenosMeshCircuitEvents. */
  guint64 (*send) (GenosFarLink *self, GBytes *packet, gboolean is_small, gpointer data);
} GenosFarLinkEvents;

/* @events has to live as long as it is open. */
GenosFarLink *genos_far_link_new (const GenosFarLinkEvents *events, gpointer data);

gboolean genos_far_link_is_opening (GenosFarLink *self, GBytes *packet);
gboolean genos_far_link_take (GenosFarLink *self, GBytes *packet);
void genos_far_link_settled (GenosFarLink *self, guint64 serial, gboolean arrived, guint n_again);
void genos_far_link_pump (GenosFarLink *self);
/* Whether its circuit is over, and how; it is to be closed then. */
gboolean genos_far_link_has_ended (GenosFarLink *self, GenosMeshCircuitEnd *how);
/* Something is under way, or waits. */
gboolean genos_far_link_is_busy (GenosFarLink *self);

G_END_DECLS
