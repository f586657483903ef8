/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/media/sender-list.h>

#include "media-fixture.h"

static void
on_changed (gpointer user_data)
{
  (*(int *) user_data)++;
}

static void
test_poll (void)
{
  int n = 0;
  GenosSenderListState state;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) sender = fake_sender_new (FALSE);
  GenosLinkSender *link = GENOS_LINK_SENDER (sender);
  genos_sender_list_set_listener (list, 0, on_changed, &n);

  genos_sender_list_add (list, link);
  g_assert_cmpint (n, ==, 1);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  g_assert_false (state.newcomer || state.wants_key);

  genos_link_sender_set_active (link, TRUE);
  g_assert_cmpint (n, ==, 2);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 1);
  g_assert_true (state.newcomer);

  genos_link_sender_emit_key_frame_request (link);
  genos_link_sender_emit_key_frame_request (link);
  g_assert_cmpint (n, ==, 4);
  genos_sender_list_poll (list, 0, &state);
  g_assert_true (state.wants_key && !state.newcomer);
  genos_sender_list_poll (list, 0, &state);
  g_assert_false (state.wants_key);

  /* One that leaves is no reason for a key frame. */
  genos_link_sender_set_active (link, FALSE);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  g_assert_false (state.newcomer || state.wants_key);

  genos_sender_list_set_listener (list, 0, NULL, NULL);
  n = 0;
  genos_link_sender_set_active (link, TRUE);
  genos_sender_list_clear (list);
  g_assert_cmpint (n, ==, 0);
}

static void
test_removed_is_forgotten (void)
{
  int n = 0;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  FakeSender *a = fake_sender_new (TRUE);
  g_autoptr (FakeSender) b = fake_sender_new (TRUE);
  genos_sender_list_add (list, GENOS_LINK_SENDER (a));
  genos_sender_list_add (list, GENOS_LINK_SENDER (b));
  genos_sender_list_push (list, 0, gst_buffer_new ());
  genos_sender_list_remove (list, GENOS_LINK_SENDER (a));
  genos_sender_list_remove (list, GENOS_LINK_SENDER (a));
  genos_sender_list_set_listener (list, 0, on_changed, &n);
  genos_link_sender_emit_key_frame_request (GENOS_LINK_SENDER (a));
  g_assert_cmpint (n, ==, 0);
  genos_sender_list_push (list, 0, gst_buffer_new ());
  g_assert_cmpuint (fake_sender_get_n_packets (a), ==, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (b), ==, 2);
  g_assert_cmpuint (genos_sender_list_count_active (list), ==, 1);

  g_object_add_weak_pointer (G_OBJECT (a), (gpointer *) &a);
  g_object_unref (a);
  g_assert_null (a);
  genos_sender_list_clear (list);
}

/* Senders come, go and push on three threads. */
typedef struct {
  GenosSenderList *list;
  int quit;
} Storm;

static gpointer
push_all_the_time (gpointer data)
{
  Storm *storm = data;
  while (!g_atomic_int_get (&storm->quit))
    genos_sender_list_push (storm->list, 0, gst_buffer_new ());
  return NULL;
}

static gpointer
come_and_go (gpointer data)
{
  Storm *storm = data;
  for (guint i = 0; i < 300; i++) {
    g_autoptr (FakeSender) sender = fake_sender_new (FALSE);
    genos_sender_list_add (storm->list, GENOS_LINK_SENDER (sender));
    genos_link_sender_set_active (GENOS_LINK_SENDER (sender), TRUE);
    genos_sender_list_remove (storm->list, GENOS_LINK_SENDER (sender));
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  Storm storm = { list, FALSE };
  GThread *pusher = g_thread_new ("push", push_all_the_time, &storm);
  GThread *a = g_thread_new ("a", come_and_go, &storm);
  GThread *b = g_thread_new ("b", come_and_go, &storm);
  g_thread_join (a);
  g_thread_join (b);
  g_atomic_int_set (&storm.quit, TRUE);
  g_thread_join (pusher);
  g_assert_cmpuint (genos_sender_list_count_active (list), ==, 0);
}

/* A sender whose gate is shut asks for a key frame while it is given a packet. */
static void
test_asks_while_pushed (void)
{
  GenosSenderListState state;
  GenosTierLadder ladder = { 2, { 1000000, 100000 } };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (sender);

  genos_sender_list_add (list, link);
  genos_sender_list_poll (list, 0, &state);
  sender->asks = TRUE;
  genos_sender_list_push (list, 0, gst_buffer_new ());
  genos_sender_list_poll (list, 0, &state);
  g_assert_true (state.wants_key && !state.newcomer);

  /* On its way to another tier it asks both encoders. */
  genos_link_sender_set_rate (link, 600000);
  g_assert_true (genos_sender_list_choose (list, &ladder, 1));
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.wants_key && state.newcomer);
  g_assert_cmpuint (state.rate, ==, 600000);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 1);
  g_assert_cmpuint (state.rate, ==, GENOS_RATE_UNBOUNDED);
  genos_sender_list_push (list, 0, gst_buffer_new ());
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.wants_key);
  genos_sender_list_push (list, 1, gst_buffer_new ());
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
}

static GstBuffer *
new_packet (guint32 timestamp, gboolean key, gsize size)
{
  GstBuffer *packet = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (packet, 0, 0, size);
  timestamp = GUINT32_TO_BE (timestamp);
  gst_buffer_fill (packet, 4, &timestamp, sizeof timestamp);
  if (!key)
    GST_BUFFER_FLAG_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);
  return packet;
}

/* The raw pictures of one that cannot take any are not encoded for it; the others' are. */
static void
test_nothing (void)
{
  GenosSenderListState state;
  GenosTierLadder ladder = { 2, { 1000000, 20000 }, TRUE };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (slow);
  gint64 now = G_TIME_SPAN_SECOND;

  genos_sender_list_add (list, link);
  genos_sender_list_add (list, GENOS_LINK_SENDER (fast));
  genos_sender_list_push (list, 0, new_packet (1, TRUE, 20));
  genos_link_sender_set_rate (link, 1000);
  for (guint i = 0; i < 40; i++)
    g_assert_true (genos_sender_list_choose (list, &ladder, now += 100 * G_TIME_SPAN_MILLISECOND));
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_AUDIO_ONLY);
  g_assert_cmpint (genos_link_sender_get_tier (GENOS_LINK_SENDER (fast)), ==, GENOS_SENT_FULL);

  genos_sender_list_poll (list, 1, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 1);
  g_assert_cmpuint (state.rate, ==, GENOS_RATE_UNBOUNDED);
  /* Nor do its requests cost the others anything. */
  genos_link_sender_emit_key_frame_request (link);
  genos_sender_list_poll (list, 0, &state);
  g_assert_false (state.wants_key);
  /* It is still there. */
  g_assert_cmpuint (genos_sender_list_count_active (list), ==, 2);

  genos_sender_list_push (list, 0, new_packet (2, TRUE, 20));
  genos_sender_list_push (list, 1, new_packet (2, TRUE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (fast), ==, 2);

  genos_link_sender_set_rate (link, 50000);
  for (guint i = 0; i < 20; i++)
    genos_sender_list_choose (list, &ladder, now += 100 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_THINNED);
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.newcomer && state.wants_key && state.n_active == 1);
  /* Not from the middle, and not from the encoder that it had before. */
  genos_sender_list_push (list, 1, new_packet (3, FALSE, 20));
  genos_sender_list_push (list, 0, new_packet (3, TRUE, 20));
  genos_sender_list_push (list, 1, new_packet (4, TRUE, 20));
  genos_sender_list_push (list, 1, new_packet (5, FALSE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, 3);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (slow, 1);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (packets, 0), GST_BUFFER_FLAG_DISCONT));
  g_assert_false (GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (packets, 1), GST_BUFFER_FLAG_DISCONT));
}

/* Where the path carries far less than what goes out, that ends at once, with a whole picture, and nobody else's
 * encoder is asked for its key frames any more. */
static void
test_cut (void)
{
  GenosSenderListState state;
  GenosTierLadder ladder = { 2, { 1000000, 100000 } };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (sender);

  genos_sender_list_add (list, link);
  genos_sender_list_push (list, 0, new_packet (3000, TRUE, 20));
  genos_link_sender_set_rate (link, 300000);
  genos_sender_list_choose (list, &ladder, 1);
  genos_sender_list_push (list, 0, new_packet (3000, FALSE, 20));
  genos_sender_list_push (list, 0, new_packet (6000, FALSE, 20));
  genos_sender_list_push (list, 1, new_packet (6000, FALSE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (sender), ==, 2);

  genos_sender_list_poll (list, 0, &state);
  genos_link_sender_emit_key_frame_request (link);
  genos_sender_list_poll (list, 0, &state);
  g_assert_false (state.wants_key);
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.wants_key);

  genos_sender_list_push (list, 1, new_packet (9000, TRUE, 20));
  genos_sender_list_push (list, 1, new_packet (12000, FALSE, 20));
  genos_sender_list_push (list, 0, new_packet (12000, FALSE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (sender), ==, 4);
  g_autoptr (GPtrArray) packets = fake_sender_dup_packets (sender, 2);
  g_assert_true (GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (packets, 0), GST_BUFFER_FLAG_DISCONT));
  g_assert_false (GST_BUFFER_FLAG_IS_SET (g_ptr_array_index (packets, 1), GST_BUFFER_FLAG_DISCONT));
}

/* On a slow link a key frame is not asked for while the last one is still on its way, but then it is. */
static void
test_key_put_off (void)
{
  GenosSenderListState state;
  GenosTierLadder ladder = { 1, { 10000 }, FALSE };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (sender);
  gint64 now = g_get_monotonic_time ();

  genos_sender_list_add (list, link);
  genos_link_sender_set_rate (link, 20000);
  genos_sender_list_push_at (list, 0, new_packet (1, TRUE, 1000), now);
  for (guint i = 0; i < 99; i++)
    genos_sender_list_push_at (list, 0, new_packet (1, FALSE, 1000), now);
  genos_sender_list_poll (list, 0, &state);

  /* 100 kB take 40 s: longer than is ever waited for. The test may have been stopped meanwhile. */
  genos_link_sender_emit_key_frame_request (link);
  genos_sender_list_poll (list, 0, &state);
  if (g_get_monotonic_time () - now < G_TIME_SPAN_SECOND) {
    g_assert_false (state.wants_key);
    g_assert_true (genos_sender_list_choose (list, &ladder, now + G_TIME_SPAN_SECOND));
    genos_sender_list_poll (list, 0, &state);
    g_assert_false (state.wants_key);
    g_assert_false (genos_sender_list_choose (list, &ladder, now + 5 * G_TIME_SPAN_SECOND));
    genos_sender_list_poll (list, 0, &state);
    g_assert_true (state.wants_key);
  }

  /* Where no bound is known it is asked for at once. */
  genos_link_sender_set_rate (link, GENOS_RATE_UNBOUNDED);
  genos_link_sender_emit_key_frame_request (link);
  genos_sender_list_poll (list, 0, &state);
  g_assert_true (state.wants_key);
}

/* 25 pictures a second, 1000 bytes each, a key frame of 5000 every two seconds or when it was asked for. */
typedef struct {
  GenosSenderList *list;
  gint64 now;
  guint n;
  guint distance;
} Camera;

static void
film (Camera *camera, guint seconds)
{
  for (guint i = 0; i < seconds * 25; i++, camera->n++) {
    gboolean key = camera->n % camera->distance == 0;

    genos_sender_list_push_at (camera->list, 0,
        new_packet (camera->n * 3600, key, key ? 5000 : 1000), camera->now += 40000);
  }
}

/* What comes encoded cannot be had smaller: key frames, then nothing. */
static void
test_fixed (void)
{
  GenosSenderListState state;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (slow);
  Camera camera = { list, G_TIME_SPAN_SECOND, 0, 50 };
  GenosTierLadder ladder = { 2, { 1000000, 20000 }, TRUE };
  guint before;

  genos_sender_list_set_fixed (list, TRUE);
  genos_sender_list_add (list, link);
  genos_sender_list_add (list, GENOS_LINK_SENDER (fast));
  film (&camera, 10);
  g_assert_false (genos_sender_list_choose (list, &ladder, camera.now));
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, 250);

  genos_link_sender_set_rate (link, 100000);
  film (&camera, 3);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_THINNED);
  before = fake_sender_get_n_packets (slow);
  film (&camera, 4);
  g_assert_cmpuint (fake_sender_get_n_packets (slow) - before, ==, 2);
  g_assert_cmpuint (fake_sender_get_n_packets (fast), ==, 425);
  genos_sender_list_poll (list, 0, &state);
  genos_link_sender_emit_key_frame_request (link);
  genos_sender_list_poll (list, 0, &state);
  g_assert_false (state.wants_key);

  genos_link_sender_set_rate (link, 1000);
  film (&camera, 10);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_AUDIO_ONLY);
  before = fake_sender_get_n_packets (slow);
  film (&camera, 4);
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, before);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 2);

  genos_link_sender_set_rate (link, GENOS_RATE_UNBOUNDED);
  film (&camera, 10);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_FULL);
  genos_sender_list_poll (list, 0, &state);
  g_assert_true (state.wants_key);
  before = fake_sender_get_n_packets (slow);
  film (&camera, 4);
  g_assert_cmpuint (fake_sender_get_n_packets (slow) - before, ==, 100);
}

/* A camera that makes key frames when asked only is asked now and then. */
static void
test_fixed_asks (void)
{
  GenosSenderListState state;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  Camera camera = { list, G_TIME_SPAN_SECOND, 0, 100000 };
  guint n_asked = 0;

  genos_sender_list_set_fixed (list, TRUE);
  genos_sender_list_add (list, GENOS_LINK_SENDER (slow));
  film (&camera, 10);
  genos_sender_list_poll (list, 0, &state);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), 100000);
  for (guint i = 0; i < 20; i++) {
    film (&camera, 1);
    genos_sender_list_poll (list, 0, &state);
    n_asked += state.wants_key;
  }
  g_assert_cmpint (genos_link_sender_get_tier (GENOS_LINK_SENDER (slow)), ==, GENOS_SENT_THINNED);
  g_assert_cmpuint (n_asked, >=, 3);
  g_assert_cmpuint (n_asked, <=, 6);
}

/* What the encoder of the first tier is to have. */
static guint
choose_for_a_while (GenosSenderList *list, const GenosTierLadder *ladder, gint64 *now, guint ms)
{
  GenosSenderListState state;

  for (guint i = 0; i < ms; i += 100)
    genos_sender_list_choose (list, ladder, *now += 100 * G_TIME_SPAN_MILLISECOND);
  genos_sender_list_poll_at (list, 0, &state, *now);
  return state.rate;
}

/* One that can take less than the others gets another encoding, and they what they had, all the time. */
static void
test_one_slow (void)
{
  GenosTierLadder ladder = { 2, { 1800000, 100000 }, .most = { 4000000, 1400000 } };
  GenosLinkSender *links[3];
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  gint64 now = 1000 * G_TIME_SPAN_SECOND;

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    links[i] = GENOS_LINK_SENDER (fake_sender_new (TRUE));
    genos_sender_list_add (list, links[i]);
  }
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 10000), ==, GENOS_RATE_UNBOUNDED);
  /* Far too little, and then too little. */
  for (guint rate = 500000; rate <= 2500000; rate += 2000000) {
    genos_link_sender_set_rate (links[0], rate);
    for (guint i = 0; i < 20; i++)
      g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 100), ==, GENOS_RATE_UNBOUNDED);
    g_assert_cmpint (genos_link_sender_get_tier (links[0]), ==, GENOS_SENT_SECOND);
    genos_link_sender_set_rate (links[0], 2600000);
    g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 30000), ==, GENOS_RATE_UNBOUNDED);
    g_assert_cmpint (genos_link_sender_get_tier (links[0]), ==, GENOS_SENT_SECOND);
    genos_link_sender_set_rate (links[0], 4500000);
    g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 3000), ==, 4500000);
    g_assert_cmpint (genos_link_sender_get_tier (links[0]), ==, GENOS_SENT_FULL);
    choose_for_a_while (list, &ladder, &now, 60000);
  }
  /* All of them are slow: what they get is theirs. */
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    genos_link_sender_set_rate (links[i], 2500000 - i * 100000);
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 60000), ==, 2300000);
  g_assert_cmpint (genos_link_sender_get_tier (links[2]), ==, GENOS_SENT_FULL);
  /* A newcomer that can take as little finds that out without them. */
  g_autoptr (FakeSender) newcomer = fake_sender_new (TRUE);
  genos_sender_list_add (list, GENOS_LINK_SENDER (newcomer));
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 3000), ==, 2300000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (newcomer), 1000000);
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 100), ==, 2300000);
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 20000), ==, 2300000);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    g_object_unref (links[i]);
}

/* Raw pictures, and then such as come encoded: what held for the others before holds no more. */
static void
test_ladder_is_gone (void)
{
  GenosTierLadder ladder = { 2, { 1800000, 100000 }, .most = { 4000000, 1400000 } };
  GenosTierLadder none = { 0 };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  gint64 now = 1000 * G_TIME_SPAN_SECOND;

  genos_sender_list_add (list, GENOS_LINK_SENDER (slow));
  genos_sender_list_add (list, GENOS_LINK_SENDER (fast));
  choose_for_a_while (list, &ladder, &now, 10000);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (slow), 2500000);
  g_assert_cmpuint (choose_for_a_while (list, &ladder, &now, 0), ==, GENOS_RATE_UNBOUNDED);
  g_assert_cmpuint (choose_for_a_while (list, &none, &now, 100), ==, 2500000);
}

/* What is passed on may be had smaller beside it: then who is too slow for it gets that, and all the others all. */
static void
test_lower (void)
{
  GenosSenderListState state;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  g_autoptr (FakeSender) fast = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (slow);
  Camera camera = { list, G_TIME_SPAN_SECOND, 0, 50 };
  GenosTierLadder lower = { 3, { 0, 60000, 20000 }, .absent = 1 << 2 };
  guint before;

  genos_sender_list_set_fixed (list, TRUE);
  genos_sender_list_set_lower (list, &lower);
  genos_sender_list_add (list, link);
  genos_sender_list_add (list, GENOS_LINK_SENDER (fast));
  film (&camera, 10);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_FULL);
  genos_sender_list_poll (list, 1, &state);
  g_assert_cmpuint (state.n_active, ==, 0);

  /* Far too much: it ends at once, and goes on with the key frame of the other. */
  genos_link_sender_set_rate (link, 70000);
  film (&camera, 1);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_SECOND);
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.n_active == 1 && state.wants_key && state.newcomer);
  before = fake_sender_get_n_packets (slow);
  film (&camera, 1);
  genos_sender_list_push_at (list, 1, new_packet (camera.n * 3600, FALSE, 100), camera.now);
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, before);
  genos_sender_list_push_at (list, 1, new_packet (camera.n * 3600, TRUE, 100), camera.now);
  film (&camera, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (slow), ==, before + 1);
  g_assert_cmpuint (fake_sender_get_n_packets (fast), ==, camera.n);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 1);

  /* It cannot be had any more, nor anything else beside: key frames, then. */
  lower.n = 0;
  genos_sender_list_set_lower (list, &lower);
  film (&camera, 2);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_THINNED);
  genos_sender_list_poll (list, 1, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  before = fake_sender_get_n_packets (slow);
  film (&camera, 2);
  g_assert_cmpuint (fake_sender_get_n_packets (slow) - before, ==, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (fast), ==, camera.n);
}

/* Nothing at all still looks at what there is, whatever it had before. */
static void
test_lower_back_from_nothing (void)
{
  GenosSenderListState state;
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) slow = fake_sender_new (TRUE);
  GenosLinkSender *link = GENOS_LINK_SENDER (slow);
  Camera camera = { list, G_TIME_SPAN_SECOND, 0, 50 };
  GenosTierLadder lower = { 2, { 0, 60000 } };

  genos_sender_list_set_fixed (list, TRUE);
  genos_sender_list_set_lower (list, &lower);
  genos_sender_list_add (list, link);
  film (&camera, 4);
  genos_link_sender_set_rate (link, 1000);
  film (&camera, 10);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_AUDIO_ONLY);
  genos_sender_list_poll (list, 1, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  genos_sender_list_poll (list, 0, &state);
  g_assert_cmpuint (state.n_active, ==, 1);
  genos_link_sender_set_rate (link, GENOS_RATE_UNBOUNDED);
  film (&camera, 30);
  g_assert_cmpint (genos_link_sender_get_tier (link), ==, GENOS_SENT_FULL);
}

/* Who stands there for others gets one tier, whatever its rate, and takes part in that one's rate only. */
static void
test_pinned (void)
{
  GenosSenderListState state;
  GenosTierLadder ladder = { 2, { 1000000, 100000 } };
  GenosTierLadder one = { 1, { 1000000 } };
  g_autoptr (GenosSenderList) list = genos_sender_list_new ();
  g_autoptr (FakeSender) other = fake_sender_new (TRUE);
  g_autoptr (FakeSender) sender = fake_sender_new (TRUE);

  genos_sender_list_add (list, GENOS_LINK_SENDER (other));
  genos_sender_list_add_pinned (list, GENOS_LINK_SENDER (sender), 1);
  genos_link_sender_set_rate (GENOS_LINK_SENDER (sender), 50000);
  g_assert_cmpuint (genos_sender_list_count_active (list), ==, 1);
  g_assert_false (genos_sender_list_choose (list, &ladder, G_TIME_SPAN_SECOND));
  g_assert_false (genos_sender_list_choose (list, &ladder, 10 * G_TIME_SPAN_SECOND));
  genos_sender_list_poll (list, 0, &state);
  g_assert_true (state.n_active == 1 && state.rate == GENOS_RATE_UNBOUNDED);
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.n_active == 1 && state.rate == 50000 && state.newcomer);

  genos_sender_list_push (list, 0, new_packet (1, TRUE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (sender), ==, 0);
  genos_sender_list_push (list, 1, new_packet (1, TRUE, 20));
  g_assert_cmpuint (fake_sender_get_n_packets (sender), ==, 1);
  g_assert_cmpuint (fake_sender_get_n_packets (other), ==, 1);

  genos_sender_list_choose (list, &one, 11 * G_TIME_SPAN_SECOND);
  genos_sender_list_poll (list, 1, &state);
  g_assert_cmpuint (state.n_active, ==, 0);
  genos_sender_list_remove (list, GENOS_LINK_SENDER (sender));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/sender-list/poll", test_poll);
  g_test_add_func ("/media/sender-list/removed-is-forgotten", test_removed_is_forgotten);
  g_test_add_func ("/media/sender-list/threads", test_threads);
  g_test_add_func ("/media/sender-list/asks-while-pushed", test_asks_while_pushed);
  g_test_add_func ("/media/sender-list/nothing", test_nothing);
  g_test_add_func ("/media/sender-list/cut", test_cut);
  g_test_add_func ("/media/sender-list/key-put-off", test_key_put_off);
  g_test_add_func ("/media/sender-list/one-slow", test_one_slow);
  g_test_add_func ("/media/sender-list/ladder-is-gone", test_ladder_is_gone);
  g_test_add_func ("/media/sender-list/fixed", test_fixed);
  g_test_add_func ("/media/sender-list/fixed-asks", test_fixed_asks);
  g_test_add_func ("/media/sender-list/lower", test_lower);
  g_test_add_func ("/media/sender-list/lower-back-from-nothing", test_lower_back_from_nothing);
  g_test_add_func ("/media/sender-list/pinned", test_pinned);
  return g_test_run ();
}
