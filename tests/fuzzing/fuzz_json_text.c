/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/json-text.h>

#include "fuzz.h"

/* What the gate lets through, json-glib reads and can write. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (JsonNode) node = genos_json_parse ((const char *) data, (gssize) size, NULL);
  g_autofree char *text = NULL;

  if (node == NULL)
    return 0;
  g_assert_true (genos_json_check ((const char *) data, (gssize) size, NULL));
  text = json_to_string (node, FALSE);
  g_assert_nonnull (text);
  return 0;
}
