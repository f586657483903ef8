/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-share.h>

#include <genos/transport/rtp/rate-share.h>

#define LOOK_MS 1000

/* What some of the tracks sent. */
typedef struct {
  guint64 bytes;
  guint rate; /* bit/s, between the last two looks */
} Taken;

struct _GenosWebrtcShare {
  GenosWebrtcRate *rate;
  GenosHome *home;
  GPtrArray *senders;
  GSource *timer;
  Taken sound;
  Taken first; /* pictures that are no secondary ones */
  gint64 looked;
};

GenosWebrtcShare *
genos_webrtc_share_new (GenosWebrtcRate *rate, GenosHome *home, GPtrArray *senders)
{
  GenosWebrtcShare *self = g_new0 (GenosWebrtcShare, 1);

  self->rate = genos_webrtc_rate_ref (rate);
  self->home = genos_home_ref (home);
  self->senders = g_ptr_array_ref (senders);
  return self;
}

void
genos_webrtc_share_stop (GenosWebrtcShare *self)
{
  if (self->timer != NULL)
    genos_home_cancel (&self->timer);
}

void
genos_webrtc_share_free (GenosWebrtcShare *self)
{
  genos_webrtc_share_stop (self);
  genos_webrtc_rate_unref (self->rate);
  genos_home_unref (self->home);
  g_ptr_array_unref (self->senders);
  g_free (self);
}

typedef gboolean (*Counts) (GenosWebrtcSender *sender);

static gboolean
is_sound (GenosWebrtcSender *sender)
{
  return !genos_webrtc_sender_is_video (sender);
}

static gboolean
is_first (GenosWebrtcSender *sender)
{
  return genos_webrtc_sender_is_video (sender)
      && !genos_link_sender_is_secondary (GENOS_LINK_SENDER (sender));
}

/* @counts: (nullable): of which */
static guint64
count_bytes (GenosWebrtcShare *self, Counts counts)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->senders->len; i++) {
    GenosWebrtcSender *sender = g_ptr_array_index (self->senders, i);
    GenosRtpMeter meter;

    if (counts != NULL && !counts (sender))
      continue;
    genos_link_sender_get_meter (GENOS_LINK_SENDER (sender), &meter);
    bytes += meter.bytes + meter.header_bytes + meter.packets * GENOS_AROUND_PACKET;
  }
  return bytes;
}

static void
look_at (GenosWebrtcShare *self, Taken *taken, Counts counts, gint64 now)
{
  guint64 bytes = count_bytes (self, counts);

  /* A track that was removed takes its count with it. */
  if (self->looked > 0 && now > self->looked && bytes >= taken->bytes)
    taken->rate =
        gst_util_uint64_scale (bytes - taken->bytes, 8 * G_USEC_PER_SEC, now - self->looked);
  taken->bytes = bytes;
}

static guint
count_active (GPtrArray *senders, gboolean secondary)
{
  guint n = 0;

  for (guint i = 0; i < senders->len; i++) {
    GenosLinkSender *sender = g_ptr_array_index (senders, i);

    n += genos_webrtc_sender_is_video (GENOS_WEBRTC_SENDER (sender))
        && genos_link_sender_is_secondary (sender) == secondary
        && genos_link_sender_get_active (sender);
  }
  return n;
}

static void
give_shares (GenosWebrtcShare *self)
{
  g_autoptr (GPtrArray) senders = g_ptr_array_copy (self->senders, (GCopyFunc) g_object_ref, NULL);
  GenosRateShare share = { genos_webrtc_rate_get (self->rate), self->sound.rate, self->first.rate,
    count_active (senders, FALSE), count_active (senders, TRUE) };

  g_ptr_array_set_free_func (senders, g_object_unref);
  for (guint i = 0; i < senders->len; i++) {
    GenosWebrtcSender *sender = g_ptr_array_index (senders, i);

    if (genos_webrtc_sender_is_video (sender))
      genos_link_sender_set_rate (GENOS_LINK_SENDER (sender),
          is_first (sender) ? genos_rate_share_get_first (&share)
                            : genos_rate_share_get_secondary (&share));
  }
}

static gboolean
on_look (gpointer object)
{
  GenosWebrtcShare *self = object;
  gint64 now = g_get_monotonic_time ();

  look_at (self, &self->sound, is_sound, now);
  look_at (self, &self->first, is_first, now);
  self->looked = now;
  genos_webrtc_rate_check (self->rate, count_bytes (self, NULL));
  give_shares (self);
  return G_SOURCE_CONTINUE;
}

void
genos_webrtc_share_update (GenosWebrtcShare *self)
{
  if (self->timer == NULL && self->senders->len > 0)
    self->timer = genos_home_add_timer (self->home, LOOK_MS, on_look, self);
  else if (self->senders->len == 0)
    genos_webrtc_share_stop (self);
  give_shares (self);
}
