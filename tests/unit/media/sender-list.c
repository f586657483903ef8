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
  genos_link_sender_set_rate (link, 200000);
  g_assert_true (genos_sender_list_choose (list, &ladder, 1));
  genos_sender_list_poll (list, 1, &state);
  g_assert_true (state.wants_key && state.newcomer);
  g_assert_cmpuint (state.rate, ==, 200000);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/media/sender-list/poll", test_poll);
  g_test_add_func ("/media/sender-list/removed-is-forgotten", test_removed_is_forgotten);
  g_test_add_func ("/media/sender-list/threads", test_threads);
  g_test_add_func ("/media/sender-list/asks-while-pushed", test_asks_while_pushed);
  return g_test_run ();
}
