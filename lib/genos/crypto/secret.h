/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A 256-bit key in libsodium's guarded memory: outside core dumps and swap where the system lets us,
 * read-only once made, wiped with its last reference. Any thread. */
typedef struct _GenosSecret GenosSecret;

#define GENOS_SECRET_SIZE 32

GenosSecret *genos_secret_new (const guint8 bytes[GENOS_SECRET_SIZE]);
GenosSecret *genos_secret_new_random (void);
GenosSecret *genos_secret_ref (GenosSecret *self);
void genos_secret_unref (GenosSecret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSecret, genos_secret_unref)

/* (transfer none) GENOS_SECRET_SIZE bytes */
const guint8 *genos_secret_get_bytes (const GenosSecret *self);

/* A key of its own for each use: libsodium's crypto_kdf, which is BLAKE2b. @context has eight
 * characters and names the use. (transfer full) */
GenosSecret *genos_secret_derive (const GenosSecret *self, const char context[8], guint64 id);

/* What members of a room share who know its password: Argon2id at libsodium's interactive limits (two
 * passes over 64 MiB: some 100 ms and that memory for as long), salted with BLAKE2b of what the room
 * is called. Any thread; not on one that must not wait. GENOS_ERROR_FAILED when there is no memory. */
GenosSecret *
genos_secret_new_from_password (const char *password, const char *room_path, GError **error);

G_END_DECLS
