/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A moving picture that costs next to nothing to make, so that what is measured is what is done
 * with it: a window that wanders over a large textured plane, with a square of noise in it, and a
 * strip of black and white blocks at the top that carries a time through an encoder and back. */
#define BENCH_WIDTH 1280
#define BENCH_HEIGHT 720
#define BENCH_RATE 30
#define BENCH_PICTURE_SIZE (BENCH_WIDTH * BENCH_HEIGHT * 3 / 2)

typedef struct _BenchPicture BenchPicture;

BenchPicture *bench_picture_new (void);
void bench_picture_free (BenchPicture *self);

/* I420 without padding, BENCH_PICTURE_SIZE bytes. */
void bench_picture_draw (BenchPicture *self, guint8 *pixels, guint number);

/* @luma: the first plane. The time is in microseconds and wraps after some 71 minutes. */
void bench_picture_stamp (guint8 *luma, guint stride, guint32 time);

/* FALSE: there is no strip, or it is damaged. */
gboolean bench_picture_read (const guint8 *luma, guint stride, guint width, guint32 *time);

G_END_DECLS
