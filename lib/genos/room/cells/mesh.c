/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/cells/mesh-private.h>

#include <genos/crypto/random.h>

/**
 * GenosMesh:
 *
 * The cellular mesh of a room: how a room of thousands holds together with a few
 * links each.
 *
 * With [property@Room:cells] a room divides itself into cells. The members of a
 * cell are linked to each other, and one of them, the bridge, to the bridges of other
 * cells. Which cell a peer is in, and who is a bridge, everybody computes for
 * himself from the ids of who is there, as browsers do, so that nobody has to be
 * asked. The layout is *sealed*, and computed anew when it changes, some seconds
 * after somebody came or left.
 *
 * Messages of channels reach everybody, by way of bridges where there is no
 * link; so do requests, streams and files, to peers of our own kind.
 * [signal@Room::peer-joined] is about links, so there are few of these; who is in the
 * room is told by [method@Mesh.get_roster] and [signal@Mesh::mesh-peer-state].
 *
 * Tracks of everybody are had, too: those who have one pass it on to others, each to
 * [property@Room:forward-max] at most.
 *
 * Got by [method@Room.get_mesh]; there in every room, and empty while the room is
 * not joined or has no cells. Lives on the room's main context.
 */
G_DEFINE_FINAL_TYPE (GenosMesh, genos_mesh, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (GenosMeshPeerState, genos_mesh_peer_state,
    G_DEFINE_ENUM_VALUE (GENOS_MESH_PEER_GONE, "gone"),
    G_DEFINE_ENUM_VALUE (GENOS_MESH_PEER_KNOWN, "known"),
    G_DEFINE_ENUM_VALUE (GENOS_MESH_PEER_LINKED, "linked"))

enum {
  PROP_0,
  PROP_CELL_SIZE,
  PROP_EPOCH,
  PROP_CELL,
  PROP_IS_BRIDGE,
  PROP_TOTAL_CELLS,
  PROP_TTL,
  N_PROPS,
};

enum {
  MESH_STATE,
  MESH_PEER_STATE,
  MESSAGE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

void
genos_mesh_emit_state (GenosMesh *self)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);

  for (guint id = PROP_EPOCH; id < N_PROPS; id++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  g_signal_emit (self, signals[MESH_STATE], 0);
  if (self->overlay != NULL)
    self->host->state (self->host_data);
}

void
genos_mesh_emit_peer_state (GenosMesh *self, const char *peer_id, GenosMeshPeerState state)
{
  g_autoptr (GenosMesh) alive = g_object_ref (self);

  g_signal_emit (self, signals[MESH_PEER_STATE], 0, peer_id, state);
  if (self->overlay != NULL)
    self->host->peer_state (peer_id, state, self->host_data);
}

void
genos_mesh_emit_message (GenosMesh *self, const char *peer_id, GenosMessage *message)
{
  g_signal_emit (self, signals[MESSAGE], 0, peer_id, message);
}

static void
on_sealed (gpointer data)
{
  genos_mesh_emit_state (data);
}

static void
on_links_changed (gpointer data)
{
  genos_mesh_links_apply (data);
}

static const GenosMeshEvents events = {
  .send = genos_mesh_links_send,
  .deliver = genos_mesh_messages_deliver,
  .arriving = genos_mesh_large_arriving,
  .settled = genos_mesh_far_settled,
  .pong = genos_mesh_messages_pong,
  .links_changed = on_links_changed,
  .sealed = on_sealed,
};

/* --- a stay --- */

gboolean
genos_mesh_is_active (GenosMesh *self)
{
  return self->overlay != NULL;
}

void
genos_mesh_set_times (GenosMesh *self, const GenosMeshTimes *times)
{
  self->times = *times;
}

void
genos_mesh_begin (GenosMesh *self, const GenosMeshSetup *setup)
{
  GenosMeshConfig config = {
    .cell_size = setup->cell_size,
    .times = &self->times,
    .wall_ms = g_get_real_time () / 1000,
  };

  genos_random_bytes (config.key, sizeof config.key);
  self->cell_size = setup->cell_size;
  self->topology = genos_mesh_topology_new ();
  self->membership = g_object_ref (setup->membership);
  self->signaller = g_object_ref (setup->signaller);
  self->roster = g_object_ref (setup->roster);
  self->key = setup->key != NULL ? genos_schnorr_key_ref (setup->key) : NULL;
  self->seals_only = setup->seals_only;
  self->letters = genos_mesh_seen_new (config.key);
  self->overlay = genos_mesh_overlay_new (
      self->topology, setup->self_id, &config, &events, self, g_get_monotonic_time ());
  self->hands_keys = setup->hands_keys;
  genos_mesh_links_begin (self);
}

void
genos_mesh_end (GenosMesh *self)
{
  if (self->overlay == NULL)
    return;
  genos_mesh_far_end (self);
  genos_mesh_group_end (self);
  genos_mesh_links_end (self);
  genos_mesh_overlay_stop (self->overlay);
  g_clear_pointer (&self->overlay, genos_mesh_overlay_unref);
  g_clear_pointer (&self->topology, genos_mesh_topology_unref);
  g_clear_object (&self->membership);
  g_clear_object (&self->signaller);
  g_clear_object (&self->roster);
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  g_clear_pointer (&self->letters, genos_mesh_seen_free);
  g_clear_pointer (&self->encoded, genos_mesh_frame_unref);
  g_clear_pointer (&self->encoded_text, g_bytes_unref);
  self->cell_size = 0;
  genos_mesh_large_end (self);
  genos_mesh_messages_end (self);
}

/* --- the object --- */

static void
genos_mesh_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosMesh *self = GENOS_MESH (object);

  switch (id) {
    case PROP_CELL_SIZE:
      g_value_set_uint (value, genos_mesh_get_cell_size (self));
      break;
    case PROP_EPOCH:
      g_value_set_uint64 (value, genos_mesh_get_epoch (self));
      break;
    case PROP_CELL:
      g_value_set_int (value, genos_mesh_get_cell (self));
      break;
    case PROP_IS_BRIDGE:
      g_value_set_boolean (value, genos_mesh_get_is_bridge (self));
      break;
    case PROP_TOTAL_CELLS:
      g_value_set_uint (value, genos_mesh_get_total_cells (self));
      break;
    case PROP_TTL:
      g_value_set_uint (value, genos_mesh_get_ttl (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_mesh_finalize (GObject *object)
{
  GenosMesh *self = GENOS_MESH (object);

  genos_mesh_end (self);
  genos_mesh_far_finalize (self);
  genos_mesh_large_finalize (self);
  g_hash_table_unref (self->pings);
  g_hash_table_unref (self->byes);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (genos_mesh_parent_class)->finalize (object);
}

static void
genos_mesh_class_init (GenosMeshClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = genos_mesh_get_property;
  object_class->finalize = genos_mesh_finalize;

  /**
   * GenosMesh:cell-size:
   *
   * Peers in a cell; 0 while the room is not joined, or has no cells.
   */
  properties[PROP_CELL_SIZE] = g_param_spec_uint ("cell-size", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GenosMesh:epoch:
   *
   * How often a layout was sealed during this stay.
   */
  properties[PROP_EPOCH] = g_param_spec_uint64 ("epoch", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * GenosMesh:cell:
   *
   * The number of our own cell, from 0; -1 before the first seal.
   */
  properties[PROP_CELL] = g_param_spec_int ("cell", NULL, NULL, -1, G_MAXINT, -1, flags);

  /**
   * GenosMesh:is-bridge:
   *
   * Whether we are the bridge of our cell.
   */
  properties[PROP_IS_BRIDGE] = g_param_spec_boolean ("is-bridge", NULL, NULL, FALSE, flags);

  /**
   * GenosMesh:total-cells:
   *
   * How many cells the room has; 0 before the first seal.
   */
  properties[PROP_TOTAL_CELLS] =
      g_param_spec_uint ("total-cells", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * GenosMesh:ttl:
   *
   * How often a message may be passed on; 0 before the first seal.
   */
  properties[PROP_TTL] = g_param_spec_uint ("ttl", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GenosMesh::mesh-state:
   * @self: the mesh
   *
   * A layout was sealed: epoch, cell, bridges, roster may have changed. Some
   * seconds after somebody came or left, at most once every other second.
   */
  signals[MESH_STATE] =
      g_signal_new ("mesh-state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * GenosMesh::mesh-peer-state:
   * @self: the mesh
   * @peer_id: who
   * @state: what it is to us now
   *
   * Somebody was heard of, was linked, lost its link, or left.
   */
  signals[MESH_PEER_STATE] = g_signal_new ("mesh-peer-state", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GENOS_TYPE_MESH_PEER_STATE);

  /**
   * GenosMesh::message:
   * @self: the mesh
   * @peer_id: who sent it
   * @message: the message
   *
   * What a peer said with [method@Mesh.send], or a browser with `mesh.send()`: a
   * message of no channel. Who sent it is what it says itself, unless it is sealed and for us
   * alone.
   */
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, GENOS_TYPE_MESSAGE);
}

static void
genos_mesh_init (GenosMesh *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->times = genos_mesh_default_times;
  self->pings = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  genos_mesh_far_init (self);
  genos_mesh_large_init (self);
  self->byes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GenosMesh *
genos_mesh_new (const GenosMeshHost *host, gpointer data)
{
  GenosMesh *self = g_object_new (GENOS_TYPE_MESH, NULL);

  self->host = host;
  self->host_data = data;
  return self;
}
