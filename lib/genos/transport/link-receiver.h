/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/rtp/rtp-meter.h>

G_BEGIN_DECLS

/* One incoming track on one link: where RTP packets come out, behind the jitterbuffer.
 *
 * Threading contract: the packet function is called on the link's streaming thread and must not
 * block; setting it to NULL returns only when no call is under way. PTS are in the running time
 * shared by all pipelines of the session. */
#define GENOS_TYPE_LINK_RECEIVER (genos_link_receiver_get_type ())
G_DECLARE_DERIVABLE_TYPE (GenosLinkReceiver, genos_link_receiver, GENOS, LINK_RECEIVER, GObject)

struct _GenosLinkReceiverClass {
  GObjectClass parent_class;

  void (*request_key_frame) (GenosLinkReceiver *self);
};

/* (transfer full) buffer */
typedef void (*GenosLinkPacketFunc) (
    GenosLinkReceiver *self, GstBuffer *buffer, gpointer user_data);

void genos_link_receiver_set_packet_func (
    GenosLinkReceiver *self, GenosLinkPacketFunc func, gpointer user_data, GDestroyNotify destroy);

/* For implementations: hands one packet to the function, or drops it. (transfer full) */
void genos_link_receiver_deliver (GenosLinkReceiver *self, GstBuffer *buffer);

/* How loud the sound of a packet is, where packets tell (RFC 6464): @power is 0 to 1, of full scale
 * squared, of the @duration before. Called and taken away as the packet function is. */
typedef void (*GenosLinkLevelFunc) (double power, GstClockTime duration, gpointer user_data);
void genos_link_receiver_set_level_func (
    GenosLinkReceiver *self, GenosLinkLevelFunc func, gpointer user_data, GDestroyNotify destroy);

/* What was delivered so far; any thread. */
void genos_link_receiver_get_meter (GenosLinkReceiver *self, GenosRtpMeter *meter);

/* Any thread; rate-limited by the caller. */
void genos_link_receiver_request_key_frame (GenosLinkReceiver *self);

/* Construct-only properties "mid", "stream-id", "track-id" (nullable), "caps"
 * (application/x-rtp, fixed: media, payload, clock-rate, encoding-name …), "audio-level-id" (number
 * of the header extension of RFC 6464; 0: none). */
const char *genos_link_receiver_get_mid (GenosLinkReceiver *self);
const char *genos_link_receiver_get_stream_id (GenosLinkReceiver *self);
const char *genos_link_receiver_get_track_id (GenosLinkReceiver *self);
GstCaps *genos_link_receiver_get_caps (GenosLinkReceiver *self);

G_END_DECLS
