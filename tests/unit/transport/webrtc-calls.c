/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../../common/test-wait.h"

#include <genos/base/error.h>
#include <genos/transport/webrtc/webrtc-calls.h>
#include <genos/transport/webrtc/webrtc-warm-up.h>

#include <gst/webrtc/webrtc.h>

typedef struct {
  GstElement *webrtc;
  GObject *channel; /* not open: nobody is there */
  GObject *owner;
  GenosHome *home;
} Fixture;

static char *offer;
static GError *refusal;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->webrtc = gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  gst_element_set_state (fixture->webrtc, GST_STATE_READY);
  g_signal_emit_by_name (fixture->webrtc, "create-data-channel", "data", NULL, &fixture->channel);
  g_assert_nonnull (fixture->channel);
  fixture->owner = g_object_new (G_TYPE_OBJECT, NULL);
  fixture->home = genos_home_new (fixture->owner);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  genos_home_leave (fixture->home);
  genos_home_unref (fixture->home);
  g_object_unref (fixture->owner);
  gst_element_set_state (fixture->webrtc, GST_STATE_NULL);
  g_object_unref (fixture->channel);
  g_assert_finalize_object (fixture->webrtc);
  g_clear_pointer (&offer, g_free);
  g_clear_error (&refusal);
}

static void
on_reply (gpointer object, const char *sdp, const GError *error)
{
  offer = g_strdup (sdp);
  refusal = error != NULL ? g_error_copy (error) : NULL;
}

static void
test_offer (Fixture *fixture, gconstpointer data)
{
  genos_webrtc_create_description (fixture->webrtc, GENOS_SDP_OFFER, fixture->home, on_reply);
  genos_test_wait_until (offer != NULL || refusal != NULL);
  g_assert_no_error (refusal);
  g_assert_nonnull (strstr (offer, "m=application"));
}

/* No offer is made over a channel that is not open. */
static void
test_offer_over (Fixture *fixture, gconstpointer data)
{
  genos_webrtc_create_offer_over (fixture->webrtc, fixture->channel, fixture->home, on_reply);
  genos_test_wait_until (offer != NULL || refusal != NULL);
  g_assert_null (offer);
  g_assert_error (refusal, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

/* Nor over a webrtcbin that has ended; what waits for the reply is released. */
static void
test_offer_over_the_end (Fixture *fixture, gconstpointer data)
{
  gst_element_set_state (fixture->webrtc, GST_STATE_NULL);
  genos_webrtc_create_offer_over (fixture->webrtc, fixture->channel, fixture->home, on_reply);
  genos_test_wait_until (offer != NULL || refusal != NULL);
  g_assert_null (offer);
  g_assert_error (refusal, GENOS_ERROR, GENOS_ERROR_CLOSED);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  /* The first of all offers makes a key, which takes a minute under valgrind. */
  genos_webrtc_warm_up ();
  genos_webrtc_warm_up_wait ();
#define TEST(path, func)                                                                           \
  g_test_add ("/transport/webrtc-calls/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("offer", test_offer);
  TEST ("offer-over", test_offer_over);
  TEST ("offer-over-the-end", test_offer_over_the_end);
  return g_test_run ();
}
