/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/hello-message.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosHelloMessage) hello = genos_hello_message_parse ((const char *) data, size, NULL);
  guint8 sig64[64];

  if (genos_proof_message_parse ((const char *) data, size, sig64, NULL))
    g_assert_cmpuint (size, <=, GENOS_HELLO_MAX_SIZE);
  if (hello == NULL)
    return 0;
  g_assert_cmpuint (size, <=, GENOS_HELLO_MAX_SIZE);
  g_assert_cmpuint (strlen (hello->key), ==, 64);
  g_assert_cmpuint (g_strv_length (hello->features), <=, GENOS_HELLO_MAX_FEATURES);
  return 0;
}
