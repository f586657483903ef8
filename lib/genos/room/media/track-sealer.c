/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/track-sealer.h>

#include <string.h>

#include <genos/media/rtp-key-frame.h>
#include <genos/room/media/rtp-parts.h>

#define HEADER_SIZE 12
#define VERSION 0x80

struct _GenosTrackSealer {
  GMutex lock; /* guards what follows; a leaf */
  GenosSframeKey *key;
  guint64 n;
};

GenosTrackSealer *
genos_track_sealer_new (void)
{
  GenosTrackSealer *self = g_atomic_rc_box_new0 (GenosTrackSealer);

  g_mutex_init (&self->lock);
  return self;
}

GenosTrackSealer *
genos_track_sealer_ref (GenosTrackSealer *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GenosTrackSealer *self = data;

  g_clear_pointer (&self->key, genos_sframe_key_unref);
  g_mutex_clear (&self->lock);
}

void
genos_track_sealer_unref (GenosTrackSealer *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

void
genos_track_sealer_set_key (GenosTrackSealer *self, GenosSframeKey *key)
{
  g_autoptr (GenosSframeKey) old = NULL;

  g_mutex_lock (&self->lock);
  old = self->key;
  self->key = genos_sframe_key_ref (key);
  self->n = 0;
  g_mutex_unlock (&self->lock);
}

guint64
genos_track_sealer_get_n (GenosTrackSealer *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n;
  g_mutex_unlock (&self->lock);
  return n;
}

/* No number is given twice with a key. (transfer full) (nullable) */
static GenosSframeKey *
take_number (GenosTrackSealer *self, guint64 *ctr)
{
  GenosSframeKey *key = NULL;

  g_mutex_lock (&self->lock);
  if (self->key != NULL) {
    key = genos_sframe_key_ref (self->key);
    *ctr = self->n++;
  }
  g_mutex_unlock (&self->lock);
  return key;
}

static GstBuffer *
seal (GenosTrackSealer *self, GstBuffer *packet, const GenosRtpParts *parts)
{
  gsize max = HEADER_SIZE + 1 + parts->size + GENOS_SFRAME_OVERHEAD;
  guint64 ctr;
  g_autoptr (GenosSframeKey) key = take_number (self, &ctr);
  g_autofree guint8 *bytes = NULL;
  GstBuffer *result;
  gsize size;

  if (key == NULL)
    return NULL;
  bytes = g_malloc (max);
  memcpy (bytes, parts->header, HEADER_SIZE);
  bytes[0] = VERSION;
  bytes[HEADER_SIZE] =
      GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT) ? 0 : GENOS_RTP_SEALED_KEY_FRAME;
  size = genos_sframe_seal (
      key, ctr, bytes + HEADER_SIZE, 1, parts->payload, parts->size, bytes + HEADER_SIZE + 1);
  if (size == 0)
    return NULL;
  size += HEADER_SIZE + 1;
  result = gst_buffer_new_wrapped_full (0, bytes, max, 0, size, bytes, g_free);
  bytes = NULL;
  gst_buffer_copy_into (result, packet,
      GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);
  return result;
}

GstBuffer *
genos_track_sealer_seal (GstBuffer *packet, gpointer sealer)
{
  GstBuffer *result = NULL;
  GenosRtpParts parts;

  if (genos_rtp_parts_map (&parts, packet)) {
    result = seal (sealer, packet, &parts);
    genos_rtp_parts_unmap (&parts, packet);
  }
  gst_buffer_unref (packet);
  return result;
}
