/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/link-secrets.h>
#include <genos/room/joining/peer-identity.h>
#include <genos/wire/extended-message.h>

G_BEGIN_DECLS

/* What the messages between two peers are sealed and opened with, as long as one link lasts. Pure. */
typedef struct _GenosPeerSeal GenosPeerSeal;

/* (nullable): NULL without an error when one side does not seal. @identity: proven. */
GenosPeerSeal *genos_peer_seal_agree (GenosPeerIdentity *identity, GError **error);
GenosPeerSeal *genos_peer_seal_new (const GenosLinkSecrets *secrets);
void genos_peer_seal_free (GenosPeerSeal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosPeerSeal, genos_peer_seal_free)

/* What begins like that is sealed, else plain. */
gboolean genos_peer_seal_is_sealed (GBytes *bytes);

/* (transfer full) */
GBytes *genos_peer_seal_seal (
    GenosPeerSeal *self, const char *channel, const GenosExtendedMessage *message);
/* Errors as genos_message_opener_open()'s. */
gboolean genos_peer_seal_open (GenosPeerSeal *self, const char *channel, GBytes *sealed,
    GenosExtendedMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint64 genos_peer_seal_get_n_missing (GenosPeerSeal *self);

G_END_DECLS
