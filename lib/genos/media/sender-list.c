/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/sender-list.h>

struct _GenosSenderList {
  GMutex lock; /* guards entries (the pointer; the array itself never changes) */
  GPtrArray *entries;
  int wants_key; /* atomic */

  GMutex listener_lock;
  GenosSenderListFunc func;
  gpointer user_data;
};

typedef struct {
  GenosLinkSender *sender;
  gulong active_handler;
  gulong rate_handler;
  gulong key_handler;
  gboolean was_active; /* at the last poll; of the polling thread */
} Entry;

static void
entry_clear (Entry *entry)
{
  g_object_unref (entry->sender);
}

static void
entry_unref (Entry *entry)
{
  g_atomic_rc_box_release_full (entry, (GDestroyNotify) entry_clear);
}

static GPtrArray *
new_entries (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) entry_unref);
}

GenosSenderList *
genos_sender_list_new (void)
{
  GenosSenderList *self = g_atomic_rc_box_new0 (GenosSenderList);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->listener_lock);
  self->entries = new_entries ();
  return self;
}

GenosSenderList *
genos_sender_list_ref (GenosSenderList *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
list_clear (GenosSenderList *self)
{
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->listener_lock);
}

void
genos_sender_list_unref (GenosSenderList *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) list_clear);
}

void
genos_sender_list_set_listener (GenosSenderList *self, GenosSenderListFunc func, gpointer user_data)
{
  g_mutex_lock (&self->listener_lock);
  self->func = func;
  self->user_data = user_data;
  g_mutex_unlock (&self->listener_lock);
}

static void
tell_listener (GenosSenderList *self)
{
  g_mutex_lock (&self->listener_lock);
  if (self->func != NULL)
    self->func (self->user_data);
  g_mutex_unlock (&self->listener_lock);
}

/* Whether it is active, and how fast, is asked in poll(), where no lock of the sender can be held. */
static void
on_changed (GenosLinkSender *sender, GParamSpec *pspec, gpointer user_data)
{
  tell_listener (user_data);
}

static void
on_key_frame_request (GenosLinkSender *sender, gpointer user_data)
{
  GenosSenderList *self = user_data;
  g_atomic_int_set (&self->wants_key, TRUE);
  tell_listener (self);
}

static gulong
connect (GenosSenderList *self, GenosLinkSender *sender, const char *signal, GCallback callback)
{
  return g_signal_connect_data (sender, signal, callback, genos_sender_list_ref (self),
      (GClosureNotify) (GCallback) genos_sender_list_unref, 0);
}

static GPtrArray *
snapshot (GenosSenderList *self)
{
  g_mutex_lock (&self->lock);
  GPtrArray *entries = g_ptr_array_ref (self->entries);
  g_mutex_unlock (&self->lock);
  return entries;
}

static gpointer
copy_entry (gconstpointer entry, gpointer unused)
{
  return g_atomic_rc_box_acquire ((gpointer) entry);
}

static GPtrArray *
copy_entries (GPtrArray *entries)
{
  GPtrArray *copy = new_entries ();
  g_ptr_array_extend (copy, entries, copy_entry, NULL);
  return copy;
}

void
genos_sender_list_add (GenosSenderList *self, GenosLinkSender *sender)
{
  Entry *entry = g_atomic_rc_box_new0 (Entry);
  entry->sender = g_object_ref (sender);
  entry->active_handler = connect (self, sender, "notify::active", G_CALLBACK (on_changed));
  entry->rate_handler = connect (self, sender, "notify::rate", G_CALLBACK (on_changed));
  entry->key_handler =
      connect (self, sender, "key-frame-request", G_CALLBACK (on_key_frame_request));

  g_mutex_lock (&self->lock);
  GPtrArray *old = self->entries;
  self->entries = copy_entries (old);
  g_ptr_array_add (self->entries, entry);
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (old);

  tell_listener (self);
}

static Entry *
steal_entry (GenosSenderList *self, GenosLinkSender *sender)
{
  Entry *found = NULL;
  g_mutex_lock (&self->lock);
  GPtrArray *old = self->entries;
  self->entries = copy_entries (old);
  for (guint i = 0; i < self->entries->len && found == NULL; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);
    if (sender == NULL || entry->sender == sender)
      found = g_ptr_array_steal_index (self->entries, i);
  }
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (old);
  return found;
}

static gboolean
remove_entry (GenosSenderList *self, GenosLinkSender *sender)
{
  Entry *entry = steal_entry (self, sender);
  if (entry == NULL)
    return FALSE;
  g_signal_handler_disconnect (entry->sender, entry->active_handler);
  g_signal_handler_disconnect (entry->sender, entry->rate_handler);
  g_signal_handler_disconnect (entry->sender, entry->key_handler);
  entry_unref (entry);
  return TRUE;
}

void
genos_sender_list_remove (GenosSenderList *self, GenosLinkSender *sender)
{
  remove_entry (self, sender);
  tell_listener (self);
}

void
genos_sender_list_clear (GenosSenderList *self)
{
  while (remove_entry (self, NULL))
    ;
}

gboolean
genos_sender_list_is_empty (GenosSenderList *self)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  return entries->len == 0;
}

guint
genos_sender_list_count_active (GenosSenderList *self)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  guint n = 0;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    if (genos_link_sender_get_active (entry->sender))
      n++;
  }
  return n;
}

void
genos_sender_list_poll (GenosSenderList *self, GenosSenderListState *state)
{
  /* The flag first: what comes after it wakes the listener again. */
  *state = (GenosSenderListState){
    .wants_key = g_atomic_int_exchange (&self->wants_key, FALSE),
    .rate = GENOS_RATE_UNBOUNDED,
  };
  g_autoptr (GPtrArray) entries = snapshot (self);
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    gboolean active = genos_link_sender_get_active (entry->sender);
    state->n_active += active ? 1 : 0;
    if (active)
      state->rate = MIN (state->rate, genos_link_sender_get_rate (entry->sender));
    state->newcomer = state->newcomer || (active && !entry->was_active);
    entry->was_active = active;
  }
}

void
genos_sender_list_push (GenosSenderList *self, GstBuffer *packet)
{
  g_autoptr (GPtrArray) entries = snapshot (self);
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    genos_link_sender_push (entry->sender, gst_buffer_ref (packet));
  }
  gst_buffer_unref (packet);
}
