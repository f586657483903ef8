/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

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

/* Adds a subscription to every relay, renewed at each opening with `since` = now. The id on the
 * wire is 64 random characters. */
void genos_nostr_pool_subscribe (GenosNostrPool *self, guint kind, const char *topic);

/* Publishes on one relay (@url) or on all that are open (@url NULL). Returns how many took it. A
 * relay that once answered "pow:" takes no events for the session. */
guint
genos_nostr_pool_publish (GenosNostrPool *self, const GenosNip01Event *event, const char *url);

/* The network is in doubt: relays that are open have to say something soon; with @changed, those that
 * wait to be tried again are tried now. */
void genos_nostr_pool_check (GenosNostrPool *self, gboolean changed);

/* What all relays sent and was thrown away. */
guint64 genos_nostr_pool_get_dropped (GenosNostrPool *self);
guint genos_nostr_pool_get_n_open (GenosNostrPool *self);

/* (transfer full) a GstStructure-free description: array of a{sv} with url, state, attempts,
 * events-in, events-out, dropped, last-error. */
GVariant *genos_nostr_pool_get_stats (GenosNostrPool *self);

/* Signals:
 * ::relay-opened (const char *url)             subscriptions were sent; may announce now
 * ::relay-closed (const char *url, GError *)   will be retried
 * ::event (const char *url, GenosNip01Event *) verified, of a subscribed topic, not seen before from
 *                                              that relay; `event` is G_TYPE_POINTER, valid for the call
 * ::notice (const char *url, const char *text) OK false, CLOSED and NOTICE texts, bounded to 512 bytes
 */

G_END_DECLS
