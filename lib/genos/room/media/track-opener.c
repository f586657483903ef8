/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/media/track-opener.h>

#include <string.h>

#include <genos/room/media/rtp-parts.h>

#define MAX_KEYS 4
#define PADDING_BIT 0x20

typedef struct {
  GenosSframeKey *key; /* (nullable) */
  guint64 newest;      /* number that was opened with it */
} Slot;

struct _GenosTrackOpener {
  GMutex lock; /* guards what follows; a leaf */
  Slot slots[MAX_KEYS];
  guint next; /* of these, to be replaced */
  gboolean misses;
  GenosTrackOpenerStats stats;
};

GenosTrackOpener *
genos_track_opener_new (void)
{
  GenosTrackOpener *self = g_atomic_rc_box_new0 (GenosTrackOpener);

  g_mutex_init (&self->lock);
  return self;
}

GenosTrackOpener *
genos_track_opener_ref (GenosTrackOpener *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GenosTrackOpener *self = data;

  for (guint i = 0; i < MAX_KEYS; i++)
    g_clear_pointer (&self->slots[i].key, genos_sframe_key_unref);
  g_mutex_clear (&self->lock);
}

void
genos_track_opener_unref (GenosTrackOpener *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* With the lock. (nullable) */
static Slot *
find_slot (GenosTrackOpener *self, guint64 kid)
{
  for (guint i = 0; i < MAX_KEYS; i++)
    if (self->slots[i].key != NULL && genos_sframe_key_get_kid (self->slots[i].key) == kid)
      return &self->slots[i];
  return NULL;
}

void
genos_track_opener_add_key (GenosTrackOpener *self, GenosSframeKey *key)
{
  g_autoptr (GenosSframeKey) old = NULL;
  Slot *slot;

  g_mutex_lock (&self->lock);
  slot = find_slot (self, genos_sframe_key_get_kid (key));
  if (slot == NULL) {
    slot = &self->slots[self->next];
    self->next = (self->next + 1) % MAX_KEYS;
  }
  old = slot->key;
  *slot = (Slot){ genos_sframe_key_ref (key), 0 };
  g_mutex_unlock (&self->lock);
}

gboolean
genos_track_opener_misses_key (GenosTrackOpener *self)
{
  gboolean misses;

  g_mutex_lock (&self->lock);
  misses = self->misses;
  self->misses = FALSE;
  g_mutex_unlock (&self->lock);
  return misses;
}

void
genos_track_opener_get_stats (GenosTrackOpener *self, GenosTrackOpenerStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}

/* --- opening --- */

/* (transfer full) (nullable) */
static GenosSframeKey *
find_key (GenosTrackOpener *self, const GenosSframeHeader *header)
{
  GenosSframeKey *key = NULL;
  Slot *slot;

  g_mutex_lock (&self->lock);
  slot = find_slot (self, header->kid);
  if (slot == NULL) {
    self->misses = TRUE;
    self->stats.no_key++;
  } else if (slot->newest > GENOS_TRACK_OPENER_WINDOW
      && header->ctr < slot->newest - GENOS_TRACK_OPENER_WINDOW) {
    self->stats.failed++;
  } else {
    key = genos_sframe_key_ref (slot->key);
  }
  g_mutex_unlock (&self->lock);
  return key;
}

/* A sender that begins anew may have another key of the same name. */
static void
note (GenosTrackOpener *self, const GenosSframeHeader *header, GenosSframeKey *key, gboolean opened)
{
  Slot *slot;

  g_mutex_lock (&self->lock);
  slot = find_slot (self, header->kid);
  if (opened && slot != NULL && slot->key == key)
    slot->newest = MAX (slot->newest, header->ctr);
  self->stats.opened += opened;
  self->stats.failed += !opened;
  self->misses |= !opened;
  g_mutex_unlock (&self->lock);
}

static void
note_junk (GenosTrackOpener *self)
{
  g_mutex_lock (&self->lock);
  self->stats.failed++;
  g_mutex_unlock (&self->lock);
}

static GstBuffer *
build (GstBuffer *packet, const GenosRtpParts *parts, GenosSframeKey *key)
{
  gsize max = parts->header_size + parts->size, size;
  g_autofree guint8 *bytes = g_malloc (max);
  GstBuffer *result;

  memcpy (bytes, parts->header, parts->header_size);
  bytes[0] &= (guint8) ~PADDING_BIT;
  if (!genos_sframe_open (key, parts->payload, 1, parts->payload + 1, parts->size - 1,
          bytes + parts->header_size, &size))
    return NULL;
  result = gst_buffer_new_wrapped_full (0, bytes, max, 0, parts->header_size + size, bytes, g_free);
  bytes = NULL;
  gst_buffer_copy_into (result, packet,
      GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);
  return result;
}

static GstBuffer *
open_parts (GenosTrackOpener *self, GstBuffer *packet, const GenosRtpParts *parts)
{
  g_autoptr (GenosSframeKey) key = NULL;
  GenosSframeHeader header;
  GstBuffer *result;

  if (parts->size < 1
      || genos_sframe_header_parse (&header, parts->payload + 1, parts->size - 1) == 0) {
    note_junk (self);
    return NULL;
  }
  key = find_key (self, &header);
  if (key == NULL)
    return NULL;
  result = build (packet, parts, key);
  note (self, &header, key, result != NULL);
  return result;
}

GstBuffer *
genos_track_opener_open (GstBuffer *packet, gpointer opener)
{
  GstBuffer *result = NULL;
  GenosRtpParts parts;

  if (genos_rtp_parts_map (&parts, packet)) {
    result = open_parts (opener, packet, &parts);
    genos_rtp_parts_unmap (&parts, packet);
  } else {
    note_junk (opener);
  }
  gst_buffer_unref (packet);
  return result;
}
