/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/crypto/sealed-sdp.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static GenosSealingKey *key;
  g_autofree char *sealed = fuzz_text (data, size);
  g_autofree char *text = NULL;

  if (key == NULL)
    key = genos_sealing_key_new ("s3cret", "1234", "app-sync-vectors");
  text = genos_sealing_key_open (key, sealed, NULL);
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  return 0;
}
