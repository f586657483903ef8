/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/extended-message.h>

#include "fuzz.h"

/* A message that was read is written, read and written to the same bytes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (GenosExtendedMessage) message = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) built = NULL, rebuilt = NULL;

  if (!genos_extended_message_parse (bytes, &message, &error)) {
    g_assert_nonnull (error);
    g_assert_null (message.payload);
    g_assert_null (message.metadata);
    return 0;
  }
  g_assert_cmpuint (message.role, <, GENOS_N_ROLES);
  g_assert_cmpuint (message.kind, <=, GENOS_PAYLOAD_BINARY);
  g_assert_cmpuint (g_bytes_get_size (message.payload), <, size);
  built = genos_extended_message_build (&message);
  g_assert_true (genos_extended_message_parse (built, &again, NULL));
  rebuilt = genos_extended_message_build (&again);
  g_assert_true (g_bytes_equal (built, rebuilt));
  return 0;
}
