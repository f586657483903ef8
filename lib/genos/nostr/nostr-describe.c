/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-describe.h>

#include <genos/nostr/nostr-fetch.h>
#include <genos/nostr/nostr-session.h>
#include <genos/wire/nip11-document.h>

#define TIMEOUT_MS 10000

typedef struct {
  GenosNostrDescribed described;
  gpointer user_data;
} Request;

static void
on_fetched (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  g_autoptr (GBytes) bytes = genos_nostr_fetch_finish (GENOS_NOSTR_SESSION (session), result, NULL);
  gint64 server_time = genos_nostr_fetch_get_server_time (result);
  gsize len = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  /* No bytes are no document. */
  request->described (len > 0 ? text : NULL, len, server_time, request->user_data);
}

void
genos_nostr_describe (const char *url, gpointer session, GCancellable *cancellable,
    GenosNostrDescribed described, gpointer user_data)
{
  g_autoptr (GenosNostrSession) own =
      session != NULL ? g_object_ref (session) : genos_nostr_session_new (NULL, NULL);
  Request *request = g_new0 (Request, 1);

  request->described = described;
  request->user_data = user_data;
  genos_nostr_fetch_async (own, url, "application/nostr+json", GENOS_NIP11_MAX_SIZE, TIMEOUT_MS,
      cancellable, on_fetched, request);
}
