/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/wire/nip01-message.h>

G_BEGIN_DECLS

/* One topic that is listened to on one relay. */
typedef struct {
  guint kind;
  char *topic;
  char *id;     /* on the wire, new at each opening; NULL while not asked for */
  char *old_id; /* (nullable): the one before, on the same connection, until @id is answered */
} GenosNostrSubscription;

GenosNostrSubscription *genos_nostr_subscription_new (guint kind, const char *topic);
void genos_nostr_subscription_free (GenosNostrSubscription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosNostrSubscription, genos_nostr_subscription_free)

/* The REQ that (re)opens it: draws a new id of @id_length characters. @now in seconds. (transfer
 * full) */
char *genos_nostr_subscription_renew (GenosNostrSubscription *self, gint64 now, guint id_length);

/* Goes by a new id from its next REQ on. What the relay says before it has seen that goes by the old one. */
void genos_nostr_subscription_retire_id (GenosNostrSubscription *self);
/* The relay has answered @id: nothing goes by an older one any more. */
void genos_nostr_subscription_forget_old_id (GenosNostrSubscription *self);
/* Whether what goes by @id (nullable) is for it. */
gboolean genos_nostr_subscription_goes_by (const GenosNostrSubscription *self, const char *id);

/* Whether @event is what was asked for. Its created_at is not looked at: clocks differ, and a relay
 * may do what it likes about that. */
gboolean
genos_nostr_subscription_wants (const GenosNostrSubscription *self, const GenosNip01Event *event);

G_END_DECLS
