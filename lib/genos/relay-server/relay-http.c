/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-http.h>

#include <string.h>

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
    answer_text (message, SOUP_STATUS_NOT_FOUND, "text/plain", g_strdup ("not found\n"));
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
answer_get (SoupServerMessage *message, const char *path, const char *web_root,
    const GenosRelayHub *hub, guint n_connections)
{
  if (accepts (message, "application/nostr+json"))
    answer_text (message, SOUP_STATUS_OK, "application/nostr+json",
        genos_relay_document_information (&hub->limits));
  else if (wants_status (message, path, web_root))
    answer_text (message, SOUP_STATUS_OK, "application/json",
        genos_relay_document_status (hub, n_connections));
  else if (web_root != NULL)
    answer_file (message, web_root, path);
  else
    answer_text (message, SOUP_STATUS_NOT_FOUND, "text/plain", g_strdup ("not found\n"));
}

void
genos_relay_http_answer (SoupServerMessage *message, const char *path, const char *web_root,
    const GenosRelayHub *hub, guint n_connections)
{
  const char *method = soup_server_message_get_method (message);

  add_headers (message);
  if (method == SOUP_METHOD_OPTIONS)
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  else if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
    answer_get (message, path, web_root, hub, n_connections);
  else
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
}
