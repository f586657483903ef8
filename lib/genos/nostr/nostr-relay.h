/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>
#include <genos/crypto/schnorr.h>
#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-socket.h>
#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* One relay: its connection, kept open for ever with pauses that grow, the subscriptions renewed at
 * each opening, and the judgement of what it sends. Lives and emits on the thread-default main
 * context it was made in. */
#define GENOS_TYPE_NOSTR_RELAY (genos_nostr_relay_get_type ())
G_DECLARE_FINAL_TYPE (GenosNostrRelay, genos_nostr_relay, GENOS, NOSTR_RELAY, GObject)

typedef enum {
  GENOS_NOSTR_RELAY_STOPPED,
  GENOS_NOSTR_RELAY_OPENING,
  GENOS_NOSTR_RELAY_OPEN,
  GENOS_NOSTR_RELAY_WAITING,    /* for its next attempt */
  GENOS_NOSTR_RELAY_LEFT,       /* of no use to us, while others are */
} GenosNostrRelayState;

/* Why something was thrown away. */
typedef enum {
  GENOS_NOSTR_DROP_MALFORMED, /* not a NIP-01 message */
  GENOS_NOSTR_DROP_OVERSIZED,
  GENOS_NOSTR_DROP_FORGED,       /* id or signature is wrong */
  GENOS_NOSTR_DROP_UNSUBSCRIBED, /* of no subscription, or not what that one asked for */
  GENOS_NOSTR_DROP_REPLAYED,     /* seen before from this relay */
  GENOS_NOSTR_DROP_FLOODED,      /* more than anybody can have to say */
  GENOS_NOSTR_DROP_UNSENT,       /* ours: no room to queue it, or the relay was lost before */
  GENOS_NOSTR_N_DROPS,
} GenosNostrDrop;

/* How a NIP-11 document comes: @text is NULL when there is none, @server_time (seconds since the epoch)
 * is 0 when the server did not tell its time. */
typedef void (*GenosNostrDescribed) (const char *text, gsize len, gint64 server_time,
    gpointer user_data);

/* Gets the document of the relay at @url and calls @described exactly once, and not from within the
 * call: also when it fails or is cancelled. Bounded in size and time. */
typedef void (*GenosNostrDescribe) (const char *url, gpointer socket_data,
    GCancellable *cancellable, GenosNostrDescribed described, gpointer user_data);

typedef struct {
  GenosNostrSocketFactory socket_factory;
  GenosNostrDescribe describe;  /* (nullable): nobody asks for documents then */
  gpointer socket_data;
  guint first_retry_ms;
  guint retry_cap_ms;
  guint open_timeout_ms;   /* a connection that is only half made counts as failed */
  guint answer_timeout_ms; /* one that says nothing to our subscriptions too; 0: it may */
} GenosNostrRelayConfig;

/* libsoup sockets and the pauses of the protocol. */
const GenosNostrRelayConfig *genos_nostr_relay_default_config (void);

/* @config must outlive the relay. */
GenosNostrRelay *genos_nostr_relay_new (const char *url, const GenosNostrRelayConfig *config);

/* Who we are: needed to answer NIP-42, and to meet a demand for proof of work (NIP-13) of up to
 * @pow_budget bits. It has to be the key that signed what is published. */
void genos_nostr_relay_set_identity (GenosNostrRelay *self, GenosSchnorrKey *key, guint pow_budget);

void genos_nostr_relay_start (GenosNostrRelay *self);
void genos_nostr_relay_stop (GenosNostrRelay *self);
void genos_nostr_relay_subscribe (GenosNostrRelay *self, guint kind, const char *topic);

/* Sends when open, keeps it for the opening (a bounded number) when that is under way; a relay that
 * wants work or a slower pace gets it when that is done. FALSE: not taken. */
gboolean genos_nostr_relay_publish (GenosNostrRelay *self, const GenosNip01Event *event);

/* The network is in doubt, and something is being published: an open relay that says nothing for four
 * seconds is lost. With @changed it is another network: one that waits is tried at once. */
void genos_nostr_relay_check (GenosNostrRelay *self, gboolean changed);

/* The same of an announce, which may be left out: FALSE, and counted, when the relay's pace does not
 * allow it now. */
gboolean genos_nostr_relay_announce (GenosNostrRelay *self, const GenosNip01Event *event);
gboolean genos_nostr_relay_may_announce (GenosNostrRelay *self);

/* Whether it serves us: open, and our own announces come back. */
gboolean genos_nostr_relay_is_well (GenosNostrRelay *self);
/* (nullable): why it is of no use. */
const char *genos_nostr_relay_get_trouble (GenosNostrRelay *self);
/* To sort by, see nostr-health.h; 0 when it is of no use for the session. */
guint genos_nostr_relay_get_score (GenosNostrRelay *self);

/* No relay could serve us until now, so that its trouble may have been the network's. */
void genos_nostr_relay_forgive (GenosNostrRelay *self);

/* Ends the connection of a relay in trouble, ::closed with the reason: for the session where the
 * trouble will not pass, else for a long pause. */
void genos_nostr_relay_leave (GenosNostrRelay *self);
/* Tries one that was left again at once. */
void genos_nostr_relay_return (GenosNostrRelay *self);

const char *genos_nostr_relay_get_url (GenosNostrRelay *self);
GenosNostrRelayState genos_nostr_relay_get_state (GenosNostrRelay *self);
guint64 genos_nostr_relay_get_dropped (GenosNostrRelay *self, GenosNostrDrop reason);

/* (transfer floating) a{sv} */
GVariant *genos_nostr_relay_get_stats (GenosNostrRelay *self);

/* Signals: ::opened  ::closed (GError *)  ::event (GenosNip01Event *)
 * ::notice (const char *, GenosReason): what it refuses or tells, and what that means; UNKNOWN when
 * nothing is wrong with it
 * ::health-changed: is_well or get_trouble */

G_END_DECLS
