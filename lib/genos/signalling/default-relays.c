/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/default-relays.h>

#include <string.h>

/* The build may bring its own (-Ddefault-relays=, -Drelay-list-url=). These are the ones that browser
 * peers of GenosRTC use when they are given none. */
#ifndef GENOS_DEFAULT_RELAYS
#define GENOS_DEFAULT_RELAYS                                                                       \
  "wss://black.nostrcity.club,"                                                                    \
  "wss://eu.purplerelay.com,"                                                                      \
  "wss://ftp.halifax.rwth-aachen.de/nostr,"                                                        \
  "wss://nostr.cool110.xyz,"                                                                       \
  "wss://nostr.data.haus,"                                                                         \
  "wss://nostr.mom,"                                                                               \
  "wss://nostr.oxtr.dev,"                                                                          \
  "wss://nostr.sathoarder.com,"                                                                    \
  "wss://nostr.vulpem.com,"                                                                        \
  "wss://relay.agorist.space,"                                                                     \
  "wss://relay.binaryrobot.com,"                                                                   \
  "wss://relay.fountain.fm,"                                                                       \
  "wss://relay.mostro.network,"                                                                    \
  "wss://relay.nostraddress.com,"                                                                  \
  "wss://relay.nostrdice.com,"                                                                     \
  "wss://relay.nostromo.social,"                                                                   \
  "wss://relay.oldenburg.cool,"                                                                    \
  "wss://relay.snort.social,"                                                                      \
  "wss://relay.verified-nostr.com,"                                                                \
  "wss://sendit.nosflare.com,"                                                                     \
  "wss://yabu.me/v2,"                                                                              \
  "wss://relay.damus.io"
#endif
#ifndef GENOS_RELAY_LIST_URL
#define GENOS_RELAY_LIST_URL                                                                       \
  "https://api.nostr.watch/v2/relays?format=simple&sortBy=updated&sortOrder=desc&limit=200"
#endif

GStrv
genos_relays_parse (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text != NULL ? text : "", ", \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++) {
    if (parts[i][0] != '\0')
      g_strv_builder_add (builder, parts[i]);
  }
  return g_strv_builder_end (builder);
}

GStrv
genos_relays_choose (const char *text, const char *environment, gboolean *named)
{
  const char *const named_by[] = { text, environment };

  *named = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (named_by); i++) {
    g_auto (GStrv) relays = genos_relays_parse (named_by[i]);

    if (relays[0] != NULL)
      return g_steal_pointer (&relays);
  }
  *named = FALSE;
  return genos_relays_parse (GENOS_DEFAULT_RELAYS);
}

static const char *
text_or_null (const char *text)
{
  return *text != '\0' && strcmp (text, "none") != 0 ? text : NULL;
}

const char *
genos_relays_choose_list (const char *setting, gboolean named)
{
  if (setting != NULL && strcmp (setting, "auto") != 0)
    return text_or_null (setting);
  return named ? NULL : text_or_null (GENOS_RELAY_LIST_URL);
}
