/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-headers.h>

#include <string.h>

#include <genos/nostr/nostr-url.h>

typedef struct {
  char *url; /* normalized */
  char *name;
  char *value;
} Header;

struct _GenosNostrHeaders {
  GPtrArray *headers; /* of Header */
};

/* What HTTP and the WebSocket handshake (RFC 6455, 4.1) say themselves. */
static const char *const reserved[] = { "connection", "content-length", "expect", "host",
  "keep-alive", "te", "trailer", "transfer-encoding", "upgrade" };
static const char *const reserved_prefixes[] = { "proxy-", "sec-websocket-" };

static void
header_free (gpointer data)
{
  Header *self = data;

  g_free (self->url);
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

/* RFC 9110, 5.6.2: token. */
static gboolean
is_token (const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  }
  return *text != '\0';
}

/* RFC 9110, 5.5, without obs-text. A line break in here would begin a header of its own. */
static gboolean
is_value (const char *text)
{
  if (strlen (text) > GENOS_NOSTR_HEADER_VALUE_MAX)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isprint (*p) && *p != '\t')
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_reserved (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++) {
    if (strcmp (lower, reserved[i]) == 0)
      return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (reserved_prefixes); i++) {
    if (g_str_has_prefix (lower, reserved_prefixes[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
fail (GError **error, guint number, const char *reason)
{
  g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
      "entry %u of relay-headers is not usable: %s", number, reason);
  return FALSE;
}

/* Entries count from 1: their text may be secret from any place on when a mark is missing. */
static gboolean
add_entry (GenosNostrHeaders *self, const char *entry, guint number, GError **error)
{
  g_auto (GStrv) halves = g_strsplit (entry, "|", 2);
  g_auto (GStrv) parts = NULL;
  g_autofree char *url = NULL;
  Header *header;

  if (halves[0] == NULL || halves[1] == NULL)
    return fail (error, number, "write URL|Name: value");
  url = genos_nostr_url_normalize_http (g_strstrip (halves[0]));
  if (url == NULL)
    return fail (
        error, number, "it has to begin with the URL of a relay, like wss://relay.example");
  parts = g_strsplit (halves[1], ":", 2);
  if (parts[0] == NULL || parts[1] == NULL || !is_token (g_strstrip (parts[0])))
    return fail (error, number, "behind the URL it takes |Name: value");
  if (is_reserved (parts[0]))
    return fail (error, number, "that header belongs to the connection itself");
  if (!is_value (g_strstrip (parts[1])))
    return fail (error, number, "a value takes at most 8192 printable ASCII characters");
  if (self->headers->len == GENOS_NOSTR_HEADERS_MAX)
    return fail (error, number, "at most 64 are taken");

  header = g_new0 (Header, 1);
  header->url = g_steal_pointer (&url);
  header->name = g_strdup (parts[0]);
  header->value = g_strdup (parts[1]);
  g_ptr_array_add (self->headers, header);
  return TRUE;
}

static gboolean
add_line (GenosNostrHeaders *self, const char *line, guint *number, GError **error)
{
  g_auto (GStrv) entries = g_strsplit (line, "||", -1);

  for (guint i = 0; entries[i] != NULL; i++) {
    if (*g_strstrip (entries[i]) != '\0' && !add_entry (self, entries[i], ++*number, error))
      return FALSE;
  }
  return TRUE;
}

GenosNostrHeaders *
genos_nostr_headers_parse (const char *text, GError **error)
{
  g_autoptr (GenosNostrHeaders) self = g_new0 (GenosNostrHeaders, 1);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  guint number = 0;

  self->headers = g_ptr_array_new_with_free_func (header_free);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (!add_line (self, lines[i], &number, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
genos_nostr_headers_free (GenosNostrHeaders *self)
{
  g_ptr_array_unref (self->headers);
  g_free (self);
}

void
genos_nostr_headers_foreach (
    const GenosNostrHeaders *self, const char *url, GenosNostrHeaderFunc func, gpointer user_data)
{
  g_autofree char *normal = genos_nostr_url_normalize_http (url);

  for (guint i = 0; normal != NULL && i < self->headers->len; i++) {
    const Header *header = g_ptr_array_index (self->headers, i);

    if (strcmp (header->url, normal) == 0)
      func (header->name, header->value, user_data);
  }
}
