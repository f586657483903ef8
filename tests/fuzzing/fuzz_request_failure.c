/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/request-private.h>

#include "fuzz.h"

/* Whatever a peer answers, there is an error with words in it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) payload = g_bytes_new (data, size);
  g_autoptr (GError) error = genos_request_read_failure (payload);

  g_assert_nonnull (error);
  g_assert_true (error->domain == GENOS_REMOTE_ERROR);
  g_assert_cmpint (error->code, >=, 0);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), >, 0);
  return 0;
}
