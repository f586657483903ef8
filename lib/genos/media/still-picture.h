/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The last raw picture of a source, to be encoded once more when somebody needs a key frame and the
 * source has nothing new: a slide, a screen on which nothing moves, a picture every ten seconds.
 *
 * Times are of the monotonic clock, µs. Not thread-safe. */
typedef struct {
  GstBuffer *picture; /* (nullable) */
  gint64 came_at;
  gint64 repeat_at; /* GENOS_STILL_NEVER: nobody needs it */
} GenosStillPicture;

#define GENOS_STILL_NEVER G_MAXINT64

/* What a moving source has brought by then. */
#define GENOS_STILL_AGE (500 * G_TIME_SPAN_MILLISECOND)

void genos_still_picture_init (GenosStillPicture *self);
void genos_still_picture_clear (GenosStillPicture *self);

/* A new picture, which is what a key frame will be made of. */
void genos_still_picture_take (GenosStillPicture *self, GstBuffer *picture, gint64 now);

/* A key frame is wanted. */
void genos_still_picture_want (GenosStillPicture *self, gint64 now);

/* (transfer full) (nullable): what to encode once more now, with its time gone on. */
GstBuffer *genos_still_picture_repeat (GenosStillPicture *self, gint64 now);

G_END_DECLS
