/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-http.h>

#include <genos/base/open-metrics.h>

#include <string.h>

#include <genos/relay-server/relay-addresses.h>
#include <genos/relay-server/relay-document.h>
#include <genos/relay-server/relay-files.h>

void
genos_relay_http_refuse_body (SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

gboolean
genos_relay_http_is_handshake (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_server_message_get_method (message) == SOUP_METHOD_GET
      && soup_message_headers_header_contains (headers, "Upgrade", "websocket");
}

static gboolean
accepts (SoupServerMessage *message, const char *type)
{
  const char *accept =
      soup_message_headers_get_list (soup_server_message_get_request_headers (message), "Accept");

  return accept != NULL && strstr (accept, type) != NULL;
}

/* NIP-11: "Relays MUST accept CORS requests by sending Access-Control-Allow-Origin,
 * Access-Control-Allow-Headers, and Access-Control-Allow-Methods headers." */
static void
add_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
  soup_message_headers_replace (headers, "Access-Control-Allow-Headers", "*");
  soup_message_headers_replace (headers, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_message_headers_replace (headers, "Vary", "Accept");
  /* libsoup keeps no connection alive that it did not accept itself. */
  soup_message_headers_replace (headers, "Connection", "close");
}

static void
answer_text (SoupServerMessage *message, guint status, const char *type, char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, strlen (text));
}

static void
answer_file (SoupServerMessage *message, const char *web_root, const char *path)
{
  const char *type;
  g_autoptr (GBytes) bytes = genos_relay_files_load (web_root, path, &type);

  if (bytes == NULL) {
    genos_relay_http_refuse (message, SOUP_STATUS_NOT_FOUND, "not found");
    return;
  }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (
      soup_server_message_get_response_headers (message), type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
}

static gboolean
wants_status (SoupServerMessage *message, const char *path, const char *web_root)
{
  if (g_str_equal (path, "/status"))
    return TRUE;
  return g_str_equal (path, "/") && (web_root == NULL || !accepts (message, "text/html"));
}

static void
answer_metrics (SoupServerMessage *message, const GenosRelayHttpContext *context)
{
  const GenosRelayGauges now = {
    .connections = context->n_connections,
    .http_connections = context->n_waiting,
    .subscriptions = context->hub->n_subscriptions,
    .pending = context->hub->pending,
  };

  if (context->metrics)
    answer_text (message, SOUP_STATUS_OK, GENOS_OPEN_METRICS_MIME_TYPE,
        genos_relay_counters_to_metrics (&context->hub->counters, &now));
  else
    genos_relay_http_refuse (message, SOUP_STATUS_FORBIDDEN, "for this machine only");
}

static void
answer_get (SoupServerMessage *message, const char *path, const GenosRelayHttpContext *context)
{
  const char *web_root = context->web_root;

  if (g_str_equal (path, "/metrics"))
    answer_metrics (message, context);
  else if (accepts (message, "application/nostr+json"))
    answer_text (message, SOUP_STATUS_OK, "application/nostr+json",
        genos_relay_document_information (context->hub));
  else if (wants_status (message, path, web_root))
    answer_text (message, SOUP_STATUS_OK, "application/json",
        genos_relay_document_status (context->hub, context->n_connections));
  else if (web_root != NULL)
    answer_file (message, web_root, path);
  else
    genos_relay_http_refuse (message, SOUP_STATUS_NOT_FOUND, "not found");
}

void
genos_relay_http_refuse (SoupServerMessage *message, guint status, const char *reason)
{
  answer_text (message, status, "text/plain", g_strconcat (reason, "\n", NULL));
}

static const char *
find_header (SoupServerMessage *message, const char *name)
{
  return soup_message_headers_get_list (soup_server_message_get_request_headers (message), name);
}

gboolean
genos_relay_http_is_forwarded (SoupServerMessage *message)
{
  return find_header (message, "X-Forwarded-For") != NULL
      || find_header (message, "Forwarded") != NULL;
}

GInetAddress *
genos_relay_http_get_forwarded (SoupServerMessage *message)
{
  const char *header = find_header (message, "X-Forwarded-For");

  return header != NULL ? genos_relay_address_forwarded (header) : NULL;
}

void
genos_relay_http_answer (
    SoupServerMessage *message, const char *path, const GenosRelayHttpContext *context)
{
  const char *method = soup_server_message_get_method (message);

  add_headers (message);
  if (method == SOUP_METHOD_OPTIONS)
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  else if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
    answer_get (message, path, context);
  else
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
}
