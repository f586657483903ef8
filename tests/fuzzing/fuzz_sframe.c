/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sframe-key-message.h>
#include <genos/crypto/sframe.h>

#include "fuzz.h"

static const guint8 base[GENOS_SECRET_SIZE] = "fuzzing is done with this key, 1";

/* Nobody without the key can make anything that opens. */
static void
open_as_it_came (const guint8 *data, gsize size)
{
  g_autofree guint8 *plain = g_malloc (MAX (size, 1));
  GenosSframeHeader header;
  gsize n = genos_sframe_header_parse (&header, data, size);

  if (n == 0)
    return;
  g_assert_cmpuint (n, <=, MIN (size, GENOS_SFRAME_MAX_HEADER));
  g_autoptr (GenosSframeKey) key =
      genos_sframe_key_new (GENOS_SFRAME_AES_256_GCM_SHA512_128, header.kid, base, sizeof base);
  g_assert_false (genos_sframe_open (key, data, 1, data, size, plain, &n));
}

static void
seal_and_open (const guint8 *data, gsize size)
{
  g_autofree guint8 *sealed = g_malloc (size + GENOS_SFRAME_OVERHEAD);
  g_autofree guint8 *plain = g_malloc (size + GENOS_SFRAME_OVERHEAD);
  static GenosSframeKey *key;
  gsize n;

  if (key == NULL)
    key = genos_sframe_key_new (GENOS_SFRAME_AES_128_GCM_SHA256_128, 300, base, sizeof base);
  n = genos_sframe_seal (key, size << 5, NULL, 0, data, size, sealed);
  g_assert_cmpuint (n, >, size);
  g_assert_true (genos_sframe_open (key, NULL, 0, sealed, n, plain, &n));
  g_assert_cmpmem (plain, n, data, size);
}

static void
parse_message (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GBytes) again = NULL;
  g_auto (GenosSframeKeyMessage) message = { 0 };

  if (!genos_sframe_key_message_parse (&message, bytes))
    return;
  again = genos_sframe_key_message_build (&message);
  g_assert_true (g_bytes_equal (bytes, again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  open_as_it_came (data, size);
  seal_and_open (data, size);
  parse_message (data, size);
  return 0;
}
