/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last key frame that was sent to one peer. It takes its time on a slow link, and another one right behind it as
 * long again: whoever asks for one gets it when the last has had that time. Pure: times are passed in, microseconds of
 * any clock that does not go back. Not thread-safe. */
typedef struct {
  gint64 at; /* when it began to go out; 0: none has yet */
  guint32 timestamp;
  gsize bytes;
  gboolean wanted; /* another one, later */
} GenosKeyTransit;

/* A packet goes out; @begins: it is the first of a key frame. */
void genos_key_transit_note (
    GenosKeyTransit *self, guint32 timestamp, gboolean begins, gsize size, gint64 now);

/* One is asked for. TRUE: later. @rate: of the link, bit/s, or G_MAXUINT. */
gboolean genos_key_transit_put_off (GenosKeyTransit *self, guint rate, gint64 now);

/* TRUE: what was put off is due, and is taken for done. */
gboolean genos_key_transit_take_late (GenosKeyTransit *self, guint rate, gint64 now);

G_END_DECLS
