/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-seal.h>

const GenosMeshTimes genos_mesh_default_times = {
  .quiet = 2 * G_TIME_SPAN_SECOND,
  .cap = 10 * G_TIME_SPAN_SECOND,
  .shrink = 30 * G_TIME_SPAN_SECOND,
  .grace = 5 * G_TIME_SPAN_SECOND,
  .tick = 2 * G_TIME_SPAN_SECOND,
};

/* 0 stands for never. */
static gint64
moment (gint64 now)
{
  return now != 0 ? now : 1;
}

void
genos_mesh_seal_init (GenosMeshSeal *self, const GenosMeshTimes *times, gint64 now)
{
  *self = (GenosMeshSeal){ .times = times != NULL ? *times : genos_mesh_default_times };
  genos_mesh_seal_changed (self, now);
}

void
genos_mesh_seal_changed (GenosMeshSeal *self, gint64 now)
{
  if (self->first_change == 0)
    self->first_change = moment (now);
  self->last_change = moment (now);
}

void
genos_mesh_seal_set_silent (GenosMeshSeal *self, guint n_silent, gint64 now)
{
  if (n_silent == 0)
    self->silent_since = 0;
  else if (self->silent_since == 0)
    self->silent_since = moment (now);
}

GenosMeshSealDue
genos_mesh_seal_is_due (const GenosMeshSeal *self, gint64 now)
{
  if (self->silent_since != 0 && now - self->silent_since >= self->times.shrink)
    return GENOS_MESH_SEAL_SHRINK;
  if (self->first_change == 0)
    return GENOS_MESH_SEAL_NOT_DUE;
  if (now - self->last_change >= self->times.quiet || now - self->first_change >= self->times.cap)
    return GENOS_MESH_SEAL_CHANGE;
  return GENOS_MESH_SEAL_NOT_DUE;
}

void
genos_mesh_seal_done (GenosMeshSeal *self, GenosMeshSealDue which, gint64 now)
{
  self->first_change = 0;
  self->last_change = 0;
  if (which == GENOS_MESH_SEAL_SHRINK)
    self->silent_since = 0;
  self->sealed_at = now;
  self->epoch++;
}

gboolean
genos_mesh_seal_in_grace (const GenosMeshSeal *self, gint64 now)
{
  return self->epoch > 0 && now - self->sealed_at < self->times.grace;
}
