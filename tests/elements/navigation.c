/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What viewers send back, as JSON that anybody may have written. */

#include "gstgenosnavigation.h"

#include <gst/video/navigation.h>
#include <gst/video/video.h>

#include <string.h>

/* (transfer full) (nullable) */
static GstEvent *
unpack (const char *text)
{
  g_autoptr (GenosMessage) message = genos_message_new_json_text (text, NULL);
  g_autofree char *stream_id = NULL;
  g_autofree char *track_id = NULL;

  return message != NULL ? gst_genos_navigation_unpack (message, &stream_id, &track_id) : NULL;
}

static void
test_there_and_back (void)
{
  g_autoptr (GstEvent) event = gst_event_new_navigation (
      gst_structure_new ("application/x-gst-navigation", "event", G_TYPE_STRING,
          "mouse-button-press", "button", G_TYPE_INT, 1, "pointer_x", G_TYPE_DOUBLE, 3.0, "state",
          GST_TYPE_NAVIGATION_MODIFIER_TYPE, GST_NAVIGATION_MODIFIER_SHIFT_MASK, NULL));
  g_autoptr (GenosMessage) message = gst_genos_navigation_pack (event, "s", "t");
  g_autofree char *stream_id = NULL;
  g_autofree char *track_id = NULL;
  g_autoptr (GstEvent) again = gst_genos_navigation_unpack (message, &stream_id, &track_id);
  int button;

  g_assert_cmpstr (stream_id, ==, "s");
  g_assert_cmpstr (track_id, ==, "t");
  g_assert_true (
      gst_structure_is_equal (gst_event_get_structure (event), gst_event_get_structure (again)));
  g_assert_cmpint (
      gst_navigation_event_get_type (again), ==, GST_NAVIGATION_EVENT_MOUSE_BUTTON_PRESS);
  g_assert_true (gst_navigation_event_parse_mouse_button_event (again, &button, NULL, NULL));
}

/* A page has whole numbers only where they happen to be whole. */
static void
test_from_a_page (void)
{
  g_autoptr (GstEvent) event =
      unpack ("{\"name\":\"application/x-gst-navigation\",\"fields\":"
              "{\"event\":\"mouse-move\",\"pointer_x\":3,\"pointer_y\":4.5}}");
  double x, y;

  g_assert_nonnull (event);
  g_assert_true (gst_navigation_event_parse_mouse_move_event (event, &x, &y));
  g_assert_cmpfloat (x, ==, 3);
  g_assert_cmpfloat (y, ==, 4.5);
}

static void
test_custom (void)
{
  g_autoptr (GstEvent) event =
      unpack ("{\"name\":\"pan\",\"fields\":{\"a\":true,\"b\":99999999999,\"c\":[1],\"d e\":1}}");
  const GstStructure *structure = gst_event_get_structure (event);

  g_assert_cmpint (GST_EVENT_TYPE (event), ==, GST_EVENT_CUSTOM_UPSTREAM);
  g_assert_true (gst_structure_has_field_typed (structure, "a", G_TYPE_BOOLEAN));
  g_assert_true (gst_structure_has_field_typed (structure, "b", G_TYPE_DOUBLE));
  g_assert_cmpint (gst_structure_n_fields (structure), ==, 2);
}

static void
test_nonsense (void)
{
  g_autofree char *name = g_strnfill (65, 'x');
  g_autofree char *long_name = g_strdup_printf ("{\"name\":\"%s\"}", name);

  g_assert_null (unpack ("1"));
  g_assert_null (unpack ("{}"));
  g_assert_null (unpack ("{\"name\":1}"));
  g_assert_null (unpack ("{\"name\":\"\"}"));
  g_assert_null (unpack ("{\"name\":\"1x\"}"));
  g_assert_null (unpack ("{\"name\":\"a b\"}"));
  g_assert_null (unpack ("{\"name\":\"GstForceKeyUnit\"}"));
  g_assert_null (unpack (long_name));
}

static void
take_anything (const char *text)
{
  GstEvent *event = unpack (text);

  g_clear_pointer (&event, gst_event_unref);
}

static void
test_damaged (void)
{
  static const char sample[] = "{\"name\":\"application/x-gst-navigation\",\"stream\":\"s\","
                               "\"fields\":{\"state\":1,\"identifier\":2,\"pressure\":1}}";

  for (gsize n = 0; n < strlen (sample); n++) {
    for (guint bit = 0; bit < 8; bit++) {
      g_autofree char *flipped = g_strdup (sample);

      flipped[n] ^= 1 << bit;
      take_anything (flipped);
    }
  }
}

static void
test_takes (void)
{
  g_autoptr (GstEvent) key = gst_video_event_new_upstream_force_key_unit (0, TRUE, 1);
  g_autoptr (GstEvent) qos = gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 1.0, 0, 0);

  g_assert_false (gst_genos_navigation_takes (key));
  g_assert_false (gst_genos_navigation_takes (qos));
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/navigation/there-and-back", test_there_and_back);
  g_test_add_func ("/elements/navigation/from-a-page", test_from_a_page);
  g_test_add_func ("/elements/navigation/custom", test_custom);
  g_test_add_func ("/elements/navigation/nonsense", test_nonsense);
  g_test_add_func ("/elements/navigation/damaged", test_damaged);
  g_test_add_func ("/elements/navigation/takes", test_takes);
  return g_test_run ();
}
