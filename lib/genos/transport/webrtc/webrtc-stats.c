/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-stats.h>

#include <genos/base/error.h>

/* Replies hold it too, until they are home or dropped on the way; by then it has no tasks. */
struct _GenosWebrtcStats {
  gatomicrefcount ref_count;
  GenosHome *home;
  GHashTable *tasks; /* serial → GTask; on the context only */
  guint serial;
};

typedef struct {
  GenosWebrtcStats *owner;
  guint serial;
  GstStructure *stats;
} Reply;

static void
return_closed (gpointer task)
{
  g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_CLOSED, "the link is closed");
  g_object_unref (task);
}

GenosWebrtcStats *
genos_webrtc_stats_new (GenosHome *home)
{
  GenosWebrtcStats *self = g_new0 (GenosWebrtcStats, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->home = genos_home_ref (home);
  self->tasks = g_hash_table_new_full (NULL, NULL, NULL, return_closed);
  return self;
}

void
genos_webrtc_stats_unref (GenosWebrtcStats *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  genos_home_unref (self->home);
  g_hash_table_unref (self->tasks);
  g_free (self);
}

static void
free_reply (gpointer data)
{
  Reply *reply = data;

  genos_webrtc_stats_unref (reply->owner);
  gst_clear_structure (&reply->stats);
  g_free (reply);
}

static void
return_stats (gpointer object, gpointer data)
{
  Reply *reply = data;
  gpointer task;

  if (!g_hash_table_steal_extended (
          reply->owner->tasks, GUINT_TO_POINTER (reply->serial), NULL, &task))
    return;
  if (reply->stats != NULL)
    g_task_return_pointer (
        task, g_steal_pointer (&reply->stats), (GDestroyNotify) gst_structure_free);
  else
    g_task_return_new_error (task, GENOS_ERROR, GENOS_ERROR_FAILED, "webrtcbin has no statistics");
  g_object_unref (task);
}

static void
on_stats (GstPromise *promise, gpointer user_data)
{
  Reply *reply = user_data;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED
      && gst_promise_get_reply (promise) != NULL)
    reply->stats = gst_structure_copy (gst_promise_get_reply (promise));
  gst_promise_unref (promise);
  genos_home_post (reply->owner->home, return_stats, reply, free_reply);
}

void
genos_webrtc_stats_ask (GenosWebrtcStats *self, GstElement *webrtc, GTask *task)
{
  Reply *reply = g_new0 (Reply, 1);

  g_atomic_ref_count_inc (&self->ref_count);
  reply->owner = self;
  reply->serial = ++self->serial;
  g_hash_table_insert (self->tasks, GUINT_TO_POINTER (reply->serial), task);
  g_signal_emit_by_name (
      webrtc, "get-stats", NULL, gst_promise_new_with_change_func (on_stats, reply, NULL));
}

void
genos_webrtc_stats_close (GenosWebrtcStats *self)
{
  g_hash_table_remove_all (self->tasks);
}
