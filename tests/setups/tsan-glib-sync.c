/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded into tests under ThreadSanitizer. GLib's locks are futexes and its reference counts are
 * atomics of a library that is not instrumented, so that TSan sees neither and reports each access
 * that they order as a race. These wrappers call the real function and tell TSan what it means.
 * Only what GLib documents as ordering is annotated: an unlock happens before the next lock, a push
 * before its pop, an unref before the finalization it leads to, setting a source's callback or a
 * promise's function before its call. */
#include <dlfcn.h>
#include <gst/gst.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name)                                                                                 \
  static __typeof__ (&name) real;                                                                  \
  if (real == NULL)                                                                                \
  real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name)

#define LOCK(name, type)                                                                           \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name);                                                                                   \
    real (lock);                                                                                   \
    __tsan_acquire (lock);                                                                         \
  }
#define TRYLOCK(name, type)                                                                        \
  gboolean name (type *lock)                                                                       \
  {                                                                                                \
    REAL (name);                                                                                   \
    gboolean taken = real (lock);                                                                  \
    if (taken)                                                                                     \
      __tsan_acquire (lock);                                                                       \
    return taken;                                                                                  \
  }
#define UNLOCK(name, type)                                                                         \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name);                                                                                   \
    __tsan_release (lock);                                                                         \
    real (lock);                                                                                   \
  }

#undef g_mutex_lock
#undef g_mutex_trylock
#undef g_mutex_unlock
LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex)
UNLOCK (g_mutex_unlock, GMutex)
LOCK (g_rec_mutex_lock, GRecMutex)
TRYLOCK (g_rec_mutex_trylock, GRecMutex)
UNLOCK (g_rec_mutex_unlock, GRecMutex)
LOCK (g_rw_lock_reader_lock, GRWLock)
LOCK (g_rw_lock_writer_lock, GRWLock)
TRYLOCK (g_rw_lock_reader_trylock, GRWLock)
TRYLOCK (g_rw_lock_writer_trylock, GRWLock)
UNLOCK (g_rw_lock_reader_unlock, GRWLock)
UNLOCK (g_rw_lock_writer_unlock, GRWLock)

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

/* --- functions that run elsewhere; what is given to them was written before */

typedef struct {
  GCallback func;
  gpointer data;
  GDestroyNotify notify;
} Box;

static Box *
new_box (GCallback func, gpointer data, GDestroyNotify notify)
{
  Box *box = g_new (Box, 1);

  *box = (Box){ func, data, notify };
  __tsan_release (box);
  return box;
}

static void
free_box (gpointer data)
{
  Box *box = data;

  __tsan_acquire (box);
  if (box->notify != NULL)
    box->notify (box->data);
  g_free (box);
}

static gboolean
call_source_func (gpointer data)
{
  Box *box = data;

  __tsan_acquire (box);
  return ((GSourceFunc) box->func) (box->data);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_source_set_callback);
  /* The callbacks of other sources have other arguments. */
  if (source->source_funcs == &g_idle_funcs || source->source_funcs == &g_timeout_funcs)
    real (source, call_source_func, new_box (G_CALLBACK (func), data, notify), free_box);
  else
    real (source, func, data, notify);
}

static void
call_change_func (GstPromise *promise, gpointer data)
{
  Box *box = data;

  __tsan_acquire (box);
  ((GstPromiseChangeFunc) box->func) (promise, box->data);
}

GstPromise *
gst_promise_new_with_change_func (GstPromiseChangeFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (gst_promise_new_with_change_func);
  return real (call_change_func, new_box (G_CALLBACK (func), data, notify), free_box);
}

static void
call_element_func (GstElement *element, gpointer data)
{
  Box *box = data;

  __tsan_acquire (box);
  ((GstElementCallAsyncFunc) box->func) (element, box->data);
}

void
gst_element_call_async (
    GstElement *element, GstElementCallAsyncFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (gst_element_call_async);
  real (element, call_element_func, new_box (G_CALLBACK (func), data, notify), free_box);
}

static void
call_pool_func (gpointer data, gpointer user_data)
{
  Box *box = user_data;

  __tsan_acquire (box);
  __tsan_acquire (data);
  ((GFunc) box->func) (data, box->data);
}

GThreadPool *
g_thread_pool_new (
    GFunc func, gpointer user_data, gint max_threads, gboolean exclusive, GError **error)
{
  REAL (g_thread_pool_new);
  return real (
      call_pool_func, new_box (G_CALLBACK (func), user_data, NULL), max_threads, exclusive, error);
}

GThreadPool *
g_thread_pool_new_full (GFunc func, gpointer user_data, GDestroyNotify item_free_func,
    gint max_threads, gboolean exclusive, GError **error)
{
  REAL (g_thread_pool_new_full);
  return real (call_pool_func, new_box (G_CALLBACK (func), user_data, NULL), item_free_func,
      max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  REAL (g_thread_pool_push);
  __tsan_release (data);
  return real (pool, data, error);
}

/* --- what is handed over */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (g_async_queue_push);
  __tsan_release (data);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  REAL (g_async_queue_pop);
  gpointer data = real (queue);
  __tsan_acquire (data);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  REAL (g_async_queue_try_pop);
  gpointer data = real (queue);
  if (data != NULL)
    __tsan_acquire (data);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  REAL (g_async_queue_timeout_pop);
  gpointer data = real (queue, timeout);
  if (data != NULL)
    __tsan_acquire (data);
  return data;
}

/* --- objects */

/* The last unref reads what all earlier owners wrote. */
void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

gpointer (g_object_ref) (gpointer object)
{
  REAL (g_object_ref);
  __tsan_acquire (object);
  return real (object);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  REAL (g_atomic_rc_box_release_full);
  __tsan_release (box);
  __tsan_acquire (box);
  real (box, clear);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  REAL (g_atomic_ref_count_dec);
  __tsan_release (count);
  gboolean last = real (count);
  if (last)
    __tsan_acquire (count);
  return last;
}
