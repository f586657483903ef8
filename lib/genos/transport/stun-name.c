/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/stun-name.h>

#include <gio/gio.h>

/* Soon after the network is back. */
#define BARREN_AGE (5 * G_TIME_SPAN_SECOND)
#define GOOD_AGE (60 * G_TIME_SPAN_SECOND)
/* What takes longer will not come: its context may be gone. */
#define PATIENCE (60 * G_TIME_SPAN_SECOND)

typedef struct {
  gboolean barren; /* there was no address */
  gboolean pending;
  gint64 asked;
} Name;

/* By host name; there are as many as an application sets. */
static GMutex lock;
static GHashTable *names;

static Name *
ensure_name (const char *host)
{
  Name *name;

  if (names == NULL)
    names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  name = g_hash_table_lookup (names, host);
  if (name == NULL) {
    name = g_new0 (Name, 1);
    g_hash_table_insert (names, g_strdup (host), name);
  }
  return name;
}

static gboolean
is_due (const Name *name, gint64 now)
{
  if (name->pending)
    return now - name->asked >= PATIENCE;
  return name->asked == 0 || now - name->asked >= (name->barren ? BARREN_AGE : GOOD_AGE);
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer host)
{
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, NULL);
  Name *name;

  g_mutex_lock (&lock);
  name = ensure_name (host);
  name->pending = FALSE;
  name->barren = addresses == NULL;
  g_mutex_unlock (&lock);
  g_resolver_free_addresses (addresses);
}

static void
look_up (const char *host)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  /* Interned: whoever asked may be gone before the answer, and nobody would free it. */
  g_resolver_lookup_by_name_async (
      resolver, host, NULL, on_looked_up, (gpointer) g_intern_string (host));
}

gboolean
genos_stun_name_is_usable (const char *uri, gint64 now)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NON_DNS, NULL);
  const char *host = parsed != NULL ? g_uri_get_host (parsed) : NULL;
  gboolean usable, due;
  Name *name;

  if (host == NULL || g_hostname_is_ip_address (host))
    return TRUE;
  g_mutex_lock (&lock);
  name = ensure_name (host);
  usable = !name->barren;
  due = is_due (name, now);
  if (due) {
    name->pending = TRUE;
    name->asked = now;
  }
  g_mutex_unlock (&lock);
  if (due)
    look_up (host);
  return usable;
}
