/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* The keys of one link between two of our own peers. Each side draws an X25519 key for this link
 * alone, so that nobody who learns anything later can read what was said (forward secrecy); the
 * room's key is mixed in, so that somebody without the password has agreed on something else.
 *
 *   secret = X25519 (own private, remote public)
 *   tx ‖ rx = BLAKE2b-512 (key = room key, "genosrooms link 1" ‖ secret ‖ transcript)
 *
 * The first half is what the offerer sends with. @transcript is a hash of everything that both have
 * said before, so that whoever changed a word of it is found out. */
#define GENOS_LINK_PUBLIC_SIZE 32
#define GENOS_LINK_TRANSCRIPT_SIZE 32

typedef struct {
  GenosSecret *tx;
  GenosSecret *rx;
} GenosLinkSecrets;

void genos_link_secrets_clear (GenosLinkSecrets *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosLinkSecrets, genos_link_secrets_clear)

/* The public half of a private key that genos_secret_new_random() drew. */
void genos_link_secrets_get_public (const GenosSecret *own, guint8 out[GENOS_LINK_PUBLIC_SIZE]);

/* GENOS_ERROR_AUTHENTICATION for a public key of small order, with which the secret would be known
 * to everybody. @room_key (nullable): a room without a password. */
gboolean genos_link_secrets_agree (GenosLinkSecrets *self, const GenosSecret *own,
    const guint8 remote[GENOS_LINK_PUBLIC_SIZE], const GenosSecret *room_key,
    const guint8 transcript[GENOS_LINK_TRANSCRIPT_SIZE], gboolean offerer,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
