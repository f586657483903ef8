/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenospadwatch.h"

/* Sound comes before the first key frame, and the next track soon or late. */
#define INTERVAL_MS 500
/* A track that is muted has no pad; nobody waits for it longer. */
#define MAX_LOOKS 10

struct _GstGenosPadWatch {
  GstElement *element;
  GstGenosBranches *branches;

  GMutex lock;
  /* under the lock */
  GSource *timer; /* (nullable): from the first pad on, to the end of the stay */
  guint n_pads;
  guint n_before; /* at the last look */
  guint n_looks;
};

GstGenosPadWatch *
gst_genos_pad_watch_new (GstElement *element, GstGenosBranches *branches)
{
  GstGenosPadWatch *self = g_new0 (GstGenosPadWatch, 1);

  self->element = element;
  self->branches = branches;
  g_mutex_init (&self->lock);
  return self;
}

void
gst_genos_pad_watch_free (GstGenosPadWatch *self)
{
  gst_genos_pad_watch_stop (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
tell (GstElement *element, gpointer unused)
{
  gst_element_no_more_pads (element);
}

static gboolean
on_timer (gpointer user_data)
{
  GstGenosPadWatch *self = user_data;
  gboolean quiet;

  g_mutex_lock (&self->lock);
  quiet = self->n_pads == self->n_before;
  self->n_before = self->n_pads;
  quiet = ++self->n_looks >= MAX_LOOKS || (quiet && gst_genos_branches_have_pads (self->branches));
  g_mutex_unlock (&self->lock);
  if (!quiet)
    return G_SOURCE_CONTINUE;
  /* A player does much in its handler, which is not to hold up the room. */
  gst_element_call_async (self->element, tell, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* The element, and so this, is there as long as the timer is. */
static void
release (gpointer user_data)
{
  GstGenosPadWatch *self = user_data;

  gst_object_unref (self->element);
}

/* Under the lock. */
static void
start (GstGenosPadWatch *self, GstGenosRoomSession *session)
{
  self->timer = g_timeout_source_new (INTERVAL_MS);
  g_source_set_static_name (self->timer, "[genos] pads for players");
  gst_object_ref (self->element);
  g_source_set_callback (self->timer, on_timer, self, release);
  gst_genos_room_session_attach (session, self->timer);
}

void
gst_genos_pad_watch_note (GstGenosPadWatch *self, GstGenosRoomSession *session)
{
  g_mutex_lock (&self->lock);
  self->n_pads++;
  if (self->timer == NULL)
    start (self, session);
  g_mutex_unlock (&self->lock);
}

void
gst_genos_pad_watch_stop (GstGenosPadWatch *self)
{
  g_mutex_lock (&self->lock);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->n_pads = self->n_before = self->n_looks = 0;
  g_mutex_unlock (&self->lock);
}
