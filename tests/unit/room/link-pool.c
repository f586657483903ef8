/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../../common/peer-link-local.h"

#include <genos/room/joining/link-pool.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct {
  guint n_made;
  GenosPeerLink *last; /* not owned */
  gboolean broken;
} Factory;

static GenosPeerLink *
make_link (gboolean offerer, gpointer data, GError **error)
{
  Factory *factory = data;

  g_assert_true (offerer);
  if (factory->broken) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_MISSING_PLUGIN, "no webrtcbin");
    return NULL;
  }
  factory->n_made++;
  factory->last = peer_link_local_new (TRUE);
  return factory->last;
}

static void
test_ready (void)
{
  Factory factory = { 0 };
  GenosLinkPool *pool = genos_link_pool_new (make_link, &factory);
  g_autoptr (GenosPeerLink) link = NULL;
  g_autofree char *offer = NULL;

  g_assert_null (genos_link_pool_take (pool, &offer));
  genos_link_pool_tick (pool, SECOND);
  g_assert_cmpuint (factory.n_made, ==, 0);

  /* One a tick, up to the size. */
  genos_link_pool_set_size (pool, 2);
  for (guint i = 1; i <= 4; i++) {
    genos_link_pool_tick (pool, i * SECOND);
    g_assert_cmpuint (genos_link_pool_get_n (pool), ==, MIN (i, 2));
  }
  link = genos_link_pool_take (pool, &offer);
  g_assert_nonnull (link);
  g_assert_nonnull (offer);
  g_assert_false (genos_peer_link_is_closed (link));
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 1);
  genos_link_pool_tick (pool, 5 * SECOND);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 2);

  /* What was taken is nobody's but its taker's. */
  g_assert_finalize_object (pool);
  g_assert_false (genos_peer_link_is_ending (link));
}

static void
test_refreshed (void)
{
  Factory factory = { 0 };
  GenosLinkPool *pool = genos_link_pool_new (make_link, &factory);

  genos_link_pool_set_size (pool, 1);
  genos_link_pool_tick (pool, SECOND);
  genos_link_pool_tick (pool, GENOS_LINK_POOL_AGE);
  g_assert_cmpuint (factory.n_made, ==, 1);
  genos_link_pool_tick (pool, SECOND + GENOS_LINK_POOL_AGE);
  g_assert_cmpuint (factory.n_made, ==, 2);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 1);

  /* Another network, a link that fails by itself, a room that is stable. */
  genos_link_pool_flush (pool);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 0);
  genos_link_pool_tick (pool, 2 * GENOS_LINK_POOL_AGE);
  genos_peer_link_close (factory.last);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 0);
  genos_link_pool_tick (pool, 2 * GENOS_LINK_POOL_AGE);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 1);
  genos_link_pool_set_size (pool, 0);
  g_assert_cmpuint (genos_link_pool_get_n (pool), ==, 0);
  g_assert_finalize_object (pool);
}

static void
test_no_links_to_be_had (void)
{
  Factory factory = { .broken = TRUE };
  GenosLinkPool *pool = genos_link_pool_new (make_link, &factory);
  g_autofree char *offer = NULL;

  genos_link_pool_set_size (pool, 2);
  genos_link_pool_tick (pool, SECOND);
  g_assert_null (genos_link_pool_take (pool, &offer));
  g_assert_finalize_object (pool);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/link-pool/ready", test_ready);
  g_test_add_func ("/room/link-pool/refreshed", test_refreshed);
  g_test_add_func ("/room/link-pool/no-links", test_no_links_to_be_had);
  return g_test_run ();
}
