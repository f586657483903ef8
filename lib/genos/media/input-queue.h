/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/app/app.h>

G_BEGIN_DECLS

/* The bounded, leaky entrance of an encoder: raw input loses the oldest when full,
 * encoded input everything up to the next key frame.
 *
 * Threading contract: push() and set_caps() from one thread at a time, the rest from any;
 * nothing blocks. Reference counted: a push may be under way when the encoder goes. */
typedef struct _GenosInputQueue GenosInputQueue;

typedef enum {
  GENOS_INPUT_TAKEN,
  GENOS_INPUT_DROPPED,      /* full, out of order, or not what the caps promise */
  GENOS_INPUT_NEEDS_KEY,    /* dropped; the encoded stream goes on with a key frame only */
  GENOS_INPUT_NEEDS_RESTART,  /* dropped; time went back, so a new encoder is needed */
} GenosInputResult;

GenosInputQueue *genos_input_queue_new (GstAppSrc *source, gboolean encoded, gboolean video);
GenosInputQueue *genos_input_queue_ref (GenosInputQueue *self);
void genos_input_queue_unref (GenosInputQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosInputQueue, genos_input_queue_unref)

/* Caps that have been checked. */
void genos_input_queue_set_caps (GenosInputQueue *self, GstCaps *caps);

/* (transfer full) PTS in the time of the system clock; without one: now. */
GenosInputResult genos_input_queue_push (GenosInputQueue *self, GstBuffer *buffer);

guint64 genos_input_queue_get_dropped (GenosInputQueue *self);

G_END_DECLS
