/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/schnorr.h>
#include <genos/wire/nip01-event.h>

G_BEGIN_DECLS

/* Fills pubkey, id and sig. */
void genos_nostr_event_sign (GenosNip01Event *event, GenosSchnorrKey *key);

/* Checks id and signature; GENOS_ERROR_AUTHENTICATION says which is wrong. Any thread. */
gboolean genos_nostr_event_verify (const GenosNip01Event *event, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
