/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* What a key is handed over with, to somebody who asked for it: both sides draw an X25519 key for this alone,
 * genos_secret_new_random(), and tell each other its public half. When both private halves are wiped, nobody can
 * open a recording of what was handed over.
 *
 *   secret = BLAKE2b-256 (key = mixed, name ‖ X25519 (own private, other's public) ‖ asker's public ‖ giver's public)
 */
#define GENOS_KEY_AGREEMENT_PUBLIC_SIZE 32

typedef enum {
  GENOS_KEY_AGREEMENT_ASKER,
  GENOS_KEY_AGREEMENT_GIVER,
} GenosKeyAgreementRole;

void genos_key_agreement_get_public (
    const GenosSecret *own, guint8 out[GENOS_KEY_AGREEMENT_PUBLIC_SIZE]);

/* @name: the use, so that no two share a secret; @mixed (nullable): what both know besides; @role: ours. NULL: @remote
 * is a public key of small order, with which the secret would be known to everybody. (transfer full) (nullable) */
GenosSecret *genos_key_agreement_derive (const char *name, const GenosSecret *mixed,
    const GenosSecret *own, const guint8 remote[GENOS_KEY_AGREEMENT_PUBLIC_SIZE],
    GenosKeyAgreementRole role) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
