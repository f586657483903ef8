/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-auth.h>

gboolean
genos_relay_auth_split (const char *url, char **host, guint *port)
{
  g_autoptr (GUri) uri =
      g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  gboolean secure;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return FALSE;
  secure = g_str_equal (g_uri_get_scheme (uri), "wss");
  if (!secure && !g_str_equal (g_uri_get_scheme (uri), "ws"))
    return FALSE;
  *host = g_ascii_strdown (g_uri_get_host (uri), -1);
  *port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : secure ? 443 : 80;
  return TRUE;
}

gboolean
genos_relay_auth_is_at (const char *url, const char *host, guint port)
{
  g_autofree char *claimed = NULL;
  guint claimed_port;

  return genos_relay_auth_split (url, &claimed, &claimed_port)
      && g_ascii_strcasecmp (claimed, host) == 0 && (port == 0 || port == claimed_port);
}

const char *
genos_relay_auth_refuse (const GenosNip01Event *event, const char *challenge, gint64 now)
{
  if (event->kind != GENOS_RELAY_AUTH_KIND)
    return "the kind has to be 22242";
  if (event->created_at < now - GENOS_RELAY_AUTH_WINDOW
      || event->created_at > now + GENOS_RELAY_AUTH_WINDOW)
    return "created_at is more than 10 minutes from the clock of this relay";
  if (g_strcmp0 (genos_nip01_event_get_tag (event, "challenge"), challenge) != 0)
    return "that is not the challenge of this connection";
  if (genos_nip01_event_get_tag (event, "relay") == NULL)
    return "the tag relay is missing";
  return NULL;
}
