/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixoutlet.h"

#include "gstgenosmixinput.h"

struct _GstGenosMixOutlet {
  GstElement *chain;
  GstElement *tee;
  GstElement *mixer;
  GstElement *queue;
  GstPad *tee_pad;
  GstPad *mixer_pad;
  GstPad *src; /* of the chain */
};

static gboolean
link_all (GstGenosMixOutlet *self, const gint *latency)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->queue, "sink");
  g_autoptr (GstPad) src = gst_element_get_static_pad (self->queue, "src");

  gst_bin_add (GST_BIN (self->chain), self->queue);
  self->src = gst_object_ref (gst_ghost_pad_new (NULL, src));
  gst_pad_set_active (self->src, TRUE);
  gst_element_add_pad (self->chain, self->src);
  gst_genos_mix_fix_latency (self->src, latency);
  self->mixer_pad = gst_element_request_pad_simple (self->mixer, "sink_%u");
  if (self->mixer_pad == NULL || gst_pad_link (self->src, self->mixer_pad) != GST_PAD_LINK_OK
      || !gst_element_sync_state_with_parent (self->queue))
    return FALSE;
  self->tee_pad = gst_element_request_pad_simple (self->tee, "src_%u");
  return self->tee_pad != NULL && gst_pad_link (self->tee_pad, sink) == GST_PAD_LINK_OK;
}

GstGenosMixOutlet *
gst_genos_mix_outlet_new (
    GstElement *chain, GstElement *tee, GstElement *mixer, const gint *latency)
{
  GstElement *queue = gst_genos_mix_make ("queue", NULL);
  GstGenosMixOutlet *self;

  if (queue == NULL)
    return NULL;
  self = g_new0 (GstGenosMixOutlet, 1);
  self->chain = gst_object_ref (chain);
  self->tee = gst_object_ref (tee);
  self->mixer = gst_object_ref (mixer);
  self->queue = gst_object_ref_sink (queue);
  gst_genos_mix_set_up_queue (queue, latency);
  gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
  if (link_all (self, latency))
    return self;
  gst_genos_mix_outlet_remove (self);
  return NULL;
}

void
gst_genos_mix_outlet_remove (GstGenosMixOutlet *self)
{
  /* First the mixer's pad, which lets go of a queue that waits for the mix. */
  if (self->mixer_pad != NULL)
    gst_element_release_request_pad (self->mixer, self->mixer_pad);
  if (self->tee_pad != NULL)
    gst_element_release_request_pad (self->tee, self->tee_pad);
  gst_element_set_locked_state (self->queue, TRUE);
  gst_element_set_state (self->queue, GST_STATE_NULL);
  gst_element_remove_pad (self->chain, self->src);
  gst_bin_remove (GST_BIN (self->chain), self->queue);
  gst_clear_object (&self->mixer_pad);
  gst_clear_object (&self->tee_pad);
  gst_clear_object (&self->src);
  gst_object_unref (self->queue);
  gst_object_unref (self->mixer);
  gst_object_unref (self->tee);
  gst_object_unref (self->chain);
  g_free (self);
}
