/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/picture-gate.h>

static gboolean
may_pass (GenosPictureGate *self, gboolean key)
{
  switch (self->let) {
    case GENOS_PICTURES_ALL:
      return key || !(self->waits || self->cut);
    case GENOS_PICTURES_KEY:
      return key;
    default:
      return FALSE;
  }
}

static void
begin_picture (GenosPictureGate *self, guint32 timestamp, gboolean key)
{
  self->begun = TRUE;
  self->timestamp = timestamp;
  self->passing = may_pass (self, key);
  /* What is behind a key frame builds upon nothing before it. */
  self->waits = !self->passing;
}

void
genos_picture_gate_restart (GenosPictureGate *self)
{
  self->begun = self->passing = FALSE;
  self->waits = self->left_out = TRUE;
}

gboolean
genos_picture_gate_take (
    GenosPictureGate *self, guint32 timestamp, gboolean begins_key, gboolean *after_gap)
{
  if (!self->begun || begins_key || timestamp != self->timestamp)
    begin_picture (self, timestamp, begins_key);
  *after_gap = self->passing && self->left_out;
  self->left_out = !self->passing;
  return self->passing;
}
