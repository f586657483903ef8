/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/crypto/secret.h>

G_BEGIN_DECLS

/* SFrame (RFC 9605): media sealed for whoever has its key, and for nobody who passes it on.
 *
 *  +-+-+-+-+-+-+-+-+------------------+------------------+---------------------------+
 *  |X|  K  |Y|  C  | KID, 0 to 8 bytes | CTR, 0 to 8 bytes | ciphertext ‖ 16-byte tag  |
 *  +-+-+-+-+-+-+-+-+------------------+------------------+---------------------------+
 *
 * KID says which key it is, CTR counts what was sealed with that key: the nonce is the key's salt with CTR
 * mixed in, so no number may come twice. The header and what the caller calls metadata are authenticated.
 * Numbers below eight stand in the first byte. Pure; any thread. */
#define GENOS_SFRAME_MAX_HEADER 17
#define GENOS_SFRAME_TAG_SIZE 16
#define GENOS_SFRAME_OVERHEAD (GENOS_SFRAME_MAX_HEADER + GENOS_SFRAME_TAG_SIZE)

/* Section 8.1 */
typedef enum {
  GENOS_SFRAME_AES_128_GCM_SHA256_128 = 4,
  GENOS_SFRAME_AES_256_GCM_SHA512_128 = 5,
} GenosSframeSuite;

typedef struct {
  guint64 kid;
  guint64 ctr;
} GenosSframeHeader;

/* How long it is: 1 to GENOS_SFRAME_MAX_HEADER bytes. */
gsize
genos_sframe_header_build (const GenosSframeHeader *self, guint8 bytes[GENOS_SFRAME_MAX_HEADER]);
/* How long it was; 0: there is none. */
gsize genos_sframe_header_parse (GenosSframeHeader *self, const guint8 *bytes, gsize size);

/* A key and its salt in guarded memory, derived as section 4.4.2 says. */
typedef struct _GenosSframeKey GenosSframeKey;

/* @base: @size bytes that nobody else knows; (transfer full) */
GenosSframeKey *
genos_sframe_key_new (GenosSframeSuite suite, guint64 kid, const guint8 *base, gsize size);
GenosSframeKey *genos_sframe_key_ref (GenosSframeKey *self);
void genos_sframe_key_unref (GenosSframeKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosSframeKey, genos_sframe_key_unref)
guint64 genos_sframe_key_get_kid (const GenosSframeKey *self);

/* Writes header, ciphertext and tag to @sealed, which has room for @size + GENOS_SFRAME_OVERHEAD bytes, and
 * says how many they are; 0: the system's cryptography failed. @ctr: never the same one twice with a key. */
gsize genos_sframe_seal (const GenosSframeKey *self, guint64 ctr, const guint8 *metadata,
    gsize metadata_size, const guint8 *plain, gsize size, guint8 *sealed);

/* @sealed begins with its header, of which the caller has read that it is of this key. Writes to @plain, which
 * has room for @size bytes, and says in @plain_size how many they are. FALSE: it was changed, cut, or sealed
 * with something else; then nothing in @plain is of use. */
gboolean genos_sframe_open (const GenosSframeKey *self, const guint8 *metadata, gsize metadata_size,
    const guint8 *sealed, gsize size, guint8 *plain, gsize *plain_size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
