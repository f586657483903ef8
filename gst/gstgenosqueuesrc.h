/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstgenosclockmap.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* Private: what the sources at the beginning of genosroomsrc's pads have in common. Live, from a bounded
 * queue that is filled on threads of the library, which are never held up; one task pushes.
 *
 * Signal, on the streaming thread: ::ended: EOS has gone out, nothing will follow. */
#define GST_TYPE_GENOS_QUEUE_SRC (gst_genos_queue_src_get_type ())
#define GST_GENOS_QUEUE_SRC(object)                                                                \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_GENOS_QUEUE_SRC, GstGenosQueueSrc))
#define GST_GENOS_QUEUE_SRC_CLASS(klass)                                                           \
  (G_TYPE_CHECK_CLASS_CAST ((klass), GST_TYPE_GENOS_QUEUE_SRC, GstGenosQueueSrcClass))
#define GST_GENOS_QUEUE_SRC_GET_CLASS(object)                                                      \
  (G_TYPE_INSTANCE_GET_CLASS ((object), GST_TYPE_GENOS_QUEUE_SRC, GstGenosQueueSrcClass))

/* What may wait here beyond the latency, with which sinks hold it up. */
#define GST_GENOS_QUEUE_SRC_TIME (2 * GST_SECOND)
#define GST_GENOS_QUEUE_SRC_BYTES (16 * 1024 * 1024)

typedef struct _GstGenosQueueSrc GstGenosQueueSrc;
typedef struct _GstGenosQueueSrcClass GstGenosQueueSrcClass;

struct _GstGenosQueueSrc {
  GstElement parent;

  GstPad *srcpad;
  guint group_id;
  guint latency_ms; /* atomic */

  GMutex lock;
  GCond cond;
  /* under the lock */
  GQueue buffers;
  gsize n_bytes;
  gboolean flushing;
  gboolean playing;
  gboolean unlinked;
  gboolean ending;
  gboolean discont; /* the next buffer has nothing to do with the last one */
  guint64 dropped;

  /* streaming thread */
  gboolean begun;
  GstFlowReturn flow; /* the last one */
  GstGenosClockMap clock_map;
};

/* Whatever a source has no need of may be NULL, but for prepare(). */
struct _GstGenosQueueSrcClass {
  GstElementClass parent_class;

  /* Streaming thread. Pushes what has to go before @buffer, and gives it its place in running time. */
  void (*prepare) (GstGenosQueueSrc *self, GstBuffer *buffer);
  /* Under the lock: until when (µs, monotonic) one that has had nothing since @since is to wait; 0: for as
   * long as it takes. */
  gint64 (*get_wake_time) (GstGenosQueueSrc *self, gint64 since);
  /* Streaming thread: that time has come. */
  void (*wake) (GstGenosQueueSrc *self);
  /* It plays, or not any more. */
  void (*playing_changed) (GstGenosQueueSrc *self, gboolean playing);
  /* Somebody wants what comes again. Any thread. */
  void (*resumed) (GstGenosQueueSrc *self);
  /* Under the lock: the last moment for what belongs in front of the EOS. Any thread. */
  void (*finish) (GstGenosQueueSrc *self);
  /* An event from downstream; TRUE: it was for us. @event (transfer none) */
  gboolean (*take_event) (GstGenosQueueSrc *self, GstEvent *event);
};

GType gst_genos_queue_src_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstGenosQueueSrc, gst_object_unref)

/* EOS behind what is queued. Any thread. */
void gst_genos_queue_src_end (GstGenosQueueSrc *self);

/* Somebody has linked a pad that nobody took anything from. Any thread. */
void gst_genos_queue_src_resume (GstGenosQueueSrc *self);

/* What it answers to the latency query. Any thread. */
void gst_genos_queue_src_set_latency (GstGenosQueueSrc *self, GstClockTime latency);
GstClockTime gst_genos_queue_src_get_latency (GstGenosQueueSrc *self);

guint64 gst_genos_queue_src_get_dropped (GstGenosQueueSrc *self);

/* For those that fill the queue, under the lock. */

/* Whether anybody wants what comes now. What is left out makes the next one discontinuous. */
gboolean gst_genos_queue_src_is_open (GstGenosQueueSrc *self);
/* (transfer full) buffer */
void gst_genos_queue_src_append (GstGenosQueueSrc *self, GstBuffer *buffer);
/* (transfer full) (nullable): the oldest */
GstBuffer *gst_genos_queue_src_pop (GstGenosQueueSrc *self);
void gst_genos_queue_src_clear (GstGenosQueueSrc *self);

/* Streaming thread: from the time of the system clock to running time. */
GstClockTime gst_genos_queue_src_to_running_time (GstGenosQueueSrc *self, GstClockTime system_time);

G_END_DECLS
