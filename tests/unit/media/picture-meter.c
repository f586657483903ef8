/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/picture-meter.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct {
  GenosPictureMeter meter;
  gint64 now;
  guint n;
} Stream;

/* 25 pictures a second of two packets, every 50th a key frame. */
static void
run (Stream *stream, guint seconds, gsize size, gsize key_size)
{
  for (guint i = 0; i < seconds * 25; i++) {
    gboolean key = stream->n % 50 == 0;
    gsize half = (key ? key_size : size) / 2;

    genos_picture_meter_take (&stream->meter, stream->n * 3600, key, half, stream->now);
    genos_picture_meter_take (&stream->meter, stream->n * 3600, FALSE, half, stream->now);
    stream->n++;
    stream->now += SECOND / 25;
  }
}

static void
test_rates (void)
{
  Stream stream = { .now = 100 * SECOND };

  g_assert_cmpuint (genos_picture_meter_get_rate (&stream.meter), ==, 0);
  g_assert_cmpuint (genos_picture_meter_get_key_rate (&stream.meter, stream.now), ==, 0);
  g_assert_cmpint (genos_picture_meter_get_key_age (&stream.meter, stream.now), ==, G_MAXINT64);
  run (&stream, 20, 2000, 20000);
  /* 98 % of the pictures are 2 kB, one in two seconds is 20 kB. */
  g_assert_cmpuint (genos_picture_meter_get_rate (&stream.meter), >, 400000);
  g_assert_cmpuint (genos_picture_meter_get_rate (&stream.meter), <, 560000);
  g_assert_cmpuint (genos_picture_meter_get_key_rate (&stream.meter, stream.now), ==, 80000);
  g_assert_cmpint (genos_picture_meter_get_key_age (&stream.meter, stream.now), ==, 2 * SECOND);
}

static void
test_follows (void)
{
  Stream stream = { .now = 100 * SECOND };

  run (&stream, 20, 2000, 2000);
  run (&stream, 10, 8000, 8000);
  g_assert_cmpuint (genos_picture_meter_get_rate (&stream.meter), >, 1400000);
}

/* What key frames take is less the longer there was none, and never the rate of two that follow at once. */
static void
test_rare_keys (void)
{
  GenosPictureMeter meter = { 0 };

  genos_picture_meter_take (&meter, 1, TRUE, 10000, 100 * SECOND);
  g_assert_cmpuint (genos_picture_meter_get_key_rate (&meter, 100 * SECOND), ==, 80000);
  g_assert_cmpuint (genos_picture_meter_get_key_rate (&meter, 110 * SECOND), ==, 8000);
  genos_picture_meter_take (&meter, 2, TRUE, 10000, 110 * SECOND);
  genos_picture_meter_take (&meter, 3, TRUE, 10000, 110 * SECOND + 1);
  g_assert_cmpuint (genos_picture_meter_get_key_rate (&meter, 110 * SECOND + 1), ==, 80000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/picture-meter/rates", test_rates);
  g_test_add_func ("/media/picture-meter/follows", test_follows);
  g_test_add_func ("/media/picture-meter/rare-keys", test_rare_keys);
  return g_test_run ();
}
