/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much a stream whose rate nobody here sets takes, all of it and its key frames alone. Pure: times are
 * passed in, microseconds of any clock that does not go back. Not thread-safe. */
typedef struct {
  gboolean begun;
  guint32 timestamp; /* of the picture that is coming */
  gboolean in_key;

  gint64 since; /* the second that is being counted */
  guint64 bytes;
  double rate; /* bit/s; 0: not known */

  gint64 key_at;       /* when the last key frame began; 0: none has come */
  gint64 key_distance; /* from the one before */
  guint64 key_bytes;
} GenosPictureMeter;

/* A packet; @begins_key: it is the first of a key frame. */
void genos_picture_meter_take (
    GenosPictureMeter *self, guint32 timestamp, gboolean begins_key, gsize size, gint64 now);

/* bit/s, of the last seconds; 0: not known yet. */
guint genos_picture_meter_get_rate (const GenosPictureMeter *self);

/* The same of key frames, going by the last one. */
guint genos_picture_meter_get_key_rate (const GenosPictureMeter *self, gint64 now);

/* How long ago the last key frame began; G_MAXINT64: there was none. */
gint64 genos_picture_meter_get_key_age (const GenosPictureMeter *self, gint64 now);

G_END_DECLS
