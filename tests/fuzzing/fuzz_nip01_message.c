/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip01-message.h>

#include "fuzz.h"

/* An event that was read is written, read and written to the same text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosNip01Message) message =
      genos_nip01_message_parse ((const char *) data, (gssize) size, NULL);
  g_autofree char *text = NULL, *again = NULL;
  g_autoptr (GenosNip01Message) back = NULL;

  if (message == NULL || message->event == NULL)
    return 0;
  text = genos_nip01_message_event (message->event);
  back = genos_nip01_message_parse (text, -1, NULL);
  g_assert_nonnull (back);
  again = genos_nip01_message_event (back->event);
  g_assert_cmpstr (text, ==, again);
  return 0;
}
