/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/deflate.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = genos_inflate (data, size, 65536, NULL);

  g_assert_true (bytes == NULL || g_bytes_get_size (bytes) <= 65536);
  return 0;
}
