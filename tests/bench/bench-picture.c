/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench-picture.h"

#include <math.h>
#include <string.h>

#define PLANE_WIDTH 2048
#define PLANE_HEIGHT 1152
#define NOISE_SIDE 192

/* 32 bits of time and 8 of check, one block each, across the whole width. */
#define N_BITS 40
#define BLOCK (BENCH_WIDTH / N_BITS)

struct _BenchPicture {
  guint8 *plane;
  guint8 *noise;
  guint32 random;
};

static guint8
next_random (BenchPicture *self)
{
  self->random = self->random * 1664525u + 1013904223u;
  return self->random >> 24;
}

static guint8
texture (guint x, guint y)
{
  double value = 128 + 50 * sin (x / 23.0) * cos (y / 31.0) + 30 * sin ((x + 2 * y) / 7.0)
      + 20 * cos ((3.0 * x - y) / 67.0);

  return (guint8) CLAMP (value, 16, 235);
}

BenchPicture *
bench_picture_new (void)
{
  BenchPicture *self = g_new0 (BenchPicture, 1);

  self->random = 20191220;
  self->plane = g_malloc (PLANE_WIDTH * PLANE_HEIGHT);
  for (guint y = 0; y < PLANE_HEIGHT; y++)
    for (guint x = 0; x < PLANE_WIDTH; x++)
      self->plane[y * PLANE_WIDTH + x] = texture (x, y) / 8 * 8 + next_random (self) % 8;
  self->noise = g_malloc (NOISE_SIDE * NOISE_SIDE * 4);
  for (guint i = 0; i < NOISE_SIDE * NOISE_SIDE * 4; i++)
    self->noise[i] = 16 + next_random (self) * 219 / 255;
  return self;
}

void
bench_picture_free (BenchPicture *self)
{
  g_free (self->plane);
  g_free (self->noise);
  g_free (self);
}

static void
draw_noise (BenchPicture *self, guint8 *pixels, guint number)
{
  guint left = 300 + (number * 5) % 600, top = 250;
  const guint8 *from = self->noise + (number % 4) * NOISE_SIDE * NOISE_SIDE;

  for (guint y = 0; y < NOISE_SIDE; y++)
    memcpy (pixels + (top + y) * BENCH_WIDTH + left, from + y * NOISE_SIDE, NOISE_SIDE);
}

void
bench_picture_draw (BenchPicture *self, guint8 *pixels, guint number)
{
  double turn = number / 45.0;
  guint x = (guint) ((PLANE_WIDTH - BENCH_WIDTH) / 2 * (1 + sin (turn)));
  guint y = (guint) ((PLANE_HEIGHT - BENCH_HEIGHT) / 2 * (1 + cos (turn)));

  for (guint row = 0; row < BENCH_HEIGHT; row++)
    memcpy (pixels + row * BENCH_WIDTH, self->plane + (y + row) * PLANE_WIDTH + x, BENCH_WIDTH);
  draw_noise (self, pixels, number);
  memset (pixels + BENCH_WIDTH * BENCH_HEIGHT, 118, BENCH_WIDTH * BENCH_HEIGHT / 4);
  memset (pixels + BENCH_WIDTH * BENCH_HEIGHT * 5 / 4, 140, BENCH_WIDTH * BENCH_HEIGHT / 4);
}

static guint8
check_of (guint32 time)
{
  return (guint8) (time ^ time >> 8 ^ time >> 16 ^ time >> 24 ^ 0xa5);
}

void
bench_picture_stamp (guint8 *luma, guint stride, guint32 time)
{
  guint64 bits = (guint64) time << 8 | check_of (time);

  for (guint y = 0; y < BLOCK; y++)
    for (guint bit = 0; bit < N_BITS; bit++)
      memset (luma + y * stride + bit * BLOCK, bits >> bit & 1 ? 220 : 30, BLOCK);
}

gboolean
bench_picture_read (const guint8 *luma, guint stride, guint width, guint32 *time)
{
  const guint8 *middle = luma + BLOCK / 2 * stride;
  guint64 bits = 0;

  if (width != BENCH_WIDTH)
    return FALSE;
  for (guint bit = 0; bit < N_BITS; bit++)
    if (middle[bit * BLOCK + BLOCK / 2] > 125)
      bits |= G_GUINT64_CONSTANT (1) << bit;
  *time = (guint32) (bits >> 8);
  return (bits & 0xff) == check_of (*time);
}
