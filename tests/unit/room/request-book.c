/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/request-book.h>

static guint64
add (GenosRequestBook *book, const char *peer_id, gint64 deadline)
{
  g_autoptr (GError) error = NULL;
  guint64 id =
      genos_request_book_add (book, peer_id, deadline, g_task_new (NULL, NULL, NULL, NULL), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, !=, 0);
  return id;
}

static void
test_take (void)
{
  g_autoptr (GenosRequestBook) book = genos_request_book_new (G_MAXUINT64);
  guint64 first = add (book, "a", 10);
  guint64 second = add (book, "b", 10);
  g_autoptr (GTask) task = NULL;

  g_assert_cmpuint (first, !=, second);
  /* Another's answer, one to nothing, and one that comes twice. */
  g_assert_null (genos_request_book_take (book, "b", first));
  g_assert_null (genos_request_book_take (book, "a", first + 77));
  task = genos_request_book_take (book, "a", first);
  g_assert_nonnull (task);
  g_assert_null (genos_request_book_take (book, "a", first));
  g_assert_cmpuint (genos_request_book_get_n (book), ==, 1);
}

static void
test_expire (void)
{
  g_autoptr (GenosRequestBook) book = genos_request_book_new (1);
  g_autoptr (GTask) task = NULL;

  g_assert_cmpint (genos_request_book_get_next (book), ==, G_MAXINT64);
  add (book, "a", 20);
  add (book, "a", 10);
  g_assert_cmpint (genos_request_book_get_next (book), ==, 10);
  g_assert_null (genos_request_book_expire (book, 9));
  task = genos_request_book_expire (book, 10);
  g_assert_nonnull (task);
  g_assert_null (genos_request_book_expire (book, 10));
  g_assert_cmpint (genos_request_book_get_next (book), ==, 20);
}

static guint
drop (GenosRequestBook *book, const char *peer_id)
{
  guint n = 0;
  GTask *task;

  while ((task = genos_request_book_drop_peer (book, peer_id)) != NULL) {
    g_object_unref (task);
    n++;
  }
  return n;
}

static void
test_drop_peer (void)
{
  g_autoptr (GenosRequestBook) book = genos_request_book_new (1);

  add (book, "a", 1);
  add (book, "b", 1);
  add (book, "a", 1);
  add (book, "c", 1);
  g_assert_cmpuint (drop (book, "a"), ==, 2);
  g_assert_cmpuint (drop (book, NULL), ==, 2);
}

static void
test_limit (void)
{
  g_autoptr (GenosRequestBook) book = genos_request_book_new (1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GENOS_REQUEST_MAX_PENDING; i++)
    add (book, "a", i);
  g_assert_cmpuint (genos_request_book_add (book, "a", 1, task, &error), ==, 0);
  g_assert_error (error, GENOS_ERROR, GENOS_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/request-book/take", test_take);
  g_test_add_func ("/room/request-book/expire", test_expire);
  g_test_add_func ("/room/request-book/drop-peer", test_drop_peer);
  g_test_add_func ("/room/request-book/limit", test_limit);
  return g_test_run ();
}
