/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/signal-message.h>

#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *content = fuzz_text (data, size);
  g_autoptr (GenosSignalMessage) message = genos_signal_message_parse (content, NULL);

  if (message == NULL)
    return 0;
  g_assert_cmpuint (strlen (message->peer_id), <=, GENOS_PEER_ID_MAX);
  g_assert_true (message->kind == NULL || strlen (message->kind) <= GENOS_PEER_KIND_MAX);
  return 0;
}
