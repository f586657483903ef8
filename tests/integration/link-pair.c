/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two webrtc links in one process: the data channel, and how a link begins and ends. */

#include "link-fixture.h"

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
  g_autoptr(GBytes) a = g_bytes_new_static ("x", 1);
  g_autoptr(GBytes) b = NULL;
  g_autoptr(GBytes) c = NULL;
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
  g_assert_true (link_wait (have_frames, &pair, 5000));
  check_frames (&pair.dialler, sent);
  check_frames (&pair.answerer, sent);
  link_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/link-pair/open", test_open);
  g_test_add_func ("/link-pair/frames", test_frames);
  return g_test_run ();
}
