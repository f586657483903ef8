/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosbranch.h"

struct _GstGenosBranch {
  gatomicrefcount ref_count;
  GstElement *owner; /* not owned */
  GstElement *chain;
  GstGenosQueueSrc *source;
  const GstGenosBranchFuncs *funcs;
  GstGenosBranchNameFunc make_name;
  GstGenosBranchFunc ended;

  GMutex lock;
  gulong probe;
  gboolean removed; /* lock */
  GstPad *pad;      /* lock; of the owner */
};

GstGenosBranch *
gst_genos_branch_ref (GstGenosBranch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gst_genos_branch_unref (GstGenosBranch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  gst_clear_object (&self->chain);
  gst_clear_object (&self->source);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
unref_data (gpointer data)
{
  gst_genos_branch_unref (data);
}

static void
unref_closure (gpointer data, GClosure *closure)
{
  gst_genos_branch_unref (data);
}

GstGenosQueueSrc *
gst_genos_branch_get_source (GstGenosBranch *self)
{
  return self->source;
}

GstPad *
gst_genos_branch_ref_pad (GstGenosBranch *self)
{
  GstPad *pad;

  g_mutex_lock (&self->lock);
  pad = self->pad != NULL ? gst_object_ref (self->pad) : NULL;
  g_mutex_unlock (&self->lock);
  return pad;
}

gboolean
gst_genos_branch_contains (GstGenosBranch *self, GstObject *object)
{
  return object == GST_OBJECT (self->chain)
      || gst_object_has_as_ancestor (object, GST_OBJECT (self->chain));
}

static gboolean
is_removed (GstGenosBranch *self)
{
  gboolean removed;

  g_mutex_lock (&self->lock);
  removed = self->removed;
  g_mutex_unlock (&self->lock);
  return removed;
}

/* the pad */

static gboolean
copy_sticky (GstPad *from, GstEvent **event, gpointer to)
{
  gst_pad_store_sticky_event (to, *event);
  return TRUE;
}

static void
on_linked (GstPad *pad, GstPad *peer, GstGenosBranch *self)
{
  gst_genos_queue_src_resume (self->source);
}

static GstPad *
make_pad (GstGenosBranch *self, GstPad *target)
{
  const char *format = self->funcs->get_template (self->source);
  g_autofree char *name = self->make_name (self->owner, format);
  GstPadTemplate *templ =
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self->owner), format);
  GstPad *pad = self->funcs->make_pad (self->source, name, templ, target);

  gst_pad_sticky_events_foreach (target, copy_sticky, pad);
  g_signal_connect_data (
      pad, "linked", G_CALLBACK (on_linked), gst_genos_branch_ref (self), unref_closure, 0);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

/* The streaming thread is here; whoever removes the branch waits for it before looking for the
 * pad. */
static void
expose (GstGenosBranch *self, GstPad *target)
{
  GstPad *pad;

  if (self->pad != NULL || is_removed (self))
    return;
  pad = make_pad (self, target);
  g_mutex_lock (&self->lock);
  self->pad = gst_object_ref (pad);
  g_mutex_unlock (&self->lock);
  gst_element_add_pad (self->owner, pad);
  gst_element_post_message (self->owner, gst_message_new_latency (GST_OBJECT (self->owner)));
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    expose (user_data, pad);
  return GST_PAD_PROBE_OK;
}

/* No error: what comes out of one pad of many may be a peer's doing, like another size. */
static void
tell_refused (GstGenosBranch *self)
{
  g_autoptr (GstPad) pad = gst_genos_branch_ref_pad (self);
  g_autoptr (GstCaps) caps = pad != NULL ? gst_pad_get_current_caps (pad) : NULL;

  if (caps == NULL)
    return;
  GST_ELEMENT_WARNING (self->owner, CORE, NEGOTIATION,
      ("The pad %s ends: what it is linked to does not take the %s that comes out of it",
          GST_PAD_NAME (pad), gst_structure_get_name (gst_caps_get_structure (caps, 0))),
      ("caps %" GST_PTR_FORMAT, caps));
}

static void
on_ended (GstGenosQueueSrc *source, GstGenosBranch *self)
{
  if (source->flow == GST_FLOW_NOT_NEGOTIATED)
    tell_refused (self);
  self->ended (self, self->owner);
}

/* making it */

GstGenosBranch *
gst_genos_branch_new (GstElement *owner, GstGenosQueueSrc *source, GstElement *chain,
    const GstGenosBranchFuncs *funcs, GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended)
{
  GstGenosBranch *self = g_new0 (GstGenosBranch, 1);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (chain, "src");

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->owner = owner;
  self->source = gst_object_ref_sink (source);
  self->chain = gst_object_ref_sink (chain);
  self->funcs = funcs;
  self->make_name = make_name;
  self->ended = ended;
  self->probe = gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, gst_genos_branch_ref (self), unref_data);
  g_signal_connect_data (
      source, "ended", G_CALLBACK (on_ended), gst_genos_branch_ref (self), unref_closure, 0);
  return self;
}

void
gst_genos_branch_start (GstGenosBranch *self)
{
  gst_bin_add (GST_BIN (self->owner), self->chain);
  gst_element_sync_state_with_parent (self->chain);
  /* Removed in between: that may have been before the line above. */
  if (is_removed (self)) {
    gst_element_set_locked_state (self->chain, TRUE);
    gst_element_set_state (self->chain, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (self->owner), self->chain);
  }
}

void
gst_genos_branch_end (GstGenosBranch *self)
{
  gst_genos_queue_src_end (self->source);
}

static void
drop_handlers (GstGenosBranch *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->chain, "src");

  /* They keep the branch, and the branch keeps what they are on. */
  g_signal_handlers_disconnect_by_data (self->source, self);
  if (pad == NULL)
    return;
  gst_pad_remove_probe (pad, self->probe);
  if (GST_IS_GHOST_PAD (pad))
    gst_ghost_pad_set_target (GST_GHOST_PAD (pad), NULL);
}

void
gst_genos_branch_remove (GstGenosBranch *self)
{
  g_autoptr (GstPad) pad = NULL;
  gboolean removed;

  g_mutex_lock (&self->lock);
  removed = self->removed;
  self->removed = TRUE;
  g_mutex_unlock (&self->lock);
  if (removed)
    return;
  gst_element_set_locked_state (self->chain, TRUE);
  gst_element_set_state (self->chain, GST_STATE_NULL);
  g_mutex_lock (&self->lock);
  pad = g_steal_pointer (&self->pad);
  g_mutex_unlock (&self->lock);
  if (pad != NULL) {
    gst_pad_set_active (pad, FALSE);
    gst_element_remove_pad (self->owner, pad);
    g_signal_handlers_disconnect_by_data (pad, self);
  }
  drop_handlers (self);
  /* It may never have been there. */
  if (gst_object_has_as_parent (GST_OBJECT (self->chain), GST_OBJECT (self->owner)))
    gst_bin_remove (GST_BIN (self->owner), self->chain);
}

void
gst_genos_branch_set_latency (GstGenosBranch *self, GstClockTime latency)
{
  gst_genos_queue_src_set_latency (self->source, latency);
}
