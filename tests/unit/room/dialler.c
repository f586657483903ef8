/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/dialler.h>

#include <genos/base/reason.h>
#include <genos/room/joining/offer-echo.h>

#include <string.h>

#define RELAY "ws://one/"
#define PEER "peer"
#define SECOND G_TIME_SPAN_SECOND

/* --- links that make one description each and note what they are given */

#define STUB_TYPE_LINK (stub_link_get_type ())
G_DECLARE_FINAL_TYPE (StubLink, stub_link, STUB, LINK, GenosPeerLink)

struct _StubLink {
  GenosPeerLink parent_instance;
  guint number;
  gboolean has_path;
  gboolean closed;
  char *taken;
};

G_DEFINE_FINAL_TYPE (StubLink, stub_link, GENOS_TYPE_PEER_LINK)

static void
stub_link_start (GenosPeerLink *link)
{
  g_autofree char *sdp = g_strdup_printf ("v=0\r\no=- %u\r\nm=x\r\n", STUB_LINK (link)->number);

  if (genos_peer_link_is_offerer (link))
    genos_peer_link_emit_description (link, GENOS_SDP_OFFER, sdp);
}

static void
stub_link_take_description (GenosPeerLink *link, GenosSdpKind kind, const char *sdp)
{
  STUB_LINK (link)->taken = g_strdup (sdp);
  if (kind == GENOS_SDP_OFFER)
    genos_peer_link_emit_description (link, GENOS_SDP_ANSWER, "v=0\r\nm=y\r\n");
}

static GstStructure *
stub_link_dup_path (GenosPeerLink *link)
{
  return STUB_LINK (link)->has_path ? gst_structure_new_empty ("path") : NULL;
}

static void
stub_link_close (GenosPeerLink *link)
{
  STUB_LINK (link)->closed = TRUE;
}

static void
stub_link_finalize (GObject *object)
{
  g_free (STUB_LINK (object)->taken);
  G_OBJECT_CLASS (stub_link_parent_class)->finalize (object);
}

static void
stub_link_class_init (StubLinkClass *klass)
{
  GenosPeerLinkClass *link_class = GENOS_PEER_LINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = stub_link_finalize;
  link_class->start = stub_link_start;
  link_class->take_description = stub_link_take_description;
  link_class->dup_path = stub_link_dup_path;
  link_class->close = stub_link_close;
}

static void
stub_link_init (StubLink *self)
{
}

/* --- signalling that notes what is sent */

#define STUB_TYPE_SIGNALLER (stub_signaller_get_type ())
G_DECLARE_FINAL_TYPE (StubSignaller, stub_signaller, STUB, SIGNALLER, GenosSignaller)

struct _StubSignaller {
  GenosSignaller parent_instance;
  GPtrArray *sent; /* of char *: offers and answers */
};

G_DEFINE_FINAL_TYPE (StubSignaller, stub_signaller, GENOS_TYPE_SIGNALLER)

static void
stub_signaller_send (
    GenosSignaller *signaller, const char *peer_id, const char *via, const char *sdp)
{
  g_ptr_array_add (STUB_SIGNALLER (signaller)->sent, g_strdup (sdp));
}

static void
stub_signaller_finalize (GObject *object)
{
  g_ptr_array_unref (STUB_SIGNALLER (object)->sent);
  G_OBJECT_CLASS (stub_signaller_parent_class)->finalize (object);
}

static void
stub_signaller_class_init (StubSignallerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = stub_signaller_finalize;
  GENOS_SIGNALLER_CLASS (klass)->send_offer = stub_signaller_send;
  GENOS_SIGNALLER_CLASS (klass)->send_answer = stub_signaller_send;
}

static void
stub_signaller_init (StubSignaller *self)
{
  self->sent = g_ptr_array_new_with_free_func (g_free);
}

/* --- the fixture */

typedef struct {
  StubSignaller *signaller;
  GenosDialler *dialler;
  GPtrArray *links; /* of StubLink */
  guint n_failed;
  guint ticks;
} Fixture;

static const GenosSignalOrigin extended = { .extended = TRUE };
static const GenosSignalOrigin plain = { 0 };

static GenosPeerLink *
make_link (gboolean offerer, gpointer data, GError **error)
{
  Fixture *fixture = data;
  StubLink *link = g_object_new (STUB_TYPE_LINK, "offerer", offerer, NULL);

  link->number = fixture->links->len;
  g_ptr_array_add (fixture->links, g_object_ref (link));
  return GENOS_PEER_LINK (link);
}

static void
on_failed (GenosDialler *dialler, const char *peer_id, const GError *error, Fixture *fixture)
{
  fixture->n_failed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->links = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->signaller = g_object_new (STUB_TYPE_SIGNALLER, NULL);
  fixture->dialler =
      genos_dialler_new ("self", GENOS_SIGNALLER (fixture->signaller), make_link, fixture);
  g_signal_connect (fixture->dialler, "failed", G_CALLBACK (on_failed), fixture);
  genos_signaller_emit_path_opened (GENOS_SIGNALLER (fixture->signaller), RELAY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  genos_dialler_stop (fixture->dialler);
  g_assert_finalize_object (fixture->dialler);
  g_assert_finalize_object (fixture->signaller);
  g_ptr_array_unref (fixture->links);
}

static StubLink *
get_link (Fixture *fixture, guint i)
{
  g_assert_cmpuint (i, <, fixture->links->len);
  return g_ptr_array_index (fixture->links, i);
}

static const char *
get_sent (Fixture *fixture, guint i)
{
  g_assert_cmpuint (i, <, fixture->signaller->sent->len);
  return g_ptr_array_index (fixture->signaller->sent, i);
}

static void
hear_announce (Fixture *fixture)
{
  genos_signaller_emit_announced (
      GENOS_SIGNALLER (fixture->signaller), PEER, "native", RELAY, &extended);
}

static void
hear_answer_on (Fixture *fixture, const char *via, const char *offer)
{
  g_autofree char *answer =
      offer != NULL ? genos_offer_echo_add ("v=0\r\nm=z\r\n", offer) : g_strdup ("v=0\r\nm=z\r\n");

  genos_signaller_emit_answer (GENOS_SIGNALLER (fixture->signaller), PEER, via, answer, &extended);
}

/* @offer (nullable): which one it says it answers. */
static void
hear_answer (Fixture *fixture, const char *offer)
{
  hear_answer_on (fixture, RELAY, offer);
}

/* Once a second, from where it stopped. */
static void
tick_until (Fixture *fixture, gint64 begin, guint seconds)
{
  while (fixture->ticks < seconds)
    genos_dialler_tick (fixture->dialler, begin + ++fixture->ticks * SECOND);
}

/* --- the cases */

/* Taken back, dialled anew: the first offer's answer comes late, and is not the second one's. */
static void
test_late_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "gone");

  hear_announce (fixture);
  genos_signaller_emit_path_closed (GENOS_SIGNALLER (fixture->signaller), RELAY, error);
  g_assert_true (get_link (fixture, 0)->closed);
  genos_signaller_emit_path_opened (GENOS_SIGNALLER (fixture->signaller), RELAY);
  hear_announce (fixture);

  hear_answer (fixture, get_sent (fixture, 0));
  g_assert_null (get_link (fixture, 1)->taken);
  hear_answer (fixture, get_sent (fixture, 1));
  g_assert_nonnull (get_link (fixture, 1)->taken);
}

/* Browsers do not say which offer they mean. */
static void
test_answer_of_a_browser (Fixture *fixture, gconstpointer data)
{
  hear_announce (fixture);
  hear_answer (fixture, NULL);
  g_assert_nonnull (get_link (fixture, 0)->taken);
}

/* The relay that the offer came by may be too small for the answer. */
static void
test_answer_on_another_path (Fixture *fixture, gconstpointer data)
{
  hear_announce (fixture);
  hear_answer_on (fixture, "ws://two/", NULL);
  g_assert_null (get_link (fixture, 0)->taken);
  hear_answer_on (fixture, "ws://two/", get_sent (fixture, 0));
  g_assert_nonnull (get_link (fixture, 0)->taken);
}

static void
test_echo (Fixture *fixture, gconstpointer data)
{
  const char *offer = "v=0\r\nm=offer\r\n";

  genos_signaller_emit_offer (GENOS_SIGNALLER (fixture->signaller), PEER, RELAY, offer, &extended);
  g_assert_nonnull (strstr (get_sent (fixture, 0), "a=x-genos-offer:"));
  g_assert_true (genos_offer_echo_fits (get_sent (fixture, 0), offer));
  genos_signaller_emit_offer (
      GENOS_SIGNALLER (fixture->signaller), "browser", RELAY, offer, &plain);
  g_assert_null (strstr (get_sent (fixture, 1), "x-genos"));
}

/* Answered, and then nothing gets through: dialled again within ten seconds, without an announce, but
 * not for ever. */
static void
test_no_path (Fixture *fixture, gconstpointer data)
{
  gint64 now = g_get_monotonic_time ();

  hear_announce (fixture);
  hear_answer (fixture, NULL);
  tick_until (fixture, now, 5);
  g_assert_cmpuint (fixture->links->len, ==, 1);
  tick_until (fixture, now, 10);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_true (get_link (fixture, 0)->closed);
  g_assert_cmpuint (fixture->links->len, ==, 2);
  g_assert_cmpuint (fixture->signaller->sent->len, ==, 2);

  hear_answer (fixture, get_sent (fixture, 1));
  tick_until (fixture, now, 20);
  g_assert_cmpuint (fixture->n_failed, ==, 2);
  g_assert_cmpuint (fixture->links->len, ==, 2);
  g_assert_cmpuint (genos_dialler_get_n_handshakes (fixture->dialler), ==, 0);
}

/* Thirty at once: slow is not stuck. */
static void
test_crowd (Fixture *fixture, gconstpointer data)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < 29; i++) {
    g_autofree char *other = g_strdup_printf ("other%u", i);

    genos_signaller_emit_announced (
        GENOS_SIGNALLER (fixture->signaller), other, "native", RELAY, &extended);
  }
  hear_announce (fixture);
  hear_answer (fixture, NULL);
  tick_until (fixture, now, 11);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* Slow, but under way. */
static void
test_path (Fixture *fixture, gconstpointer data)
{
  gint64 now = g_get_monotonic_time ();

  hear_announce (fixture);
  hear_answer (fixture, NULL);
  get_link (fixture, 0)->has_path = TRUE;
  tick_until (fixture, now, 15);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  tick_until (fixture, now, 25);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fixture->links->len, ==, 2);
}

static GenosMeshWish
read_wish (const char *peer_id, gpointer data)
{
  return *(const GenosMeshWish *) data;
}

/* Who dials has sealed already, and we have not: it waits for the answer, and would take no offer of ours. */
static void
test_unwanted_yet (Fixture *fixture, gconstpointer data)
{
  const char *offer = "v=0\r\nm=offer\r\n";
  GenosMeshWish wish = GENOS_MESH_UNWANTED;

  genos_dialler_set_gate (fixture->dialler, read_wish, &wish);
  genos_signaller_emit_offer (GENOS_SIGNALLER (fixture->signaller), PEER, RELAY, offer, &extended);
  genos_dialler_reconsider (fixture->dialler);
  g_assert_cmpuint (fixture->signaller->sent->len, ==, 0);
  wish = GENOS_MESH_TOLERATED;
  genos_dialler_reconsider (fixture->dialler);
  g_assert_true (genos_offer_echo_fits (get_sent (fixture, 0), offer));
  genos_dialler_reconsider (fixture->dialler);
  g_assert_cmpuint (fixture->signaller->sent->len, ==, 1);
}

/* A link in trouble that only the other side wants is dialled by the other side. */
static void
test_redial_gate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (GENOS_ERROR, GENOS_ERROR_CLOSED, "gone");
  GenosMeshWish wish = GENOS_MESH_WANTED;

  genos_dialler_set_gate (fixture->dialler, read_wish, &wish);
  hear_announce (fixture);
  genos_signaller_emit_path_closed (GENOS_SIGNALLER (fixture->signaller), RELAY, error);
  genos_signaller_emit_path_opened (GENOS_SIGNALLER (fixture->signaller), RELAY);
  wish = GENOS_MESH_TOLERATED;
  genos_dialler_redial (fixture->dialler, PEER, &extended);
  g_assert_cmpuint (fixture->links->len, ==, 1);
  wish = GENOS_MESH_WANTED;
  genos_dialler_redial (fixture->dialler, PEER, &extended);
  g_assert_cmpuint (fixture->links->len, ==, 2);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
#define TEST(name, func) g_test_add ("/room/dialler/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("late-answer", test_late_answer);
  TEST ("answer-of-a-browser", test_answer_of_a_browser);
  TEST ("answer-on-another-path", test_answer_on_another_path);
  TEST ("echo", test_echo);
  TEST ("no-path", test_no_path);
  TEST ("crowd", test_crowd);
  TEST ("path", test_path);
  TEST ("unwanted-yet", test_unwanted_yet);
  TEST ("redial-gate", test_redial_gate);
  return g_test_run ();
}
