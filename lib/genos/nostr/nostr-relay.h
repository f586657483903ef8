/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

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
  GENOS_NOSTR_RELAY_WAITING, /* for its next attempt */
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

typedef struct {
  GenosNostrSocketFactory socket_factory;
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

void genos_nostr_relay_start (GenosNostrRelay *self);
void genos_nostr_relay_stop (GenosNostrRelay *self);
void genos_nostr_relay_subscribe (GenosNostrRelay *self, guint kind, const char *topic);

/* Sends when open, keeps it for the opening (a bounded number) when that is under way. FALSE: not
 * taken. */
gboolean genos_nostr_relay_publish (GenosNostrRelay *self, const GenosNip01Event *event);

/* The network is in doubt, and something is being published: an open relay that says nothing for four
 * seconds is lost. With @changed it is another network: one that waits is tried at once. */
void genos_nostr_relay_check (GenosNostrRelay *self, gboolean changed);

const char *genos_nostr_relay_get_url (GenosNostrRelay *self);
GenosNostrRelayState genos_nostr_relay_get_state (GenosNostrRelay *self);
guint64 genos_nostr_relay_get_dropped (GenosNostrRelay *self, GenosNostrDrop reason);

/* (transfer floating) a{sv} */
GVariant *genos_nostr_relay_get_stats (GenosNostrRelay *self);

/* Signals: ::opened  ::closed (GError *)  ::event (GenosNip01Event *)  ::notice (const char *) */

G_END_DECLS
