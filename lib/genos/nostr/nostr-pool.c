/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-pool.h>

#include <string.h>

#include <genos/base/reason.h>
#include <genos/nostr/nostr-pool-private.h>
#include <genos/nostr/nostr-relay.h>
#include <genos/nostr/nostr-url.h>

#define MAX_RELAYS 64

typedef struct {
  guint kind;
  char *topic;
} Interest;

struct _GenosNostrPool {
  GObject parent_instance;

  GenosNostrRelayConfig config;
  GenosNostrSession *session; /* nullable */
  GPtrArray *relays;          /* of GenosNostrRelay, in the order given */
  GPtrArray *interests;       /* of Interest, what was subscribed to */
  gboolean started;
  gboolean served;      /* by one at least, when last looked at */
  GenosSchnorrKey *key; /* nullable */
  guint pow_budget;
};

enum { SIGNAL_RELAY_OPENED, SIGNAL_RELAY_CLOSED, SIGNAL_EVENT, SIGNAL_NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosNostrPool, genos_nostr_pool, G_TYPE_OBJECT)

static GenosNostrRelay *
get_relay (GenosNostrPool *self, guint i)
{
  return g_ptr_array_index (self->relays, i);
}

/* The first one that serves after none did: the others may be late by a moment only. */
static void
forgive_others (GenosNostrPool *self)
{
  for (guint i = 0; i < self->relays->len; i++) {
    if (!genos_nostr_relay_is_well (get_relay (self, i)))
      genos_nostr_relay_forgive (get_relay (self, i));
  }
}

/* A relay in trouble is left while another one serves us, and tried again when none does any more. */
static void
settle (GenosNostrPool *self)
{
  gboolean well = genos_nostr_pool_get_n_well (self) > 0;

  if (well && !self->served)
    forgive_others (self);
  self->served = well;
  for (guint i = 0; i < self->relays->len; i++) {
    if (!well)
      genos_nostr_relay_return (get_relay (self, i));
    else if (genos_nostr_relay_get_trouble (get_relay (self, i)) != NULL)
      genos_nostr_relay_leave (get_relay (self, i));
  }
}

static void
on_health_changed (GenosNostrRelay *relay, GenosNostrPool *self)
{
  g_object_ref (self);
  settle (self);
  g_object_unref (self);
}

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
on_notice (GenosNostrRelay *relay, const char *text, GenosReason reason, GenosNostrPool *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTICE], 0, genos_nostr_relay_get_url (relay), text, reason);
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
  GenosNostrPool *self = GENOS_NOSTR_POOL (object);

  g_ptr_array_unref (self->relays);
  g_ptr_array_unref (self->interests);
  g_clear_object (&self->session);
  g_clear_pointer (&self->key, genos_schnorr_key_unref);

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
      NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, GENOS_TYPE_REASON);
}

static void
interest_free (gpointer data)
{
  g_free (((Interest *) data)->topic);
  g_free (data);
}

static void
genos_nostr_pool_init (GenosNostrPool *self)
{
  self->relays = g_ptr_array_new_with_free_func (g_object_unref);
  self->interests = g_ptr_array_new_with_free_func (interest_free);
}

static GenosNostrRelay *
find_relay (GenosNostrPool *self, const char *normal)
{
  for (guint i = 0; i < self->relays->len; i++) {
    GenosNostrRelay *relay = g_ptr_array_index (self->relays, i);
    g_autofree char *url = genos_nostr_url_normalize (genos_nostr_relay_get_url (relay));

    if (g_str_equal (url, normal))
      return relay;
  }
  return NULL;
}

static void
add_relay (GenosNostrPool *self, const char *url)
{
  GenosNostrRelay *relay = genos_nostr_relay_new (url, &self->config);

  g_ptr_array_add (self->relays, relay);
  g_signal_connect (relay, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect (relay, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (relay, "event", G_CALLBACK (on_event), self);
  g_signal_connect (relay, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (relay, "health-changed", G_CALLBACK (on_health_changed), self);
  genos_nostr_relay_set_identity (relay, self->key, self->pow_budget);
  for (guint i = 0; i < self->interests->len; i++) {
    const Interest *interest = g_ptr_array_index (self->interests, i);

    genos_nostr_relay_subscribe (relay, interest->kind, interest->topic);
  }
  if (self->started)
    genos_nostr_relay_start (relay);
}

/* What stands before an @ may be a password. */
static void
set_url_error (GError **error, const char *url)
{
  if (strchr (url, '@') != NULL)
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "a relay URL takes no user and password: put what the relay wants into relay-headers");
  else
    g_set_error (error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT,
        "“%.*s” is no relay URL: it has to be like wss://relay.example.org", 256, url);
}

GenosNostrPool *
genos_nostr_pool_new_with_config (
    const char *const *urls, const GenosNostrRelayConfig *config, GError **error)
{
  g_autoptr (GenosNostrPool) self = g_object_new (GENOS_TYPE_NOSTR_POOL, NULL);

  self->config = *config;
  for (guint i = 0; urls != NULL && urls[i] != NULL; i++) {
    g_autofree char *normal = genos_nostr_url_normalize (urls[i]);

    if (normal == NULL) {
      set_url_error (error, urls[i]);
      return NULL;
    }
    if (find_relay (self, normal) != NULL)
      continue;
    if (self->relays->len == MAX_RELAYS) {
      g_set_error (
          error, GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, "more than %d relays", MAX_RELAYS);
      return NULL;
    }
    add_relay (self, urls[i]);
  }
  return g_steal_pointer (&self);
}

GenosNostrPool *
genos_nostr_pool_new (const char *const *urls, GenosNostrSession *session, GError **error)
{
  GenosNostrRelayConfig config = *genos_nostr_relay_default_config ();
  GenosNostrPool *self;

  config.socket_data = session;
  self = genos_nostr_pool_new_with_config (urls, &config, error);
  if (self != NULL && session != NULL)
    self->session = g_object_ref (session);
  return self;
}

void
genos_nostr_pool_start (GenosNostrPool *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  self->started = TRUE;
  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_start (g_ptr_array_index (self->relays, i));
}

void
genos_nostr_pool_stop (GenosNostrPool *self)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  self->started = FALSE;
  g_ptr_array_set_size (self->interests, 0);
  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_stop (g_ptr_array_index (self->relays, i));
}

gboolean
genos_nostr_pool_is_closing (GenosNostrPool *self)
{
  return self->session != NULL
      && genos_nostr_farewells_count (genos_nostr_session_get_farewells (self->session)) > 0;
}

void
genos_nostr_pool_cut (GenosNostrPool *self)
{
  if (self->session != NULL)
    genos_nostr_farewells_cut (genos_nostr_session_get_farewells (self->session));
}

gboolean
genos_nostr_pool_add (GenosNostrPool *self, const char *url)
{
  g_autofree char *normal = NULL;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);

  normal = genos_nostr_url_normalize (url);
  if (normal == NULL || find_relay (self, normal) != NULL || self->relays->len == MAX_RELAYS)
    return FALSE;
  add_relay (self, normal);
  return TRUE;
}

gboolean
genos_nostr_pool_remove (GenosNostrPool *self, const char *url)
{
  g_autofree char *normal = NULL;
  g_autoptr (GenosNostrRelay) relay = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_open;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);

  normal = genos_nostr_url_normalize (url);
  if (normal == NULL || find_relay (self, normal) == NULL)
    return FALSE;
  relay = g_object_ref (find_relay (self, normal));
  was_open = genos_nostr_relay_get_state (relay) == GENOS_NOSTR_RELAY_OPEN;
  g_signal_handlers_disconnect_by_data (relay, self);
  genos_nostr_relay_stop (relay);
  g_ptr_array_remove (self->relays, relay);
  if (!was_open)
    return TRUE;
  error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "left: it is not needed any more");
  g_signal_emit (self, signals[SIGNAL_RELAY_CLOSED], 0, genos_nostr_relay_get_url (relay), error);
  return TRUE;
}

GStrv
genos_nostr_pool_dup_urls (GenosNostrPool *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), NULL);

  for (guint i = 0; i < self->relays->len; i++) {
    GenosNostrRelay *relay = g_ptr_array_index (self->relays, i);
    g_autofree char *url = genos_nostr_url_normalize (genos_nostr_relay_get_url (relay));

    g_strv_builder_add (builder, url);
  }
  return g_strv_builder_end (builder);
}

void
genos_nostr_pool_foreach (GenosNostrPool *self, GenosNostrPoolFunc func, gpointer user_data)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  for (guint i = 0; i < self->relays->len; i++) {
    GenosNostrRelay *relay = g_ptr_array_index (self->relays, i);
    g_autofree char *url = genos_nostr_url_normalize (genos_nostr_relay_get_url (relay));

    func (url,
        genos_nostr_relay_get_state (relay) == GENOS_NOSTR_RELAY_OPEN
            && genos_nostr_relay_get_trouble (relay) == NULL,
        user_data);
  }
}

void
genos_nostr_pool_subscribe (GenosNostrPool *self, guint kind, const char *topic)
{
  Interest *interest;

  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));
  g_return_if_fail (topic != NULL);

  interest = g_new0 (Interest, 1);
  interest->kind = kind;
  interest->topic = g_strdup (topic);
  g_ptr_array_add (self->interests, interest);
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

void
genos_nostr_pool_set_identity (GenosNostrPool *self, GenosSchnorrKey *key, guint pow_budget)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  self->key = key != NULL ? genos_schnorr_key_ref (key) : NULL;
  self->pow_budget = pow_budget;
  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_set_identity (get_relay (self, i), key, pow_budget);
}

guint
genos_nostr_pool_publish (GenosNostrPool *self, const GenosNip01Event *event, const char *url)
{
  guint taken = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  for (guint i = 0; i < self->relays->len; i++) {
    if (is_addressed (get_relay (self, i), url)
        && genos_nostr_relay_publish (get_relay (self, i), event))
      taken++;
  }
  return taken;
}

const char *
genos_nostr_pool_publish_once (GenosNostrPool *self, const GenosNip01Event *event)
{
  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), NULL);
  g_return_val_if_fail (event != NULL, NULL);

  for (int well = TRUE; well >= FALSE; well--) {
    for (guint i = 0; i < self->relays->len; i++) {
      GenosNostrRelay *relay = get_relay (self, i);

      if (genos_nostr_relay_is_well (relay) == well && is_addressed (relay, NULL)
          && genos_nostr_relay_publish (relay, event))
        return genos_nostr_relay_get_url (relay);
    }
  }
  return NULL;
}

void
genos_nostr_pool_check (GenosNostrPool *self, gboolean changed)
{
  g_return_if_fail (GENOS_IS_NOSTR_POOL (self));

  for (guint i = 0; i < self->relays->len; i++)
    genos_nostr_relay_check (g_ptr_array_index (self->relays, i), changed);
}

guint
genos_nostr_pool_announce (GenosNostrPool *self, const GenosNip01Event *event, const char *url)
{
  guint taken = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  for (guint i = 0; i < self->relays->len; i++) {
    if (is_addressed (get_relay (self, i), url)
        && genos_nostr_relay_announce (get_relay (self, i), event))
      taken++;
  }
  return taken;
}

gboolean
genos_nostr_pool_may_announce (GenosNostrPool *self, const char *url)
{
  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), FALSE);

  for (guint i = 0; i < self->relays->len; i++) {
    if (is_addressed (get_relay (self, i), url)
        && genos_nostr_relay_may_announce (get_relay (self, i)))
      return TRUE;
  }
  return FALSE;
}

guint
genos_nostr_pool_get_n_well (GenosNostrPool *self)
{
  guint n_well = 0;

  g_return_val_if_fail (GENOS_IS_NOSTR_POOL (self), 0);

  for (guint i = 0; i < self->relays->len; i++) {
    if (genos_nostr_relay_is_well (get_relay (self, i)))
      n_well++;
  }
  return n_well;
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
