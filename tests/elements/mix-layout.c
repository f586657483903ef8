/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixlayout.h"

#define MAX_PICTURES 40

static gboolean
is_shown (const GstVideoRectangle *tile)
{
  return tile->w > 0 && tile->h > 0;
}

static gboolean
overlap (const GstVideoRectangle *a, const GstVideoRectangle *b)
{
  return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

static void
check_inside (const GstVideoRectangle *tile, int width, int height)
{
  g_assert_cmpint (tile->x, >=, 0);
  g_assert_cmpint (tile->y, >=, 0);
  g_assert_cmpint (tile->x + tile->w, <=, width);
  g_assert_cmpint (tile->y + tile->h, <=, height);
  g_assert_cmpint ((tile->x | tile->y | tile->w | tile->h) & 1, ==, 0);
}

/* Nobody lies on another, but insets on the one who speaks. */
static void
check_apart (GstGenosMixLayout layout, guint n, guint speaker, const GstVideoRectangle *tiles)
{
  for (guint i = 0; i < n; i++) {
    for (guint j = i + 1; j < n; j++) {
      if (layout == GST_GENOS_MIX_PIP && (i == speaker || j == speaker))
        continue;
      g_assert_false (
          is_shown (&tiles[i]) && is_shown (&tiles[j]) && overlap (&tiles[i], &tiles[j]));
    }
  }
}

static void
test_everywhere_sane (void)
{
  static const int sizes[][2] = { { 64, 64 }, { 320, 240 }, { 640, 360 }, { 1280, 720 },
    { 720, 1280 }, { 8192, 64 }, { 64, 8192 } };
  GstVideoRectangle tiles[MAX_PICTURES];

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint layout = 0; layout <= GST_GENOS_MIX_PIP; layout++) {
      for (guint n = 0; n < MAX_PICTURES; n++) {
        for (guint speaker = 0; speaker < n; speaker++) {
          gst_genos_mix_layout_arrange (layout, sizes[s][0], sizes[s][1], n, speaker, tiles);
          for (guint i = 0; i < n; i++)
            check_inside (&tiles[i], sizes[s][0], sizes[s][1]);
          check_apart (layout, n, speaker, tiles);
          if (layout != GST_GENOS_MIX_GRID)
            g_assert_true (is_shown (&tiles[speaker]));
        }
      }
    }
  }
}

static void
test_one_is_whole (void)
{
  for (guint layout = 0; layout <= GST_GENOS_MIX_PIP; layout++) {
    GstVideoRectangle tile;

    gst_genos_mix_layout_arrange (layout, 1280, 720, 1, 0, &tile);
    g_assert_cmpint (tile.x, ==, 0);
    g_assert_cmpint (tile.y, ==, 0);
    g_assert_cmpint (tile.w, ==, 1280);
    g_assert_cmpint (tile.h, ==, 720);
  }
}

static guint
count_rows (guint n, int width, int height)
{
  GstVideoRectangle tiles[MAX_PICTURES];
  guint rows = 1;

  gst_genos_mix_layout_arrange (GST_GENOS_MIX_GRID, width, height, n, 0, tiles);
  for (guint i = 1; i < n; i++) {
    g_assert_cmpint (tiles[i].w, ==, tiles[0].w);
    g_assert_cmpint (tiles[i].h, ==, tiles[0].h);
    if (tiles[i].y > tiles[i - 1].y)
      rows++;
  }
  return rows;
}

static void
test_grid (void)
{
  g_assert_cmpuint (count_rows (4, 1280, 720), ==, 2);
  g_assert_cmpuint (count_rows (9, 1280, 720), ==, 3);
  g_assert_cmpuint (count_rows (16, 1280, 720), ==, 4);
  /* Upright there is no place for two side by side. */
  g_assert_cmpuint (count_rows (2, 720, 1280), ==, 2);
}

static void
test_last_row_is_centred (void)
{
  GstVideoRectangle tiles[3];

  gst_genos_mix_layout_arrange (GST_GENOS_MIX_GRID, 1280, 720, 3, 0, tiles);
  g_assert_cmpint (tiles[2].y, >, tiles[0].y);
  g_assert_cmpint (ABS (tiles[2].x + tiles[2].w / 2 - 640), <=, 2);
}

static void
test_speaker_is_greatest (void)
{
  GstVideoRectangle tiles[5];

  for (guint layout = GST_GENOS_MIX_SPEAKER; layout <= GST_GENOS_MIX_PIP; layout++) {
    for (guint speaker = 0; speaker < 5; speaker++) {
      gst_genos_mix_layout_arrange (layout, 1280, 720, 5, speaker, tiles);
      for (guint i = 0; i < 5; i++) {
        g_assert_true (is_shown (&tiles[i]));
        if (i != speaker)
          g_assert_cmpint (tiles[i].h * 2, <, tiles[speaker].h);
      }
    }
  }
}

static void
check_fit (int width, int height, int par_n, int par_d, int w, int h)
{
  const GstVideoRectangle tile = { 100, 50, 640, 360 };
  GstVideoRectangle fitted = gst_genos_mix_layout_fit (&tile, width, height, par_n, par_d);

  g_assert_cmpint (fitted.w, ==, w);
  g_assert_cmpint (fitted.h, ==, h);
  g_assert_cmpint (ABS (fitted.x + fitted.w / 2 - 420), <=, 1);
  g_assert_cmpint (ABS (fitted.y + fitted.h / 2 - 230), <=, 1);
}

static void
test_fit (void)
{
  check_fit (640, 360, 1, 1, 640, 360);
  check_fit (320, 240, 1, 1, 480, 360);
  check_fit (1920, 800, 1, 1, 640, 266);
  check_fit (720, 576, 16, 15, 480, 360);
  /* Not known yet. */
  check_fit (0, 0, 0, 0, 640, 360);
  /* Whatever a stranger says. */
  check_fit (G_MAXINT, 1, G_MAXINT, 1, 640, 2);
  check_fit (1, G_MAXINT, 1, G_MAXINT, 2, 360);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/mix-layout/everywhere-sane", test_everywhere_sane);
  g_test_add_func ("/elements/mix-layout/one-is-whole", test_one_is_whole);
  g_test_add_func ("/elements/mix-layout/grid", test_grid);
  g_test_add_func ("/elements/mix-layout/last-row-is-centred", test_last_row_is_centred);
  g_test_add_func ("/elements/mix-layout/speaker-is-greatest", test_speaker_is_greatest);
  g_test_add_func ("/elements/mix-layout/fit", test_fit);
  return g_test_run ();
}
