/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-transfer.h>

#include <string.h>

#include <genos/mesh/mesh-topology.h>

GenosMeshTransfer *
genos_mesh_transfer_new (
    const char *id, const char *origin, guint origin_cell, guint64 ms, gsize size, gint64 now)
{
  GenosMeshTransfer *self = g_new0 (GenosMeshTransfer, 1);

  self->n_refs = 1;
  self->id = g_strdup (id);
  self->origin = g_strdup (origin);
  self->origin_cell = origin_cell;
  self->ms = ms;
  self->size = size;
  self->n_chunks = genos_mesh_chunk_count (size);
  self->chunks = g_new0 (GBytes *, self->n_chunks);
  self->begun = self->at = now;
  self->teller = self->asked_peer = GENOS_MESH_NOBODY;
  return self;
}

GenosMeshTransfer *
genos_mesh_transfer_ref (GenosMeshTransfer *self)
{
  self->n_refs++;
  return self;
}

void
genos_mesh_transfer_unref (GenosMeshTransfer *self)
{
  if (--self->n_refs > 0)
    return;
  genos_mesh_transfer_drop (self);
  g_free (self->id);
  g_free (self->origin);
  g_free (self);
}

void
genos_mesh_transfer_drop (GenosMeshTransfer *self)
{
  for (guint i = 0; self->chunks != NULL && i < self->n_chunks; i++)
    g_clear_pointer (&self->chunks[i], g_bytes_unref);
  g_clear_pointer (&self->chunks, g_free);
  self->n_have = 0;
  self->n_bytes = 0;
}

gboolean
genos_mesh_transfer_has (const GenosMeshTransfer *self, guint index)
{
  return self->chunks != NULL && index < self->n_chunks && self->chunks[index] != NULL;
}

gboolean
genos_mesh_transfer_is_complete (const GenosMeshTransfer *self)
{
  return self->n_have == self->n_chunks;
}

static void
put (GenosMeshTransfer *self, guint index, GBytes *bytes)
{
  self->chunks[index] = bytes;
  self->n_have++;
  self->n_bytes += g_bytes_get_size (bytes);
}

gboolean
genos_mesh_transfer_put (GenosMeshTransfer *self, guint index, GBytes *bytes, gint64 now)
{
  if (self->chunks == NULL || genos_mesh_transfer_has (self, index))
    return FALSE;
  put (self, index, g_bytes_ref (bytes));
  self->at = now;
  return TRUE;
}

void
genos_mesh_transfer_fill (GenosMeshTransfer *self, GBytes *content)
{
  for (guint i = 0; i < self->n_chunks; i++)
    put (self, i,
        g_bytes_new_from_bytes (
            content, (gsize) i * GENOS_MESH_CHUNK_SIZE, genos_mesh_chunk_measure (self->size, i)));
}

GBytes *
genos_mesh_transfer_join (const GenosMeshTransfer *self)
{
  guint8 *joined = g_malloc (self->size);

  for (guint i = 0; i < self->n_chunks; i++)
    memcpy (joined + (gsize) i * GENOS_MESH_CHUNK_SIZE, g_bytes_get_data (self->chunks[i], NULL),
        g_bytes_get_size (self->chunks[i]));
  return g_bytes_new_take (joined, self->size);
}

GenosMeshFrame *
genos_mesh_transfer_make_frame (const GenosMeshTransfer *self, guint index)
{
  g_autofree char *id = NULL;
  g_autofree char *data = NULL;

  if (!genos_mesh_transfer_has (self, index))
    return NULL;
  id = genos_mesh_chunk_build_id (self->id, index);
  data = genos_mesh_chunk_build_data (self->size, self->chunks[index]);
  return genos_mesh_frame_new_chunk (id, self->origin, self->origin_cell, self->ms, data);
}

GPtrArray *
genos_mesh_transfer_list_missing (const GenosMeshTransfer *self, guint max)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; self->chunks != NULL && i < self->n_chunks && ids->len < max; i++)
    if (self->chunks[i] == NULL)
      g_ptr_array_add (ids, genos_mesh_chunk_build_id (self->id, i));
  return ids;
}
