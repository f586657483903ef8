/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/cells/far-link.h>

#include <genos/crypto/random.h>

struct _GenosFarLink {
  GenosPeerLink parent_instance;

  GenosMeshCircuit *circuit;
  const GenosFarLinkEvents *events; /* NULL once closed */
  gpointer data;
  gboolean ended;
  GenosMeshCircuitEnd how;
};

G_DEFINE_FINAL_TYPE (GenosFarLink, genos_far_link, GENOS_TYPE_PEER_LINK)

static guint64
make_flow (void)
{
  guint64 flow = 0;

  while (flow == 0)
    genos_random_bytes ((guint8 *) &flow, sizeof flow);
  return flow;
}

/* --- what the circuit says --- */

static guint64
on_send (GBytes *packet, gboolean is_small, gpointer data)
{
  GenosFarLink *self = data;

  return self->events != NULL ? self->events->send (self, packet, is_small, self->data) : 0;
}

static void
on_frame (GBytes *frame, gpointer data)
{
  genos_peer_link_emit_frame (data, frame);
}

static void
on_drained (gpointer data)
{
  genos_peer_link_emit_drained (data);
}

static void
on_ended (GenosMeshCircuitEnd how, gpointer data)
{
  GenosFarLink *self = data;

  self->ended = TRUE;
  self->how = how;
}

static const GenosMeshCircuitEvents circuit_events = {
  .send = on_send, .frame = on_frame, .drained = on_drained, .ended = on_ended
};

/* --- for whoever carries its packets --- */

gboolean
genos_far_link_is_opening (GenosFarLink *self, GBytes *packet)
{
  return genos_mesh_circuit_is_opening (self->circuit, packet);
}

gboolean
genos_far_link_take (GenosFarLink *self, GBytes *packet)
{
  g_autoptr (GenosFarLink) alive = g_object_ref (self);

  return genos_mesh_circuit_take (self->circuit, packet, make_flow ());
}

void
genos_far_link_settled (GenosFarLink *self, guint64 serial, gboolean arrived, guint n_again)
{
  g_autoptr (GenosFarLink) alive = g_object_ref (self);

  genos_mesh_circuit_settled (self->circuit, serial, arrived, n_again);
}

void
genos_far_link_pump (GenosFarLink *self)
{
  g_autoptr (GenosFarLink) alive = g_object_ref (self);

  genos_mesh_circuit_pump (self->circuit);
}

gboolean
genos_far_link_has_ended (GenosFarLink *self, GenosMeshCircuitEnd *how)
{
  *how = self->how;
  return self->ended;
}

gboolean
genos_far_link_is_busy (GenosFarLink *self)
{
  return genos_mesh_circuit_get_waiting (self->circuit) > 0
      || genos_mesh_circuit_get_n_under_way (self->circuit) > 0;
}

/* --- the link --- */

static gboolean
genos_far_link_send (GenosPeerLink *link, GBytes *frame, GError **error)
{
  GenosFarLink *self = GENOS_FAR_LINK (link);

  if (g_bytes_get_size (frame) > GENOS_MESH_CIRCUIT_FRAME_MAX) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT, "a frame of %" G_GSIZE_FORMAT " bytes",
        g_bytes_get_size (frame));
    return FALSE;
  }
  genos_mesh_circuit_send (self->circuit, frame);
  return TRUE;
}

static gsize
genos_far_link_get_buffered (GenosPeerLink *link)
{
  return genos_mesh_circuit_get_waiting (GENOS_FAR_LINK (link)->circuit);
}

static void
genos_far_link_start (GenosPeerLink *link)
{
  genos_peer_link_emit_opened (link);
}

/* Descriptions are about media. */
static void
genos_far_link_take_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp)
{
}

static void
genos_far_link_close (GenosPeerLink *link)
{
  GenosFarLink *self = GENOS_FAR_LINK (link);

  self->events = NULL;
  genos_mesh_circuit_stop (self->circuit);
}

static void
genos_far_link_finalize (GObject *object)
{
  genos_mesh_circuit_free (GENOS_FAR_LINK (object)->circuit);
  G_OBJECT_CLASS (genos_far_link_parent_class)->finalize (object);
}

static void
genos_far_link_class_init (GenosFarLinkClass *klass)
{
  GenosPeerLinkClass *link_class = GENOS_PEER_LINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = genos_far_link_finalize;
  link_class->start = genos_far_link_start;
  link_class->take_description = genos_far_link_take_description;
  link_class->send = genos_far_link_send;
  link_class->get_buffered = genos_far_link_get_buffered;
  link_class->close = genos_far_link_close;
}

static void
genos_far_link_init (GenosFarLink *self)
{
  self->circuit = genos_mesh_circuit_new (make_flow (), &circuit_events, self);
}

GenosFarLink *
genos_far_link_new (const GenosFarLinkEvents *events, gpointer data)
{
  GenosFarLink *self = g_object_new (GENOS_TYPE_FAR_LINK, "offerer", TRUE, NULL);

  self->events = events;
  self->data = data;
  genos_peer_link_start (GENOS_PEER_LINK (self));
  return self;
}
