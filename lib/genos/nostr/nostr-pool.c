/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pool.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-pool-private.h>
#include <genos/nostr/nostr-relay.h>

#define MAX_RELAYS 64
#define MAX_URL 2048

struct _GenosNostrPool {
  GObject parent_instance;

  GPtrArray *relays; /* of GenosNostrRelay, in the order given */
};

enum { SIGNAL_RELAY_OPENED, SIGNAL_RELAY_CLOSED, SIGNAL_EVENT, SIGNAL_NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosNostrPool, genos_nostr_pool, G_TYPE_OBJECT)

static void
on_opened (GenosNostrRelay *relay, GenosNostrPool *self)
{
  g_signal_emit (self, signals[SIGNAL_RELAY_OPENED], 0, genos_nostr_relay_get_url (relay));
}

static void
on_closed (GenosNostrRelay *relay, const GError *error, GenosNostrPool *self)
{
  g_signal_emit (self, signals[SIGNAL_RELAY_CLOSED], 0, genos_nostr_relay_get_url (relay), error);
}

static void
on_event (GenosNostrRelay *relay, gpointer event, GenosNostrPool *self)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], 0, genos_nostr_relay_get_url (relay), event);
}

static void
on_notice (GenosNostrRelay *relay, const char *text, GenosNostrPool *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, genos_nostr_relay_get_url (relay), text);
}

static void
genos_nostr_pool_dispose (GObject *object)
{
  GenosNostrPool *self = GENOS_NOSTR_POOL (object);

  genos_nostr_pool_stop (self);
  for (guint i = 0; i < self->relays->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->relays, i), self);
  g_ptr_array_set_size (self->relays, 0);

  G_OBJECT_CLASS (genos_nostr_pool_parent_class)->dispose (object);
}

static void
genos_nostr_pool_finalize (GObject *object)
{
  g_ptr_array_unref (GENOS_NOSTR_POOL (object)->relays);

  G_OBJECT_CLASS (genos_nostr_pool_parent_class)->finalize (object);
}

static void
genos_nostr_pool_class_init (GenosNostrPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_nostr_pool_dispose;
  object_class->finalize = genos_nostr_pool_finalize;

  signals[SIGNAL_RELAY_OPENED] = g_signal_new ("relay-opened", GENOS_TYPE_NOSTR_POOL,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RELAY_CLOSED] = g_signal_new ("relay-closed", GENOS_TYPE_NOSTR_POOL,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[SIGNAL_EVENT] = g_signal_new ("event", GENOS_TYPE_NOSTR_POOL, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", GENOS_TYPE_NOSTR_POOL, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
genos_nostr_pool_init (GenosNostrPool *self)
{
  self->relays = g_ptr_array_new_with_free_func (g_object_unref);
}

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

/* Gives the form in which two spellings of one relay are equal, NULL for what is no relay. */
static char *
normalize_url (const char *url)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *host = NULL;
  const char *path;
  int port;

  if (strlen (url) > MAX_URL || has_blank (url))
    return NULL;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || g_uri_get_fragment (uri) != NULL)
    return NULL;
  if (!g_str_equal (g_uri_get_scheme (uri), "ws") && !g_str_equal (g_uri_get_scheme (uri), "wss"))
    return NULL;
  host = g_ascii_strdown (g_uri_get_host (uri), -1);
  port = g_uri_get_port (uri);
  if (port == -1)
    port = g_str_equal (g_uri_get_scheme (uri), "wss") ? 443 : 80;
  path = g_uri_get_path (uri);
  return g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), g_uri_get_userinfo (uri), host,
      port, *path != '\0' ? path : "/", g_uri_get_query (uri), NULL);
}

static void
add_relay (GenosNostrPool *self, const char *url, const GenosNostrRelayConfig *config)
{
  GenosNostrRelay *relay = genos_nostr_relay_new (url, config);

  g_ptr_array_add (self->relays, relay);
  g_signal_connect (relay, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (relay, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (relay, "event", G_CALLBACK (on_event), self);
  g_signal_connect (relay, "notice", G_CALLBACK (on_notice), self);
}

GenosNostrPool *
genos_nostr_pool_new_with_config (
    const char *const *urls, const GenosNostrRelayConfig *config, GError **error)
{
  g_autoptr (GenosNostrPool) self = g_object_new (GENOS_TYPE_NOSTR_POOL, NULL);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; urls != NULL && urls[i] != NULL; i++) {
    char *normal = normalize_url (urls[i]);

    if (normal == NULL) {
      g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
          "“%.*s” is no relay URL: it has to be like wss://relay.example.org", 256, urls[i]);
      return NULL;
    }
    if (!g_hash_table_add (known, normal))
      continue;
    if (self->relays->len == MAX_RELAYS) {
      g_set_error (
          error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "more than %d relays", MAX_RELAYS);
      return NULL;
    }
    add_relay (self, urls[i], config);
  }
  return g_steal_pointer (&self);
}

GenosNostrPool *
genos_nostr_pool_new (const char *const *urls, GError **error)
{
  return genos_nostr_pool_new_with_config (urls, genos_nostr_relay_default_config (), error);
}

void
genos_nostr_pool_start (GenosNostrPool *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_start (g_ptr_array_index (self->relays, i));
}

void
genos_nostr_pool_stop (GenosNostrPool *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_stop (g_ptr_array_index (self->relays, i));
}

void
genos_nostr_pool_subscribe (GenosNostrPool *self, guint kind, const char *topic)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));
  g_return_if_fail (topic != NULL);

  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_subscribe (g_ptr_array_index (self->relays, i), kind, topic);
}

static gboolean
is_addressed (GenosNostrRelay *relay, const char *url)
{
  if (url != NULL)
    return g_str_equal (genos_nostr_relay_get_url (relay), url);
  return genos_nostr_relay_get_state (relay) == GENOS_NOSTR_RELAY_OPEN;
}

guint
genos_nostr_pool_publish (GenosNostrPool *self, const GenosNip01Event *event, const char *url)
{
  guint taken = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  for (guint i = 0; i < self->relays->len; i++) {
    GenosNostrRelay *relay = g_ptr_array_index (self->relays, i);

    if (is_addressed (relay, url) && genos_nostr_relay_publish (relay, event))
      taken++;
  }
  return taken;
}

guint
genos_nostr_pool_get_n_open (GenosNostrPool *self)
{
  guint n_open = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);

  for (guint i = 0; i < self->relays->len; i++) {
    if (genos_nostr_relay_get_state (g_ptr_array_index (self->relays, i)) == GENOS_NOSTR_RELAY_OPEN)
      n_open++;
  }
  return n_open;
}

guint64
genos_nostr_pool_get_dropped (GenosNostrPool *self)
{
  guint64 dropped = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);

  for (guint i = 0; i < self->relays->len; i++) {
    for (guint reason = 0; reason < GENOS_NOSTR_DROP_UNSENT; reason++)
      dropped += genos_nostr_relay_get_dropped (g_ptr_array_index (self->relays, i), reason);
  }
  return dropped;
}

GVariant *
genos_nostr_pool_get_stats (GenosNostrPool *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->relays->len; i++)
    g_variant_builder_add_value (
        &builder, genos_nostr_relay_get_stats (g_ptr_array_index (self->relays, i)));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
