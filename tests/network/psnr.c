/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usage: network-psnr FILE WIDTH HEIGHT COUNT <PICTURES
 *
 * How good pictures are: gray ones come on stdin, and are compared with those of a file, which a camera showed
 * in turn again and again, COUNT of them. Each is taken for the one that it resembles most. Says for each on a
 * line which one that was, and the PSNR in dB. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

/* Every so many samples are looked at to find the picture, then all of them. */
#define COARSE 97

static double
difference (const guint8 *a, const guint8 *b, gsize size, gsize step)
{
  guint64 sum = 0;

  for (gsize i = 0; i < size; i += step) {
    int d = a[i] - b[i];

    sum += d * d;
  }
  return (double) sum * step / size;
}

static guint
find (const guint8 *originals, guint n, const guint8 *picture, gsize size)
{
  double least = INFINITY;
  guint found = 0;

  for (guint i = 0; i < n; i++) {
    double d = difference (originals + i * size, picture, size, COARSE);

    if (d < least) {
      least = d;
      found = i;
    }
  }
  return found;
}

int
main (int argc, char **argv)
{
  g_autofree guint8 *originals = NULL;
  g_autofree guint8 *picture = NULL;
  gsize size;
  guint n;
  FILE *file;

  if (argc != 5)
    return 2;
  size = (gsize) atoi (argv[2]) * atoi (argv[3]);
  n = atoi (argv[4]);
  originals = g_malloc (size * n);
  picture = g_malloc (size);
  file = fopen (argv[1], "rb");
  if (file == NULL || fread (originals, size, n, file) != n)
    g_error ("%s does not have %u pictures", argv[1], n);
  fclose (file);
  while (fread (picture, size, 1, stdin) == 1) {
    guint i = find (originals, n, picture, size);
    double mse = difference (originals + i * size, picture, size, 1);

    printf ("%u %.2f\n", i, mse > 0 ? 10 * log10 (255 * 255 / mse) : 99);
  }
  return 0;
}
