/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Feeds every appsrc of a pipeline whose name begins with "camera", 30 pictures a second, each with
 * the time of its making in it. new() comes before the pipeline plays, because a live source has to
 * be one from the beginning; the thread runs from start() to free(). */
typedef struct _BenchCamera BenchCamera;

BenchCamera *bench_camera_new (GstBin *pipeline);
void bench_camera_start (BenchCamera *self);
void bench_camera_free (BenchCamera *self);

G_END_DECLS
