/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/error.h>
#include <genos/transport/link-receiver.h>
#include <genos/transport/link-sender.h>

G_BEGIN_DECLS

/* The connection to one remote peer: its negotiation, one data channel, media both ways. Knows no
 * relay, no room and no frame format.
 *
 * Threading contract: made, called and emitting on one main context; whatever webrtcbin says on its
 * own threads is brought home first. Only senders and receivers are touched by streaming threads.
 * close() may be called inside any of the signals. */
typedef enum {
  GENOS_SDP_OFFER,
  GENOS_SDP_ANSWER,
} GenosSdpKind;

/* SHA-256 of the DTLS certificates that the two ends of an open link showed to each other. */
typedef struct {
  guint8 local[32];
  guint8 remote[32];
} GenosLinkCertificates;

/* Bytes above which a data channel counts as busy, as in browser peers. */
#define GENOS_PEER_LINK_BUSY 65535

#define GENOS_TYPE_PEER_LINK (genos_peer_link_get_type ())
G_DECLARE_DERIVABLE_TYPE (GenosPeerLink, genos_peer_link, GENOS, PEER_LINK, GObject)

struct _GenosPeerLinkClass {
  GObjectClass parent_class;

  void (*start) (GenosPeerLink *self);
  void (*take_description) (GenosPeerLink *self, GenosSdpKind kind, const char *sdp);
  gboolean (*send) (GenosPeerLink *self, GBytes *frame, GError **error);
  gsize (*get_buffered) (GenosPeerLink *self);
  /* NULL: as long as at most GENOS_PEER_LINK_BUSY bytes are buffered */
  gboolean (*has_room) (GenosPeerLink *self);
  GenosLinkSender *(*add_sender) (GenosPeerLink *self, GstCaps *caps, const char *stream_id,
      const char *track_id, GError **error);
  void (*remove_sender) (GenosPeerLink *self, GenosLinkSender *sender);
  void (*get_stats) (GenosPeerLink *self, GTask *task);
  gboolean (*get_certificates) (GenosPeerLink *self, GenosLinkCertificates *certificates);
  GstElement *(*dup_pipeline) (GenosPeerLink *self);
  GstStructure *(*dup_path) (GenosPeerLink *self);
  GError *(*dup_path_problem) (GenosPeerLink *self);
  GstStructure *(*dup_rate) (GenosPeerLink *self);
  char *(*dup_state) (GenosPeerLink *self);
  void (*close) (GenosPeerLink *self);
};

/* Construct-only property "offerer": TRUE when we dial. start() of the offerer makes data channel
 * and offer; the answerer waits for take_description (OFFER). */
gboolean genos_peer_link_is_offerer (GenosPeerLink *self);
gboolean genos_peer_link_is_open (GenosPeerLink *self);
gboolean genos_peer_link_is_closed (GenosPeerLink *self);
/* TRUE from shortly before ::closed on: a receiver removed now is no track taken away. */
gboolean genos_peer_link_is_ending (GenosPeerLink *self);
void genos_peer_link_start (GenosPeerLink *self);

/* The first offer or answer comes from signalling, later ones from the data channel. Hostile text:
 * the first one ends in ::closed with a reason, a later one is refused and ::warning says why. */
void genos_peer_link_take_description (GenosPeerLink *self, GenosSdpKind kind, const char *sdp);

/* One message on the data channel, whole; never empty. GENOS_ERROR_CLOSED when it is not open.
 * Never blocks: ask has_room() and wait for ::drained when there is none. */
gboolean genos_peer_link_send (GenosPeerLink *self, GBytes *frame, GError **error);
/* Bytes that were sent, and did not leave or are not known to have arrived. */
gsize genos_peer_link_get_buffered (GenosPeerLink *self);
gboolean genos_peer_link_has_room (GenosPeerLink *self);

/* May be called before or after ::opened; negotiates by itself. @caps: fixed application/x-rtp
 * with the ssrc that the packets carry. (transfer full) */
GenosLinkSender *genos_peer_link_add_sender (GenosPeerLink *self, GstCaps *caps,
    const char *stream_id, const char *track_id, GError **error);
void genos_peer_link_remove_sender (GenosPeerLink *self, GenosLinkSender *sender);

/* They do not change while the link is open. FALSE when it is not, or has none. */
gboolean
genos_peer_link_get_certificates (GenosPeerLink *self, GenosLinkCertificates *certificates);

/* webrtcbin's get-stats as a GstStructure. */
void genos_peer_link_get_stats_async (GenosPeerLink *self, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
GstStructure *
genos_peer_link_get_stats_finish (GenosPeerLink *self, GAsyncResult *result, GError **error);

/* (transfer full) (nullable): what it is made of, while it is open. */
GstElement *genos_peer_link_dup_pipeline (GenosPeerLink *self);

/* (transfer full) (nullable): the way that packets take now; see webrtc-path.h. */
GstStructure *genos_peer_link_dup_path (GenosPeerLink *self);

/* (transfer full) (nullable): what the way can take; see webrtc-rate.h. */
GstStructure *genos_peer_link_dup_rate (GenosPeerLink *self);

/* (transfer full) (nullable): what may keep a way from being found, as far as it is known here. */
GError *genos_peer_link_dup_path_problem (GenosPeerLink *self);

/* (transfer full) (nullable): how far it came, for the debug log. */
char *genos_peer_link_dup_state (GenosPeerLink *self);

/* Closes the data channel, then tears down on another thread. ::closed is emitted once, at the
 * latest here. Idempotent. */
void genos_peer_link_close (GenosPeerLink *self);

/* For implementations. */
void genos_peer_link_set_ending (GenosPeerLink *self);
void genos_peer_link_emit_description (GenosPeerLink *self, GenosSdpKind kind, const char *sdp);
void genos_peer_link_emit_opened (GenosPeerLink *self);
void genos_peer_link_emit_closed (GenosPeerLink *self, const GError *error);
void genos_peer_link_emit_frame (GenosPeerLink *self, GBytes *frame);
void genos_peer_link_emit_drained (GenosPeerLink *self);
void genos_peer_link_emit_receiver_added (GenosPeerLink *self, GenosLinkReceiver *receiver);
void genos_peer_link_emit_receiver_removed (GenosPeerLink *self, GenosLinkReceiver *receiver);
void genos_peer_link_emit_warning (GenosPeerLink *self, const GError *error);

/* Signals:
 * ::description (kind, sdp)    send this to the other side: sealed through signalling until ::opened,
 *                              through the data channel afterwards
 * ::opened ()                  once: the data channel is open, to whoever holds the certificate that
 *                              the remote description named
 * ::closed (GError)            once: the link is over; GENOS_ERROR_CLOSED when closed by us or them
 * ::frame (GBytes)             one message of the data channel
 * ::drained ()                 there may be room again
 * ::receiver-added (receiver), ::receiver-removed (receiver)
 * ::warning (GError)           something of the peer was refused; the link goes on
 */

G_END_DECLS
