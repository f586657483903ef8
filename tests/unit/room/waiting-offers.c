/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/waiting-offers.h>

#include <string.h>

static const GenosSignalOrigin origin = { .key = "abc", .extended = TRUE };

static gboolean
add (GenosWaitingOffers *offers, const char *peer_id, const char *sdp, gint64 now)
{
  return genos_waiting_offers_add (offers, peer_id, "ws://one/", sdp, &origin, now);
}

static void
assert_next (GenosWaitingOffers *offers, gint64 now, const char *peer_id, const char *sdp)
{
  g_autoptr (GenosWaitingOffer) offer = genos_waiting_offers_pop (offers, now);

  g_assert_nonnull (offer);
  g_assert_cmpstr (offer->peer_id, ==, peer_id);
  g_assert_cmpstr (offer->sdp, ==, sdp);
  g_assert_cmpstr (offer->via, ==, "ws://one/");
  g_assert_cmpstr (offer->origin.key, ==, "abc");
  g_assert_true (offer->origin.extended);
}

static void
test_order (void)
{
  GenosWaitingOffers *offers = genos_waiting_offers_new ();
  GenosWaitingOffer *offer;

  g_assert_null (genos_waiting_offers_pop (offers, 0));
  g_assert_true (add (offers, "a", "one", 0));
  g_assert_true (add (offers, "b", "two", 0));
  g_assert_true (add (offers, "c", "three", 0));
  g_assert_true (add (offers, "a", "again", 0));
  genos_waiting_offers_remove (offers, "c");
  genos_waiting_offers_remove (offers, "nobody");
  offer = genos_waiting_offers_pop (offers, 1);
  genos_waiting_offers_push_back (offers, offer);
  assert_next (offers, 1, "b", "two");
  assert_next (offers, 1, "a", "again");
  g_assert_null (genos_waiting_offers_pop (offers, 1));
  genos_waiting_offers_free (offers);
}

static void
test_bounds (void)
{
  GenosWaitingOffers *offers = genos_waiting_offers_new ();
  g_autofree char *large = g_strnfill (GENOS_WAITING_OFFERS_MAX_SIZE + 1, 'x');

  g_assert_false (add (offers, "large", large, 0));
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *id = g_strdup_printf ("peer%u", i);

    g_assert_true (add (offers, id, "sdp", 0) == (i < GENOS_WAITING_OFFERS_MAX));
  }
  g_assert_null (genos_waiting_offers_pop (offers, GENOS_WAITING_OFFERS_AGE));
  g_assert_true (add (offers, "late", "sdp", GENOS_WAITING_OFFERS_AGE));
  genos_waiting_offers_free (offers);
}

static gboolean
is_wanted (const char *peer_id, gpointer wanted)
{
  return strcmp (peer_id, wanted) == 0;
}

static void
test_pop_if (void)
{
  GenosWaitingOffers *offers = genos_waiting_offers_new ();
  g_autoptr (GenosWaitingOffer) offer = NULL;

  g_assert_true (add (offers, "old", "sdp", 0));
  g_assert_true (add (offers, "a", "sdp", 2));
  g_assert_true (add (offers, "b", "sdp", 2));
  g_assert_null (genos_waiting_offers_pop_if (offers, is_wanted, "c", 1));
  g_assert_null (genos_waiting_offers_pop_if (offers, is_wanted, "old", GENOS_WAITING_OFFERS_AGE));
  offer = genos_waiting_offers_pop_if (offers, is_wanted, "b", GENOS_WAITING_OFFERS_AGE);
  g_assert_cmpstr (offer->peer_id, ==, "b");
  assert_next (offers, 2, "a", "sdp");
  g_assert_null (genos_waiting_offers_pop (offers, 2));
  genos_waiting_offers_free (offers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/waiting-offers/order", test_order);
  g_test_add_func ("/room/waiting-offers/bounds", test_bounds);
  g_test_add_func ("/room/waiting-offers/pop-if", test_pop_if);
  return g_test_run ();
}
