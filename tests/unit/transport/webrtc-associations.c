/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/webrtc/webrtc-associations.h>

#include <gst/webrtc/webrtc.h>

#define N_LINKS 400

static gboolean
is_made_by (GstElement *element, const char *name)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), name);
}

static guint
get_number (GstElement *webrtc, const char *factory)
{
  g_autoptr (GstIterator) all = gst_bin_iterate_elements (GST_BIN (webrtc));
  g_auto (GValue) value = G_VALUE_INIT;
  guint number = 0;

  while (number == 0 && gst_iterator_next (all, &value) == GST_ITERATOR_OK) {
    GstElement *element = g_value_get_object (&value);

    if (is_made_by (element, factory))
      g_object_get (element, "sctp-association-id", &number, NULL);
    g_value_reset (&value);
  }
  return number;
}

/* As webrtcbin makes them. */
static GstElement *
make_bin (void)
{
  GstElement *bin = gst_object_ref_sink (gst_bin_new (NULL));

  genos_webrtc_number_association (bin);
  gst_bin_add_many (GST_BIN (bin), gst_element_factory_make ("sctpdec", NULL),
      gst_element_factory_make ("identity", NULL), gst_element_factory_make ("sctpenc", NULL),
      NULL);
  return bin;
}

/* Two ends of one association, and no two associations with one number. */
static void
test_distinct (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) bins = g_ptr_array_new_with_free_func (gst_object_unref);

  for (guint i = 0; i < N_LINKS; i++) {
    GstElement *bin = make_bin ();
    guint number = get_number (bin, "sctpdec");

    g_ptr_array_add (bins, bin);
    g_assert_cmpuint (number, >, 0);
    g_assert_cmpuint (get_number (bin, "sctpenc"), ==, number);
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (number)));
  }
}

/* More of them than there are numbers, one after the other, beside one that stays. */
static void
test_given_back (void)
{
  g_autoptr (GstElement) stays = make_bin ();
  guint its = get_number (stays, "sctpdec");

  for (guint i = 0; i < 65535 + N_LINKS; i++) {
    g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (NULL));

    genos_webrtc_number_association (bin);
  }
  for (guint i = 0; i < N_LINKS; i++) {
    g_autoptr (GstElement) bin = make_bin ();

    g_assert_cmpuint (get_number (bin, "sctpdec"), !=, its);
    g_assert_cmpuint (get_number (bin, "sctpdec"), ==, get_number (bin, "sctpenc"));
  }
}

/* It is webrtcbin that has to make them where they are looked for. */
static void
test_webrtcbin (void)
{
  g_autoptr (GstElement) webrtc =
      gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (GstElement) next = make_bin ();
  g_autoptr (GstWebRTCDataChannel) channel = NULL;
  g_autoptr (GstPromise) promise = gst_promise_new ();

  genos_webrtc_number_association (webrtc);
  gst_element_set_state (webrtc, GST_STATE_READY);
  g_signal_emit_by_name (webrtc, "create-data-channel", "data", NULL, &channel);
  g_assert_nonnull (channel);
  g_signal_emit_by_name (webrtc, "create-offer", NULL, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  g_assert_cmpuint (get_number (webrtc, "sctpdec"), ==, get_number (next, "sctpdec") % 65535 + 1);
  g_assert_cmpuint (get_number (webrtc, "sctpenc"), ==, get_number (webrtc, "sctpdec"));
  gst_element_set_state (webrtc, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/webrtc-associations/distinct", test_distinct);
  g_test_add_func ("/transport/webrtc-associations/given-back", test_given_back);
  g_test_add_func ("/transport/webrtc-associations/webrtcbin", test_webrtcbin);
  return g_test_run ();
}
