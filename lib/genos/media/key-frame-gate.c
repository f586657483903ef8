/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/key-frame-gate.h>

void
genos_key_frame_gate_init (GenosKeyFrameGate *self, gint64 interval)
{
  *self = (GenosKeyFrameGate){ .interval = interval };
}

static gboolean
let_through (GenosKeyFrameGate *self, gint64 now)
{
  self->any = TRUE;
  self->last = now;
  self->pending = FALSE;
  return TRUE;
}

gboolean
genos_key_frame_gate_request (GenosKeyFrameGate *self, gint64 now)
{
  self->pending = TRUE;
  return genos_key_frame_gate_poll (self, now);
}

gboolean
genos_key_frame_gate_poll (GenosKeyFrameGate *self, gint64 now)
{
  if (!self->pending)
    return FALSE;
  if (self->any && now - self->last < self->interval)
    return FALSE;
  return let_through (self, now);
}

gint64
genos_key_frame_gate_next (const GenosKeyFrameGate *self)
{
  if (!self->pending)
    return -1;
  return self->any ? self->last + self->interval : 0;
}

void
genos_key_frame_gate_passed (GenosKeyFrameGate *self, gint64 now)
{
  let_through (self, now);
}
