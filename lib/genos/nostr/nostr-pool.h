/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/reason.h>
#include <genos/nostr/nostr-event.h>
#include <genos/nostr/nostr-session.h>
#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* Several relays side by side: a dead one never delays the others. Lives, and emits, on the
 * thread-default main context it was made in. */
#define GENOS_TYPE_NOSTR_POOL (genos_nostr_pool_get_type ())
G_DECLARE_FINAL_TYPE (GenosNostrPool, genos_nostr_pool, GENOS, NOSTR_POOL, GObject)

/* Every URL is checked: ws:// or wss://, a host, no fragment; GENOS_ERROR_INVALID_ARGUMENT names
 * the bad one. Duplicates are merged. @session (nullable) is how they are reached. */
GenosNostrPool *genos_nostr_pool_new (const char *const *urls, GenosNostrSession *session,
    GError **error);

/* One more, with the subscriptions that were made so far, and opened when the others are. FALSE when it
 * is no relay URL, or here already, or when there are too many. */
gboolean genos_nostr_pool_add (GenosNostrPool *self, const char *url);

/* Closes it for good and forgets it; ::relay-closed says so when it was open. Not to be called by a
 * handler of the pool's signals. */
gboolean genos_nostr_pool_remove (GenosNostrPool *self, const char *url);

/* (transfer full): normalized */
GStrv genos_nostr_pool_dup_urls (GenosNostrPool *self);

/* Calls @func for each relay, with its normalized URL and whether it serves us well. */
typedef void (*GenosNostrPoolFunc) (const char *url, gboolean healthy, gpointer user_data);
void genos_nostr_pool_foreach (GenosNostrPool *self, GenosNostrPoolFunc func, gpointer user_data);

/* Opens all of them at once and keeps them open (capped, jittered retry). */
void genos_nostr_pool_start (GenosNostrPool *self);

/* Sends what is queued, closes with 1000, forgets subscriptions. */
void genos_nostr_pool_stop (GenosNostrPool *self);

/* Whether relays that were stopped still have to say goodbye. */
gboolean genos_nostr_pool_is_closing (GenosNostrPool *self);
/* Closes their sockets now; for whoever is not going to iterate the main context any more. */
void genos_nostr_pool_cut (GenosNostrPool *self);

/* Adds a subscription to every relay, renewed at each opening with `since` = now. The id on the
 * wire is 64 random characters. */
void genos_nostr_pool_subscribe (GenosNostrPool *self, guint kind, const char *topic);

/* Who we are, to every relay: needed to answer NIP-42, and to do the work that a relay wants (NIP-13),
 * up to @pow_budget bits. It has to be the key that signs what is published. */
void genos_nostr_pool_set_identity (GenosNostrPool *self, GenosSchnorrKey *key, guint pow_budget);

/* Publishes on one relay (@url) or on all that are open (@url NULL). Returns how many took it. One
 * that wants work, or a slower pace, gets it when that is done, while the others have it at once; one
 * that wants more work than the budget gets no events for the session. */
guint genos_nostr_pool_publish (GenosNostrPool *self, const GenosNip01Event *event, const char *url);

/* Publishes on the first open relay that takes it, those that serve us well before others. (transfer
 * none) (nullable): its URL */
const char *genos_nostr_pool_publish_once (GenosNostrPool *self, const GenosNip01Event *event);

/* The network is in doubt: relays that are open have to say something soon; with @changed, those that
 * wait to be tried again are tried now. */
void genos_nostr_pool_check (GenosNostrPool *self, gboolean changed);

/* The same of an announce, which may be left out: relays whose pace does not allow it now are passed
 * over, which is counted (`withheld`). */
guint genos_nostr_pool_announce (GenosNostrPool *self, const GenosNip01Event *event,
    const char *url);
/* Whether genos_nostr_pool_announce() would reach that relay now, or any (@url NULL). */
gboolean genos_nostr_pool_may_announce (GenosNostrPool *self, const char *url);

/* How many serve us: open, and our own announces come back. While one does, relays in trouble are
 * left. */
guint genos_nostr_pool_get_n_well (GenosNostrPool *self);

/* What all relays sent and was thrown away. */
guint64 genos_nostr_pool_get_dropped (GenosNostrPool *self);
guint genos_nostr_pool_get_n_open (GenosNostrPool *self);

/* (transfer full) a GstStructure-free description: array of a{sv}; what is in it is in
 * docs/elements/genosroomsink.md. */
GVariant *genos_nostr_pool_get_stats (GenosNostrPool *self);

/* Signals:
 * ::relay-opened (const char *url)             subscriptions were sent; may announce now
 * ::relay-closed (const char *url, GError *)   will be retried
 * ::event (const char *url, GenosNip01Event *) verified, of a subscribed topic, not seen before from
 *                                              that relay; `event` is G_TYPE_POINTER, valid for the call
 * ::notice (const char *url, const char *text, GenosReason) OK false, CLOSED and NOTICE texts with what
 *                                              can be done about them, bounded to 512 bytes; UNKNOWN
 *                                              when nothing is wrong
 */

G_END_DECLS
