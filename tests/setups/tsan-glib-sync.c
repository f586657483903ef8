/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Preloaded into tests under ThreadSanitizer. GLib's locks are futexes and its reference counts are
 * atomics of a library that is not instrumented, so that TSan sees neither and reports each access
 * that they order as a race. These wrappers call the real function and tell TSan what it means.
 * Only what GLib documents as ordering is annotated: an unlock happens before the next lock, a push
 * before its pop, an unref before the finalization it leads to, attaching a source before its
 * dispatch. */
#include <dlfcn.h>
#include <gio/gio.h>
#include <gst/gst.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
    real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name)

#define LOCK(name, type) \
  void name (type *lock) \
  { \
    REAL (name); \
    real (lock); \
    __tsan_acquire (lock); \
  }
#define TRYLOCK(name, type) \
  gboolean name (type *lock) \
  { \
    REAL (name); \
    gboolean taken = real (lock); \
    if (taken) \
      __tsan_acquire (lock); \
    return taken; \
  }
#define UNLOCK(name, type) \
  void name (type *lock) \
  { \
    REAL (name); \
    __tsan_release (lock); \
    real (lock); \
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

/* The last unref reads what all earlier owners wrote. */
void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

gpointer
(g_object_ref) (gpointer object)
{
  REAL (g_object_ref);
  __tsan_acquire (object);
  return real (object);
}

/* Work that is pushed to a pool: what its maker wrote before is there when it is done. */
typedef struct {
  GFunc func;
  gpointer user_data;
} PoolFunc;

static void
run_pushed (gpointer data, gpointer user_data)
{
  PoolFunc *pool = user_data;

  __tsan_acquire (data);
  pool->func (data, pool->user_data);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads, gboolean exclusive,
    GError **error)
{
  REAL (g_thread_pool_new);
  /* Pools live as long as the process. */
  static GPtrArray *kept;
  static GMutex lock;
  PoolFunc *pool = g_new (PoolFunc, 1);

  pool->func = func;
  pool->user_data = user_data;
  g_mutex_lock (&lock);
  if (kept == NULL)
    kept = g_ptr_array_new ();
  g_ptr_array_add (kept, pool);
  g_mutex_unlock (&lock);
  return real (run_pushed, pool, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  REAL (g_thread_pool_push);
  __tsan_release (data);
  return real (pool, data, error);
}

/* A promise is made on one thread and answered on another, after a trip through a main context. */
GstPromise *
gst_promise_new_with_change_func (GstPromiseChangeFunc func, gpointer user_data,
    GDestroyNotify notify)
{
  REAL (gst_promise_new_with_change_func);
  GstPromise *promise = real (func, user_data, notify);

  __tsan_release (promise);
  return promise;
}

void
gst_promise_reply (GstPromise *promise, GstStructure *structure)
{
  REAL (gst_promise_reply);
  __tsan_acquire (promise);
  real (promise, structure);
}
