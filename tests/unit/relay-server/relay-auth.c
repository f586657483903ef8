/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-auth.h>

#define NOW 1795372095

static void
test_urls (void)
{
  static const struct {
    const char *url;
    const char *host;
    guint port;
    gboolean same;
  } rows[] = { { "wss://relay.example/", "relay.example", 443, TRUE },
    { "wss://RELAY.example", "relay.example", 443, TRUE },
    { "wss://relay.example:443/path?x", "relay.example", 443, TRUE },
    { "ws://relay.example", "relay.example", 80, TRUE },
    { "ws://relay.example", "relay.example", 443, FALSE },
    { "ws://relay.example:7777", "relay.example", 0, TRUE },
    { "ws://[::1]:7777/", "::1", 7777, TRUE }, { "ws://127.0.0.1:7777", "127.0.0.1", 7777, TRUE },
    { "wss://relay.example.evil/", "relay.example", 443, FALSE },
    { "wss://evil/relay.example", "relay.example", 443, FALSE },
    { "https://relay.example/", "relay.example", 443, FALSE },
    { "relay.example", "relay.example", 443, FALSE }, { "", "relay.example", 443, FALSE },
    { "wss://", "relay.example", 443, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (
        genos_relay_auth_is_at (rows[i].url, rows[i].host, rows[i].port) == rows[i].same);
}

static GenosNip01Event *
answer (guint kind, gint64 created_at, const char *challenge, const char *relay)
{
  GenosNip01Event *event = genos_nip01_event_new (kind, created_at, "");

  if (challenge != NULL)
    genos_nip01_event_add_tag (event, "challenge", challenge, NULL);
  if (relay != NULL)
    genos_nip01_event_add_tag (event, "relay", relay, NULL);
  return event;
}

static void
test_answers (void)
{
  const struct {
    GenosNip01Event *event;
    gboolean right;
  } rows[] = { { answer (22242, NOW, "c", "wss://r/"), TRUE },
    { answer (22242, NOW - 600, "c", "wss://r/"), TRUE },
    { answer (22242, NOW - 601, "c", "wss://r/"), FALSE },
    { answer (22242, NOW + 601, "c", "wss://r/"), FALSE },
    { answer (22243, NOW, "c", "wss://r/"), FALSE },
    { answer (22242, NOW, "d", "wss://r/"), FALSE }, { answer (22242, NOW, "", "wss://r/"), FALSE },
    { answer (22242, NOW, NULL, "wss://r/"), FALSE }, { answer (22242, NOW, "c", NULL), FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_true ((genos_relay_auth_refuse (rows[i].event, "c", NOW) == NULL) == rows[i].right);
    genos_nip01_event_free (rows[i].event);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-auth/urls", test_urls);
  g_test_add_func ("/relay-server/relay-auth/answers", test_answers);
  return g_test_run ();
}
