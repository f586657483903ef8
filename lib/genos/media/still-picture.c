/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/still-picture.h>

void
genos_still_picture_init (GenosStillPicture *self)
{
  *self = (GenosStillPicture){ .repeat_at = GENOS_STILL_NEVER };
}

void
genos_still_picture_clear (GenosStillPicture *self)
{
  gst_clear_buffer (&self->picture);
  self->repeat_at = GENOS_STILL_NEVER;
}

void
genos_still_picture_take (GenosStillPicture *self, GstBuffer *picture, gint64 now)
{
  gst_buffer_replace (&self->picture, picture);
  self->came_at = now;
  self->repeat_at = GENOS_STILL_NEVER;
}

void
genos_still_picture_want (GenosStillPicture *self, gint64 now)
{
  if (self->picture != NULL)
    self->repeat_at = MAX (now, self->came_at + GENOS_STILL_AGE);
}

GstBuffer *
genos_still_picture_repeat (GenosStillPicture *self, gint64 now)
{
  GstBuffer *again;

  if (self->picture == NULL || now < self->repeat_at)
    return NULL;
  self->repeat_at = GENOS_STILL_NEVER;
  again = gst_buffer_copy (self->picture);
  /* As if the source had brought it now, as late as it brings its pictures: the next one is later. */
  if (GST_BUFFER_PTS_IS_VALID (again))
    GST_BUFFER_PTS (again) += (now - self->came_at) * GST_USECOND;
  GST_BUFFER_DTS (again) = GST_CLOCK_TIME_NONE;
  return again;
}
