/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "metrics-server.h"

#include <libsoup/soup.h>
#include <string.h>

#define INTERVAL_MS 1000
#define MIME_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct _GenosMetricsServer {
  GObject *room;
  SoupServer *server;
  char *url;
};

static GstStructure *
get_stats (GObject *room)
{
  GstStructure *stats = NULL;

  if (GENOS_IS_ROOM (room))
    return genos_room_get_stats (GENOS_ROOM (room));
  g_object_get (room, "stats", &stats, NULL);
  return stats;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  GenosMetricsServer *self = user_data;
  const char *method = soup_server_message_get_method (message);
  g_autoptr (GstStructure) stats = NULL;
  char *text;

  if (strcmp (path, "/metrics") != 0) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  if (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0) {
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    return;
  }
  stats = get_stats (self->room);
  text = genos_stats_to_open_metrics (stats);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, MIME_TYPE, SOUP_MEMORY_TAKE, text, strlen (text));
}

static gboolean
parse_port (const char *text, guint *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint) number;
  return TRUE;
}

static GSocketAddress *
parse_where (const char *where, GError **error)
{
  const char *colon = strrchr (where, ':');
  g_autofree char *host = NULL;
  GSocketAddress *address;
  guint port = 0;

  if (colon == NULL) {
    host = g_strdup ("127.0.0.1");
  } else if (where[0] == '[' && colon > where + 1 && colon[-1] == ']') {
    host = g_strndup (where + 1, (gsize) (colon - where) - 2);
  } else {
    host = g_strndup (where, (gsize) (colon - where));
  }
  address = parse_port (colon == NULL ? where : colon + 1, &port)
      ? g_inet_socket_address_new_from_string (host, port)
      : NULL;
  if (address == NULL)
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no place to listen at: a port like 9100, or an address and a port like "
        "192.0.2.7:9100 or [::1]:9100",
        where);
  return address;
}

GenosMetricsServer *
genos_metrics_server_new (GObject *room, const char *where, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_where (where, error);
  g_autoptr (SoupServer) server = NULL;
  GenosMetricsServer *self;
  GSList *uris;

  if (address == NULL)
    return NULL;
  server = soup_server_new ("server-header", "genosrooms", NULL);
  if (!soup_server_listen (server, address, 0, error)) {
    g_prefix_error (error, "%s: ", where);
    return NULL;
  }
  self = g_new0 (GenosMetricsServer, 1);
  self->room = g_object_ref (room);
  self->server = g_steal_pointer (&server);
  uris = soup_server_get_uris (self->server);
  if (uris != NULL) {
    g_autofree char *root = g_uri_to_string (uris->data);

    self->url = g_strconcat (root, "metrics", NULL);
  }
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  g_object_set (room, "stats-interval", INTERVAL_MS, NULL);
  return self;
}

void
genos_metrics_server_free (GenosMetricsServer *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_object_unref (self->room);
  g_free (self->url);
  g_free (self);
}

const char *
genos_metrics_server_get_url (GenosMetricsServer *self)
{
  return self->url;
}
