/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/schnorr.h>
#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* Messages that go by way of others, so that there is no link to agree on keys over: to everybody who
 * knows the room's password, or to one peer whose public key is known. XChaCha20-Poly1305:
 *
 *   0         1         25
 *  +---------+---------+-----------------------------------+
 *  | 2       | nonce   | ciphertext ‖ tag (16 bytes)       |
 *  +---------+---------+-----------------------------------+
 *
 *   key for everybody = BLAKE2b-256 (key = room key, "genosrooms mesh 1")
 *   key for one peer  = BLAKE2b-256 (key = room key, "genosrooms mesh 1" ‖ x ‖ lesser ‖ greater public key),
 *   x: of the Diffie-Hellman point of both keys
 *
 * The nonce is random: its 192 bits never repeat. Inside: the sender's clock, eight bytes of milliseconds,
 * big endian, then what is sealed. Who, where and to whom is authenticated with it: length (two bytes, big
 * endian) and bytes of each string of the context. There is no forward secrecy. */
#define GENOS_SEALED_LETTER_VERSION 2
#define GENOS_SEALED_LETTER_OVERHEAD (1 + 24 + 8 + 16)

/* @own and @remote (64 hex digits) NULL: for everybody. GENOS_ERROR_AUTHENTICATION when @remote is no
 * key. */
GenosSecret *genos_sealed_letter_key (
    GenosSecret *room_key, GenosSchnorrKey *own, const char *remote, GError **error);

/* @context: NULL-terminated; (transfer full) */
GByteArray *genos_sealed_letter_join_context (const char *const *context);
gboolean genos_sealed_letter_is (GBytes *bytes);
/* @context: NULL-terminated; (transfer full) */
GBytes *
genos_sealed_letter_seal (GenosSecret *key, const char *const *context, guint64 ms, GBytes *inside);
/* GENOS_ERROR_PROTOCOL: not such a message; GENOS_ERROR_AUTHENTICATION: changed, of another key or
 * context. (transfer full) (nullable) */
GBytes *genos_sealed_letter_open (GenosSecret *key, const char *const *context, GBytes *sealed,
    guint64 *ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
