/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <genos/transport/rtp/rate-estimator.h>
#include <genos/transport/rtp/rtp-meter.h>

G_BEGIN_DECLS

/* One outgoing track on one link: where RTP packets enter.
 *
 * Threading contract: push() may come from any thread and never blocks: it appends to a bounded
 * queue, or counts a drop. Until the remote side takes the media (its answer is in), and again
 * after an overrun, the gate is closed: packets are dropped until the first packet of a key frame
 * (no GST_BUFFER_FLAG_DELTA_UNIT). ::key-frame-request comes on any thread. */
#define GENOS_TYPE_LINK_SENDER (genos_link_sender_get_type ())
G_DECLARE_DERIVABLE_TYPE (GenosLinkSender, genos_link_sender, GENOS, LINK_SENDER, GObject)

/* How much of its track it gets; chosen by whoever pushes. */
typedef enum {
  GENOS_SENT_FULL,
  GENOS_SENT_SECOND,
  GENOS_SENT_THIRD,
  GENOS_SENT_THINNED,    /* a few of the pictures */
  GENOS_SENT_AUDIO_ONLY, /* none */
} GenosSentTier;

const char *genos_sent_tier_get_name (GenosSentTier tier);
/* FALSE: there is none of that name; @name is (nullable). */
gboolean genos_sent_tier_from_name (const char *name, GenosSentTier *tier);

struct _GenosLinkSenderClass {
  GObjectClass parent_class;

  void (*push) (GenosLinkSender *self, GstBuffer *buffer);
  /* (nullable) What is pushed next does not follow what was before: close the gate. */
  void (*restart) (GenosLinkSender *self);
};

/* (transfer full) one RTP packet, PTS in the running time shared by all pipelines of the session. */
void genos_link_sender_push (GenosLinkSender *self, GstBuffer *buffer);

/* What is done to each packet before it goes out: (transfer full) packet, (transfer full) (nullable) what goes
 * instead. On whichever thread pushes. */
typedef GstBuffer *(*GenosLinkSealFunc) (GstBuffer *packet, gpointer user_data);
/* Once, before anything is pushed; @destroy when the sender goes. */
void genos_link_sender_set_seal_func (
    GenosLinkSender *self, GenosLinkSealFunc func, gpointer user_data, GDestroyNotify destroy);

/* TRUE once the remote side takes this media, and while nobody holds it; notify::active on any thread. */
gboolean genos_link_sender_get_active (GenosLinkSender *self);
/* For implementations: the remote side takes it, or does not. */
void genos_link_sender_set_active (GenosLinkSender *self, gboolean active);
/* Whether the remote side takes it, held or not. */
gboolean genos_link_sender_get_accepted (GenosLinkSender *self);

/* The remote side has refused it for good without ever taking any: it cannot decode it. ::refused comes
 * once, on the link's context. */
gboolean genos_link_sender_get_refused (GenosLinkSender *self);
/* For implementations; does nothing the second time, or when any was taken. */
void genos_link_sender_refuse (GenosLinkSender *self);

/* Held: nothing is sent, though the track stays negotiated. It goes on with a key frame, which is asked
 * for. Any thread. */
void genos_link_sender_set_held (GenosLinkSender *self, gboolean held);

void genos_link_sender_emit_key_frame_request (GenosLinkSender *self);

/* What of the link's rate this track may use, bit/s of payload; GENOS_RATE_UNBOUNDED: no bound is
 * known. notify::rate on any thread. */
guint genos_link_sender_get_rate (GenosLinkSender *self);
void genos_link_sender_set_rate (GenosLinkSender *self, guint rate);

/* It gets what others leave of the link's rate. Before it is active. */
void genos_link_sender_set_secondary (GenosLinkSender *self);
gboolean genos_link_sender_is_secondary (GenosLinkSender *self);

/* notify::tier on any thread. */
GenosSentTier genos_link_sender_get_tier (GenosLinkSender *self);
void genos_link_sender_set_tier (GenosLinkSender *self, GenosSentTier tier);

/* Packets that were not sent because the queue was full. */
guint64 genos_link_sender_get_dropped (GenosLinkSender *self);
void genos_link_sender_add_dropped (GenosLinkSender *self, guint64 n);

/* For implementations: @buffer, with the header it goes out with, is on its way. */
void genos_link_sender_note_sent (GenosLinkSender *self, GstBuffer *buffer, gboolean has_frames);

/* What was sent so far. */
void genos_link_sender_get_meter (GenosLinkSender *self, GenosRtpMeter *meter);

G_END_DECLS
