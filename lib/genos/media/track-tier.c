/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/track-tier.h>

#include <genos/transport/rtp/rtp-own-header.h>

/* RFC 3550, 5.1 */
#define SEQNUM_OFFSET 2

/* What stands in the one list for all in the other. */
#define TIER_TYPE_OUTLET (tier_outlet_get_type ())
G_DECLARE_FINAL_TYPE (TierOutlet, tier_outlet, TIER, OUTLET, GenosLinkSender)

struct _TierOutlet {
  GenosLinkSender parent_instance;
  GenosSenderList *to;
  guint32 ssrc;
};

G_DEFINE_FINAL_TYPE (TierOutlet, tier_outlet, GENOS_TYPE_LINK_SENDER)

struct _GenosTrackTier {
  GenosSenderList *from;
  TierOutlet *outlet;
};

static void
tier_outlet_push (GenosLinkSender *sender, GstBuffer *packet)
{
  TierOutlet *self = TIER_OUTLET (sender);
  guint8 seqnum[2];

  if (gst_buffer_extract (packet, SEQNUM_OFFSET, seqnum, sizeof seqnum) < sizeof seqnum) {
    gst_buffer_unref (packet);
    return;
  }
  packet = genos_rtp_own_header (packet, self->ssrc, GST_READ_UINT16_BE (seqnum), 0);
  genos_sender_list_push (self->to, 0, packet);
}

static void
tier_outlet_finalize (GObject *object)
{
  genos_sender_list_unref (TIER_OUTLET (object)->to);
  G_OBJECT_CLASS (tier_outlet_parent_class)->finalize (object);
}

static void
tier_outlet_class_init (TierOutletClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tier_outlet_finalize;
  GENOS_LINK_SENDER_CLASS (klass)->push = tier_outlet_push;
}

static void
tier_outlet_init (TierOutlet *self)
{
}

static void
on_viewers_changed (gpointer user_data)
{
  GenosLinkSender *outlet = user_data;
  GenosSenderListState state;

  genos_sender_list_poll (TIER_OUTLET (outlet)->to, 0, &state);
  genos_link_sender_set_rate (outlet, state.rate);
  genos_link_sender_set_active (outlet, state.n_active > 0);
  if (state.n_active > 0 && (state.wants_key || state.newcomer))
    genos_link_sender_emit_key_frame_request (outlet);
}

GenosTrackTier *
genos_track_tier_new (GenosSenderList *from, guint tier, GenosSenderList *to, guint32 ssrc)
{
  GenosTrackTier *self = g_new0 (GenosTrackTier, 1);

  self->from = genos_sender_list_ref (from);
  self->outlet = g_object_new (TIER_TYPE_OUTLET, NULL);
  self->outlet->to = genos_sender_list_ref (to);
  self->outlet->ssrc = ssrc;
  genos_sender_list_add_pinned (from, GENOS_LINK_SENDER (self->outlet), tier);
  genos_sender_list_set_listener (to, 0, on_viewers_changed, self->outlet);
  return self;
}

void
genos_track_tier_free (GenosTrackTier *self)
{
  genos_sender_list_set_listener (self->outlet->to, 0, NULL, NULL);
  genos_sender_list_remove (self->from, GENOS_LINK_SENDER (self->outlet));
  g_object_unref (self->outlet);
  genos_sender_list_unref (self->from);
  g_free (self);
}
