/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-remnants.h>

/* A channel that ends leaves two bins, and what is still to be done with them is already in webrtcbin's
 * queue by then: that of two channels at most. The peer decides how many come and go, so the number
 * is bounded. */
#define MAX_REMNANTS 16

typedef struct {
  GMutex lock;
  GQueue elements;
} Remnants;

/* When both sides close a data channel at once, webrtcbin 1.26 removes the channel's bins, without
 * holding them, while its own thread still has a task that looks for their pads. */
static void
on_element_removed (GstBin *bin, GstElement *element, Remnants *self)
{
  GstElement *oldest = NULL;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->elements, gst_object_ref (element));
  if (g_queue_get_length (&self->elements) > MAX_REMNANTS)
    oldest = g_queue_pop_head (&self->elements);
  g_mutex_unlock (&self->lock);

  g_clear_pointer (&oldest, gst_object_unref);
}

static void
free_remnants (gpointer data, GClosure *closure)
{
  Remnants *self = data;

  g_queue_clear_full (&self->elements, gst_object_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
genos_webrtc_keep_remnants (GstElement *webrtc)
{
  Remnants *self = g_new0 (Remnants, 1);

  g_mutex_init (&self->lock);
  g_queue_init (&self->elements);
  g_signal_connect_data (
      webrtc, "element-removed", G_CALLBACK (on_element_removed), self, free_remnants, 0);
}
