/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/transport/send-window.h>
#include <genos/transport/webrtc/webrtc-window.h>

#define FRAME 1000

typedef struct {
  GObject *object;
  GenosHome *home;
  GstElement *bin;
  GstPad *out;
  GstPad *in;
  GenosWebrtcWindow *window;
  guint n_told;
} Fixture;

static Fixture *current;

static void
on_room (gpointer object)
{
  g_assert_true (object == current->object);
  current->n_told++;
}

static GstPadProbeReturn
on_passed (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_DROP;
}

static void
store_event (GstPad *pad, GstEvent *event)
{
  gst_pad_store_sticky_event (pad, event);
  gst_event_unref (event);
}

/* Behind whoever watches; the elements themselves have no association here. */
static GstPad *
end_pad (GstElement *bin, const char *factory, const char *name)
{
  GstElement *element = gst_element_factory_make (factory, NULL);
  GstSegment segment;
  GstPad *pad;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_bin_add (GST_BIN (bin), element);
  pad = gst_element_get_static_pad (element, name);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_passed, NULL, NULL);
  gst_pad_set_active (pad, TRUE);
  store_event (pad, gst_event_new_stream_start ("packets"));
  store_event (pad, gst_event_new_segment (&segment));
  return pad;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  current = self;
  self->object = g_object_new (G_TYPE_OBJECT, NULL);
  self->home = genos_home_new (self->object);
  self->bin = gst_object_ref_sink (gst_bin_new (NULL));
  self->window = genos_webrtc_window_new (self->bin, self->home, on_room);
  self->out = end_pad (self->bin, "sctpenc", "src");
  self->in = end_pad (self->bin, "sctpdec", "sink");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  genos_webrtc_window_unref (self->window);
  gst_object_unref (self->out);
  gst_object_unref (self->in);
  gst_object_unref (self->bin);
  genos_home_leave (self->home);
  genos_home_unref (self->home);
  g_object_unref (self->object);
}

/* A packet with one chunk of @size bytes behind its header. */
static GstBuffer *
new_packet (guint type, guint32 word, guint size)
{
  guint8 *data = g_malloc0 (16 + size);

  GST_WRITE_UINT8 (data + 12, type);
  GST_WRITE_UINT16_BE (data + 14, 4 + size);
  GST_WRITE_UINT32_BE (data + 16, word);
  return gst_buffer_new_wrapped (data, 16 + size);
}

static void
leave (Fixture *self, guint32 tsn)
{
  gst_pad_push (self->out, new_packet (0, tsn, 12 + FRAME));
}

static void
acknowledge (Fixture *self, guint32 tsn)
{
  gst_pad_chain (self->in, new_packet (3, tsn, 12));
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE)) {
  }
}

static void
shake_hands (Fixture *self)
{
  gst_pad_push (self->out, new_packet (1, 0, 16));
  gst_pad_chain (self->in, new_packet (2, 0, 16));
}

static guint
fill (Fixture *self)
{
  guint n = 0;

  for (; genos_webrtc_window_has_room (self->window); n++) {
    genos_webrtc_window_add (self->window, FRAME);
    leave (self, n);
  }
  return n;
}

/* Until it is acknowledged, it is under way; who waited is told, once, at home. */
static void
test_room (Fixture *self, gconstpointer data)
{
  guint n;

  shake_hands (self);
  n = fill (self);
  g_assert_cmpuint (n, >=, GENOS_SEND_WINDOW_START / FRAME);
  g_assert_cmpuint (n, <=, GENOS_SEND_WINDOW_START / FRAME + 1);
  g_assert_cmpuint (genos_webrtc_window_get_under_way (self->window), ==, n * FRAME);

  acknowledge (self, 0);
  iterate ();
  g_assert_cmpuint (genos_webrtc_window_get_under_way (self->window), ==, (n - 1) * FRAME);
  g_assert_cmpuint (self->n_told, ==, 0);
  acknowledge (self, n / 2);
  g_assert_cmpuint (self->n_told, ==, 0);
  acknowledge (self, n - 1);
  iterate ();
  g_assert_cmpuint (self->n_told, ==, 1);
  g_assert_true (genos_webrtc_window_has_room (self->window));
  g_assert_cmpuint (genos_webrtc_window_get_under_way (self->window), ==, 0);
}

/* What cannot be seen holds nobody up: no packets at all, in one direction only, out of count. */
static void
test_blind (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 10000; i++)
    genos_webrtc_window_add (self->window, FRAME);
  g_assert_true (genos_webrtc_window_has_room (self->window));

  for (guint i = 0; i < 1000; i++) {
    leave (self, i);
    genos_webrtc_window_add (self->window, FRAME);
  }
  g_assert_true (genos_webrtc_window_has_room (self->window));
}

static void
test_lost_count (Fixture *self, gconstpointer data)
{
  guint n;

  shake_hands (self);
  n = fill (self);
  leave (self, n + 5);
  acknowledge (self, 0);
  iterate ();
  g_assert_cmpuint (self->n_told, ==, 1);
  g_assert_true (genos_webrtc_window_has_room (self->window));
}

/* The elements may outlive the link. */
static void
test_gone (Fixture *self, gconstpointer data)
{
  shake_hands (self);
  fill (self);
  acknowledge (self, 1000000);
  acknowledge (self, 100);
  genos_home_leave (self->home);
  iterate ();
  acknowledge (self, 120);
  iterate ();
  g_assert_cmpuint (self->n_told, ==, 0);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  ADD ("/transport/webrtc-window/room", test_room);
  ADD ("/transport/webrtc-window/blind", test_blind);
  ADD ("/transport/webrtc-window/lost-count", test_lost_count);
  ADD ("/transport/webrtc-window/gone", test_gone);
  return g_test_run ();
}
