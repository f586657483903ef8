/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a link does about the habits of webrtcbin and libnice that no other test shows. */

#include "link-fixture.h"

#include <string.h>

typedef struct {
  char *offer;
  guint n_descriptions;
} Heard;

static void
on_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp, Heard *heard)
{
  heard->n_descriptions++;
  g_free (heard->offer);
  heard->offer = g_strdup (sdp);
}

static gboolean
have_offer (gpointer data)
{
  return ((Heard *) data)->offer != NULL;
}

static GenosPeerLink *
dial (const char *stun_server, Heard *heard)
{
  g_autoptr (GError) error = NULL;
  const GenosIceConfig ice = { .stun_server = stun_server };
  GenosPeerLink *link = genos_peer_link_webrtc_new (TRUE, &ice, 40, &error);

  g_assert_no_error (error);
  g_signal_connect (link, "description", G_CALLBACK (on_description), heard);
  genos_peer_link_start (link);
  return link;
}

static void
hang_up (GenosPeerLink *link, Heard *heard)
{
  g_signal_handlers_disconnect_by_data (link, heard);
  genos_peer_link_close (link);
  g_object_unref (link);
  g_assert_true (genos_peer_link_webrtc_flush (LINK_TEARDOWN));
  g_free (heard->offer);
}

/* One bundle, candidates inside, over UDP only, and nothing that invites to trickle. */
static void
test_offer (void)
{
  Heard heard = { NULL, 0 };
  GenosPeerLink *link = dial (NULL, &heard);

  g_assert_true (link_wait (have_offer, &heard, 60000));
  g_assert_nonnull (strstr (heard.offer, "a=group:BUNDLE application0"));
  g_assert_nonnull (strstr (heard.offer, "a=candidate:"));
  g_assert_null (strstr (heard.offer, "trickle"));
  g_assert_null (strstr (heard.offer, "tcptype"));
  hang_up (link, &heard);
}

/* libnice's gathering does not end when the name of a STUN server does not resolve: the offer goes
 * out with what there is. */
static void
test_stun_without_name (void)
{
  Heard heard = { NULL, 0 };
  gint64 begun = g_get_monotonic_time ();
  GenosPeerLink *link = dial ("stun://nowhere.invalid:3478", &heard);

  g_assert_true (link_wait (have_offer, &heard, 60000));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 30 * G_USEC_PER_SEC);
  g_assert_nonnull (strstr (heard.offer, "a=candidate:"));
  hang_up (link, &heard);
}

/* One that never answers is bounded in the same way. */
static void
test_stun_without_answer (void)
{
  Heard heard = { NULL, 0 };
  GenosPeerLink *link = dial ("stun://127.0.0.1:9", &heard);

  g_assert_true (link_wait (have_offer, &heard, 60000));
  g_assert_nonnull (strstr (heard.offer, "a=candidate:"));
  hang_up (link, &heard);
}

/* webrtcbin asks for a negotiation when there is nothing to negotiate; nobody listens. */
static void
test_quiet_when_open (void)
{
  LinkPair pair;

  link_pair_init (&pair);
  link_pair_open (&pair);
  link_iterate (1000);
  g_assert_cmpuint (pair.dialler.n_descriptions, ==, 1);
  g_assert_cmpuint (pair.answerer.n_descriptions, ==, 1);
  g_assert_cmpuint (pair.dialler.n_warnings + pair.answerer.n_warnings, ==, 0);
  link_pair_clear (&pair);
}

/* A peer that goes ends its own link, with a reason, and no other. */
static gboolean
is_closed (gpointer data)
{
  return ((LinkPair *) data)->answerer.n_closed == 1;
}

static void
test_other_link_survives (void)
{
  g_autoptr (GBytes) frame = g_bytes_new_static ("x", 1);
  LinkPair broken, whole;

  link_pair_init (&broken);
  link_pair_init (&whole);
  link_pair_open (&broken);
  link_pair_open (&whole);
  genos_peer_link_close (broken.dialler.link);
  g_assert_true (link_wait (is_closed, &broken, 60000));
  g_assert_nonnull (broken.answerer.reason);
  g_assert_true (genos_peer_link_send (whole.dialler.link, frame, NULL));
  link_iterate (200);
  g_assert_cmpuint (whole.answerer.frames->len, ==, 1);
  g_assert_cmpuint (whole.answerer.n_closed, ==, 0);
  link_pair_clear (&broken);
  link_pair_clear (&whole);
}

static void
check_bounded (GenosPeerLink *link, gboolean expected)
{
  g_autoptr (GstElement) pipeline = genos_peer_link_dup_pipeline (link);
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (pipeline), "rtpbin");
  gboolean bounded;

  g_object_get (rtpbin, "drop-on-latency", &bounded, NULL);
  g_assert_cmpint (bounded, ==, expected);
}

/* Jitterbuffers are bounded when the user wants it, and only then. */
static void
test_drop_on_latency (void)
{
  const GenosReception reception = { .drop_on_latency = TRUE };
  Heard heard = { NULL, 0 };
  GenosPeerLink *link = dial (NULL, &heard);

  check_bounded (link, FALSE);
  genos_peer_link_webrtc_set_reception (GENOS_PEER_LINK_WEBRTC (link), &reception);
  check_bounded (link, TRUE);
  g_assert_true (link_wait (have_offer, &heard, 60000));
  hang_up (link, &heard);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* libnice warns of the name that does not resolve. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  gst_init (&argc, &argv);
  g_test_add_func ("/link-rules/offer", test_offer);
  g_test_add_func ("/link-rules/stun-without-name", test_stun_without_name);
  g_test_add_func ("/link-rules/stun-without-answer", test_stun_without_answer);
  g_test_add_func ("/link-rules/drop-on-latency", test_drop_on_latency);
  g_test_add_func ("/link-rules/quiet-when-open", test_quiet_when_open);
  g_test_add_func ("/link-rules/other-link-survives", test_other_link_survives);
  return g_test_run ();
}
