/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Further relays, from a list on a real HTTP server and a real file; the relays are the test's, or real
 * ones under other names. */

#include <glib/gstdio.h>

#include <genos/base/error.h>
#include <genos/nostr/nostr-pool-private.h>
#include <genos/nostr/nostr-socket-soup.h>
#include <genos/signalling/relay-cache.h>
#include <genos/signalling/relay-chooser.h>
#include <genos/signalling/relay-scout.h>

#include "../unit/nostr/socket-memory.h"
#include "relay-fixture.h"

#define TOPIC "topic"
#define N_LISTED 30

typedef struct {
  SoupServer *server;
  char *url;
  char *answer; /* NULL: 502 */
  guint n_requests;
  char *folder;
  char *cache;

  GHashTable *alive; /* char*: relays that open */
  GHashTable *real; /* (nullable) char* → char*: where a relay of that name really is; not owned */
  GenosRelayReserveTimes times;
  GenosNostrRelayConfig config;
  GenosNostrSession *session;
  GenosNostrPool *pool;
  GenosRelayScout *scout;
  GPtrArray *warnings; /* char* */
  GPtrArray *opened;   /* char* */
  const char *word;    /* (nullable): what it says on relays */
  guint n_heard;       /* words of others */
} Fixture;

/* --- relays --- */

static gboolean
open_later (gpointer data)
{
  g_autoptr (GObject) socket = data;

  if (!((SocketMemory *) socket)->closed)
    socket_memory_opened ((SocketMemory *) socket);
  return G_SOURCE_REMOVE;
}

static GenosNostrSocket *
make_socket (const char *url, gpointer user_data)
{
  Fixture *f = user_data;
  gboolean is_real = f->real != NULL && g_hash_table_contains (f->alive, url);
  GenosNostrSocket *socket;

  if (is_real)
    return genos_nostr_socket_soup_new (g_hash_table_lookup (f->real, url), f->session);
  socket = socket_memory_new (url, NULL);
  if (g_hash_table_contains (f->alive, url)) {
    /* Before the scout looks again, however slow the machine is. */
    g_idle_add_full (G_PRIORITY_HIGH, open_later, g_object_ref (socket), NULL);
  }
  return socket;
}

static void
on_relay_opened (GenosNostrPool *pool, const char *url, Fixture *f)
{
  g_ptr_array_add (f->opened, g_strdup (url));
}

/* --- the list --- */

static char *
listed (guint i)
{
  return g_strdup_printf ("wss://relay.example%u.org", i);
}

static char *
make_list (void)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < N_LISTED; i++) {
    g_autofree char *url = listed (i);

    g_string_append_printf (text, "%s\"%s/\"", i > 0 ? "," : "", url);
  }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* Another day: in another order, and without one of them. */
static char *
make_reversed_list (const char *without)
{
  GString *text = g_string_new ("[\"wss://relay.example.net\"");

  for (guint i = N_LISTED; i > 0; i--) {
    g_autofree char *url = listed (i - 1);

    if (!g_str_equal (url, without))
      g_string_append_printf (text, ",\"%s\"", url);
  }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  Fixture *f = user_data;

  f->n_requests++;
  if (f->answer == NULL) {
    soup_server_message_set_status (message, 502, NULL);
    return;
  }
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (
      message, "application/json", SOUP_MEMORY_COPY, f->answer, strlen (f->answer));
}

/* --- the fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, "/", on_request, f, NULL);
  soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->server);
  f->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  f->answer = make_list ();
  f->folder = g_dir_make_tmp ("genos-scout-XXXXXX", NULL);
  f->cache = g_build_filename (f->folder, "new", "relays.json", NULL);
  f->alive = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < N_LISTED; i++)
    g_hash_table_add (f->alive, listed (i));
  f->warnings = g_ptr_array_new_with_free_func (g_free);
  f->opened = g_ptr_array_new_with_free_func (g_free);
  f->session = genos_nostr_session_new (&(GenosNostrSessionConfig){ .proxy = "none" }, NULL);
  f->times = (GenosRelayReserveTimes){
    .patience = 40 * G_TIME_SPAN_MILLISECOND,
    .trial = 200 * G_TIME_SPAN_MILLISECOND,
    .avoid = G_TIME_SPAN_HOUR,
    .calm = G_TIME_SPAN_HOUR,
  };
}

static void
on_warning (GenosRelayScout *scout, GError *error, Fixture *f)
{
  g_test_message ("%s", error->message);
  g_ptr_array_add (f->warnings, g_strdup (error->message));
}

/* @first: a relay that may be alive or not */
static void
begin (Fixture *f, const char *const *first)
{
  GenosRelayScoutConfig config = {
    .list_url = f->url,
    .topic = TOPIC,
    .cache_path = f->cache,
    .times = &f->times,
    .tick_ms = 10,
    .quiet_ms = 60 * 60 * 1000,
  };

  f->config = (GenosNostrRelayConfig){ .socket_factory = make_socket,
    .socket_data = f,
    .first_retry_ms = 60000,
    .retry_cap_ms = 60000,
    .open_timeout_ms = 60000 };
  f->pool = genos_nostr_pool_new_with_config (first, &f->config, NULL);
  g_signal_connect (f->pool, "relay-opened", G_CALLBACK (on_relay_opened), f);
  f->scout = genos_relay_scout_new (f->pool, f->session, &config);
  g_signal_connect (f->scout, "warning", G_CALLBACK (on_warning), f);
  genos_nostr_pool_start (f->pool);
  genos_relay_scout_start (f->scout);
}

static void
end (Fixture *f)
{
  genos_relay_scout_stop (f->scout);
  g_clear_object (&f->scout);
  genos_nostr_pool_stop (f->pool);
  g_clear_object (&f->pool);
  g_ptr_array_set_size (f->opened, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->cache);

  if (f->scout != NULL)
    end (f);
  g_clear_pointer (&socket_memory_all, g_ptr_array_unref);
  g_object_unref (f->session);
  g_ptr_array_unref (f->opened);
  g_ptr_array_unref (f->warnings);
  g_hash_table_unref (f->alive);
  g_unlink (f->cache);
  g_rmdir (folder);
  g_rmdir (f->folder);
  soup_server_disconnect (f->server);
  g_object_unref (f->server);
  g_free (f->cache);
  g_free (f->folder);
  g_free (f->answer);
  g_free (f->url);
}

static const char *const dead[] = { "wss://dead.example.com", NULL };

/* (transfer full): what a peer of the same room comes to by itself */
static GStrv
expected (Fixture *f, guint n)
{
  g_auto (GStrv) all = g_new0 (char *, N_LISTED + 1);

  for (guint i = 0; i < N_LISTED; i++)
    all[i] = listed (i);
  return genos_relay_chooser_pick (TOPIC, (const char *const *) all, dead, n, NULL, NULL);
}

static void
assert_opened (Fixture *f, GStrv urls)
{
  for (guint i = 0; urls[i] != NULL; i++)
    g_assert_true (g_ptr_array_find_with_equal_func (f->opened, urls[i], g_str_equal, NULL));
}

/* --- tests --- */

static void
test_finds_others (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) four = expected (f, 4);
  g_autoptr (GVariant) stats = NULL;
  guint entries;

  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  assert_opened (f, four);
  g_assert_cmpuint (f->n_requests, ==, 1);
  g_assert_cmpuint (f->warnings->len, ==, 0);
  stats = g_variant_ref_sink (genos_relay_scout_get_stats (f->scout));
  g_assert_true (g_variant_lookup (stats, "entries", "u", &entries));
  g_assert_cmpuint (entries, ==, N_LISTED);
}

/* The next process does without the server, and comes to the same relays. */
static void
test_remembers (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) four = expected (f, 4);
  struct stat about;

  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  genos_test_wait_until (g_file_test (f->cache, G_FILE_TEST_EXISTS));
  end (f);
  g_assert_cmpint (g_stat (f->cache, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);

  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  assert_opened (f, four);
  g_assert_cmpuint (f->n_requests, ==, 1);
}

static gboolean
is_used (Fixture *f, const char *url)
{
  g_auto (GStrv) urls = genos_nostr_pool_dup_urls (f->pool);

  return g_strv_contains ((const char *const *) urls, url);
}

/* The best are dead: they are left, and the next in the order take their place. */
static void
test_replaces_the_dead (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) seven = expected (f, 7);

  for (guint i = 0; i < 3; i++)
    g_hash_table_remove (f->alive, seven[i]);
  begin (f, dead);
  genos_test_wait_until (f->opened->len >= 3);
  for (guint i = 0; i < 3; i++)
    genos_test_wait_until (!is_used (f, seven[i]));
  assert_opened (f, (char *[]){ seven[3], seven[4], seven[5], NULL });
}

static gboolean
uses (Fixture *f, GStrv urls, guint first, guint n)
{
  for (guint i = first; i < first + n; i++) {
    if (!is_used (f, urls[i])
        || !g_ptr_array_find_with_equal_func (f->opened, urls[i], g_str_equal, NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
uses_none (Fixture *f, GStrv urls, guint first, guint n)
{
  for (guint i = first; i < first + n; i++) {
    if (is_used (f, urls[i]))
      return FALSE;
  }
  return TRUE;
}

/* Who comes now uses the best, which were dead when we came: there we go too, and leave the others
 * some time later. */
static void
test_returns_to_the_best (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) eight = expected (f, 8);

  f->times.avoid = f->times.calm = 500 * G_TIME_SPAN_MILLISECOND;
  for (guint i = 0; i < 4; i++)
    g_hash_table_remove (f->alive, eight[i]);
  begin (f, dead);
  genos_test_wait_until (uses (f, eight, 4, 4));
  for (guint i = 0; i < 4; i++)
    g_hash_table_add (f->alive, g_strdup (eight[i]));
  genos_test_wait_until (uses (f, eight, 0, 4));
  genos_test_wait_until (uses_none (f, eight, 4, 4));
  g_assert_true (uses (f, eight, 0, 4));
}

/* --- two peers, and real relays --- */

#define N_REAL 8
#define KIND 22650

static void
on_heard (GenosNostrPool *pool, const char *url, GenosNip01Event *event, Fixture *f)
{
  f->n_heard += !g_str_equal (event->content, f->word);
}

static void
begin_with (Fixture *f, GHashTable *real, const char *word)
{
  f->real = real;
  f->word = word;
  begin (f, dead);
  g_signal_connect (f->pool, "event", G_CALLBACK (on_heard), f);
  genos_nostr_pool_subscribe (f->pool, KIND, TOPIC);
}

/* A relay where both are subscribed. */
static gboolean
have_common (Fixture *a, Fixture *b)
{
  for (guint i = 0; i < a->opened->len; i++) {
    if (g_ptr_array_find_with_equal_func (b->opened, a->opened->pdata[i], g_str_equal, NULL))
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_say (gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GenosNip01Event) event = signed_event (KIND, TOPIC, f->word);

  genos_nostr_pool_publish (f->pool, event, NULL);
  return G_SOURCE_CONTINUE;
}

/* The other's subscription may come to the relay after our first words. */
static void
say_until_heard (Fixture *f, Fixture *other)
{
  guint timer = g_timeout_add (50, on_say, f);

  genos_test_wait_until (other->n_heard > 0);
  g_source_remove (timer);
}

/* Nothing of their first relays works for either, each has blind spots of its own, and a list of another day. */
static void
test_two_peers_meet (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) real = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) best = expected (f, N_REAL);
  Fixture other = { 0 };

  set_up (&other, NULL);
  /* Real connections take their time. */
  f->times.trial = other.times.trial = G_TIME_SPAN_HOUR;
  g_free (other.answer);
  other.answer = make_reversed_list (best[3]);
  g_hash_table_remove_all (f->alive);
  g_hash_table_remove_all (other.alive);
  for (guint i = 0; i < N_REAL; i++) {
    GenosRelayServer *server = relay_new ();

    g_ptr_array_add (servers, server);
    g_hash_table_insert (real, best[i], genos_relay_server_dup_url (server));
    if (i % 2 == 0 || i > 3)
      g_hash_table_add (f->alive, g_strdup (best[i]));
    if (i % 2 == 1 || i > 3)
      g_hash_table_add (other.alive, g_strdup (best[i]));
  }
  begin_with (f, real, "mine");
  begin_with (&other, real, "theirs");
  genos_test_wait_until (have_common (f, &other));
  say_until_heard (f, &other);
  say_until_heard (&other, f);
  tear_down (&other, NULL);
  end (f);
}

static void
test_leaves_a_healthy_room_alone (Fixture *f, gconstpointer data)
{
  static const char *const three[] = { "wss://a.example.com", "wss://b.example.net",
    "wss://c.example.edu", NULL };
  gint64 end_at = g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND;

  for (guint i = 0; i < 3; i++)
    g_hash_table_add (f->alive, g_strdup (three[i]));
  begin (f, three);
  genos_test_wait_until (g_get_monotonic_time () > end_at);
  g_assert_cmpuint (f->opened->len, ==, 3);
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static void
test_hostile_answer (Fixture *f, gconstpointer data)
{
  gint64 end_at;

  g_free (f->answer);
  f->answer = g_strdup ("[\"wss://127.0.0.1\",\"wss://router.lan\"]");
  begin (f, dead);
  genos_test_wait_until (f->warnings->len == 1);
  end_at = g_get_monotonic_time () + 100 * G_TIME_SPAN_MILLISECOND;
  genos_test_wait_until (g_get_monotonic_time () > end_at);
  end (f);

  /* Today it is not asked again, by nobody who shares the file. */
  genos_test_wait_until (g_file_test (f->cache, G_FILE_TEST_EXISTS));
  begin (f, dead);
  end_at = g_get_monotonic_time () + 200 * G_TIME_SPAN_MILLISECOND;
  genos_test_wait_until (g_get_monotonic_time () > end_at);
  g_assert_cmpuint (f->n_requests, ==, 1);
  g_assert_cmpuint (f->warnings->len, ==, 1);
  g_assert_cmpuint (f->opened->len, ==, 0);
}

static void
test_endless_answer (Fixture *f, gconstpointer data)
{
  g_free (f->answer);
  f->answer = g_strnfill (GENOS_RELAY_LIST_MAX_SIZE + 1, '[');
  begin (f, dead);
  genos_test_wait_until (f->warnings->len == 1);
  g_assert_cmpuint (f->opened->len, ==, 0);
}

/* A file that somebody spoilt is told of, once, and made anew. */
static void
test_damaged_cache (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->cache);
  g_autofree char *text = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (f->cache, "{\"version\":1,\"relays\":[\"wss://127.0.0.1\"]}", -1, NULL);
  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  g_assert_cmpuint (f->warnings->len, ==, 1);
  g_assert_nonnull (strstr (f->warnings->pdata[0], f->cache));
  do {
    g_clear_pointer (&text, g_free);
    genos_test_wait_until (g_file_get_contents (f->cache, &text, NULL, NULL));
  } while (strstr (text, "relay.example7.org") == NULL);
}

/* No network is no reason to complain, and no answer that would have to last for a day. */
static void
test_no_network (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) stats = NULL;
  const char *last_error = "";

  soup_server_disconnect (f->server);
  begin (f, dead);
  do {
    g_clear_pointer (&stats, g_variant_unref);
    g_main_context_iteration (NULL, TRUE);
    stats = g_variant_ref_sink (genos_relay_scout_get_stats (f->scout));
    g_assert_true (g_variant_lookup (stats, "last-error", "&s", &last_error));
  } while (*last_error == '\0');
  g_assert_cmpuint (f->warnings->len, ==, 0);
  g_assert_false (g_file_test (f->cache, G_FILE_TEST_EXISTS));
}

/* What came from one URL is not used with another. */
static void
test_other_source (Fixture *f, gconstpointer data)
{
  g_autofree char *url = g_strdup (f->url);

  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  genos_test_wait_until (g_file_test (f->cache, G_FILE_TEST_EXISTS));
  end (f);
  g_free (f->url);
  f->url = g_strconcat (url, "other", NULL);
  begin (f, dead);
  genos_test_wait_until (f->opened->len == 4);
  g_assert_cmpuint (f->n_requests, ==, 2);
}

#define ADD(name, func) g_test_add ("/relay-scout/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("finds-others", test_finds_others);
  ADD ("remembers", test_remembers);
  ADD ("replaces-the-dead", test_replaces_the_dead);
  ADD ("returns-to-the-best", test_returns_to_the_best);
  ADD ("two-peers-meet", test_two_peers_meet);
  ADD ("leaves-a-healthy-room-alone", test_leaves_a_healthy_room_alone);
  ADD ("hostile-answer", test_hostile_answer);
  ADD ("endless-answer", test_endless_answer);
  ADD ("damaged-cache", test_damaged_cache);
  ADD ("no-network", test_no_network);
  ADD ("other-source", test_other_source);
  return g_test_run ();
}
