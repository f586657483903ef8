/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is said to everybody and goes in chunks: how much of it has come, and how much has left. */

#include <genos/room/cells/mesh-private.h>

#include <string.h>

#include <genos/mesh/mesh-chunk.h>

/* Between two looks at what has left. */
#define LOOK_MS 20

typedef struct {
  guint32 peer;
  char *peer_id;
  guint n_handed, n_told;
} Leg;

/* One of ours on its way to the neighbours. */
typedef struct {
  char *id;
  guint n_chunks;
  GArray *legs;              /* of Leg */
  GenosMeshLeavingFunc func; /* (nullable): nobody watches */
  gpointer data;
} Leaving;

static void
leg_clear (gpointer data)
{
  g_free (((Leg *) data)->peer_id);
}

static void
leaving_free (gpointer data)
{
  Leaving *leaving = data;

  g_array_unref (leaving->legs);
  g_free (leaving->id);
  g_free (leaving);
}

void
genos_mesh_large_init (GenosMesh *self)
{
  self->leaving = g_ptr_array_new_with_free_func (leaving_free);
}

void
genos_mesh_large_finalize (GenosMesh *self)
{
  g_ptr_array_unref (self->leaving);
}

/* --- leaving --- */

static Leaving *
find (GenosMesh *self, const char *id)
{
  for (guint i = 0; i < self->leaving->len; i++) {
    Leaving *leaving = g_ptr_array_index (self->leaving, i);

    if (strcmp (leaving->id, id) == 0)
      return leaving;
  }
  return NULL;
}

static Leg *
ensure_leg (GenosMesh *self, Leaving *leaving, guint32 peer)
{
  Leg leg = { .peer = peer };

  for (guint i = 0; i < leaving->legs->len; i++)
    if (g_array_index (leaving->legs, Leg, i).peer == peer)
      return &g_array_index (leaving->legs, Leg, i);
  leg.peer_id = g_strdup (genos_mesh_topology_get_id (self->topology, peer));
  g_array_append_val (leaving->legs, leg);
  return &g_array_index (leaving->legs, Leg, leaving->legs->len - 1);
}

void
genos_mesh_large_handed (GenosMesh *self, guint32 peer, GenosMeshFrame *chunk)
{
  g_autofree char *id = NULL;
  guint index;
  Leaving *leaving;
  Leg *leg;

  if (self->leaving->len == 0 || !genos_mesh_chunk_parse_id (chunk->id, &id, &index))
    return;
  leaving = find (self, id);
  if (leaving == NULL)
    return;
  leg = ensure_leg (self, leaving, peer);
  leg->n_handed = MIN (leg->n_handed + 1, leaving->n_chunks);
}

/* FALSE: its watcher ended it, or the mesh. */
static gboolean
tell_progress (GenosMesh *self, const char *id)
{
  Leaving *leaving = find (self, id);

  for (guint i = 0; leaving != NULL && i < leaving->legs->len; i++) {
    Leg *leg = &g_array_index (leaving->legs, Leg, i);
    g_autofree char *peer_id = NULL;

    if (leg->n_told == leg->n_handed)
      continue;
    leg->n_told = leg->n_handed;
    peer_id = g_strdup (leg->peer_id);
    if (leaving->func != NULL)
      leaving->func (peer_id, (gdouble) leg->n_told / leaving->n_chunks, leaving->data);
    leaving = find (self, id);
  }
  return leaving != NULL;
}

static void
finish (GenosMesh *self, const char *id)
{
  Leaving *leaving = find (self, id);
  GenosMeshLeavingFunc func = leaving->func;
  gpointer data = leaving->data;

  g_ptr_array_remove (self->leaving, leaving);
  if (func != NULL)
    func (NULL, 1.0, data);
}

static gboolean
on_look (gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  g_auto (GStrv) ids = g_new0 (char *, self->leaving->len + 1);

  for (guint i = 0; i < self->leaving->len; i++)
    ids[i] = g_strdup (((Leaving *) g_ptr_array_index (self->leaving, i))->id);
  for (guint i = 0; ids[i] != NULL; i++)
    if (tell_progress (self, ids[i])
        && (self->overlay == NULL || !genos_mesh_overlay_is_leaving (self->overlay, ids[i])))
      finish (self, ids[i]);
  return self->leaving->len > 0;
}

static void
begin (GenosMesh *self, const char *id, GBytes *content)
{
  Leaving *leaving = g_new0 (Leaving, 1);

  leaving->id = g_strdup (id);
  leaving->n_chunks = genos_mesh_chunk_count (g_bytes_get_size (content));
  leaving->legs = g_array_new (FALSE, FALSE, sizeof (Leg));
  g_array_set_clear_func (leaving->legs, leg_clear);
  g_ptr_array_add (self->leaving, leaving);
  if (!genos_timer_is_running (&self->leaving_timer))
    genos_timer_start (
        &self->leaving_timer, self->context, LOOK_MS, on_look, self, "[genos] mesh leaving");
}

char *
genos_mesh_large_say (GenosMesh *self, const GenosMeshAddress *address,
    const GenosExtendedMessage *message, GError **error)
{
  g_autoptr (GBytes) content = genos_mesh_content_build (address, message, error);
  gint64 now = g_get_monotonic_time ();
  g_autofree char *id = NULL;

  if (content == NULL)
    return NULL;
  id = genos_mesh_overlay_send_large (self->overlay, content, now);
  if (id == NULL) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_LIMIT,
        "too much that is large waits to leave for everybody: send it later");
    return NULL;
  }
  begin (self, id, content);
  genos_mesh_overlay_pump (self->overlay, now);
  return g_steal_pointer (&id);
}

void
genos_mesh_watch_leaving (
    GenosMesh *self, const char *large_id, GenosMeshLeavingFunc func, gpointer data)
{
  Leaving *leaving = find (self, large_id);

  g_return_if_fail (leaving != NULL);
  leaving->func = func;
  leaving->data = data;
}

void
genos_mesh_large_end (GenosMesh *self)
{
  genos_timer_stop (&self->leaving_timer);
  while (self->leaving->len > 0) {
    g_autofree char *id = g_strdup (((Leaving *) g_ptr_array_index (self->leaving, 0))->id);

    finish (self, id);
  }
}

/* --- arriving --- */

void
genos_mesh_large_arriving (const GenosMeshTransfer *transfer, gpointer data)
{
  g_autoptr (GenosMesh) self = g_object_ref (GENOS_MESH (data));
  g_autofree char *channel = NULL;
  g_autofree char *metadata = NULL;

  /* Which channel it is for stands at its beginning. */
  if (genos_mesh_transfer_has (transfer, 0) && genos_mesh_is_welcome (self, transfer->origin)
      && genos_mesh_content_peek (transfer->chunks[0], &channel, &metadata))
    self->host->progress (channel, transfer->origin,
        (gdouble) transfer->n_have / transfer->n_chunks, metadata, self->host_data);
}
