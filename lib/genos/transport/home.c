/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/home.h>

/* Calls made in one dispatch, so that a busy link leaves room for the context's other sources. */
#define BATCH 64

typedef struct {
  GenosHomeFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Call;

struct _GenosHome {
  GMainContext *context;
  GWeakRef object;

  GMutex lock;
  GQueue calls;    /* Call */
  GSource *source; /* attached while there are calls */
  gboolean left;
};

static void
free_call (Call *call)
{
  if (call->destroy != NULL)
    call->destroy (call->data);
  g_free (call);
}

GenosHome *
genos_home_new (GObject *object)
{
  GenosHome *self = g_atomic_rc_box_new0 (GenosHome);

  self->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->object, object);
  g_mutex_init (&self->lock);
  g_queue_init (&self->calls);
  return self;
}

GenosHome *
genos_home_ref (GenosHome *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (GenosHome *self)
{
  g_queue_clear_full (&self->calls, (GDestroyNotify) free_call);
  g_clear_pointer (&self->source, g_source_unref);
  g_weak_ref_clear (&self->object);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
}

void
genos_home_unref (GenosHome *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

void
genos_home_closure_unref (gpointer home, GClosure *closure)
{
  genos_home_unref (home);
}

static Call *
take_call (GenosHome *self)
{
  Call *call;

  g_mutex_lock (&self->lock);
  call = g_queue_pop_head (&self->calls);
  g_mutex_unlock (&self->lock);
  return call;
}

static gboolean
on_calls (gpointer data)
{
  GenosHome *self = data;
  GObject *object = g_weak_ref_get (&self->object);
  gboolean more;

  for (guint n = 0; n < BATCH; n++) {
    Call *call = take_call (self);

    if (call == NULL)
      break;
    if (object != NULL)
      call->func (object, call->data);
    free_call (call);
  }

  g_mutex_lock (&self->lock);
  more = !g_queue_is_empty (&self->calls);
  if (!more && self->source == g_main_current_source ())
    g_clear_pointer (&self->source, g_source_unref);
  g_mutex_unlock (&self->lock);
  g_clear_object (&object);
  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Called with the lock held. */
static void
attach (GenosHome *self)
{
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->source, "genos-home");
  g_source_set_callback (
      self->source, on_calls, genos_home_ref (self), (GDestroyNotify) genos_home_unref);
  g_source_attach (self->source, self->context);
}

void
genos_home_post (GenosHome *self, GenosHomeFunc func, gpointer data, GDestroyNotify destroy)
{
  Call *call = g_new (Call, 1);
  gboolean taken;

  *call = (Call){ func, data, destroy };
  g_mutex_lock (&self->lock);
  taken = !self->left;
  if (taken) {
    g_queue_push_tail (&self->calls, call);
    if (self->source == NULL)
      attach (self);
  }
  g_mutex_unlock (&self->lock);
  if (!taken)
    free_call (call);
}

GSource *
genos_home_add_timer (GenosHome *self, guint interval_ms, GSourceFunc func, gpointer data)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_static_name (source, "genos-home-timer");
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
  return source;
}

void
genos_home_cancel (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
genos_home_leave (GenosHome *self)
{
  GQueue calls;
  GSource *source;

  g_mutex_lock (&self->lock);
  self->left = TRUE;
  calls = self->calls;
  g_queue_init (&self->calls);
  source = g_steal_pointer (&self->source);
  g_mutex_unlock (&self->lock);

  if (source != NULL) {
    g_source_destroy (source);
    g_source_unref (source);
  }
  g_queue_clear_full (&calls, (GDestroyNotify) free_call);
}
