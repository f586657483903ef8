/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/key-agreement.h>
#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* The key of one sender for what it says to everybody by way of others, for as long as the same are to hear
 * it: a generation. Whoever is to hear it is handed the key in a sealed letter; another generation is drawn
 * when one of them is not to any more.
 *
 *   0         1                9         33
 *  +---------+----------------+---------+-----------------------------------------------------------+
 *  | 3       | generation     | nonce   | XChaCha20-Poly1305 (signature (64) ‖ clock (8) ‖ inside) |
 *  +---------+----------------+---------+-----------------------------------------------------------+
 *
 *   key       = BLAKE2b-256 (key = room key, "genosrooms group 1" ‖ sender's key ‖ generation)
 *   signature = Ed25519 ("genosrooms group 1" ‖ bytes 0 to 32 ‖ context ‖ clock ‖ inside)
 *
 * Additional data are bytes 0 to 8 and the context (sealed-letter.h). All who have the key can open what is sealed
 * with it; only its sender can sign, so that none of them can say something in its name. */
typedef struct _GenosGroupKey GenosGroupKey;

#define GENOS_GROUP_VERSION 3
#define GENOS_GROUP_GENERATION_SIZE 8
#define GENOS_GROUP_OVERHEAD (1 + GENOS_GROUP_GENERATION_SIZE + 24 + 64 + 8 + 16)

/* One's own, to seal with. */
GenosGroupKey *genos_group_key_draw (const GenosSecret *room_key);
GenosGroupKey *genos_group_key_ref (GenosGroupKey *self);
void genos_group_key_unref (GenosGroupKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosGroupKey, genos_group_key_unref)

/* GENOS_GROUP_GENERATION_SIZE bytes, random: no name of a generation comes again. */
const guint8 *genos_group_key_get_generation (const GenosGroupKey *self);
/* Whether @bytes are sealed so, and with which. */
gboolean genos_group_key_peek (GBytes *bytes, guint8 generation[GENOS_GROUP_GENERATION_SIZE]);
/* @self: drawn here; @context: NULL-terminated. (transfer full) */
GBytes *
genos_group_key_seal (GenosGroupKey *self, const char *const *context, guint64 ms, GBytes *inside);
/* GENOS_ERROR_PROTOCOL: not such a message; GENOS_ERROR_AUTHENTICATION: changed, of another key or context,
 * or not signed by whose key it is. (transfer full) (nullable) */
GBytes *genos_group_key_open (GenosGroupKey *self, const char *const *context, GBytes *sealed,
    guint64 *ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How the key is handed over: what is inside of two letters for one peer each (sealed-letter.h).
 *
 *   ask    1 ‖ generation (8) ‖ X25519 public key (32), drawn for this alone
 *   give   2 ‖ generation (8) ‖ X25519 public key (32), likewise ‖
 *          nonce (24) ‖ XChaCha20-Poly1305 (sender's key (32) ‖ its public key for signatures (32))
 *
 * The key is that of key-agreement.h, of the name "genosrooms group 1", with the letter key mixed in. Additional
 * data are the 41 bytes before the nonce. */
typedef enum {
  GENOS_GROUP_ASK = 1,
  GENOS_GROUP_GIVE = 2,
} GenosGroupPacket;

#define GENOS_GROUP_PUBLIC_SIZE GENOS_KEY_AGREEMENT_PUBLIC_SIZE

/* @own: genos_secret_new_random(). (transfer full) */
GBytes *genos_group_key_build_ask (
    const guint8 generation[GENOS_GROUP_GENERATION_SIZE], const GenosSecret *own);
/* FALSE: neither. */
gboolean genos_group_key_parse_packet (
    GBytes *packet, GenosGroupPacket *kind, guint8 generation[GENOS_GROUP_GENERATION_SIZE]);
/* @letter_key: of whom @ask came from. GENOS_ERROR_AUTHENTICATION for a public key that makes every secret known.
 * (transfer full) (nullable) */
GBytes *genos_group_key_build_give (GenosGroupKey *self, const GenosSecret *letter_key, GBytes *ask,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @own: what was asked with. To open with. (transfer full) (nullable) */
GenosGroupKey *
genos_group_key_take_give (const GenosSecret *room_key, const GenosSecret *letter_key,
    const GenosSecret *own, GBytes *give, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
