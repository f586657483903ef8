/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/base/error.h>
#include <genos/base/types.h>
#include <genos/room/message.h>

G_BEGIN_DECLS

/**
 * GenosMeshPeerState:
 * @GENOS_MESH_PEER_GONE: it left, or has been silent for 90 seconds
 * @GENOS_MESH_PEER_KNOWN: it is in the room; messages reach it by way of others
 * @GENOS_MESH_PEER_LINKED: there is a link to it
 *
 * What somebody in a room of cells is to us.
 */
typedef enum {
  GENOS_MESH_PEER_GONE,
  GENOS_MESH_PEER_KNOWN,
  GENOS_MESH_PEER_LINKED,
} GenosMeshPeerState;

GENOS_API
GType genos_mesh_peer_state_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_MESH_PEER_STATE (genos_mesh_peer_state_get_type ())

#define GENOS_TYPE_MESH (genos_mesh_get_type ())
GENOS_API
G_DECLARE_FINAL_TYPE (GenosMesh, genos_mesh, GENOS, MESH, GObject)

/* the layout */
GENOS_API
guint genos_mesh_get_cell_size (GenosMesh *self);
GENOS_API
guint64 genos_mesh_get_epoch (GenosMesh *self);
GENOS_API
int genos_mesh_get_cell (GenosMesh *self);
GENOS_API
gboolean genos_mesh_get_is_bridge (GenosMesh *self);
GENOS_API
guint genos_mesh_get_total_cells (GenosMesh *self);
GENOS_API
guint genos_mesh_get_ttl (GenosMesh *self);
GENOS_API
guint *genos_mesh_get_neighbours (GenosMesh *self, gsize *n_neighbours);
GENOS_API
char **genos_mesh_get_roster (GenosMesh *self);
GENOS_API
GVariant *genos_mesh_get_cells (GenosMesh *self);
GENOS_API
GVariant *genos_mesh_get_peer_info (GenosMesh *self, const char *peer_id);
GENOS_API
GstStructure *genos_mesh_get_stats (GenosMesh *self);

/* messages */
GENOS_API
gboolean
genos_mesh_send (GenosMesh *self, GenosMessage *message, const char *peer_id, GError **error);
GENOS_API
void genos_mesh_ping_async (GenosMesh *self, const char *peer_id, guint timeout_ms,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GENOS_API
gint64 genos_mesh_ping_finish (GenosMesh *self, GAsyncResult *result, GError **error);

/* Signals: ::mesh-state ()  ::mesh-peer-state (peer_id, GenosMeshPeerState)
 *          ::message (peer_id, GenosMessage)  what genos_mesh_send() said */

G_END_DECLS
