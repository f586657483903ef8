/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/wire/json-text.h>

#include "fuzz.h"

/* What the gate lets through, json-glib takes, and what it wrote passes the gate. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size) {
  g_autoptr (JsonNode) node = genos_json_parse ((const char *) data, (gssize) size, NULL);
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : NULL;

  g_assert_true (node == NULL || genos_json_check ((const char *) data, (gssize) size, NULL));
  return 0;
}
