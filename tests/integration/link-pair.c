/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two webrtc links in one process: the data channel, and how a link begins and ends. */

#include "link-fixture.h"

#include <genos/transport/send-window.h>

#include <string.h>

static void
test_open (void)
{
  LinkPair pair;

  link_pair_init (&pair);
  g_assert_false (genos_peer_link_is_open (pair.dialler.link));
  link_pair_open (&pair);
  g_assert_cmpuint (pair.dialler.n_opened, ==, 1);
  g_assert_cmpuint (pair.answerer.n_opened, ==, 1);
  g_assert_cmpuint (pair.dialler.n_descriptions, ==, 1);
  g_assert_cmpuint (pair.answerer.n_descriptions, ==, 1);
  link_pair_clear (&pair);
}

static gboolean
have_frames (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.frames->len >= 3 && pair->answerer.frames->len >= 3;
}

static void
check_frames (LinkEnd *end, GBytes *const *sent)
{
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_bytes_equal (g_ptr_array_index (end->frames, i), sent[i]));
}

static void
test_frames (void)
{
  g_autofree guint8 *large = g_malloc (16384);
  g_autofree guint8 *largest = g_malloc (65536);
  g_autoptr (GBytes) a = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) b = NULL;
  g_autoptr (GBytes) c = NULL;
  GBytes *sent[3];
  LinkPair pair;
  GError *error = NULL;

  memset (large, 0, 16384);
  for (guint i = 0; i < 65536; i++)
    largest[i] = (guint8) (i * 7 + i / 256);
  b = g_bytes_new_take (g_steal_pointer (&large), 16384);
  c = g_bytes_new_take (g_steal_pointer (&largest), 65536);
  sent[0] = a;
  sent[1] = b;
  sent[2] = c;

  link_pair_init (&pair);
  g_assert_false (genos_peer_link_send (pair.dialler.link, a, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_clear_error (&error);

  link_pair_open (&pair);
  for (guint i = 0; i < 3; i++) {
    genos_peer_link_send (pair.dialler.link, sent[i], &error);
    g_assert_no_error (error);
    genos_peer_link_send (pair.answerer.link, sent[i], &error);
    g_assert_no_error (error);
  }
  g_assert_true (link_wait (have_frames, &pair, 60000));
  check_frames (&pair.dialler, sent);
  check_frames (&pair.answerer, sent);
  link_pair_clear (&pair);
}

static gboolean
is_drained (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.n_drained > 0 && genos_peer_link_has_room (pair->dialler.link);
}

static void
test_back_pressure (void)
{
  g_autoptr (GBytes) frame = g_bytes_new_take (g_malloc0 (16384), 16384);
  g_autoptr (GBytes) too_large = g_bytes_new_take (g_malloc0 (65537), 65537);
  LinkPair pair;
  GError *error = NULL;

  link_pair_init (&pair);
  link_pair_open (&pair);
  pair.dialler.n_drained = 0;
  /* Another thread takes them away meanwhile, on a slow machine almost as fast. */
  for (guint i = 0; i < 4096 && genos_peer_link_has_room (pair.dialler.link); i++)
    g_assert_true (genos_peer_link_send (pair.dialler.link, frame, NULL));
  g_assert_cmpuint (genos_peer_link_get_buffered (pair.dialler.link), >, 0);
  g_assert_true (link_wait (is_drained, &pair, 60000));
  g_assert_false (genos_peer_link_send (pair.dialler.link, too_large, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
  g_clear_error (&error);
  link_pair_clear (&pair);
}

typedef struct {
  LinkPair *pair;
  GBytes *frame;
  guint left;
  guint awaited; /* how many ::drained, before it goes on */
  gsize most;
} Flood;

static gboolean
flood (gpointer data)
{
  Flood *self = data;
  LinkEnd *end = &self->pair->dialler;

  if (end->n_drained < self->awaited)
    return FALSE;
  while (self->left > 0 && genos_peer_link_has_room (end->link)) {
    g_assert_true (genos_peer_link_send (end->link, self->frame, NULL));
    self->most = MAX (self->most, genos_peer_link_get_buffered (end->link));
    self->left--;
  }
  if (self->left > 0)
    self->awaited = end->n_drained + 1;
  return self->left == 0 && genos_peer_link_get_buffered (end->link) == 0;
}

/* What may be under way ends where webrtcbin would stop, and whoever waits for room is told of it. */
static void
test_window (void)
{
  g_autoptr (GBytes) frame = g_bytes_new_take (g_malloc0 (16384), 16384);
  LinkPair pair;
  Flood self = { &pair, frame, 128 };

  link_pair_init (&pair);
  link_pair_open (&pair);
  pair.dialler.n_drained = 0;
  g_assert_true (link_wait (flood, &self, 60000));
  g_assert_cmpuint (self.most, >=, GENOS_SEND_WINDOW_MIN);
  g_assert_cmpuint (self.most, <=, GENOS_SEND_WINDOW_MAX + 16384);
  g_assert_cmpuint (self.awaited, >, 0);
  link_pair_clear (&pair);
}

static gboolean
both_closed (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.n_closed > 0 && pair->answerer.n_closed > 0;
}

static void
test_close (gconstpointer data)
{
  gboolean offerer = GPOINTER_TO_INT (data);
  LinkPair pair;
  LinkEnd *end;

  link_pair_init (&pair);
  link_pair_open (&pair);
  end = offerer ? &pair.dialler : &pair.answerer;
  genos_peer_link_close (end->link);
  genos_peer_link_close (end->link);
  g_assert_cmpuint (end->n_closed, ==, 1);
  g_assert_true (link_wait (both_closed, &pair, 60000));
  g_assert_error (pair.dialler.reason, GENOS_ERROR, GENOS_ERROR_CLOSED);
  g_assert_error (pair.answerer.reason, GENOS_ERROR, GENOS_ERROR_CLOSED);
  link_pair_clear (&pair);
}

static gboolean
answerer_closed (gpointer data)
{
  return ((LinkPair *) data)->answerer.n_closed > 0;
}

/* The first description is hostile: the link ends, with a reason. */
static void
test_hostile_first (gconstpointer data)
{
  LinkPair pair;

  link_pair_init (&pair);
  genos_peer_link_start (pair.answerer.link);
  genos_peer_link_take_description (pair.answerer.link, GENOS_SDP_OFFER, data);
  g_assert_true (link_wait (answerer_closed, &pair, 60000));
  g_assert_error (pair.answerer.reason, GENOS_ERROR, GENOS_ERROR_PROTOCOL);
  link_pair_clear (&pair);
}

static char *kept_offer;

static char *
keep_offer (LinkEnd *from, GenosSdpKind kind, const char *sdp)
{
  if (kind == GENOS_SDP_OFFER) {
    g_free (kept_offer);
    kept_offer = g_strdup (sdp);
  }
  return g_strdup (sdp);
}

/* Cut anywhere, an offer either ends the link or is still whole enough to be answered: it never
 * ends the process. */
static void
test_hostile_truncated (void)
{
  g_autofree char *offer = NULL;
  LinkPair pair;

  link_pair_init (&pair);
  pair.mangle = keep_offer;
  link_pair_open (&pair);
  link_pair_clear (&pair);
  offer = g_steal_pointer (&kept_offer);

  for (gsize length = 0; length < strlen (offer); length += 37) {
    g_autofree char *cut = g_strndup (offer, length);
    LinkPair victim;

    link_pair_init (&victim);
    genos_peer_link_take_description (victim.answerer.link, GENOS_SDP_OFFER, cut);
    link_iterate (5);
    link_pair_clear (&victim);
  }
}

/* Sections of a later offer change places: refused, and the link goes on. */
static char *
duplicate_first_section (const char *sdp)
{
  const char *first = strstr (sdp, "m=");

  return g_strconcat (sdp, first, NULL);
}

static gboolean
has_refused (gpointer data)
{
  LinkPair *pair = data;

  return pair->answerer.n_warnings >= 2 && pair->dialler.n_warnings >= 1;
}

static gboolean
has_frame (gpointer data)
{
  LinkPair *pair = data;

  return pair->answerer.frames->len > 0;
}

static void
test_hostile_later (void)
{
  g_autoptr (GBytes) frame = g_bytes_new_static ("still here", 10);
  g_autofree char *doubled = NULL;
  LinkPair pair;

  link_pair_init (&pair);
  pair.mangle = keep_offer;
  link_pair_open (&pair);
  doubled = duplicate_first_section (kept_offer);
  genos_peer_link_take_description (pair.answerer.link, GENOS_SDP_OFFER, doubled);
  genos_peer_link_take_description (pair.answerer.link, GENOS_SDP_OFFER, "");
  genos_peer_link_take_description (pair.dialler.link, GENOS_SDP_ANSWER, kept_offer);
  g_assert_true (link_wait (has_refused, &pair, 60000));
  g_assert_true (genos_peer_link_send (pair.dialler.link, frame, NULL));
  g_assert_true (link_wait (has_frame, &pair, 60000));
  g_assert_cmpuint (pair.answerer.frames->len, ==, 1);
  link_pair_clear (&pair);
  g_clear_pointer (&kept_offer, g_free);
}

static char *
lose (LinkEnd *from, GenosSdpKind kind, const char *sdp)
{
  return NULL;
}

static gboolean
has_described (gpointer data)
{
  LinkPair *pair = data;

  return pair->dialler.n_descriptions > 0;
}

/* Nobody answers: the link waits, and can be closed at any time. */
static void
test_no_answer (void)
{
  LinkPair pair;

  link_pair_init (&pair);
  pair.mangle = lose;
  genos_peer_link_start (pair.dialler.link);
  g_assert_true (link_wait (has_described, &pair, 60000));
  link_iterate (500);
  g_assert_cmpuint (pair.dialler.n_descriptions, ==, 1);
  g_assert_cmpuint (pair.dialler.n_closed, ==, 0);
  link_pair_clear (&pair);
}

static void
close_inside (GenosPeerLink *link, gpointer data)
{
  genos_peer_link_close (link);
}

static void
test_close_inside_opened (void)
{
  LinkPair pair;

  link_pair_init (&pair);
  g_signal_connect (pair.dialler.link, "opened", G_CALLBACK (close_inside), NULL);
  genos_peer_link_start (pair.dialler.link);
  g_assert_true (link_wait (both_closed, &pair, 60000));
  g_assert_cmpuint (pair.dialler.n_opened, ==, 1);
  link_pair_clear (&pair);
}

static void
on_stats (GObject *object, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  *(GstStructure **) data =
      genos_peer_link_get_stats_finish (GENOS_PEER_LINK (object), result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static void
test_stats (void)
{
  GstStructure *stats = NULL;
  LinkPair pair;

  link_pair_init (&pair);
  link_pair_open (&pair);
  genos_peer_link_get_stats_async (pair.dialler.link, NULL, on_stats, &stats);
  g_assert_true (link_wait (is_set, &stats, 60000));
  g_assert_cmpint (gst_structure_n_fields (stats), >, 0);
  gst_structure_free (stats);
  link_pair_clear (&pair);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

typedef struct {
  guint threads, fds;
} Census;

static Census
take_census (void)
{
  return (Census){ count_entries ("/proc/self/task"), count_entries ("/proc/self/fd") };
}

/* Idle threads of shared pools may stay. */
static gboolean
is_as_before (gpointer data)
{
  const Census *before = data;
  Census now = take_census ();

  return now.threads <= before->threads + 4 && now.fds <= before->fds + 4;
}

/* What grows with each cycle is a leak; threads take a moment to end. */
static void
test_churn (void)
{
  Census before = { 0 };
  Census after;

  for (guint i = 0; i < 30; i++) {
    LinkPair pair;

    link_pair_init (&pair);
    link_pair_open (&pair);
    link_pair_clear (&pair);
    if (i == 5)
      before = take_census ();
  }
  after = take_census ();
  g_test_message ("threads %u, fds %u at first; then %u, %u", before.threads, before.fds,
      after.threads, after.fds);
  g_assert_true (link_wait (is_as_before, &before, 60000));
}

/* Unref without close, in the middle of gathering. */
static void
test_dropped (void)
{
  const GenosIceConfig ice = { .stun_server = "stun://127.0.0.1:9" };
  GenosPeerLink *link = genos_peer_link_webrtc_new (TRUE, &ice, 40, NULL);

  genos_peer_link_start (link);
  g_assert_finalize_object (link);
  g_assert_true (genos_peer_link_webrtc_flush (LINK_TEARDOWN));
}

static gboolean forge_offer;

/* Another digit in what it says its certificate is. */
static char *
forge (LinkEnd *from, GenosSdpKind kind, const char *sdp)
{
  char *text = g_strdup (sdp);
  char *digit = strstr (text, "a=fingerprint:sha-256 ") + strlen ("a=fingerprint:sha-256 ");

  if ((kind == GENOS_SDP_OFFER) == forge_offer)
    *digit = *digit == '0' ? '1' : '0';
  return text;
}

static gboolean
is_found_out (gpointer data)
{
  LinkPair *pair = data;

  return forge_offer ? pair->answerer.n_closed > 0 : pair->dialler.n_closed > 0;
}

/* webrtcbin itself takes whatever certificate comes. */
static void
test_other_certificate (gconstpointer data)
{
  LinkPair pair;
  LinkEnd *betrayed;

  forge_offer = GPOINTER_TO_INT (data);
  link_pair_init (&pair);
  pair.mangle = forge;
  betrayed = forge_offer ? &pair.answerer : &pair.dialler;
  genos_peer_link_start (pair.dialler.link);
  genos_peer_link_start (pair.answerer.link);
  g_assert_true (link_wait (is_found_out, &pair, 60000));
  g_assert_error (betrayed->reason, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION);
  g_assert_cmpuint (betrayed->n_opened, ==, 0);
  link_pair_clear (&pair);
}

static void
test_certificates (void)
{
  GenosLinkCertificates dialler, answerer;
  LinkPair pair;

  link_pair_init (&pair);
  g_assert_false (genos_peer_link_get_certificates (pair.dialler.link, &dialler));
  link_pair_open (&pair);
  g_assert_true (genos_peer_link_get_certificates (pair.dialler.link, &dialler));
  g_assert_true (genos_peer_link_get_certificates (pair.answerer.link, &answerer));
  g_assert_cmpmem (dialler.local, 32, answerer.remote, 32);
  g_assert_cmpmem (dialler.remote, 32, answerer.local, 32);
  link_pair_clear (&pair);
}

static void
test_missing_plugin (void)
{
  GstRegistry *registry = gst_registry_get ();
  GstPluginFeature *feature = gst_registry_lookup_feature (registry, "nicesrc");
  GError *error = NULL;

  g_assert_nonnull (feature);
  gst_registry_remove_feature (registry, feature);
  g_assert_null (genos_peer_link_webrtc_new (TRUE, NULL, 40, &error));
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN);
  g_assert_nonnull (strstr (error->message, "gstreamer1.0-nice"));
  g_clear_error (&error);
  gst_registry_add_feature (registry, feature);
  gst_object_unref (feature);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/link-pair/open", test_open);
  g_test_add_func ("/link-pair/frames", test_frames);
  g_test_add_func ("/link-pair/back-pressure", test_back_pressure);
  g_test_add_func ("/link-pair/window", test_window);
  g_test_add_data_func ("/link-pair/close/offerer", GINT_TO_POINTER (TRUE), test_close);
  g_test_add_data_func ("/link-pair/close/answerer", GINT_TO_POINTER (FALSE), test_close);
  g_test_add_func ("/link-pair/close/inside-opened", test_close_inside_opened);
  g_test_add_data_func ("/link-pair/hostile/empty", "", test_hostile_first);
  g_test_add_data_func ("/link-pair/hostile/junk", "hello", test_hostile_first);
  g_test_add_data_func ("/link-pair/hostile/no-media",
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", test_hostile_first);
  g_test_add_func ("/link-pair/hostile/truncated", test_hostile_truncated);
  g_test_add_func ("/link-pair/hostile/later", test_hostile_later);
  g_test_add_func ("/link-pair/no-answer", test_no_answer);
  g_test_add_func ("/link-pair/stats", test_stats);
  g_test_add_func ("/link-pair/dropped", test_dropped);
  g_test_add_func ("/link-pair/churn", test_churn);
  g_test_add_func ("/link-pair/certificates", test_certificates);
  g_test_add_data_func (
      "/link-pair/other-certificate/offer", GINT_TO_POINTER (TRUE), test_other_certificate);
  g_test_add_data_func (
      "/link-pair/other-certificate/answer", GINT_TO_POINTER (FALSE), test_other_certificate);
  g_test_add_func ("/link-pair/missing-plugin", test_missing_plugin);
  return g_test_run ();
}
