/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* One topic that is listened to on one relay. */
typedef struct {
  guint kind;
  char *topic;
  char *id; /* on the wire, new at each opening; NULL while not asked for */
} GenosNostrSubscription;

GenosNostrSubscription *genos_nostr_subscription_new (guint kind, const char *topic);
void genos_nostr_subscription_free (GenosNostrSubscription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNostrSubscription, genos_nostr_subscription_free)

/* The REQ that (re)opens it: draws a new id of @id_length characters. @now in seconds. (transfer
 * full) */
char *genos_nostr_subscription_renew (GenosNostrSubscription *self, gint64 now, guint id_length);

/* Whether @event is what was asked for. Its created_at is not looked at: clocks differ, and a relay
 * may do what it likes about that. */
gboolean
genos_nostr_subscription_wants (const GenosNostrSubscription *self, const GenosNip01Event *event);

G_END_DECLS
