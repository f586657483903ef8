/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element-fixture.h"

G_BEGIN_DECLS

/* One pad of a genosroomsrc, also when it is gone. The counters are atomic. */
typedef struct {
  char *name;
  char *peer_id;
  char *stream_id;
  char *track_id;
  GstPad *pad;    /* of genosroomsrc */
  gint n_buffers;
  gint n_lost;    /* RTP: numbers that were left out */
  gint n_backwards;
  gint width;     /* of the last caps */
  gint n_starts;  /* stream-start events */
  gint eos;
  gint gone;
  gint brightness; /* first byte of the last buffer */
  GstClockTime last_pts; /* streaming thread */
  gint last_seqnum;      /* streaming thread; -1: none */
} WatchedPad;

/* A pipeline with a genosroomsrc, all pads of which go into fakesinks, and who has to be looked at from
 * the main thread. */
typedef struct {
  GstElement *pipeline;
  GstElement *src;
  GMutex lock;
  GPtrArray *pads; /* WatchedPad, in the order they came; none is ever removed */
} Watcher;

/* @properties: of genosroomsrc, as in a launch line */
Watcher *watcher_new (const char *room, const char *relays, const char *properties);
void watcher_free (Watcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watcher, watcher_free)

guint watcher_count (Watcher *self);
/* (nullable): the last pad that came with that track id */
WatchedPad *watcher_find (Watcher *self, const char *track_id);
/* Waits for it. */
WatchedPad *watcher_wait_pad (Watcher *self, const char *track_id);

/* Iterates nothing, looks now and then: what is waited for is told on other threads. */
#define WATCH_SECONDS 90
#define watch_until(condition) G_STMT_START { \
    gint64 watch_deadline = g_get_monotonic_time () + WATCH_SECONDS * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > watch_deadline) \
        g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition); \
      g_usleep (10000); \
    } \
  } G_STMT_END

/* Waits for so many buffers more. */
#define watch_buffers(watched, n) G_STMT_START { \
    gint watch_wanted = g_atomic_int_get (&(watched)->n_buffers) + (n); \
    watch_until (g_atomic_int_get (&(watched)->n_buffers) >= watch_wanted); \
  } G_STMT_END

G_END_DECLS
