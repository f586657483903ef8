/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/signalling/signaller.h>

G_BEGIN_DECLS

/* Signalling inside one process: everybody on the same hub hears everybody, a turn of the main
 * context later. Stands in for relays in tests. */
typedef struct _SignalHub SignalHub;

SignalHub *signal_hub_new (void);
void signal_hub_unref (SignalHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignalHub, signal_hub_unref)

#define TEST_TYPE_SIGNALLER_LOCAL (signaller_local_get_type ())
G_DECLARE_FINAL_TYPE (SignallerLocal, signaller_local, TEST, SIGNALLER_LOCAL, GenosSignaller)

GenosSignaller *signaller_local_new (SignalHub *hub, const char *peer_id);

/* What it says from now on bears the signature of that key, 64 hex digits, and says that it knows the
 * extensions; NULL as at first: nothing is signed. */
void signaller_local_set_key (SignallerLocal *self, const char *key);

/* Messages that went through so far. */
guint signal_hub_get_n_announces (SignalHub *hub);
guint signal_hub_get_n_offers (SignalHub *hub);

G_END_DECLS
