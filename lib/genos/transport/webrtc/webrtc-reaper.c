/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-reaper.h>

#include <stdlib.h>

/* Enough that one slow teardown does not hold up the others. */
#define MAX_THREADS 4
#define EXIT_PATIENCE (2 * G_TIME_SPAN_SECOND)

typedef struct {
  GstElement *pipeline;
  GObject *kept;
  gint64 due;
} Job;

static GMutex lock;
static GCond changed;
static guint waiting;

static void
reap (gpointer data, gpointer user_data)
{
  Job *job = data;
  gint64 left = job->due - g_get_monotonic_time ();

  if (left > 0)
    g_usleep (left);
  gst_element_set_state (job->pipeline, GST_STATE_NULL);
  gst_object_unref (job->pipeline);
  g_clear_object (&job->kept);
  g_free (job);

  g_mutex_lock (&lock);
  waiting--;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

/* A process that ends right after it left a room: OpenSSL takes itself apart at exit, and crashes when
 * a thread is still using it. This runs before, because OpenSSL was in use, and so had registered its
 * own end, when the first link was handed over. */
static void
on_exit_of_process (void)
{
  genos_webrtc_reaper_flush (EXIT_PATIENCE);
}

static GThreadPool *
get_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool)) {
    atexit (on_exit_of_process);
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (reap, NULL, MAX_THREADS, FALSE, NULL));
  }
  return (GThreadPool *) pool;
}

void
genos_webrtc_reap (GstElement *pipeline, GObject *kept, gint64 delay_us)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ pipeline, kept, g_get_monotonic_time () + delay_us };
  g_mutex_lock (&lock);
  waiting++;
  g_mutex_unlock (&lock);
  g_thread_pool_push (get_pool (), job, NULL);
}

gboolean
genos_webrtc_reaper_flush (gint64 timeout_us)
{
  gint64 deadline = g_get_monotonic_time () + timeout_us;
  gboolean in_time = TRUE;

  g_mutex_lock (&lock);
  while (waiting > 0 && in_time)
    in_time = g_cond_wait_until (&changed, &lock, deadline);
  g_mutex_unlock (&lock);
  return in_time;
}

guint
genos_webrtc_reaper_get_n_waiting (void)
{
  guint n;

  g_mutex_lock (&lock);
  n = waiting;
  g_mutex_unlock (&lock);
  return n;
}
