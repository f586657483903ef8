/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-share.h>

#define LOOK_MS 1000
/* What encoders overshoot by, what is sent again, and the headers of pictures. */
#define USABLE 0.88
/* Left for pictures however little there is: below it nobody tries to send any. */
#define MIN_SHARE 1000

struct _GenosWebrtcShare {
  GenosWebrtcRate *rate;
  GenosHome *home;
  GPtrArray *senders;
  GSource *timer;
  guint64 sound_bytes;
  guint sound_rate; /* bit/s */
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

static guint64
count_bytes (GenosWebrtcShare *self, gboolean sound_only)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->senders->len; i++) {
    GenosWebrtcSender *sender = g_ptr_array_index (self->senders, i);
    GenosRtpMeter meter;

    if (sound_only && genos_webrtc_sender_is_video (sender))
      continue;
    genos_link_sender_get_meter (GENOS_LINK_SENDER (sender), &meter);
    bytes += meter.bytes + meter.header_bytes + meter.packets * GENOS_AROUND_PACKET;
  }
  return bytes;
}

static void
look_at_sound (GenosWebrtcShare *self)
{
  guint64 bytes = count_bytes (self, TRUE);
  gint64 now = g_get_monotonic_time ();

  /* A track that was removed takes its count with it. */
  if (self->looked > 0 && now > self->looked && bytes >= self->sound_bytes)
    self->sound_rate =
        gst_util_uint64_scale (bytes - self->sound_bytes, 8 * G_USEC_PER_SEC, now - self->looked);
  self->sound_bytes = bytes;
  self->looked = now;
}

static gboolean
takes_pictures (GenosWebrtcSender *sender)
{
  return genos_webrtc_sender_is_video (sender)
      && genos_link_sender_get_active (GENOS_LINK_SENDER (sender));
}

static guint
share_of_rate (GenosWebrtcShare *self, guint n_pictures)
{
  guint rate = genos_webrtc_rate_get (self->rate);
  double left;

  if (rate == GENOS_RATE_UNBOUNDED)
    return rate;
  left = (double) rate * USABLE - self->sound_rate;
  return MAX (left, MIN_SHARE) / MAX (n_pictures, 1);
}

static void
give_shares (GenosWebrtcShare *self)
{
  g_autoptr (GPtrArray) senders = g_ptr_array_copy (self->senders, (GCopyFunc) g_object_ref, NULL);
  guint n_pictures = 0;
  guint share;

  g_ptr_array_set_free_func (senders, g_object_unref);
  for (guint i = 0; i < senders->len; i++)
    n_pictures += takes_pictures (g_ptr_array_index (senders, i));
  share = share_of_rate (self, n_pictures);
  for (guint i = 0; i < senders->len; i++)
    if (genos_webrtc_sender_is_video (g_ptr_array_index (senders, i)))
      genos_link_sender_set_rate (g_ptr_array_index (senders, i), share);
}

static gboolean
on_look (gpointer object)
{
  GenosWebrtcShare *self = object;

  look_at_sound (self);
  genos_webrtc_rate_check (self->rate, count_bytes (self, FALSE));
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
