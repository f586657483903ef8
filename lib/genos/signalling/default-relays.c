/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/default-relays.h>

const char *const genos_default_relays[] = {
  "wss://black.nostrcity.club",
  "wss://eu.purplerelay.com",
  "wss://ftp.halifax.rwth-aachen.de/nostr",
  "wss://nostr.cool110.xyz",
  "wss://nostr.data.haus",
  "wss://nostr.mom",
  "wss://nostr.oxtr.dev",
  "wss://nostr.sathoarder.com",
  "wss://nostr.vulpem.com",
  "wss://relay.agorist.space",
  "wss://relay.binaryrobot.com",
  "wss://relay.fountain.fm",
  "wss://relay.mostro.network",
  "wss://relay.nostraddress.com",
  "wss://relay.nostrdice.com",
  "wss://relay.nostromo.social",
  "wss://relay.oldenburg.cool",
  "wss://relay.snort.social",
  "wss://relay.verified-nostr.com",
  "wss://sendit.nosflare.com",
  "wss://yabu.me/v2",
  "wss://relay.damus.io",
  NULL,
};

GStrv
genos_relays_parse (const char *text)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  if (text != NULL)
    parts = g_strsplit_set (text, ", \t\n", -1);
  for (guint i = 0; parts != NULL && parts[i] != NULL; i++) {
    if (parts[i][0] == '\0')
      continue;
    g_strv_builder_add (builder, parts[i]);
    n++;
  }
  return n > 0 ? g_strv_builder_end (builder) : g_strdupv ((GStrv) genos_default_relays);
}
