/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* Messages of one direction between two peers, sealed with XChaCha20-Poly1305:
 *
 *   0         1             9
 *  +---------+-------------+----------------------------------+
 *  | version | counter, BE | ciphertext ‖ tag (16 bytes)       |
 *  +---------+-------------+----------------------------------+
 *
 * Inside: one byte of @kind, the length of the metadata (four bytes, big endian), metadata, payload,
 * then 0x80 and zeros up to a length of which there are few (Padmé: at most 12 % more), so that a
 * message's length tells little.
 *
 * The nonce is BLAKE2b-128 of the channel's name and the counter: unique because a key has one sender,
 * who counts each channel's messages from one. The messages of a channel stay in their order, those of
 * several overtake one another; so an opener takes, for each channel, only what is newer than the
 * last, and a replayed or reordered message is refused. */
#define GENOS_SEALED_MESSAGE_OVERHEAD 26 /* header, tag and the least of padding */
#define GENOS_SEALED_MAX_CHANNELS 1024   /* an opener remembers so many names */

typedef struct _GenosMessageSealer GenosMessageSealer;
typedef struct _GenosMessageOpener GenosMessageOpener;

GenosMessageSealer *genos_message_sealer_new (GenosSecret *key);
void genos_message_sealer_free (GenosMessageSealer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMessageSealer, genos_message_sealer_free)

/* @metadata (nullable). (transfer full) */
GBytes *genos_message_sealer_seal (GenosMessageSealer *self, const char *channel, guint8 kind,
    const char *metadata, GBytes *payload);

/* How long a sealed message with that much inside is. */
gsize genos_sealed_message_size (gsize metadata, gsize payload);

GenosMessageOpener *genos_message_opener_new (GenosSecret *key);
void genos_message_opener_free (GenosMessageOpener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosMessageOpener, genos_message_opener_free)

typedef struct {
  guint8 kind;
  char *metadata; /* (nullable) valid UTF-8 without NUL */
  GBytes *payload;
} GenosOpenedMessage;

void genos_opened_message_clear (GenosOpenedMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosOpenedMessage, genos_opened_message_clear)

/* GENOS_ERROR_PROTOCOL: not such a message; GENOS_ERROR_AUTHENTICATION: changed, repeated, late, of
 * another channel or of another key; GENOS_ERROR_LIMIT: a channel too many. */
gboolean genos_message_opener_open (GenosMessageOpener *self, const char *channel, GBytes *sealed,
    GenosOpenedMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Messages that were counted but never came: the sender took them back, or somebody dropped them. */
guint64 genos_message_opener_get_n_missing (GenosMessageOpener *self);

G_END_DECLS
