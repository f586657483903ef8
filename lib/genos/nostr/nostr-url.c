/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-url.h>

#include <string.h>

#include <gio/gio.h>

/* RFC 1035: 2.3.4. */
#define MAX_HOST 253
#define MAX_LABEL 63

/* Domains that cannot be reached, or lead into the network we are in: RFC 6761, 6762, 7686, 8375 and
 * what routers call their networks. */
static const char *const inner_domains[] = { "localhost", "local", "localdomain", "lan", "home",
  "internal", "intranet", "corp", "private", "test", "example", "invalid", "onion", "i2p", "arpa" };

/* GUri is generous with blanks. */
static gboolean
has_blank (const char *url)
{
  for (const char *p = url; *p != '\0'; p++) {
    if (g_ascii_isspace (*p) || g_ascii_iscntrl (*p))
      return TRUE;
  }
  return FALSE;
}

static int
default_port (const char *scheme)
{
  if (strcmp (scheme, "ws") == 0 || strcmp (scheme, "http") == 0)
    return 80;
  if (strcmp (scheme, "wss") == 0 || strcmp (scheme, "https") == 0)
    return 443;
  return -1;
}

static gboolean
is_secure (const char *scheme)
{
  return default_port (scheme) == 443;
}

static GUri *
parse (const char *url)
{
  g_autoptr (GUri) uri = NULL;

  if (strlen (url) > GENOS_NOSTR_URL_MAX || !g_utf8_validate (url, -1, NULL) || has_blank (url))
    return NULL;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL
      || g_uri_get_port (uri) == 0 || default_port (g_uri_get_scheme (uri)) == -1)
    return NULL;
  return g_steal_pointer (&uri);
}

static char *
join (GUri *uri, const char *scheme)
{
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);
  const char *path = g_uri_get_path (uri);
  int port = g_uri_get_port (uri);

  if (port == default_port (scheme))
    port = -1;
  return g_uri_join (G_URI_FLAGS_ENCODED, scheme, NULL, host, port,
      strcmp (path, "/") == 0 ? "" : path, g_uri_get_query (uri), NULL);
}

char *
genos_nostr_url_normalize (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  if (uri == NULL || !g_str_has_prefix (g_uri_get_scheme (uri), "ws"))
    return NULL;
  return join (uri, g_uri_get_scheme (uri));
}

char *
genos_nostr_url_normalize_http (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  if (uri == NULL)
    return NULL;
  return join (uri, is_secure (g_uri_get_scheme (uri)) ? "https" : "http");
}

/* Host names as DNS has them. Names in other scripts come as punycode. */
static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  if (length == 0 || length > MAX_LABEL || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return FALSE;
  }
  return TRUE;
}

/* No top-level domain is a number: that also refuses the spellings of IPv4 addresses that resolvers
 * take and GLib does not, like 127.1 or 0x7f000001. */
static gboolean
is_public_suffix (const char *label)
{
  if (strlen (label) < 2 || !g_ascii_isalpha (label[0]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (inner_domains); i++) {
    if (strcmp (label, inner_domains[i]) == 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_public_host (const char *host)
{
  g_auto (GStrv) labels = NULL;
  guint n;

  if (strlen (host) > MAX_HOST || g_hostname_is_ip_address (host))
    return FALSE;
  labels = g_strsplit (host, ".", -1);
  n = g_strv_length (labels);
  for (guint i = 0; i < n; i++) {
    if (!is_label (labels[i]))
      return FALSE;
  }
  return n >= 2 && is_public_suffix (labels[n - 1]);
}

gboolean
genos_nostr_url_is_public (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  return uri != NULL && strcmp (g_uri_get_scheme (uri), "wss") == 0
      && is_public_host (g_uri_get_host (uri));
}

/* Under which countries register domains, where not directly. */
static const char *const second_levels[] = { "ac", "co", "com", "edu", "gov", "ne", "net", "or",
  "org" };

static guint
count_operator_labels (const char *const *labels, guint n)
{
  if (n < 3 || strlen (labels[n - 1]) != 2)
    return MIN (n, 2);
  for (guint i = 0; i < G_N_ELEMENTS (second_levels); i++) {
    if (strcmp (labels[n - 2], second_levels[i]) == 0)
      return 3;
  }
  return 2;
}

char *
genos_nostr_url_operator (const char *url)
{
  g_autoptr (GUri) uri = parse (url);
  g_auto (GStrv) labels = NULL;
  guint n;

  if (uri == NULL)
    return g_strdup (url);
  if (g_hostname_is_ip_address (g_uri_get_host (uri)))
    return g_strdup (g_uri_get_host (uri));
  labels = g_strsplit (g_uri_get_host (uri), ".", -1);
  n = g_strv_length (labels);
  return g_strjoinv (".", labels + n - count_operator_labels ((const char *const *) labels, n));
}
