/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/ice-server.h>

#include <genos/base/error.h>

#include <string.h>

static void
free_secret (char *text)
{
  /* volatile, or the compiler may leave out what nobody reads. */
  for (volatile char *c = text; c != NULL && *c != '\0'; c++)
    *c = '\0';
  g_free (text);
}

void
genos_turn_server_free (GenosTurnServer *self)
{
  g_free (self->host);
  g_free (self->transport);
  g_free (self->user);
  free_secret (self->password);
  g_free (self);
}

/* g_uri_parse () wants the slashes that browsers leave out. */
static GUri *
parse_uri (const char *text, GError **error)
{
  const char *rest = strchr (text, ':');
  g_autofree char *with_slashes = NULL;

  if (rest != NULL && !g_str_has_prefix (rest, "://"))
    with_slashes = g_strdup_printf ("%.*s://%s", (int) (rest - text), text, rest + 1);
  return g_uri_parse (with_slashes != NULL ? with_slashes : text,
      G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_NON_DNS, error);
}

static char *
make_stun_uri (const char *host, guint port)
{
  return g_strdup_printf (
      strchr (host, ':') != NULL ? "stun://[%s]:%u" : "stun://%s:%u", host, port);
}

static gboolean
is_host (const char *host)
{
  return host != NULL && *host != '\0' && strpbrk (host, "/?#@ %\\\"'") == NULL;
}

/* --- TURN */

static gboolean
refuse (GError **error, guint number, const char *why)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "turn-servers: entry %u is not usable: %s; write turn://user:password@host:port, "
      "…?transport=tcp, or turns://user:password@host:port, separated by commas",
      number, why);
  return FALSE;
}

static gboolean
take_transport (GenosTurnServer *self, const char *query, guint number, GError **error)
{
  if (query == NULL || *query == '\0')
    return TRUE;
  if (strcmp (query, "transport=udp") != 0 && strcmp (query, "transport=tcp") != 0)
    return refuse (error, number, "behind the question mark is transport=udp or transport=tcp");
  if (self->tls && strcmp (query, "transport=udp") == 0)
    return refuse (error, number, "turns is TLS over TCP; there is no DTLS here");
  if (!self->tls)
    self->transport = g_strdup (query + strlen ("transport="));
  return TRUE;
}

static gboolean
take_credentials (
    GenosTurnServer *self, GUri *uri, gboolean has_secret, guint number, GError **error)
{
  const char *user = g_uri_get_user (uri);
  const char *password = g_uri_get_password (uri);

  if (user != NULL && *user != '\0' && password != NULL && *password != '\0') {
    self->user = g_strdup (user);
    self->password = g_strdup (password);
    return TRUE;
  }
  if (user != NULL && *user != '\0')
    return refuse (error, number, "it has a user and no password");
  if (!has_secret)
    return refuse (
        error, number, "it has no user and password, and turn-secret is not set instead");
  return TRUE;
}

static GenosTurnServer *
parse_turn_server (const char *text, gboolean has_secret, guint number, GError **error)
{
  g_autoptr (GenosTurnServer) self = g_new0 (GenosTurnServer, 1);
  g_autoptr (GUri) uri = parse_uri (text, NULL);
  int port;

  if (uri == NULL) {
    refuse (error, number,
        "it is no URL (in a password write %3A for a colon, %40 for @, %2F for a slash, %2C for a "
        "comma)");
    return NULL;
  }
  self->tls = strcmp (g_uri_get_scheme (uri), "turns") == 0;
  if (!self->tls && strcmp (g_uri_get_scheme (uri), "turn") != 0) {
    refuse (error, number, "it begins with neither turn: nor turns:");
    return NULL;
  }
  port = g_uri_get_port (uri);
  if (!is_host (g_uri_get_host (uri)) || port == 0 || g_uri_get_fragment (uri) != NULL
      || strlen (g_uri_get_path (uri)) > 1) {
    refuse (error, number, "behind user and password come host and port, and nothing else");
    return NULL;
  }
  self->host = g_strdup (g_uri_get_host (uri));
  self->port = port > 0 ? (guint) port : self->tls ? GENOS_TURNS_PORT : GENOS_STUN_PORT;
  if (!take_transport (self, g_uri_get_query (uri), number, error)
      || !take_credentials (self, uri, has_secret, number, error))
    return NULL;
  return g_steal_pointer (&self);
}

GPtrArray *
genos_turn_servers_parse (const char *text, gboolean has_secret, GError **error)
{
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) genos_turn_server_free);
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ", ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    GenosTurnServer *server;

    if (*words[i] == '\0')
      continue;
    server = parse_turn_server (words[i], has_secret, servers->len + 1, error);
    if (server == NULL)
      return NULL;
    g_ptr_array_add (servers, server);
  }
  if (servers->len > GENOS_TURN_SERVERS_MAX) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "turn-servers has %u entries: %d are the most", servers->len, GENOS_TURN_SERVERS_MAX);
    return NULL;
  }
  return g_steal_pointer (&servers);
}

char *
genos_turn_server_to_uri (const GenosTurnServer *self)
{
  gboolean brackets = strchr (self->host, ':') != NULL;
  g_autofree char *user = g_uri_escape_string (self->user, NULL, FALSE);
  g_autofree char *password = g_uri_escape_string (self->password, NULL, FALSE);
  char *uri = g_strdup_printf ("%s://%s:%s@%s%s%s:%u%s%s", self->tls ? "turns" : "turn", user,
      password, brackets ? "[" : "", self->host, brackets ? "]" : "", self->port,
      self->transport != NULL ? "?transport=" : "", self->transport != NULL ? self->transport : "");

  return uri;
}

void
genos_turn_server_sign (GenosTurnServer *self, const char *secret, const char *name, gint64 expires)
{
  guint8 digest[20];
  gsize size = sizeof digest;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) secret, strlen (secret));

  g_free (self->user);
  free_secret (self->password);
  self->user = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expires, name);
  g_hmac_update (hmac, (const guchar *) self->user, (gssize) strlen (self->user));
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  self->password = g_base64_encode (digest, size);
}

gboolean
genos_turn_server_answers_stun (const GenosTurnServer *self, const char *stun)
{
  g_autofree char *same = make_stun_uri (self->host, self->port);

  return !self->tls && g_strcmp0 (self->transport, "tcp") != 0 && strcmp (same, stun) == 0;
}

/* --- STUN */

char *
genos_stun_server_parse (const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;
  int port;

  if (text == NULL || *text == '\0' || strcmp (text, "none") == 0)
    return NULL;
  uri = parse_uri (text, NULL);
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  port = uri != NULL ? g_uri_get_port (uri) : 0;
  if (!is_host (host) || port == 0 || strcmp (g_uri_get_scheme (uri), "stun") != 0
      || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL
      || strlen (g_uri_get_path (uri)) > 1) {
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "stun-server '%s' is not usable: write stun://host:port, or none", text);
    return NULL;
  }
  return make_stun_uri (host, port > 0 ? (guint) port : GENOS_STUN_PORT);
}
