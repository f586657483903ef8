/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/mesh/mesh-pending.h>

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

static void
test_acknowledged (void)
{
  g_autoptr (GenosMeshPending) pending = genos_mesh_pending_new ();
  GenosMeshPendingMessage *message;

  g_assert_nonnull (genos_mesh_pending_add (pending, 7, "a", "{}", FALSE, 0));
  /* Only from whom it was sent to, and once. */
  g_assert_null (genos_mesh_pending_acknowledge (pending, 7, "b", SECOND));
  g_assert_null (genos_mesh_pending_acknowledge (pending, 8, "a", SECOND));
  message = genos_mesh_pending_acknowledge (pending, 7, "a", SECOND);
  g_assert_nonnull (message);
  g_assert_cmpuint (message->attempt, ==, 0);
  genos_mesh_pending_message_free (message);
  g_assert_null (genos_mesh_pending_acknowledge (pending, 7, "a", SECOND));
  g_assert_cmpuint (genos_mesh_pending_get_n (pending), ==, 0);
  g_assert_null (genos_mesh_pending_next_due (pending, 100 * SECOND));
}

/* Each time after twice as long, and not for ever. */
static void
test_again (void)
{
  g_autoptr (GenosMeshPending) pending = genos_mesh_pending_new ();
  GenosMeshPendingMessage *message = NULL;
  gint64 last = 0, gap = 0;
  guint n = 0;

  genos_mesh_pending_add (pending, 1, "a", "{}", FALSE, 0);
  for (gint64 now = 0; message == NULL; now += SECOND / 10) {
    if (genos_mesh_pending_next_due (pending, now) != NULL) {
      g_assert_cmpint (now - last, >=, gap);
      gap = now - last;
      last = now;
      n++;
    }
    message = genos_mesh_pending_expire (pending, now);
    g_assert_cmpint (now, <, 60 * SECOND);
  }
  g_assert_cmpuint (n, ==, GENOS_MESH_PENDING_ATTEMPTS - 1);
  g_assert_cmpuint (message->attempt, ==, GENOS_MESH_PENDING_ATTEMPTS - 1);
  g_assert_cmpint (last, >, 10 * SECOND);
  genos_mesh_pending_message_free (message);
}

/* On a long way more patience is needed than on a short one. */
static void
test_round_trip (void)
{
  g_autoptr (GenosMeshPending) pending = genos_mesh_pending_new ();

  for (guint64 serial = 1; serial <= 20; serial++) {
    gint64 now = serial * 10 * SECOND;

    genos_mesh_pending_add (pending, serial, "a", "{}", FALSE, now);
    genos_mesh_pending_message_free (
        genos_mesh_pending_acknowledge (pending, serial, "a", now + 4 * SECOND));
  }
  genos_mesh_pending_add (pending, 21, "a", "{}", FALSE, 0);
  g_assert_null (genos_mesh_pending_next_due (pending, 7 * SECOND));
  g_assert_nonnull (genos_mesh_pending_next_due (pending, 9 * SECOND));
}

static void
test_full (void)
{
  g_autoptr (GenosMeshPending) pending = genos_mesh_pending_new ();
  g_autofree char *filler = g_strnfill (GENOS_MESH_PENDING_BYTES - 8, 'x');
  g_autofree char *large = g_strconcat ("{\"", filler, "\":1}", NULL);

  for (guint64 i = 1; i <= GENOS_MESH_PENDING_MAX; i++)
    g_assert_nonnull (genos_mesh_pending_add (pending, i, "a", "{}", FALSE, 0));
  g_assert_null (genos_mesh_pending_add (pending, GENOS_MESH_PENDING_MAX + 1, "a", "{}", FALSE, 0));
  for (guint64 i = 1; i <= GENOS_MESH_PENDING_MAX; i++)
    genos_mesh_pending_message_free (genos_mesh_pending_acknowledge (pending, i, "a", 1));
  /* One may have any size; not another one beside it. */
  g_assert_nonnull (genos_mesh_pending_add (pending, 1, "a", large, FALSE, 0));
  g_assert_null (genos_mesh_pending_add (pending, 2, "a", "{\"abc\":1}", FALSE, 0));
}

static void
test_marks (void)
{
  g_autoptr (GenosMeshPending) pending = genos_mesh_pending_new ();
  g_autofree char *first = genos_mesh_pending_build (
      genos_mesh_pending_add (pending, 0x2a, "a", "{\"_t\":\"a\"}", TRUE, 0));
  g_autofree char *second =
      genos_mesh_pending_build (genos_mesh_pending_next_due (pending, 3 * SECOND));
  g_autofree char *empty =
      genos_mesh_pending_build (genos_mesh_pending_add (pending, 3, "a", "{}", FALSE, 0));
  guint64 serial;

  g_assert_cmpstr (first, ==, "{\"_k\":\"2a\",\"_b\":1,\"_t\":\"a\"}");
  g_assert_cmpstr (second, ==, "{\"_k\":\"2a\",\"_n\":1,\"_b\":1,\"_t\":\"a\"}");
  g_assert_cmpstr (empty, ==, "{\"_k\":\"3\"}");
  g_assert_true (genos_mesh_pending_parse_token ("2a", &serial));
  g_assert_cmpuint (serial, ==, 0x2a);
  g_assert_false (genos_mesh_pending_parse_token ("", &serial));
  g_assert_false (genos_mesh_pending_parse_token ("2z", &serial));
  g_assert_false (genos_mesh_pending_parse_token ("10000000000000000", &serial));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/mesh-pending/acknowledged", test_acknowledged);
  g_test_add_func ("/mesh/mesh-pending/again", test_again);
  g_test_add_func ("/mesh/mesh-pending/round-trip", test_round_trip);
  g_test_add_func ("/mesh/mesh-pending/full", test_full);
  g_test_add_func ("/mesh/mesh-pending/marks", test_marks);
  return g_test_run ();
}
