/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/relay-server/relay-addresses.h>
#include <genos/relay-server/relay-hub.h>

G_BEGIN_DECLS

/* What is said between a relay and one client: NIP-01, and NIP-42 where it is required. Without
 * a socket and a clock of its own. */
typedef struct _GenosRelaySession GenosRelaySession;

typedef void (*GenosRelaySend) (const char *text, gpointer owner);

/* @hub must outlive the session, @address (nullable) too. @local (nullable): the end of the
 * connection that is ours, which AUTH may name. @send may not free the session. */
GenosRelaySession *genos_relay_session_new (GenosRelayHub *hub, GenosRelayAddress *address,
    GInetSocketAddress *local, GenosRelaySend send, gpointer owner);
void genos_relay_session_free (GenosRelaySession *self);

/* Says what a relay says first: a challenge where AUTH is required, else nothing. */
void genos_relay_session_open (GenosRelaySession *self);

/* A text message; not NUL-terminated. FALSE when this client says nothing but junk and had better
 * go. @monotonic in microseconds, @now in seconds since the epoch. */
gboolean genos_relay_session_take (GenosRelaySession *self, const char *text, gsize len,
    gint64 monotonic, gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* Any other message. */
gboolean genos_relay_session_take_binary (GenosRelaySession *self) G_GNUC_WARN_UNUSED_RESULT;

guint genos_relay_session_get_n_subscriptions (GenosRelaySession *self);

/* Ends all subscriptions: nothing is delivered from now on. */
void genos_relay_session_silence (GenosRelaySession *self);

G_END_DECLS
