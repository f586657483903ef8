/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/identity-statement.h>

#include <string.h>

static void
sha256 (const void *bytes, gsize size, guint8 digest32[32])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = 32;

  g_checksum_update (checksum, bytes, (gssize) size);
  g_checksum_get_digest (checksum, digest32, &length);
}

static void
append_hash (GByteArray *out, const void *bytes, gsize size)
{
  guint8 digest32[32];

  sha256 (bytes, size, digest32);
  g_byte_array_append (out, digest32, sizeof digest32);
}

static gboolean
append_id (GByteArray *out, const char *peer_id)
{
  gsize length = strlen (peer_id);
  guint8 size = (guint8) length;

  if (length == 0 || length > GENOS_IDENTITY_MAX_ID)
    return FALSE;
  g_byte_array_append (out, &size, 1);
  g_byte_array_append (out, (const guint8 *) peer_id, (guint) length);
  return TRUE;
}

/* A tagged hash as in BIP-340, so that what is signed here can be mistaken for nothing else, the id of
 * an event least of all. */
gboolean
genos_identity_statement (const char *path, const GenosIdentitySide *prover,
    const GenosIdentitySide *verifier, guint8 digest32[32])
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  append_hash (out, GENOS_IDENTITY_TAG, strlen (GENOS_IDENTITY_TAG));
  append_hash (out, GENOS_IDENTITY_TAG, strlen (GENOS_IDENTITY_TAG));
  append_hash (out, path, strlen (path));
  if (!append_id (out, prover->peer_id) || !append_id (out, verifier->peer_id))
    return FALSE;
  g_byte_array_append (out, prover->certificate32, 32);
  g_byte_array_append (out, verifier->certificate32, 32);
  append_hash (out, prover->hello, prover->hello_size);
  append_hash (out, verifier->hello, verifier->hello_size);
  sha256 (out->data, out->len, digest32);
  return TRUE;
}
