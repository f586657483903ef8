/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/signaller-nostr.h>

#include <string.h>

#include <genos/crypto/sealed-sdp.h>
#include <genos/signalling/dial-book.h>
#include <genos/signalling/relay-scout.h>
#include <genos/wire/marked-sdp.h>
#include <genos/wire/signal-message.h>
#include <genos/wire/topic.h>

/* Somebody who was not asked keeps sending answers or unreadable offers: one report per peer is
 * enough, and the memory of whom we reported is bounded. */
#define MAX_REPORTED 256
#define MAX_DETOURS 256

/* An offer that goes another way than that on which its peer was heard. */
typedef struct {
  char *meant;            /* URL of a relay */
  char *taken;            /* (nullable) */
  GenosNip01Event *offer; /* (nullable): no relay is open that takes it; the next one may */
  gint64 deadline;        /* for that: whoever dialled gives up then */
} Detour;

struct _GenosSignallerNostr {
  GenosSignaller parent_instance;

  GenosNostrPool *pool;
  GenosRelayScout *scout; /* nullable */
  GenosSchnorrKey *key;
  GenosSealingKey *sealing_key;
  const GenosDialect *dialect;

  char *app_id;
  char *room_name;
  char *peer_id;
  char *kind;
  gboolean extended;

  char *root_topic;
  char *self_topic;
  GHashTable *detours;  /* char*, of the peer → Detour, of its last offer */
  GHashTable *reported; /* peer ids whose sealed SDP did not open */
  gboolean running;
  guint64 dropped; /* signed well, but no signalling, or sealed SDP that did not open */
};

G_DEFINE_FINAL_TYPE (GenosSignallerNostr, genos_signaller_nostr, GENOS_TYPE_SIGNALLER)

static char *
topic_of (GenosSignallerNostr *self, const char *peer_id)
{
  g_autofree char *path = genos_topic_path (self->dialect, self->app_id, self->room_name, peer_id);

  return genos_topic_from_path (path);
}

static GenosNip01Event *
make_event (GenosSignallerNostr *self, const char *topic, const char *content)
{
  GenosNip01Event *event = genos_nip01_event_new (
      genos_topic_kind (topic), g_get_real_time () / G_USEC_PER_SEC, content);

  genos_nip01_event_add_tag (event, "x", topic, NULL);
  genos_nostr_event_sign (event, self->key);
  return event;
}

static void
detour_free (gpointer data)
{
  Detour *detour = data;

  g_free (detour->meant);
  g_free (detour->taken);
  g_clear_pointer (&detour->offer, genos_nip01_event_free);
  g_free (detour);
}

/* @taken (nullable): none yet; @offer (transfer full) */
static void
note_detour (GenosSignallerNostr *self, const char *peer_id, const char *meant, const char *taken,
    GenosNip01Event *offer)
{
  Detour *detour = g_new0 (Detour, 1);

  detour->meant = g_strdup (meant);
  detour->taken = g_strdup (taken);
  detour->deadline = g_get_monotonic_time () + GENOS_DIAL_ANSWER_TIMEOUT;
  if (taken == NULL)
    detour->offer = g_steal_pointer (&offer);
  g_clear_pointer (&offer, genos_nip01_event_free);
  if (g_hash_table_size (self->detours) >= MAX_DETOURS)
    g_hash_table_remove_all (self->detours);
  g_hash_table_insert (self->detours, g_strdup (peer_id), detour);
}

/* A relay that hands announces on may be too small for offers and answers, or gone since: one lost is a
 * dial lost, so it goes by another one. (nullable): the relay that took it */
static const char *
publish_description (GenosSignallerNostr *self, const GenosNip01Event *event, const char *via)
{
  if (genos_nostr_pool_publish (self->pool, event, via) > 0)
    return via;
  return genos_nostr_pool_publish_once (self->pool, event);
}

static void
publish_offer (GenosSignallerNostr *self, const char *peer_id, const char *via, const char *content)
{
  g_autofree char *topic = topic_of (self, peer_id);
  g_autoptr (GenosNip01Event) event = NULL;
  const char *taken;

  g_hash_table_remove (self->detours, peer_id);
  if (!self->running)
    return;
  event = make_event (self, topic, content);
  taken = publish_description (self, event, via);
  if (taken != via)
    note_detour (self, peer_id, via, taken, g_steal_pointer (&event));
}

/* A relay may have something to say about it, and whoever hears that may do anything. */
static void
publish_waiting_offer (GenosSignallerNostr *self, const char *peer_id, const char *url)
{
  Detour *detour = g_hash_table_lookup (self->detours, peer_id);
  g_autoptr (GenosNip01Event) offer = detour != NULL ? g_steal_pointer (&detour->offer) : NULL;
  gboolean taken;

  if (offer == NULL || detour->deadline < g_get_monotonic_time ())
    return;
  taken = genos_nostr_pool_publish (self->pool, offer, url) > 0;
  detour = g_hash_table_lookup (self->detours, peer_id);
  if (detour == NULL || detour->taken != NULL || detour->offer != NULL)
    return;
  if (taken)
    detour->taken = g_strdup (url);
  else
    detour->offer = g_steal_pointer (&offer);
}

static void
publish_waiting_offers (GenosSignallerNostr *self, const char *url)
{
  g_autoptr (GPtrArray) peer_ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->detours);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (((Detour *) value)->offer != NULL)
      g_ptr_array_add (peer_ids, g_strdup (key));
  }
  for (guint i = 0; i < peer_ids->len && self->running; i++)
    publish_waiting_offer (self, g_ptr_array_index (peer_ids, i), url);
}

static gboolean
waits_because_of (gpointer key, gpointer value, gpointer url)
{
  const Detour *detour = value;

  return detour->offer != NULL && strcmp (detour->meant, url) == 0;
}

/* The dial that an answer belongs to is known by the path it was meant to go. */
static const char *
path_of_answer (GenosSignallerNostr *self, const char *peer_id, const char *via)
{
  const Detour *detour = g_hash_table_lookup (self->detours, peer_id);

  return detour != NULL && g_strcmp0 (detour->taken, via) == 0 ? detour->meant : via;
}

/* --- what comes in --- */

static void
report_unreadable (
    GenosSignallerNostr *self, const char *peer_id, const char *via, const GError *error)
{
  if (g_hash_table_contains (self->reported, peer_id))
    return;
  if (g_hash_table_size (self->reported) >= MAX_REPORTED)
    g_hash_table_remove_all (self->reported);
  g_hash_table_add (self->reported, g_strdup (peer_id));

  genos_signaller_emit_peer_error (GENOS_SIGNALLER (self), peer_id, via, error);
}

static void
take_sealed (GenosSignallerNostr *self, const GenosSignalMessage *message, const char *via,
    const GenosSignalOrigin *origin)
{
  GenosSignaller *signaller = GENOS_SIGNALLER (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *sdp = genos_sealing_key_open (self->sealing_key, message->sealed_sdp, &error);
  GenosSignalOrigin told = *origin;

  if (sdp == NULL) {
    self->dropped++;
    report_unreadable (self, message->peer_id, via, error);
    return;
  }

  /* Whoever could be read once may be reported again should that change. */
  g_hash_table_remove (self->reported, message->peer_id);
  /* What is outside can be taken away by a relay, what is sealed cannot. */
  told.extended |= genos_sdp_unmark (sdp);
  if (message->type == GENOS_SIGNAL_OFFER) {
    genos_signaller_emit_offer (signaller, message->peer_id, via, sdp, &told);
  } else {
    g_autofree char *path = g_strdup (path_of_answer (self, message->peer_id, via));

    genos_signaller_emit_answer (signaller, message->peer_id, path, sdp, &told);
  }
}

static void
take_root_message (GenosSignallerNostr *self, const GenosSignalMessage *message, const char *via,
    const GenosSignalOrigin *origin)
{
  GenosSignaller *signaller = GENOS_SIGNALLER (self);

  if (message->type == GENOS_SIGNAL_ANNOUNCE)
    genos_signaller_emit_announced (signaller, message->peer_id, message->kind, via, origin);
  else if (message->type == GENOS_SIGNAL_BYE)
    genos_signaller_emit_bye (signaller, message->peer_id, via);
}

static void
on_event (GenosNostrPool *pool, const char *via, GenosNip01Event *event, GenosSignallerNostr *self)
{
  const char *topic = genos_nip01_event_get_tag (event, "x");
  g_autoptr (GenosSignalMessage) message = NULL;
  GenosSignalOrigin origin = { .key = event->pubkey };

  if (!self->running || topic == NULL)
    return;

  message = genos_signal_message_parse (event->content, NULL);
  if (message == NULL) {
    self->dropped++;
    return;
  }
  if (strcmp (message->peer_id, self->peer_id) == 0)
    return;

  origin.extended = message->extended;
  g_object_ref (self);
  if (strcmp (topic, self->root_topic) == 0)
    take_root_message (self, message, via, &origin);
  else if (strcmp (topic, self->self_topic) == 0 && message->sealed_sdp != NULL)
    take_sealed (self, message, via, &origin);
  else
    self->dropped++;
  g_object_unref (self);
}

static void
on_relay_opened (GenosNostrPool *pool, const char *url, GenosSignallerNostr *self)
{
  g_object_ref (self);
  publish_waiting_offers (self, url);
  genos_signaller_emit_path_opened (GENOS_SIGNALLER (self), url);
  g_object_unref (self);
}

static void
on_relay_closed (GenosNostrPool *pool, const char *url, GError *error, GenosSignallerNostr *self)
{
  /* A dial is given up together with the path on which its peer was heard. */
  g_hash_table_foreach_remove (self->detours, waits_because_of, (gpointer) url);
  genos_signaller_emit_path_closed (GENOS_SIGNALLER (self), url, error);
}

static void
on_relay_notice (GenosNostrPool *pool, const char *url, const char *text, GenosReason reason,
    GenosSignallerNostr *self)
{
  if (self->running)
    genos_signaller_emit_path_said (GENOS_SIGNALLER (self), url, text, reason);
}

/* --- what goes out --- */

static void
genos_signaller_nostr_start (GenosSignaller *signaller)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);

  self->running = TRUE;
  genos_nostr_pool_subscribe (self->pool, genos_topic_kind (self->root_topic), self->root_topic);
  genos_nostr_pool_subscribe (self->pool, genos_topic_kind (self->self_topic), self->self_topic);
  genos_nostr_pool_start (self->pool);
  if (self->scout != NULL)
    genos_relay_scout_start (self->scout);
}

static void
genos_signaller_nostr_stop (GenosSignaller *signaller)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);

  self->running = FALSE;
  if (self->scout != NULL)
    genos_relay_scout_stop (self->scout);
  genos_nostr_pool_stop (self->pool);
}

static gboolean
genos_signaller_nostr_is_closing (GenosSignaller *signaller)
{
  return genos_nostr_pool_is_closing (GENOS_SIGNALLER_NOSTR (signaller)->pool);
}

static void
genos_signaller_nostr_cut (GenosSignaller *signaller)
{
  genos_nostr_pool_cut (GENOS_SIGNALLER_NOSTR (signaller)->pool);
}

static void
genos_signaller_nostr_announce (GenosSignaller *signaller, const char *via)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);
  g_autofree char *content = NULL;
  g_autoptr (GenosNip01Event) event = NULL;

  if (!self->running)
    return;
  content = genos_signal_message_announce (self->peer_id, self->kind, self->extended);
  event = make_event (self, self->root_topic, content);
  genos_nostr_pool_announce (self->pool, event, via);
}

static char *
seal (GenosSignallerNostr *self, const char *sdp)
{
  g_autofree char *marked = self->extended ? genos_sdp_mark (sdp) : g_strdup (sdp);

  return genos_sealing_key_seal (self->sealing_key, marked, NULL, self->dialect->iv_size);
}

static void
genos_signaller_nostr_send_offer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);
  g_autofree char *sealed = seal (self, sdp);
  g_autofree char *content = genos_signal_message_offer (self->peer_id, sealed, self->extended);

  publish_offer (self, peer_id, via, content);
}

static void
genos_signaller_nostr_send_answer (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);
  g_autofree char *topic = topic_of (self, peer_id);
  g_autofree char *sealed = seal (self, sdp);
  g_autofree char *content = genos_signal_message_answer (self->peer_id, sealed, self->extended);
  g_autoptr (GenosNip01Event) event = NULL;

  if (!self->running)
    return;
  event = make_event (self, topic, content);
  publish_description (self, event, via);
}

static void
genos_signaller_nostr_send_bye (GenosSignaller *signaller)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);
  g_autofree char *content = genos_signal_message_bye (self->peer_id);
  g_autoptr (GenosNip01Event) event = NULL;

  if (!self->running)
    return;
  event = make_event (self, self->root_topic, content);
  genos_nostr_pool_publish (self->pool, event, NULL);
}

static void
genos_signaller_nostr_check (GenosSignaller *signaller, gboolean changed)
{
  genos_nostr_pool_check (GENOS_SIGNALLER_NOSTR (signaller)->pool, changed);
}

static guint64
genos_signaller_nostr_get_dropped (GenosSignaller *signaller)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);

  return self->dropped + genos_nostr_pool_get_dropped (self->pool);
}

static GVariant *
genos_signaller_nostr_get_path_stats (GenosSignaller *signaller)
{
  return genos_nostr_pool_get_stats (GENOS_SIGNALLER_NOSTR (signaller)->pool);
}

static GVariant *
genos_signaller_nostr_get_list_stats (GenosSignaller *signaller)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (signaller);

  return self->scout != NULL ? g_variant_ref_sink (genos_relay_scout_get_stats (self->scout))
                             : NULL;
}

static void
genos_signaller_nostr_finalize (GObject *object)
{
  GenosSignallerNostr *self = GENOS_SIGNALLER_NOSTR (object);

  g_signal_handlers_disconnect_by_data (self->pool, self);
  if (self->scout != NULL) {
    g_signal_handlers_disconnect_by_data (self->scout, self);
    genos_relay_scout_stop (self->scout);
  }
  g_clear_object (&self->scout);
  genos_nostr_pool_stop (self->pool);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->key, genos_schnorr_key_unref);
  g_clear_pointer (&self->sealing_key, genos_sealing_key_free);
  g_clear_pointer (&self->reported, g_hash_table_unref);
  g_clear_pointer (&self->detours, g_hash_table_unref);
  g_free (self->app_id);
  g_free (self->room_name);
  g_free (self->peer_id);
  g_free (self->kind);
  g_free (self->root_topic);
  g_free (self->self_topic);

  G_OBJECT_CLASS (genos_signaller_nostr_parent_class)->finalize (object);
}

static void
genos_signaller_nostr_class_init (GenosSignallerNostrClass *klass)
{
  GenosSignallerClass *signaller_class = GENOS_SIGNALLER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = genos_signaller_nostr_finalize;
  signaller_class->start = genos_signaller_nostr_start;
  signaller_class->stop = genos_signaller_nostr_stop;
  signaller_class->is_closing = genos_signaller_nostr_is_closing;
  signaller_class->cut = genos_signaller_nostr_cut;
  signaller_class->announce = genos_signaller_nostr_announce;
  signaller_class->send_offer = genos_signaller_nostr_send_offer;
  signaller_class->send_answer = genos_signaller_nostr_send_answer;
  signaller_class->send_bye = genos_signaller_nostr_send_bye;
  signaller_class->check = genos_signaller_nostr_check;
  signaller_class->get_dropped = genos_signaller_nostr_get_dropped;
  signaller_class->get_path_stats = genos_signaller_nostr_get_path_stats;
  signaller_class->get_list_stats = genos_signaller_nostr_get_list_stats;
}

static void
genos_signaller_nostr_init (GenosSignallerNostr *self)
{
  self->reported = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->detours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, detour_free);
}

static void
on_scout_warning (GenosRelayScout *scout, GError *error, GenosSignallerNostr *self)
{
  genos_signaller_emit_warning (GENOS_SIGNALLER (self), error);
}

static void
make_scout (GenosSignallerNostr *self, const GenosSignallerNostrConfig *config)
{
  GenosRelayScoutConfig scout = { .list_url = config->relay_list_url, .topic = self->root_topic };

  if (config->relay_list_url == NULL || config->session == NULL)
    return;
  self->scout = genos_relay_scout_new (self->pool, config->session, &scout);
  g_signal_connect (self->scout, "warning", G_CALLBACK (on_scout_warning), self);
}

GenosSignaller *
genos_signaller_nostr_new (
    const GenosSignallerNostrConfig *config, const char *const *relays, GError **error)
{
  g_autoptr (GenosNostrPool) pool = genos_nostr_pool_new (relays, config->session, error);
  g_autofree char *room_id = NULL;
  GenosSignallerNostr *self;

  if (pool == NULL)
    return NULL;

  self = g_object_new (GENOS_TYPE_SIGNALLER_NOSTR, NULL);
  self->pool = g_steal_pointer (&pool);
  self->dialect = config->dialect;
  self->app_id = g_strdup (config->app_id);
  self->room_name = g_strdup (config->room_name);
  self->peer_id = g_strdup (config->peer_id);
  self->kind = g_strdup (config->kind);
  self->extended = config->extended;
  self->key = config->key != NULL ? genos_schnorr_key_ref (config->key) : genos_schnorr_key_new ();
  genos_nostr_pool_set_identity (self->pool, self->key, config->pow_budget);

  room_id = g_strconcat (config->dialect->room_prefix, config->room_name, NULL);
  self->sealing_key = genos_sealing_key_new (config->password, config->app_id, room_id);
  self->root_topic = topic_of (self, NULL);
  self->self_topic = topic_of (self, self->peer_id);

  g_signal_connect (self->pool, "event", G_CALLBACK (on_event), self);
  g_signal_connect (self->pool, "relay-opened", G_CALLBACK (on_relay_opened), self);
  g_signal_connect (self->pool, "relay-closed", G_CALLBACK (on_relay_closed), self);
  g_signal_connect (self->pool, "notice", G_CALLBACK (on_relay_notice), self);

  make_scout (self, config);
  return GENOS_SIGNALLER (self);
}

GenosNostrPool *
genos_signaller_nostr_get_pool (GenosSignallerNostr *self)
{
  return self->pool;
}
