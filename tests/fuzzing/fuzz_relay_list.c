/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include <genos/nostr/nostr-url.h>
#include <genos/signalling/relay-list.h>

static void
check_relays (GStrv relays)
{
  g_assert (g_strv_length (relays) <= GENOS_RELAY_LIST_MAX);
  for (guint i = 0; relays[i] != NULL; i++) {
    g_autofree char *again = genos_nostr_url_normalize (relays[i]);

    g_assert (genos_nostr_url_is_public (relays[i]));
    g_assert_cmpstr (again, ==, relays[i]);
  }
}

/* What is taken from a list stays what it is, and survives being kept. */
int
LLVMFuzzerTestOneInput (const unsigned char *data, size_t size)
{
  g_auto (GStrv) relays = genos_relay_list_parse ((const char *) data, size, NULL);
  g_autoptr (GenosRelayList) list = genos_relay_list_load ((const char *) data, size, NULL);

  if (relays != NULL)
    check_relays (relays);
  if (list != NULL) {
    g_autofree char *text = genos_relay_list_save (list);
    g_autoptr (GenosRelayList) again = genos_relay_list_load (text, strlen (text), NULL);

    check_relays (list->relays);
    g_assert_cmpstr (again->source, ==, list->source);
    g_assert (
        g_strv_equal ((const char *const *) again->relays, (const char *const *) list->relays));
  }
  return 0;
}
