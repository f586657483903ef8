/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the holder of a key states of one link, as the 32 bytes that are signed (BIP-340). Whoever
 * stands in between has another certificate at either end; whoever repeats an old statement has other
 * nonces in the hellos; whoever sends ours back has the two sides the wrong way round. */

#define GENOS_IDENTITY_TAG "genosrooms/identity/1"
#define GENOS_IDENTITY_MAX_ID 255

typedef struct {
  const char *peer_id;         /* 1 to 255 bytes */
  const guint8 *certificate32; /* SHA-256 of its DTLS certificate */
  const char *hello;           /* the text it sent, to the byte */
  gsize hello_size;
} GenosIdentitySide;

/* @path: the room's root path, as topics are made from. FALSE when an id is empty or too long. */
gboolean genos_identity_statement (const char *path, const GenosIdentitySide *prover,
    const GenosIdentitySide *verifier, guint8 digest32[32]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
