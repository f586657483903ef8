/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-session.h>

#include <string.h>

#include <genos/base/reason-private.h>
#include <genos/nostr/nostr-headers.h>
#include <genos/nostr/nostr-proxy.h>
#include <genos/nostr/nostr-tls-reason.h>

/* A dead relay must not take the place of a living one in a queue for connections. */
#define MAX_CONNECTIONS 256

struct _GenosNostrSession {
  GObject parent_instance;

  SoupSession *soup;
  GenosNostrFarewells *farewells;
  GTlsDatabase *authorities; /* nullable */
  GenosNostrHeaders *headers;
  char *proxy_name; /* nullable: without user and password */
};

G_DEFINE_FINAL_TYPE (GenosNostrSession, genos_nostr_session, G_TYPE_OBJECT)

/* --- settings --- */

static gboolean
fail (GError **error, const char *property, const char *value, const char *reason)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "%s%s%s%s is not usable: %s",
      property, value != NULL ? " '" : "", value != NULL ? value : "", value != NULL ? "'" : "",
      reason);
  return FALSE;
}

static gboolean
load_authorities (GenosNostrSession *self, const char *file, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) reason = NULL;
  GList *certificates;

  if (file == NULL || *file == '\0')
    return TRUE;
  path = g_canonicalize_filename (file, NULL);
  certificates = g_tls_certificate_list_new_from_file (path, &reason);
  if (certificates == NULL)
    return fail (error, "tls-ca-file", file,
        reason != NULL ? reason->message : "there is no certificate in it; it has to be PEM");
  g_list_free_full (certificates, g_object_unref);

  self->authorities = g_tls_file_database_new (path, &reason);
  return self->authorities != NULL || fail (error, "tls-ca-file", file, reason->message);
}

static gboolean
is_proxy_scheme (const char *scheme)
{
  g_autoptr (GProxy) proxy = NULL;

  if (strcmp (scheme, "socks") == 0)
    return TRUE;
  proxy = g_proxy_get_default_for_protocol (scheme);
  return proxy != NULL;
}

/* The URI may hold a password, so no error tells it. */
static gboolean
set_proxy (GenosNostrSession *self, const char *proxy, GError **error)
{
  g_autoptr (GProxyResolver) resolver = NULL;
  g_autoptr (GUri) uri = NULL;

  if (proxy == NULL || *proxy == '\0') {
    resolver = genos_nostr_proxy_new (NULL);
    soup_session_set_proxy_resolver (self->soup, resolver);
    return TRUE;
  }
  if (strcmp (proxy, "none") == 0) {
    soup_session_set_proxy_resolver (self->soup, NULL);
    return TRUE;
  }
  uri = g_uri_parse (proxy, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || !is_proxy_scheme (g_uri_get_scheme (uri)))
    return fail (error, "proxy", NULL,
        "write http://host:port, socks5://host:port (also with user:password@), or none");

  self->proxy_name = g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO);
  resolver = g_simple_proxy_resolver_new (proxy, NULL);
  soup_session_set_proxy_resolver (self->soup, resolver);
  return TRUE;
}

GenosNostrSession *
genos_nostr_session_new (const GenosNostrSessionConfig *config, GError **error)
{
  static const GenosNostrSessionConfig defaults;
  g_autoptr (GenosNostrSession) self = g_object_new (GENOS_TYPE_NOSTR_SESSION, NULL);

  if (config == NULL)
    config = &defaults;
  self->headers = genos_nostr_headers_parse (config->headers, error);
  if (self->headers == NULL || !load_authorities (self, config->tls_ca_file, error)
      || !set_proxy (self, config->proxy, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- messages --- */

/* The system has refused @certificate; the user's own authorities may know better. What they say about
 * it is also the better explanation. */
static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, GenosNostrSession *self)
{
  g_autoptr (GSocketConnectable) identity = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags judged;
  GUri *uri = soup_message_get_uri (message);

  if (self->authorities == NULL)
    return FALSE;
  identity = g_network_address_new (g_uri_get_host (uri), 443);
  judged = g_tls_database_verify_chain (self->authorities, certificate,
      G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity, NULL, G_TLS_DATABASE_VERIFY_NONE, NULL,
      &error);
  if (error != NULL)
    return FALSE;
  genos_nostr_tls_reason_judged (message, judged);
  return judged == 0;
}

static void
append_header (const char *name, const char *value, gpointer user_data)
{
  soup_message_headers_append (user_data, name, value);
}

SoupMessage *
genos_nostr_session_new_message (GenosNostrSession *self, const char *url)
{
  SoupMessage *message = soup_message_new (SOUP_METHOD_GET, url);

  if (message == NULL)
    return NULL;
  /* Nobody we ask has any business sending us elsewhere. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  genos_nostr_headers_foreach (
      self->headers, url, append_header, soup_message_get_request_headers (message));
  g_signal_connect_object (
      message, "accept-certificate", G_CALLBACK (on_accept_certificate), self, 0);
  return message;
}

static gboolean
is_about_proxy (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED);
}

/* What libsoup says of a server, or proxy, that answered, but not with a WebSocket, is as good as
 * nothing. */
static char *
describe (SoupMessage *message, const GError *error)
{
  guint status = soup_message_get_status (message);

  if (error->domain != SOUP_WEBSOCKET_ERROR || status == SOUP_STATUS_NONE
      || status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    return g_strdup (error->message);
  return g_strdup_printf ("the server answered %u %s", status, soup_status_get_phrase (status));
}

static GenosReason
reason_of (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return GENOS_REASON_DNS_FAILED;
  if (error->domain == G_TLS_ERROR)
    return GENOS_REASON_TLS_FAILED;
  /* Somebody answered, and wants no WebSocket. */
  if (error->domain == SOUP_WEBSOCKET_ERROR)
    return GENOS_REASON_RELAY_REFUSED;
  return GENOS_REASON_UNREACHABLE;
}

static GError *
explain (GenosNostrSession *self, SoupMessage *message, const GError *error)
{
  g_autofree char *tls = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  tls = genos_nostr_tls_reason (message, error);
  if (tls != NULL)
    return g_error_new_literal (GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, tls);
  text = describe (message, error);
  if (is_about_proxy (error))
    return g_error_new (GENOS_ERROR, GENOS_ERROR_CLOSED, "the proxy %s does not let us through: %s",
        self->proxy_name != NULL ? self->proxy_name : "of this system", text);
  if (self->proxy_name != NULL)
    return g_error_new (
        GENOS_ERROR, GENOS_ERROR_CLOSED, "%s (through the proxy %s)", text, self->proxy_name);
  return g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, text);
}

GError *
genos_nostr_session_explain (GenosNostrSession *self, SoupMessage *message, const GError *error)
{
  GError *explained = explain (self, message, error);

  genos_error_set_reason (explained, reason_of (error));
  return explained;
}

SoupSession *
genos_nostr_session_get_soup (GenosNostrSession *self)
{
  return self->soup;
}

GenosNostrFarewells *
genos_nostr_session_get_farewells (GenosNostrSession *self)
{
  return self->farewells;
}

/* --- life --- */

static void
genos_nostr_session_finalize (GObject *object)
{
  GenosNostrSession *self = GENOS_NOSTR_SESSION (object);

  g_clear_pointer (&self->farewells, genos_nostr_farewells_free);
  g_clear_object (&self->soup);
  g_clear_object (&self->authorities);
  g_clear_pointer (&self->headers, genos_nostr_headers_free);
  g_free (self->proxy_name);

  G_OBJECT_CLASS (genos_nostr_session_parent_class)->finalize (object);
}

static void
genos_nostr_session_class_init (GenosNostrSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = genos_nostr_session_finalize;
}

static void
genos_nostr_session_init (GenosNostrSession *self)
{
  self->farewells = genos_nostr_farewells_new ();
  self->soup = soup_session_new_with_options (
      "max-conns", MAX_CONNECTIONS, "max-conns-per-host", MAX_CONNECTIONS, NULL);
  /* libsoup adds its own name and version to a name that ends in a blank. */
  soup_session_set_user_agent (self->soup, "genosrooms ");
}
