/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/signalling/relay-scout.h>

#include <genos/nostr/nostr-fetch.h>
#include <genos/signalling/relay-cache.h>
#include <genos/signalling/relay-chooser.h>

#define TICK_MS 1000
#define FETCH_TIMEOUT_MS 20000

/* Seconds. A list is asked for once a day; a server that cannot be reached was not asked. */
#define REFRESH (24 * 60 * 60)
#define RETRY (10 * 60)

/* Joining goes first, unless it needs the list. */
#define QUIET_MS 20000

struct _GenosRelayScout {
  GObject parent_instance;

  GenosNostrPool *pool;
  GenosNostrSession *session;
  char *topic;
  char *cache_path;
  GenosRelayReserveTimes times;
  guint tick_ms;
  guint quiet_ms;

  GenosRelayList *list;
  GenosRelayReserve *reserve; /* NULL while stopped */
  GSource *tick;
  GCancellable *cancellable;
  gboolean loaded;
  gboolean fetching;
  gint64 started_at;
  gint64 aimed_at;
  gint64 tried; /* seconds since 1970; the last fetch, in vain or not */
  char *last_error;
};

enum { SIGNAL_WARNING, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GenosRelayScout, genos_relay_scout, G_TYPE_OBJECT)

static gint64
wall_clock (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
note_error (GenosRelayScout *self, const char *text)
{
  g_free (self->last_error);
  self->last_error = g_strdup (text);
}

static void
warn (GenosRelayScout *self, const char *what, const GError *reason)
{
  g_autoptr (GError) error =
      g_error_new (GENOS_ERROR, reason->code, "%s is ignored: %s", what, reason->message);

  note_error (self, error->message);
  g_signal_emit (self, signals[SIGNAL_WARNING], 0, error);
}

/* --- the list --- */

static void
keep (GenosRelayScout *self)
{
  genos_relay_cache_save (self->cache_path, self->list);
}

static void
take_answer (GenosRelayScout *self, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  GStrv relays = genos_relay_list_parse (text, size, &error);

  self->list->asked = wall_clock ();
  if (relays == NULL) {
    g_autofree char *what = g_strdup_printf ("the list of relays at %s", self->list->source);

    warn (self, what, error);
    return;
  }
  g_strfreev (self->list->relays);
  self->list->relays = relays;
  self->list->fetched = self->list->asked;
  note_error (self, NULL);
}

/* Whoever answered nonsense is not asked again today. That nobody answered says nothing: there may be
 * no network. */
static void
take_failure (GenosRelayScout *self, const GError *error)
{
  gboolean damaged = g_error_matches (error, GENOS_ERROR, GENOS_ERROR_LIMIT);

  if (damaged)
    warn (self, "the list of relays", error);
  else
    note_error (self, error->message);
  if (damaged || g_error_matches (error, GENOS_ERROR, GENOS_ERROR_PROTOCOL))
    self->list->asked = wall_clock ();
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosRelayScout) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      genos_nostr_fetch_finish (GENOS_NOSTR_SESSION (source), result, &error);
  gint64 asked = self->list->asked;

  self->fetching = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL)
    take_answer (self, bytes);
  else
    take_failure (self, error);
  if (self->list->asked != asked)
    keep (self);
}

static void
fetch (GenosRelayScout *self)
{
  self->fetching = TRUE;
  self->tried = wall_clock ();
  genos_nostr_fetch_async (self->session, self->list->source, "application/json",
      GENOS_RELAY_LIST_MAX_SIZE, FETCH_TIMEOUT_MS, self->cancellable, on_fetched,
      g_object_ref (self));
}

/* A time that lies ahead was written under another clock. */
static gboolean
is_over (gint64 at, gint64 seconds, gint64 now)
{
  return now < at || now - at >= seconds;
}

static void
refresh_if_due (GenosRelayScout *self, gboolean needed, gint64 now)
{
  gint64 clock = wall_clock ();

  if (!self->loaded || self->fetching || !is_over (self->list->asked, REFRESH, clock)
      || !is_over (self->tried, RETRY, clock))
    return;
  if (needed || now - self->started_at >= self->quiet_ms * G_TIME_SPAN_MILLISECOND)
    fetch (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GenosRelayScout) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GenosRelayList) list = genos_relay_cache_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->loaded = TRUE;
  /* What another URL gave is nobody's choice any more. */
  if (list != NULL && g_str_equal (list->source, self->list->source)) {
    genos_relay_list_free (self->list);
    self->list = g_steal_pointer (&list);
  }
  if (error != NULL && error->domain == GENOS_ERROR)
    warn (self, self->cache_path, error);
}

/* --- the pool --- */

static void
on_relay (const char *url, gboolean healthy, gpointer user_data)
{
  GenosRelayScout *self = user_data;

  genos_relay_reserve_saw (self->reserve, url, healthy, g_get_monotonic_time ());
}

static gboolean
is_acceptable (const char *url, gpointer user_data)
{
  GenosRelayScout *self = user_data;

  return !genos_relay_reserve_avoids (self->reserve, url, g_get_monotonic_time ());
}

/* (transfer full): what the room began with, or somebody else put into the pool. */
static GStrv
dup_first (GenosRelayScout *self)
{
  g_auto (GStrv) urls = genos_nostr_pool_dup_urls (self->pool);
  g_autoptr (GStrvBuilder) first = g_strv_builder_new ();

  for (guint i = 0; urls[i] != NULL; i++) {
    if (!genos_relay_reserve_is_extra (self->reserve, urls[i]))
      g_strv_builder_add (first, urls[i]);
  }
  return g_strv_builder_end (first);
}

/* Aims at the first ones of the room's order, not at the next after those in use: what was dead when we
 * came is where those meet who come after it is back. */
static void
add (GenosRelayScout *self, guint n, gint64 now)
{
  g_auto (GStrv) first = dup_first (self);
  guint n_extra = genos_relay_reserve_get_n_extra (self->reserve);
  g_auto (GStrv) picked =
      genos_relay_chooser_pick (self->topic, (const char *const *) self->list->relays,
          (const char *const *) first, n_extra + n, is_acceptable, self);

  for (guint i = 0; picked[i] != NULL && n_extra < GENOS_RELAY_MAX_EXTRA; i++) {
    if (!genos_nostr_pool_add (self->pool, picked[i]))
      continue;
    genos_relay_reserve_added (self->reserve, picked[i], now);
    n_extra++;
  }
  self->aimed_at = now;
}

static gboolean
is_well (const char *url, gpointer user_data)
{
  return genos_relay_reserve_is_well (((GenosRelayScout *) user_data)->reserve, url);
}

/* The last ones of the order go, when there are more that work than anybody needs. */
static void
leave_surplus (GenosRelayScout *self, gint64 now, GPtrArray *leave)
{
  guint n = genos_relay_reserve_get_surplus (self->reserve, now);
  g_auto (GStrv) extras = NULL;
  g_auto (GStrv) ordered = NULL;

  if (n == 0)
    return;
  extras = genos_relay_reserve_dup_extras (self->reserve);
  ordered = genos_relay_chooser_pick (
      self->topic, (const char *const *) extras, NULL, g_strv_length (extras), is_well, self);
  for (guint i = g_strv_length (ordered); i > 0 && n > 0; i--, n--) {
    genos_relay_reserve_left (self->reserve, ordered[i - 1]);
    g_ptr_array_add (leave, g_strdup (ordered[i - 1]));
  }
}

/* Others may have come to be first: their time of being avoided is over, or the list is new. */
static gboolean
is_aim_due (GenosRelayScout *self, gint64 now)
{
  return genos_relay_reserve_get_n_extra (self->reserve) > 0
      && now - self->aimed_at >= self->times.trial;
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (GenosRelayScout) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) leave = g_ptr_array_new_with_free_func (g_free);
  gint64 now = g_get_monotonic_time ();
  guint n;

  genos_nostr_pool_foreach (self->pool, on_relay, self);
  n = genos_relay_reserve_judge (self->reserve, now, leave);
  /* Before what hears of a path that closes may stop us. */
  if (n > 0 || is_aim_due (self, now))
    add (self, n, now);
  leave_surplus (self, now, leave);
  refresh_if_due (self, n > 0, now);
  for (guint i = 0; i < leave->len; i++)
    genos_nostr_pool_remove (self->pool, g_ptr_array_index (leave, i));
  return G_SOURCE_CONTINUE;
}

/* --- life --- */

void
genos_relay_scout_start (GenosRelayScout *self)
{
  if (self->reserve != NULL)
    return;
  self->started_at = g_get_monotonic_time ();
  self->reserve = genos_relay_reserve_new (&self->times, self->started_at);
  self->cancellable = g_cancellable_new ();
  self->tick = g_timeout_source_new (self->tick_ms);
  g_source_set_static_name (self->tick, "[genos] relay scout");
  g_source_set_callback (self->tick, on_tick, self, NULL);
  g_source_attach (self->tick, g_main_context_get_thread_default ());
  if (!self->loaded)
    genos_relay_cache_load_async (
        self->cache_path, self->cancellable, on_loaded, g_object_ref (self));
}

void
genos_relay_scout_stop (GenosRelayScout *self)
{
  if (self->reserve == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_pointer (&self->reserve, genos_relay_reserve_free);
}

GVariant *
genos_relay_scout_get_stats (GenosRelayScout *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  guint n = self->reserve != NULL ? genos_relay_reserve_get_n_extra (self->reserve) : 0;

  g_variant_builder_add (&builder, "{sv}", "url", g_variant_new_string (self->list->source));
  g_variant_builder_add (
      &builder, "{sv}", "entries", g_variant_new_uint32 (g_strv_length (self->list->relays)));
  g_variant_builder_add (&builder, "{sv}", "fetched", g_variant_new_int64 (self->list->fetched));
  g_variant_builder_add (&builder, "{sv}", "added", g_variant_new_uint32 (n));
  g_variant_builder_add (&builder, "{sv}", "last-error",
      g_variant_new_string (self->last_error != NULL ? self->last_error : ""));
  return g_variant_builder_end (&builder);
}

static void
genos_relay_scout_dispose (GObject *object)
{
  genos_relay_scout_stop (GENOS_RELAY_SCOUT (object));

  G_OBJECT_CLASS (genos_relay_scout_parent_class)->dispose (object);
}

static void
genos_relay_scout_finalize (GObject *object)
{
  GenosRelayScout *self = GENOS_RELAY_SCOUT (object);

  g_clear_object (&self->pool);
  g_clear_object (&self->session);
  g_clear_pointer (&self->list, genos_relay_list_free);
  g_free (self->topic);
  g_free (self->cache_path);
  g_free (self->last_error);

  G_OBJECT_CLASS (genos_relay_scout_parent_class)->finalize (object);
}

static void
genos_relay_scout_class_init (GenosRelayScoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = genos_relay_scout_dispose;
  object_class->finalize = genos_relay_scout_finalize;

  signals[SIGNAL_WARNING] = g_signal_new ("warning", GENOS_TYPE_RELAY_SCOUT, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
genos_relay_scout_init (GenosRelayScout *self)
{
}

GenosRelayScout *
genos_relay_scout_new (
    GenosNostrPool *pool, GenosNostrSession *session, const GenosRelayScoutConfig *config)
{
  GenosRelayScout *self = g_object_new (GENOS_TYPE_RELAY_SCOUT, NULL);

  self->pool = g_object_ref (pool);
  self->session = g_object_ref (session);
  self->list = genos_relay_list_new (config->list_url);
  self->topic = g_strdup (config->topic);
  self->cache_path =
      config->cache_path != NULL ? g_strdup (config->cache_path) : genos_relay_cache_dup_path ();
  self->times = config->times != NULL ? *config->times : genos_relay_reserve_times;
  self->tick_ms = config->tick_ms != 0 ? config->tick_ms : TICK_MS;
  self->quiet_ms = config->quiet_ms != 0 ? config->quiet_ms : QUIET_MS;
  return self;
}
