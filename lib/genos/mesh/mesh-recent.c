/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-recent.h>

#include <string.h>

struct _GenosMeshRecent {
  GQueue frames; /* of GenosMeshRecentFrame, oldest first */
  gsize bytes;
};

GenosMeshRecent *
genos_mesh_recent_new (void)
{
  GenosMeshRecent *self = g_new0 (GenosMeshRecent, 1);

  g_queue_init (&self->frames);
  return self;
}

static void
drop_oldest (GenosMeshRecent *self)
{
  GenosMeshRecentFrame *oldest = g_queue_pop_head (&self->frames);

  self->bytes -= strlen (oldest->frame->data);
  genos_mesh_frame_unref (oldest->frame);
  g_free (oldest);
}

void
genos_mesh_recent_free (GenosMeshRecent *self)
{
  while (!g_queue_is_empty (&self->frames))
    drop_oldest (self);
  g_free (self);
}

void
genos_mesh_recent_add (GenosMeshRecent *self, GenosMeshFrame *frame, guint from_cell, gint64 now)
{
  gsize size = strlen (frame->data);
  GenosMeshRecentFrame *added;

  if (size > GENOS_MESH_RECENT_BYTES / 4)
    return;
  added = g_new0 (GenosMeshRecentFrame, 1);
  added->frame = genos_mesh_frame_ref (frame);
  added->from_cell = from_cell;
  added->at = now;
  g_queue_push_tail (&self->frames, added);
  self->bytes += size;
  while (g_queue_get_length (&self->frames) > GENOS_MESH_RECENT_MAX
      || self->bytes > GENOS_MESH_RECENT_BYTES)
    drop_oldest (self);
}

void
genos_mesh_recent_expire (GenosMeshRecent *self, gint64 now)
{
  GenosMeshRecentFrame *oldest;

  while ((oldest = g_queue_peek_head (&self->frames)) != NULL
      && now - oldest->at >= GENOS_MESH_RECENT_AGE)
    drop_oldest (self);
}

GenosMeshRecentFrame *
genos_mesh_recent_find (GenosMeshRecent *self, const char *id)
{
  for (GList *l = self->frames.head; l != NULL; l = l->next) {
    GenosMeshRecentFrame *recent = l->data;

    if (strcmp (recent->frame->id, id) == 0)
      return recent;
  }
  return NULL;
}

GenosMeshRecentFrame *
genos_mesh_recent_get (GenosMeshRecent *self, guint index)
{
  return g_queue_peek_nth (&self->frames, index);
}
