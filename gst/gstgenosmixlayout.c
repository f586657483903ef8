/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosmixlayout.h"

/* Smaller ones show nothing that anybody could see. */
#define MIN_TILE 32
/* Of the height: the strip below the speaker. */
#define STRIP_PART 5
/* Of the width: an inset. */
#define INSET_PART 5

GType
gst_genos_mix_layout_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_GENOS_MIX_GRID, "All of one size", "grid" },
    { GST_GENOS_MIX_SPEAKER, "The one who speaks, and the others in a strip below", "speaker" },
    { GST_GENOS_MIX_PIP, "The one who speaks, and the others as insets", "pip" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstGenosMixLayout", values));
  return type;
}

static int
even (int number)
{
  return number & ~1;
}

static GstVideoRectangle
rectangle (int x, int y, int w, int h)
{
  GstVideoRectangle made = { even (x), even (y), even (w), even (h) };

  return made;
}

static int
get_gap (int width, int height)
{
  return even (MIN (width, height) / 90);
}

/* grid */

/* How much of a wide picture is to be seen in a cell, as its width. */
static int
visible_width (int width, int height, int columns, int rows, int gap)
{
  int w = (width - (columns - 1) * gap) / columns;
  int h = (height - (rows - 1) * gap) / rows;

  return MIN (w, h * 16 / 9);
}

static int
choose_columns (int width, int height, int n, int gap)
{
  int best = 1, best_width = 0;

  for (int columns = 1; columns <= n; columns++) {
    int seen = visible_width (width, height, columns, (n + columns - 1) / columns, gap);

    if (seen > best_width) {
      best = columns;
      best_width = seen;
    }
  }
  return best;
}

static void
arrange_grid (int width, int height, int n, GstVideoRectangle *tiles)
{
  int gap = get_gap (width, height);
  int columns = choose_columns (width, height, n, gap);
  int rows = (n + columns - 1) / columns;
  int w = (width - (columns - 1) * gap) / columns;
  int h = (height - (rows - 1) * gap) / rows;

  if (w < MIN_TILE || h < MIN_TILE)
    return;
  for (int i = 0; i < n; i++) {
    int row = i / columns;
    int in_row = row == rows - 1 ? n - row * columns : columns;
    int left = (width - in_row * w - (in_row - 1) * gap) / 2;

    tiles[i] = rectangle (left + (i % columns) * (w + gap), row * (h + gap), w, h);
  }
}

/* speaker */

static void
arrange_strip (int width, int height, int n, int speaker, GstVideoRectangle *tiles)
{
  int gap = get_gap (width, height);
  int h = height / STRIP_PART;
  int shown = MIN (n - 1, (width + gap) / (MIN_TILE + gap));
  int w, left;

  tiles[speaker] = rectangle (0, 0, width, n > 1 ? height - h - gap : height);
  if (shown < 1 || h < MIN_TILE)
    return;
  w = MIN ((width - (shown - 1) * gap) / shown, h * 16 / 9);
  left = (width - shown * w - (shown - 1) * gap) / 2;
  for (int i = 0, place = 0; i < n && place < shown; i++) {
    if (i == speaker)
      continue;
    tiles[i] = rectangle (left + place * (w + gap), height - h, w, h);
    place++;
  }
}

/* picture in picture */

/* From the right corner below to the left, then upwards, in the lower half. */
static void
arrange_insets (int width, int height, int n, int speaker, GstVideoRectangle *tiles)
{
  int margin = MAX (2 * get_gap (width, height), 2);
  int w = width / INSET_PART;
  int h = MIN (w * 9 / 16, height / 3);
  int columns = (width - margin) / (w + margin);
  int rows = MAX (height / 2 / (h + margin), 1);

  tiles[speaker] = rectangle (0, 0, width, height);
  if (w < MIN_TILE || h < MIN_TILE / 2)
    return;
  for (int i = 0, place = 0; i < n && place < columns * rows; i++) {
    if (i == speaker)
      continue;
    tiles[i] = rectangle (width - (place % columns + 1) * (w + margin),
        height - (place / columns + 1) * (h + margin), w, h);
    place++;
  }
}

void
gst_genos_mix_layout_arrange (GstGenosMixLayout layout, int width, int height, guint n,
    guint speaker, GstVideoRectangle *tiles)
{
  for (guint i = 0; i < n; i++)
    tiles[i] = rectangle (0, 0, 0, 0);
  if (n == 0)
    return;
  switch (layout) {
    case GST_GENOS_MIX_GRID:
      arrange_grid (width, height, (int) n, tiles);
      break;
    case GST_GENOS_MIX_SPEAKER:
      arrange_strip (width, height, (int) n, (int) MIN (speaker, n - 1), tiles);
      break;
    case GST_GENOS_MIX_PIP:
      arrange_insets (width, height, (int) n, (int) MIN (speaker, n - 1), tiles);
      break;
  }
}

GstVideoRectangle
gst_genos_mix_layout_fit (
    const GstVideoRectangle *tile, int width, int height, int par_n, int par_d)
{
  /* What a stranger's stream says of its size multiplies to more than 32 bits hold. */
  gint64 across = (gint64) width * MAX (par_n, 1);
  gint64 down = (gint64) height * MAX (par_d, 1);
  gint64 w = tile->w, h = tile->h;

  if (across <= 0 || down <= 0 || w <= 0 || h <= 0)
    return *tile;
  if ((double) w * (double) down > (double) h * (double) across)
    w = (gint64) ((double) h * (double) across / (double) down);
  else
    h = (gint64) ((double) w * (double) down / (double) across);
  /* However thin: no scaler makes a picture of nothing. */
  w = MAX (w, 2);
  h = MAX (h, 2);
  return rectangle (
      tile->x + (int) (tile->w - w) / 2, tile->y + (int) (tile->h - h) / 2, (int) w, (int) h);
}
