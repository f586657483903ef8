/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Merges key-frame requests and limits their rate. Pure: times are passed in,
 * microseconds of any clock that does not go back. Not thread-safe.
 *
 *   request      x    xx  x                       x
 *   let through  |----------|----------|          |----------|
 *                now        one for the three     now
 *
 * A request that comes too early is kept, merged with others, and let through when its
 * time has come, unless a key frame went by after it and made it needless. */
typedef struct {
  gint64 interval;
  gint64 last;
  gboolean any;
  gboolean pending;
} GenosKeyFrameGate;

#define GENOS_KEY_FRAME_INTERVAL (300 * G_TIME_SPAN_MILLISECOND)

void genos_key_frame_gate_init (GenosKeyFrameGate *self, gint64 interval);

/* Notes a request; TRUE: let it through now. */
gboolean genos_key_frame_gate_request (GenosKeyFrameGate *self, gint64 now);

/* TRUE: a kept request is due; let it through now. */
gboolean genos_key_frame_gate_poll (GenosKeyFrameGate *self, gint64 now);

/* When to poll next; -1: nothing is kept. */
gint64 genos_key_frame_gate_next (const GenosKeyFrameGate *self);

/* A key frame left: what was kept has been answered. */
void genos_key_frame_gate_passed (GenosKeyFrameGate *self, gint64 now);

G_END_DECLS
