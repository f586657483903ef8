/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "transfer-bar.h"

#include <stdio.h>
#include <unistd.h>

#include "printable.h"

#define REDRAW (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_WIDTH 79

typedef struct {
  gpointer what;
  char *name;
  gint64 at, total;
  gint64 began, began_at; /* when, and where: what was there before is not speed */
} Item;

struct _GenosTransferBar {
  const char *verb;
  gboolean terminal;
  GPtrArray *items;
  gint64 drawn; /* when; 0: nothing stands there */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->name);
  g_free (item);
}

GenosTransferBar *
genos_transfer_bar_new (const char *verb)
{
  GenosTransferBar *self = g_new0 (GenosTransferBar, 1);

  self->verb = verb;
  self->terminal = isatty (STDOUT_FILENO) == 1;
  self->items = g_ptr_array_new_with_free_func (item_free);
  return self;
}

static void
erase (GenosTransferBar *self)
{
  if (self->drawn != 0)
    fputs ("\r\x1b[K", stdout);
  self->drawn = 0;
}

void
genos_transfer_bar_free (GenosTransferBar *self)
{
  erase (self);
  fflush (stdout);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static Item *
find (GenosTransferBar *self, gpointer what)
{
  for (guint i = 0; i < self->items->len; i++) {
    Item *item = g_ptr_array_index (self->items, i);

    if (item->what == what)
      return item;
  }
  return NULL;
}

static char *
format_share (gint64 at, gint64 total)
{
  g_autofree char *here = g_format_size ((guint64) at);
  g_autofree char *all = NULL;

  if (total <= 0)
    return g_strdup (here);
  all = g_format_size ((guint64) total);
  return g_strdup_printf (
      "%3d %%  %s of %s", (int) (100.0 * (gdouble) at / (gdouble) total), here, all);
}

char *
genos_transfer_bar_format (
    const char *name, gint64 at, gint64 total, gint64 began_at, gint64 elapsed)
{
  g_autofree char *share = format_share (at, total);
  g_autofree char *speed = NULL;

  if (elapsed <= 0 || at <= began_at)
    return g_strdup_printf ("%s  %s", name, share);
  speed = g_format_size (
      (guint64) ((gdouble) (at - began_at) * G_TIME_SPAN_SECOND / (gdouble) elapsed));
  return g_strdup_printf ("%s  %s  %s/s", name, share, speed);
}

/* The name gives way, for the figures are what is looked at. */
static void
draw (GenosTransferBar *self, const Item *item, gint64 now)
{
  g_autofree char *head =
      g_utf8_substring (item->name, 0, MIN (g_utf8_strlen (item->name, -1), 32));
  g_autofree char *line =
      genos_transfer_bar_format (head, item->at, item->total, item->began_at, now - item->began);
  g_autofree char *cut = g_utf8_substring (line, 0, MIN (g_utf8_strlen (line, -1), MAX_WIDTH - 8));

  erase (self);
  fputs (cut, stdout);
  if (self->items->len > 1)
    printf ("  (+%u)", self->items->len - 1);
  fflush (stdout);
  self->drawn = now;
}

void
genos_transfer_bar_say (GenosTransferBar *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = genos_make_printable (text);
  erase (self);
  puts (line);
  fflush (stdout);
}

void
genos_transfer_bar_begin (
    GenosTransferBar *self, gpointer what, const char *name, const char *peer_id)
{
  Item *item = g_new0 (Item, 1);

  item->what = what;
  item->name = genos_make_printable (name);
  g_ptr_array_add (self->items, item);
  genos_transfer_bar_say (self, "%s %s: %s", self->verb, name, peer_id);
}

void
genos_transfer_bar_update (
    GenosTransferBar *self, gpointer what, gint64 at, gint64 total, gint64 now)
{
  Item *item = find (self, what);

  if (item == NULL)
    return;
  if (item->began == 0) {
    item->began = now;
    item->began_at = at;
  }
  item->at = at;
  item->total = total;
  if (self->terminal && now - self->drawn >= REDRAW)
    draw (self, item, now);
}

void
genos_transfer_bar_end (GenosTransferBar *self, gpointer what)
{
  Item *item = find (self, what);

  if (item != NULL)
    g_ptr_array_remove (self->items, item);
}
