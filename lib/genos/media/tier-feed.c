/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/tier-feed.h>

/* RFC 3550, 5.1 */
#define TIMESTAMP_OFFSET 4
#define HEADER 12
/* A millisecond at the clock rate of pictures: not the same picture any more. */
#define STEP 90
#define FAR_BACK 90000

void
genos_tier_feed_init (GenosTierFeed *self)
{
  *self = (GenosTierFeed){ 0 };
}

static GstBuffer *
with_timestamp (GstBuffer *packet, guint32 timestamp)
{
  GstMapInfo map;

  packet = gst_buffer_make_writable (packet);
  /* Payloaders keep the header in a memory of its own. */
  if (gst_buffer_map_range (packet, 0, 1, &map, GST_MAP_READWRITE)) {
    if (map.size >= HEADER)
      GST_WRITE_UINT32_BE (map.data + TIMESTAMP_OFFSET, timestamp);
    gst_buffer_unmap (packet, &map);
  }
  return packet;
}

/* A picture of the tier that is changed to may be as old as the last of the other. Where it is much
 * older, somebody has set the clock back. */
static guint32
later (GenosTierFeed *self, guint32 timestamp)
{
  gint32 ahead = timestamp - self->went;

  return self->changed && ahead <= 0 && ahead > -FAR_BACK ? self->went + STEP : timestamp;
}

static GstBuffer *
pass (GenosTierFeed *self, GstBuffer *packet, gboolean changed)
{
  guint8 header[HEADER];
  guint32 timestamp;

  if (gst_buffer_extract (packet, 0, header, sizeof header) < sizeof header)
    return packet;
  timestamp = GST_READ_UINT32_BE (header + TIMESTAMP_OFFSET);
  self->changed = self->changed || changed;
  if (changed || timestamp != self->came || !self->changed)
    self->went = later (self, timestamp);
  self->came = timestamp;
  return self->went != timestamp ? with_timestamp (packet, self->went) : packet;
}

GstBuffer *
genos_tier_feed_take (GenosTierFeed *self, guint tier, GstBuffer *packet)
{
  gboolean changes = tier != self->tier && tier == self->next
      && !GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);

  if (tier != self->tier && !changes) {
    gst_buffer_unref (packet);
    return NULL;
  }
  if (changes) {
    self->tier = tier;
    packet = gst_buffer_make_writable (packet);
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DISCONT);
  }
  return pass (self, packet, changes);
}
