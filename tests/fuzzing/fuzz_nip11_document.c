/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/nip11-document.h>

#include "fuzz.h"

static void
check_text (const char *text)
{
  if (text == NULL)
    return;
  g_assert_cmpuint (strlen (text), <=, GENOS_NIP11_MAX_TEXT);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

/* Whatever a relay says about itself, what is taken of it is within its bounds. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GenosNip11Document) document =
      genos_nip11_document_parse ((const char *) data, size, NULL);

  if (document == NULL)
    return 0;
  check_text (document->name);
  check_text (document->software);
  check_text (document->version);
  g_assert_true (document->max_message_length >= 0 && document->max_message_length <= G_MAXINT32);
  g_assert_true (document->min_pow_difficulty >= 0 && document->min_pow_difficulty <= 256);
  g_assert_cmpint (document->created_at_lower_limit, >=, 0);
  return 0;
}
