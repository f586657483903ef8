/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/base/error.h>
#include <genos/crypto/sealed-message.h>
#include <genos/wire/extended-message.h>

#include <sodium.h>

#include "fuzz.h"

#define CHANNEL "chat"
#define HEADER_SIZE 9

static const guint8 key_bytes[GENOS_SECRET_SIZE] = "fuzzing is done with this key, 1";

static GenosMessageOpener *
new_opener (void)
{
  g_autoptr (GenosSecret) key = genos_secret_new (key_bytes);

  return genos_message_opener_new (key);
}

/* Nobody without the key can make anything that opens. */
static void
open_as_it_came (const guint8 *data, gsize size)
{
  g_autoptr (GenosMessageOpener) opener = new_opener ();
  g_autoptr (GBytes) sealed = g_bytes_new (data, size);
  g_auto (GenosOpenedMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (genos_message_opener_open (opener, CHANNEL, sealed, &message, &error));
  g_assert_nonnull (error);
  g_assert_null (message.metadata);
  g_assert_null (message.payload);
  g_assert_cmpuint (genos_message_opener_get_n_missing (opener), ==, 0);
}

/* What a member who has the key may put inside. */
static GBytes *
seal_anything (const guint8 *data, gsize size)
{
  gsize inner_size = MAX (size, 64);
  gsize sealed_size = HEADER_SIZE + inner_size + crypto_aead_xchacha20poly1305_ietf_ABYTES;
  g_autofree guint8 *inner = g_malloc0 (inner_size);
  guint8 *sealed = g_malloc0 (sealed_size);
  guint8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

  if (size > 0)
    memcpy (inner, data, size);
  sealed[0] = 1;
  sealed[HEADER_SIZE - 1] = 1;
  crypto_generichash (nonce, 16, (const guint8 *) CHANNEL, strlen (CHANNEL), NULL, 0);
  memcpy (nonce + 16, sealed + 1, 8);
  crypto_aead_xchacha20poly1305_ietf_encrypt (
      sealed + HEADER_SIZE, NULL, inner, inner_size, sealed, HEADER_SIZE, NULL, nonce, key_bytes);
  return g_bytes_new_take (sealed, sealed_size);
}

static void
open_sealed (const guint8 *data, gsize size)
{
  g_autoptr (GenosMessageOpener) opener = new_opener ();
  g_autoptr (GBytes) sealed = seal_anything (data, size);
  g_auto (GenosOpenedMessage) opened = { 0 };
  g_auto (GenosOpenedMessage) replayed = { 0 };
  g_auto (GenosExtendedMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (genos_message_opener_open (opener, CHANNEL, sealed, &opened, &error)) {
    g_assert_true (opened.metadata == NULL || g_utf8_validate (opened.metadata, -1, NULL));
    g_assert_cmpuint (g_bytes_get_size (opened.payload), <, MAX (size, 64));
    if (!genos_extended_message_read (
            &message, opened.kind, g_steal_pointer (&opened.metadata), opened.payload, &error))
      g_assert_nonnull (error);
  } else {
    g_assert_true (g_error_matches (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL));
  }
  g_assert_false (genos_message_opener_open (opener, CHANNEL, sealed, &replayed, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  open_as_it_came (data, size);
  open_sealed (data, size);
  return 0;
}
